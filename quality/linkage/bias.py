"""Whether linkage treats some names worse: rates of false splits and false merges by script, length and
frequency of name. Never by origin.

The cases are synthetic, so that the truth is known and classes differ only in their names. Each class has the
same number of cases of each kind:

- `false_split`: two records of one person, with the same home and month of birth. The second is in Latin
  letters, with a typing error in the forename, one in the surname, or the two exchanged, in turn. An error if
  the two are not merged.
- `false_merge_twins`: two persons with the same surname, home and month of birth, and different forenames. An
  error if they are merged.
- `false_merge_namesakes`: two persons with the same name and month of birth, at two homes. An error if they
  are merged.

Each rate has its 95 % interval (Wilson 1927). A class stands apart if its interval does not overlap that of
the other classes of its dimension together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from math import sqrt

import numpy as np
import polars as pl

from quality.town.identities import mistyped
from quality.town.parts.wordlists import table
from transforms.resolution.lists.name_parts import latin

Z = 1.959964  # quantile of the normal distribution for 95 %
CASES_N = 400  # (own) for each class and kind
SEED = 7
SHORT_MAX, LONG_MIN = 9, 14  # (own) letters of forename and surname together
COMMON_N = 4  # (own) forenames, and as many surnames, from which the common class is drawn
KINDS = ("false_split", "false_merge_twins", "false_merge_namesakes")
HOMES_FROM = 1940, 60  # first year of birth, and how many

type Names = tuple[Sequence[str], Sequence[str]]
type Draw = Callable[[np.random.Generator], tuple[str, str, str]]


@dataclass(frozen=True)
class NameClass:
    """A class of names. draw: returns (forename, another forename, surname) from a random generator."""

    dimension: str
    name: str
    draw: Draw


def wilson(errors_n: int, pairs_n: int) -> tuple[float, float]:
    """The 95 % interval of the rate errors_n / pairs_n, from 0 to 1. Source: Wilson (1927)."""
    if pairs_n == 0:
        return 0.0, 1.0
    rate, square = errors_n / pairs_n, Z * Z
    centre = (rate + square / (2 * pairs_n)) / (1 + square / pairs_n)
    half = Z * sqrt(rate * (1 - rate) / pairs_n + square / (4 * pairs_n * pairs_n)) / (1 + square / pairs_n)
    return max(centre - half, 0.0), min(centre + half, 1.0)


# --- classes --------------------------------------------------------------------------------------


def classes() -> list[NameClass]:
    """All classes of the three dimensions."""
    scripts = pl.read_csv((resources.files(__package__ or "") / "scripts.csv").read_bytes())
    latin_names = (table("forenames")["forename"].to_list(), table("surnames")["surname"].to_list())
    by_script = [
        NameClass("script", script, _any((forenames.split(" "), surnames.split(" "))))
        for script, forenames, surnames in scripts.select("script", "forenames", "surnames").iter_rows()
    ]
    lengths = {"short": (0, SHORT_MAX), "medium": (SHORT_MAX + 1, LONG_MIN - 1), "long": (LONG_MIN, 99)}
    by_length = [
        NameClass("length", name, _of_length(latin_names, *bounds)) for name, bounds in lengths.items()
    ]
    common = (latin_names[0][:COMMON_N], latin_names[1][:COMMON_N])
    by_frequency = [
        NameClass("frequency", "common", _any(common)),
        NameClass("frequency", "ordinary", _any(latin_names)),
        NameClass("frequency", "rare", _rare),
    ]
    return [*by_script, *by_length, *by_frequency]


def _any(names: Names) -> Draw:
    def draw(rng: np.random.Generator) -> tuple[str, str, str]:
        first, other = rng.choice(len(names[0]), 2, replace=False)
        return names[0][first], names[0][other], names[1][int(rng.integers(len(names[1])))]

    return draw


def _of_length(names: Names, least: int, most: int) -> Draw:
    anyone = _any(names)

    def draw(rng: np.random.Generator) -> tuple[str, str, str]:
        while True:
            forename, other, surname = anyone(rng)
            if all(least <= len(given) + len(surname) <= most for given in (forename, other)):
                return forename, other, surname

    return draw


def _rare(rng: np.random.Generator) -> tuple[str, str, str]:
    """Invented words of three syllables."""
    syllables = [consonant + vowel for consonant in "BDFGKLMNPRSTVZ" for vowel in "AEIOU"]
    one, two, three = ("".join(rng.choice(syllables, 3)) + "N" for _ in range(3))
    return one.title(), two.title(), three.title()


# --- cases ----------------------------------------------------------------------------------------

CASE = {"dimension": pl.String, "class": pl.String, "kind": pl.String, "case": pl.Int64}
RECORD = {
    "full_name": pl.String,
    "forename": pl.String,
    "middle_names": pl.String,
    "surname": pl.String,
    "birth_year": pl.Int64,
    "birth_month": pl.Int64,
    "address": pl.String,
    "postcode": pl.String,
}


def cases(cases_n: int = CASES_N, seed: int = SEED) -> pl.DataFrame:
    """Columns CASE and RECORD: two records for each case, one after the other; `cases_n` cases for each class
    and kind.

    Equal arguments give equal rows.
    """
    rows: list[tuple[object, ...]] = []
    for stream, names in enumerate(classes()):
        rng = np.random.default_rng([seed, stream])
        for kind in KINDS:
            for number in range(cases_n):
                case = len(rows) // 2
                rows += [
                    (names.dimension, names.name, kind, case, None, *record)
                    for record in _pair(kind, number, case, names, rng)
                ]
    return pl.DataFrame(rows, schema={**CASE, **RECORD}, orient="row")


def _pair(
    kind: str, number: int, case: int, names: NameClass, rng: np.random.Generator
) -> list[tuple[object, ...]]:
    forename, other, surname = names.draw(rng)
    born = (int(HOMES_FROM[0] + rng.integers(HOMES_FROM[1])), int(1 + rng.integers(12)))
    second, home = (forename, surname), f"home {case}"
    if kind == "false_split":
        given, family = latin(forename), latin(surname)
        ways = ((mistyped(given, rng), family), (given, mistyped(family, rng)), (family, given))
        second = ways[number % len(ways)]
    elif kind == "false_merge_twins":
        second = (other, surname)
    else:
        home = f"other home {case}"
    return [
        (forename, None, surname, *born, f"home {case}", None),
        (second[0], None, second[1], *born, home, None),
    ]


# --- rates ----------------------------------------------------------------------------------------


def rates(given: pl.DataFrame, clusters: pl.Series) -> list[dict[str, object]]:
    """One row for each dimension, class and kind: pairs_n, errors_n, rate, low, high (of the 95 % interval),
    stands_apart.

    `given`: as from `cases`. `clusters`: the person to which each of its records was linked.
    """
    merged = (
        given.with_columns(clusters.alias("found"))
        .group_by(*CASE, maintain_order=True)
        .agg((pl.col("found").n_unique() == 1).alias("merged"))
    )
    wrong = pl.when(pl.col("kind") == "false_split").then(~pl.col("merged")).otherwise("merged")
    counted = (
        merged.with_columns(wrong.alias("wrong"))
        .group_by("dimension", "class", "kind", maintain_order=True)
        .agg(pl.len().alias("n"), pl.col("wrong").sum())
    )
    return [_rate(row, counted) for row in counted.iter_rows(named=True)]


def _rate(row: dict[str, object], counted: pl.DataFrame) -> dict[str, object]:
    others = counted.filter(
        pl.col("dimension") == row["dimension"],
        pl.col("kind") == row["kind"],
        pl.col("class") != row["class"],
    )
    pairs_n, errors_n = int(str(row["n"])), int(str(row["wrong"]))
    low, high = wilson(errors_n, pairs_n)
    low_of_others, high_of_others = wilson(int(others["wrong"].sum()), int(others["n"].sum()))
    return {
        **{name: row[name] for name in ("dimension", "class", "kind")},
        "pairs_n": pairs_n,
        "errors_n": errors_n,
        "rate": round(errors_n / pairs_n, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "stands_apart": low > high_of_others or high < low_of_others,
    }
