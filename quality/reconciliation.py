"""Reconciliation: an edition's records add up, and it resembles the one before it.

The lake gate finds these beside the statement tables: `edition`, one row in EDITION_COUNTS (or EDITION_VIEW) about the
edition under check; and, where an edition of the same register and data set is in force, `last_edition`, its row, and
`last_<table>` for each statement table. Two editions are compared only where both are complete: an extract's size says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from quality.gate import Expectation
from transforms.model.statements import Table
from transforms.model.views import EDITION_VIEW

EDITION_COUNTS = Table(
    "edition",
    "What an edition's records came to, for the gate of the lake.",
    tuple(
        EDITION_VIEW[name]
        for name in (
            "register",
            "dataset",
            "edition",
            "completeness",
            "file_sha256",
            "rows_in",
            "rows_loaded",
            "rows_rejected",
            "rows_ignored",
        )
    ),
    ("register", "dataset", "edition", "file_sha256"),
)
LAST = "last_"

# Own choices, to be revised on real editions: a register of companies moves by well under 1 per cent a month.
REJECTED_SHARE_MAX = 0.05  # of rows_in
REJECTED_ALWAYS_ALLOWED = 10  # records, so that a small file is not blocked by its first bad lines
# Reaching a bound is too far, a fifth of the records gone or twice as many, but for the smallest files, where it is chance.
MANY_FROM = 20  # records
VOLUME_RATIO_MIN = 0.8  # records loaded, of the last edition's
VOLUME_RATIO_MAX = 2.0
FILL_DROP_MAX = 10  # points of per cent
EMPTIED_FROM = (
    10  # rows, and per cent of them, that had a value: a column that fewer fill may be empty by chance
)

_BOTH_COMPLETE = (
    "completeness = 'complete' and exists (select 1 from last_edition where completeness = 'complete')"
)
_COMPARED = f"exists (select 1 from {EDITION_COUNTS.name} where {_BOTH_COMPLETE})"
_LAST_LOADED = "(select max(rows_loaded) from last_edition)"


def last_edition_tables(tables: Sequence[Table]) -> tuple[str, ...]:
    """Names that must be there for `against_last_edition`."""
    return (LAST + EDITION_COUNTS.name, *(LAST + table.name for table in tables))


def rows_add_up() -> Expectation:
    """rows_in = rows_loaded + rows_rejected + rows_ignored, in every row of `edition`."""
    counts = "rows_in, rows_loaded, rows_rejected, rows_ignored"
    return _of_edition(
        "rows add up", counts, "rows_in is distinct from rows_loaded + rows_rejected + rows_ignored"
    )


def row_accounting(tables: Sequence[Table]) -> tuple[Expectation, ...]:
    """Rows add up, few are rejected, and every record counted as loaded is in a statement and the reverse."""
    records = " union all ".join(f"select record_no from {table.name}" for table in tables)
    counted = f"(select *, (select count(distinct record_no) from ({records})) as records_in_statements from {{batch}})"
    allowed = f"greatest({REJECTED_ALWAYS_ALLOWED}, {REJECTED_SHARE_MAX} * rows_in)"
    return (
        rows_add_up(),
        _of_edition(
            f"rejected at most {REJECTED_SHARE_MAX:.0%} of records",
            "rows_in, rows_rejected",
            f"rows_rejected > {allowed}",
        ),
        _of_edition(
            "loaded records have statements",
            "rows_loaded, records_in_statements",
            "rows_loaded <> records_in_statements",
            source=counted,
        ),
    )


def against_last_edition(tables: Sequence[Table], *, may_grow: bool = False) -> tuple[Expectation, ...]:
    """Volume and emptied columns (blocking), and how far each nullable column is filled (warning). Needs `last_edition_tables`.

    `may_grow`: as many more records as there are is no fault, as in a year that is still going on.
    """
    shown = f"rows_loaded, {_LAST_LOADED} as last_rows_loaded"
    is_many = f"{_LAST_LOADED} >= {MANY_FROM}"
    below = f"(rows_loaded < {VOLUME_RATIO_MIN} * {_LAST_LOADED} or ({is_many} and rows_loaded = {VOLUME_RATIO_MIN} * {_LAST_LOADED}))"
    above = f"(rows_loaded > {VOLUME_RATIO_MAX} * {_LAST_LOADED} or ({is_many} and rows_loaded = {VOLUME_RATIO_MAX} * {_LAST_LOADED}))"
    name, is_off = (
        ("volume not below the last edition", below)
        if may_grow
        else ("volume near the last edition", f"({below} or {above})")
    )
    volume = _of_edition(name, shown, f"{_BOTH_COMPLETE} and {is_off}")
    return (
        volume,
        *(_emptied(table) for table in tables),
        *(_fill_rates(table) for table in tables if _nullable(table)),
    )


def _of_edition(name: str, shown: str, failing: str, source: str = "{batch}") -> Expectation:
    query = f"select register, dataset, edition, {shown} from {source} where {failing}"
    return Expectation(name, EDITION_COUNTS.name, None, "rows", (), "blocking", query)


def _nullable(table: Table) -> list[str]:
    return [column.name for column in table if column.nullable]


def _emptied(table: Table) -> Expectation:
    """Failing rows are columns that had values in the last edition and have none now; all of them where the table has no rows any more.

    A publisher that renames a key of a JSON record is seen here: no key but a few is in every record, so that its absence alone is no fault.
    """
    columns = [*(name for name in table.key if name not in _nullable(table)), *_nullable(table)]
    names = ", ".join(f"'{name}'" for name in columns)
    last_n, now_n = (
        f"(select [{', '.join(f'count({name})' for name in columns)}] from {source})"
        for source in (LAST + table.name, "{batch}")
    )
    query = (
        f"select column_name, last_n, now_n from (select unnest([{names}]) as column_name, unnest({last_n}) as last_n, unnest({now_n}) as now_n) "
        f"where now_n = 0 and last_n >= greatest({EMPTIED_FROM}, {EMPTIED_FROM} * (select count(*) from {LAST}{table.name}) / 100) and {_COMPARED}"
    )
    return Expectation(
        f"{table.name} columns not emptied since the last edition",
        table.name,
        None,
        "rows",
        (),
        "blocking",
        query,
    )


def _fill_rates(table: Table) -> Expectation:
    """Failing rows are columns, with the per cent filled in the last edition and now."""
    names = ", ".join(f"'{name}'" for name in _nullable(table))
    query = (
        f"select column_name, round(last_filled, 1) as last_filled, round(now_filled, 1) as now_filled from ("
        f"select unnest([{names}]) as column_name, "
        f"unnest((select {_filled(table)} from {LAST}{table.name})) as last_filled, unnest((select {_filled(table)} from {{batch}})) as now_filled"
        f") where round(last_filled - now_filled, 6) >= {FILL_DROP_MAX} and {_COMPARED}"
    )
    return Expectation(
        f"{table.name} filled as in the last edition", table.name, None, "rows", (), "warning", query
    )


def _filled(table: Table) -> str:
    """A list: the per cent of rows in which each nullable column has a value; nulls where there are no rows."""
    return "[" + ", ".join(f"100.0 * count({name}) / nullif(count(*), 0)" for name in _nullable(table)) + "]"
