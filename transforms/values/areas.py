"""Districts: the publishers' spellings of a district's name, and its official code.

A spelling is compared by its key, so that case, punctuation and a leading `City of` do not matter; `area_key`
is the same in Python and, as a macro, in SQL. Districts that were merged whole into another are that other
one today. A name that is not in the vocabulary is an area of its own without a code: nobody guesses one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from transforms.values.vocabulary import vocabulary

# One pass each, in this order; three passes over doubled spaces are enough for what precedes them.
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
A_CITY_OF_ITS_OWN = "CITY OF LONDON"  # there is no district of London without it
AREA_LIST_COLUMNS = ("spelling_key", "area_name", "area_code")


@dataclass(frozen=True)
class Area:
    """A district: `name` in capitals as publishers write it; `code` "" where none is known."""

    name: str
    code: str


def area_key(text: str) -> str:
    """What two spellings of one district have in common; "" for a blank text."""
    key = text.strip().upper()
    for old, new in REPLACED:
        key = key.replace(old, new)
    key = key.strip()
    return key[len(CITY_OF) :] if key.startswith(CITY_OF) and key != A_CITY_OF_ITS_OWN else key


def area_key_sql() -> str:
    """The macro `area_key(district)`, which does what `area_key` does."""
    key = "upper(trim(district))"
    for old, new in REPLACED:
        key = f"replace({key}, {_literal(old)}, {_literal(new)})"
    key = f"trim({key})"
    stripped = f"substr({key}, {len(CITY_OF) + 1})"
    return (
        f"create or replace macro area_key(district) as "
        f"(case when {key} like {_literal(CITY_OF + '%')} and {key} <> {_literal(A_CITY_OF_ITS_OWN)} "
        f"then {stripped} else {key} end)"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@cache
def area_list() -> pl.DataFrame:
    """spelling_key, area_name, area_code: every spelling of the vocabulary once, by key."""
    known = vocabulary("areas")
    keys = pl.Series("spelling_key", [area_key(spelling) for spelling in known["spelling"]])
    return known.with_columns(keys).select(AREA_LIST_COLUMNS).unique().sort("spelling_key")


def area_asked(text: str) -> Area:
    """The district meant by a name or an official code, present or former, in any case. An unknown one is
    returned as asked.
    """
    known = vocabulary("areas")
    code = text.strip().upper()
    by_code = known.filter((pl.col("area_code") == code) | (pl.col("former_code") == code))
    by_name = area_list().filter(pl.col("spelling_key") == area_key(text))
    for found in (by_code, by_name):
        if found.height:
            return Area(str(found["area_name"][0]), str(found["area_code"][0]))
    return Area(area_key(text), "")
