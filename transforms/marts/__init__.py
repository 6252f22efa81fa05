"""Marts: SQL over canonical statements and the resolution, one file for each mart, run in the order of
MART_ORDER.

Each file is one SELECT with the columns of `transforms.model.views.MARTS[name]`; its rows are written in the
order of that table's key. It may read the statement tables, `edition_in_use`, `resolution`, the vocabularies,
and the marts before it. Parameters: `$as_of` and those of MART_PARAMETERS. `mark` is written after screening,
from the queries in `marks/`; the views in `facts/` are for the queries of indicators. This module imports
`transforms.model` only.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files

from transforms.model.sql import MACROS, Connection, read_sql, tables_read
from transforms.model.subjects import subjects_sql
from transforms.model.views import FACT_VIEWS, MARK

MART_ORDER = (
    "register_role",
    "home_country",
    "home_area",
    "binding_regime",
    "release_day",
    "role_held",
    "ownership_gap",
    "offshore_country",
    "fund_form",
    "trust_company",
    "purpose_word",
    "theme",
    "theme_indicator",
    "area",
    "company",
    "company_theme",
    "relationship",
    "interest",
    "entity",
    "person",
    "title",
    "proprietorship",
    "title_address",
    "officer",
    "disqualification",
    "directed_set",
    "address_alias",
    "address",
    "premises",
    "transaction",
    "property",
    "price_index",
    "exempt",
    "listing",
    "rejected_subject",
    "out_of_edition",
    "sale_period",
    "other_name",
    "company_name",
    "account",
    "rate",
    "flow_repeat",
    "flow",
    "home_limit",
    "home_scheme",
    "subsidy",
    "charge",
    "insolvency",
    "tender",
    "award",
    "bid",
    "permit",
    "seat_held",
    "seat_change",
    "valuation",
    "group_relation",
)
# A unit with more active seats than this has the class mass, as in ADR-010 (Global Witness 2018).
MASS_SEATS_N = 100
# A median of the price index rests on at least this many sales, as in PRP-030 and PRP-040 (this project's
# own).
INDEX_SALES_N = 20
# (own) Number of full-length names in a file of payments from which its column counts as truncating names.
CUT_NAMES_N = 5
# (own) Days within which a credit cancels a payment of the same amount.
CANCEL_DAYS = 60
MART_PARAMETERS: Mapping[str, int] = {
    "cancel_days": CANCEL_DAYS,
    "mass_seats_n": MASS_SEATS_N,
    "index_sales_n": INDEX_SALES_N,
    "cut_names_n": CUT_NAMES_N,
}


def mart_sql(name: str) -> str:
    return read_sql(__package__, name)


@cache
def marks() -> Mapping[str, str]:
    """Mark → its query, which gives subject_id. Each is a file in `marks/`; sorted by name.

    A mark with a companion `<mark>_blocks` is not carried past the holders that the companion marks.
    """
    names = sorted(file.name.removesuffix(".sql") for file in (files(__package__) / "marks").iterdir())
    return {name: read_sql(__package__, f"marks/{name}") for name in names}


def mark_sql(*names: str) -> str:
    """The query of the mart `mark` (mark, subject_id) for these marks, or for all if none is named."""
    each = (f"select '{mark}' as mark, subject_id from (\n{marks()[mark]})" for mark in names or marks())
    return " union all ".join(each)


def sql_behind(*queries: str) -> Mapping[str, str]:
    """Name → SQL of each mart, fact view and macro that the queries rest on, directly or indirectly."""
    behind: dict[str, str] = {}
    unread = list(queries)
    while unread:
        direct = _sql_in(unread.pop())
        unread += [sql for name, sql in direct.items() if name not in behind]
        behind |= direct
    return behind


@cache
def _sql_in(query: str) -> Mapping[str, str]:
    """Name → SQL of the marts, fact views and macros that a query names itself."""
    macros = {name: sql for name, sql in MACROS.items() if f"{name}(" in query}
    return macros | {name: sql for name in tables_read(query) if (sql := _table_sql(name))}


def _table_sql(name: str) -> str | None:
    """The query of a mart or fact view; None for any other table."""
    if name == MARK.name:
        return mark_sql()
    if name in MART_ORDER:
        return mart_sql(name)
    return fact_sql(name) if any(view.name == name for view in FACT_VIEWS) else None


def create_fact_views(connection: Connection, tables: Collection[str], held: Collection[str] = ()) -> None:
    """Create the fact views that need no other tables than these; those in `held` as tables."""
    for name in fact_views_of(tables):
        kind = "table" if name in held else "view"
        connection.execute(f"create {kind} {name} as {fact_sql(name)}")


def fact_views_of(tables: Iterable[str]) -> list[str]:
    """The fact views that need no other tables than these, in the order of FACT_VIEWS."""
    return [view.name for view, reads in FACT_VIEWS.items() if set(reads) <= set(tables)]


def fact_sql(name: str) -> str:
    """The query of a fact view; that of `subject` is built from the declarations of the subject kinds."""
    return subjects_sql() if name == "subject" else read_sql(__package__, f"facts/{name}")


def tables_behind(names: Collection[str]) -> frozenset[str]:
    """These tables, with each fact view replaced by the tables that it reads. `edition_in_use` stays, because
    a run has it as a table.
    """
    views = {view.name: reads for view, reads in FACT_VIEWS.items() if view.name != "edition_in_use"}
    return frozenset(table for name in names for table in views.get(name, (name,)))
