"""Marts: SQL over canonical statements and the resolution, one file a mart, in the order of MART_ORDER.

Each file is one SELECT with the columns of `transforms.model.views.MARTS[name]` and a total order. It may
read the statement tables, `edition_in_use`, `resolution`, and the marts before it. Parameters: `$as_of` and
those of MART_PARAMETERS. This module imports `transforms.model` only.
"""

from collections.abc import Mapping

from transforms.model.sql import read_sql

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
# A unit with more active seats than this is of class mass, as in ADR-010 (Global Witness 2018).
MASS_SEATS_N = 100
# A median of the price index rests on at least this many sales, as in PRP-030 and PRP-040 (this project's
# own).
INDEX_SALES_N = 20
MART_PARAMETERS: Mapping[str, int] = {"mass_seats_n": MASS_SEATS_N, "index_sales_n": INDEX_SALES_N}


def mart_sql(name: str) -> str:
    return read_sql(__package__, name)
