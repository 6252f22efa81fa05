"""What a pair of persons weighs: Splink's levels, the bits of each by the settings, and how often the values occur that are equal.

The arithmetic is Splink's (`tests/transforms/resolution/persons/test_person_weights.py` holds it against Splink's own weights). It stands here because how often values occur changes
every night, and the levels of a pair only where one of its records does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import polars as pl

from transforms.model.sql import Connection, frame
from transforms.resolution.persons.blocks import VALUES
from transforms.resolution.persons.model import (
    COMPARISONS,
    EXPECTED_FREQUENCY,
    FREQUENCY_RECORDS,
    PRIOR_RECORDS_MIN,
)

NAMES = (
    "forename",
    "middle",
    "surname",
)  # of which both sides count; of the other VALUES only one that is equal does
SIDES = ("l", "r")
COUNTED = tuple((name, side) for name in VALUES for side in (SIDES if name in NAMES else SIDES[:1]))
GAMMAS = tuple(f"gamma_{name}" for name in COMPARISONS)
LEVEL_BITS = 4  # of `levels`, for each comparison: its level and 1, so that 0 says nothing
LEVELS_SQL = " + ".join(
    f"(({name} + 1)::bigint << {LEVEL_BITS * place})" for place, name in enumerate(GAMMAS)
)
# A pair as it is kept: the keys of its two profiles, the level of each comparison, and what is counted of either side.
KEPT = (
    "key_l",
    "key_r",
    "levels",
    "middle_is_word",
    *(f"{name}_{side}" for name, side in COUNTED),
    *(f"born_{side}" for side in SIDES),
    *(f"is_whole_name_{side}" for side in SIDES),
)
LEAST = 1e-300  # Splink's own floor of m and u


@dataclass(frozen=True)
class Totals:
    """Profiles, and those that state each of VALUES."""

    records_n: int
    stated_n: Mapping[str, int]


def totals(connection: Connection, rows: str) -> Totals:
    """Of the table `rows` of hashed profiles."""
    ((records_n, *stated),) = connection.sql(
        f"select count(*), {', '.join(f'count({name}_value)' for name in VALUES)} from {rows}"
    ).fetchall()
    return Totals(int(records_n), dict(zip(VALUES, map(int, stated), strict=True)))


def met_sql(predicted: str) -> str:
    """KEPT of the pairs that Splink compared, from `person_side` (unique_id, key, and what SIDE_SQL tells)."""
    counted = [f"{side}.{name}_value as {name}_{side}" for name, side in COUNTED]
    told = [f"{side}.{name} as {name}_{side}" for name in ("born", "is_whole_name") for side in SIDES]
    return f"""
        select l.key as key_l, r.key as key_r, {LEVELS_SQL} as levels, l.middle_is_word, {", ".join([*counted, *told])}
        from {predicted} join person_side l on l.unique_id = unique_id_l join person_side r on r.unique_id = unique_id_r"""


def level_weights(connection: Connection, pairs: str, model: Mapping[str, Any]) -> pl.DataFrame:
    """levels, gamma_… and mw_… (bits) of each combination of levels that `pairs` (KEPT) have; bits: their sum; rarity_…: what the level adds if its value
    were in every record, null where it does not ask how often it occurs."""
    found = frame(connection, f"select distinct levels from {pairs} order by levels")["levels"].to_list()
    said = {one["output_column_name"]: _levels(one) for one in model["comparisons"]}
    comparisons = {name: said[name] for name in COMPARISONS}  # in the order of `levels`
    rows = [_combination(number, comparisons) for number in found]
    schema = {"levels": pl.Int64, "bits": pl.Float64, **dict.fromkeys(GAMMAS, pl.Int8)}
    schema |= {f"{kind}_{name}": pl.Float64 for name in comparisons for kind in ("mw", "rarity")}
    return pl.DataFrame(rows, schema=schema)


def weighed_sql(pairs: str, counts: str, model: Mapping[str, Any], of: Totals, weight_min: float) -> str:
    """key_l, key_r, levels, mw_tf_adj_… (bits), weight, names_share, born_…, is_whole_name_… and middle_is_word of those of `pairs` (KEPT) that weigh so many bits.

    Reads `person_level` (`level_weights`), and `counts` (place in VALUES, value, n). names_share: how often the name occurs among names, if its parts are
    independent.
    """
    shares = [
        f"left join ({_share_sql(counts, name, of)}) {name}_{side} on {name}_{side}.value = p.{name}_{side}"
        for name, side in COUNTED
    ]
    columns = {name: column for name, column in _frequency_columns(model).items() if column is not None}
    rarity = {
        f"mw_tf_adj_{name}": f"coalesce(rarity_{name} - log2({_greatest(column)}), 0.0)"
        for name, column in columns.items()
    }
    chance = model.get("probability_two_random_records_match", 1 / max(of.records_n, PRIOR_RECORDS_MIN))
    names = " * ".join(_greatest(name) for name in NAMES)
    told = [
        "p.key_l",
        "p.key_r",
        "p.levels",
        "p.middle_is_word",
        *(f"p.{name}_{side}" for name in ("born", "is_whole_name") for side in SIDES),
    ]
    each = ", ".join(
        [*told, f"{names} as names_share", *(f"{sql} as {name}" for name, sql in rarity.items())]
    )
    weight = " + ".join([_double(log2(chance / (1 - chance))), "bits", *rarity])
    return f"""
        select * exclude (bits) from (
            select *, {weight} as weight from (select {each}, bits from {pairs} p join person_level using (levels) {" ".join(shares)})
        ) where weight >= {_double(weight_min)}"""


def _levels(comparison: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """By Splink's number of each level: 0 for the last, and so on upwards. One that says nothing has none of these."""
    return [level for level in comparison["comparison_levels"] if not level.get("is_null_level")][::-1]


def _combination(
    number: int, comparisons: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, float | int | None]:
    row: dict[str, float | int | None] = {"levels": number}
    total = 0.0
    for place, (name, levels) in enumerate(comparisons.items()):
        gamma = (number >> (LEVEL_BITS * place)) % (1 << LEVEL_BITS) - 1
        bits = _bits(levels[gamma]) if gamma >= 0 else 0.0
        asks = gamma >= 0 and levels[gamma].get("tf_adjustment_column") is not None
        row |= {
            f"gamma_{name}": gamma,
            f"mw_{name}": bits,
            f"rarity_{name}": log2(levels[gamma]["u_probability"]) if asks else None,
        }
        total += bits
    return row | {"bits": total}


def _bits(level: Mapping[str, Any]) -> float:
    return log2(max(level["m_probability"], LEAST) / max(level["u_probability"], LEAST))


def _frequency_columns(model: Mapping[str, Any]) -> dict[str, str | None]:
    """Comparison → the column of which one of its levels asks how often the value occurs."""
    asked = {
        one["output_column_name"]: [
            level["tf_adjustment_column"] for level in _levels(one) if level.get("tf_adjustment_column")
        ]
        for one in model["comparisons"]
    }
    return {name: columns[0] if columns else None for name, columns in asked.items()}


def _share_sql(counts: str, column: str, of: Totals) -> str:
    """value, share of the records that state it."""
    expected, stated_n = (
        FREQUENCY_RECORDS * EXPECTED_FREQUENCY[column],
        of.stated_n[column] + FREQUENCY_RECORDS,
    )
    return f"select value, (n + {_double(expected)}) / {_double(stated_n)} as share from {counts} where place = {VALUES.index(column)}"


def _greatest(column: str) -> str:
    """Share of the more frequent of the two values."""
    return (
        f"greatest({', '.join(f'{column}_{side}.share' for side in SIDES)})"
        if column in NAMES
        else f"{column}_l.share"
    )


def _double(number: float) -> str:
    return f"{float(number)!r}::double"
