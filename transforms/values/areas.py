"""Districts: how publishers spell their names, and their official codes (`vocabulary/areas.csv`).

Spellings are compared by key, so that case, punctuation and a leading `City of` do not matter. `area_key` is
a function in Python and a macro in SQL; both give the same key. A district that was merged into another
counts as the latter. A name that is not in the vocabulary is an area of its own without a code.

Also the names and industry codes of public and exempt bodies, the list behind the mart `exempt`. A name is
enough where an Act names the body or its kind. An industry code is stated by the company itself, so it counts
only with other facts (see `marts/exempt.sql`). Source: `vocabulary/exempt_bodies.csv`."""

from dataclasses import dataclass
from functools import cache

import polars as pl

from transforms.values.vocabulary import vocabulary

# Applied once each, in this order. Three passes over double spaces are enough after the replacements above.
REPLACED = (
    ("&", " AND "),
    ("-", " "),
    (",", " "),
    (".", ""),
    ("'", ""),
    ("’", ""),
    ("  ", " "),
    ("  ", " "),
    ("  ", " "),
)
CITY_OF = "CITY OF "
CITY_OF_KEPT = "CITY OF LONDON"  # no district is called London


@dataclass(frozen=True)
class Area:
    """A district. `name`: in capitals, as publishers write it. `code`: official code, "" if unknown."""

    name: str
    code: str


def area_key(text: str) -> str:
    """The key by which spellings of a district are compared; "" for a blank text."""
    key = text.strip().upper()
    for old, new in REPLACED:
        key = key.replace(old, new)
    key = key.strip()
    return key[len(CITY_OF) :] if key.startswith(CITY_OF) and key != CITY_OF_KEPT else key


def area_key_sql() -> str:
    """The statement that creates the SQL macro `area_key(district)`, equal to the function `area_key`."""
    key = "upper(trim(district))"
    for old, new in REPLACED:
        key = f"replace({key}, {_literal(old)}, {_literal(new)})"
    key = f"trim({key})"
    stripped = f"substr({key}, {len(CITY_OF) + 1})"
    return (
        f"create or replace macro area_key(district) as "
        f"(case when {key} like {_literal(CITY_OF + '%')} and {key} <> {_literal(CITY_OF_KEPT)} "
        f"then {stripped} else {key} end)"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@cache
def area_list() -> pl.DataFrame:
    """spelling_key, area_name, area_code: one row for each key of the vocabulary, sorted by key."""
    known = vocabulary("areas")
    keys = pl.Series("spelling_key", [area_key(spelling) for spelling in known["spelling"]])
    return (
        known.with_columns(keys)
        .select("spelling_key", "area_name", "area_code")
        .unique()
        .sort("spelling_key")
    )


def find_area(text: str) -> Area:
    """The district with this name or official code, current or former, in any case. An unknown name gives an
    area without a code.
    """
    known = vocabulary("areas")
    code = text.strip().upper()
    by_code = known.filter((pl.col("area_code") == code) | (pl.col("former_code") == code))
    by_name = area_list().filter(pl.col("spelling_key") == area_key(text))
    for matches in (by_code, by_name):
        if matches.height:
            return Area(str(matches["area_name"][0]), str(matches["area_code"][0]))
    return Area(area_key(text), "")


def exempt_list() -> pl.DataFrame:
    """kind, value, exempt_class, may_be_registered (Boolean).

    kind: `name` (value is a SQL LIKE pattern of the name in capitals, without a leading THE) or
    `industry_code`. may_be_registered: whether the body may have its own entry in a company register. If it
    may not, a company with such a name is another body."""
    return vocabulary("exempt_bodies").select(
        "kind", "value", "exempt_class", (pl.col("may_be_registered") == "yes").alias("may_be_registered")
    )
