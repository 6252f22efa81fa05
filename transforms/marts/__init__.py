"""Marts: SQL over canonical statements and the resolution. One file a mart, `<name>.sql`, in the order they
build on each other.

Each file is one SELECT within the allow-list, with the columns of `transforms.model.views.MARTS[name]` and a
total order. It may read the statement tables, `edition_in_use`, `resolution`, and the marts before it.
Parameters: `$as_of` and those of MART_PARAMETERS.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

MART_ORDER = (
    "area",
    "company",
    "entity",
    "person",
    "title",
    "proprietorship",
    "title_address",
    "relationship",
    "interest",
    "address",
    "transaction",
    "property",
    "price_index",
    "exempt",
    "listing",
)
MASS_SEATS_N = 100  # active seats at one unit above which it is of class mass; INDICATORS.md, ADR-010's n
INDEX_SALES_N = 20  # sales that a median of the price index rests on at least; INDICATORS.md, PRP-040
MART_PARAMETERS: Mapping[str, int] = {"mass_seats_n": MASS_SEATS_N, "index_sales_n": INDEX_SALES_N}


def mart_sql(name: str) -> str:
    return (files(__name__) / f"{name}.sql").read_text(encoding="utf-8")
