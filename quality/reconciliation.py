"""Reconciliation: the records of an edition add up, and the edition resembles the previous one.

Besides the statement tables, the lake gate has `edition`: the row of EDITION_VIEW of the edition checked. If
an edition of the same register and dataset is in force, the gate also has its row `last_edition`, and
`last_<table>` for each statement table. Two editions are compared only if both are complete, because the size
of an extract says nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from quality.expectation import Expectation
from transforms.model.statements import Table
from transforms.model.views import EDITION_VIEW

LAST = "last_"

# Own choices, to be revised on real editions: a company register changes by well under 1 per cent a month.
REJECTED_SHARE_MAX = 0.05  # of rows_in
REJECTED_ALWAYS_ALLOWED = 10  # records, so that a few bad lines do not block a small file
# Exactly a bound (a fifth fewer records, twice as many) fails too, except in small editions, where it may be
# chance.
MANY_FROM = 20  # records
VOLUME_RATIO_MIN = 0.8  # records loaded, of the last edition's
VOLUME_RATIO_MAX = 2.0
VOLUME_DIFFERENCE_MIN = 10  # (own) records; the charges of one company may well rise from one to three
FILL_DROP_MAX = 10  # percentage points
# Rows with a value in the last edition, and per cent of its rows: with fewer, a column may be empty by
# chance.
EMPTIED_FROM = 10

_BOTH_COMPLETE = (
    "completeness = 'complete' and exists (select 1 from last_edition where completeness = 'complete')"
)
_COMPARED = f"exists (select 1 from {EDITION_VIEW.name} where {_BOTH_COMPLETE})"
_LAST_LOADED = "(select max(rows_loaded) from last_edition)"


def rows_add_up() -> Expectation:
    """rows_in = rows_loaded + rows_rejected + rows_ignored, in every row of `edition`."""
    counts = "rows_in, rows_loaded, rows_rejected, rows_ignored"
    return _of_edition(
        "rows add up",
        counts,
        "rows_in is distinct from rows_loaded + rows_rejected + rows_ignored",
        "Every record read is loaded, rejected or ignored by name.",
    )


def row_accounting(tables: Sequence[Table]) -> tuple[Expectation, ...]:
    """Rows add up, few are rejected, and the number of records with statements is the number loaded."""
    records = " union all ".join(f"select record_no from {table.name}" for table in tables)
    # One bit per record: a count of distinct numbers would hold all numbers of a large edition in memory.
    bits = f"select bit_or(1::bigint << record_no % 32) as bits from ({records}) group by record_no // 32"
    allowed = f"greatest({REJECTED_ALWAYS_ALLOWED}, {REJECTED_SHARE_MAX} * rows_in)"
    return (
        rows_add_up(),
        _of_edition(
            f"rejected at most {REJECTED_SHARE_MAX:.0%} of records",
            "rows_in, rows_rejected",
            f"rows_rejected > {allowed}",
            f"At most {REJECTED_SHARE_MAX:.0%} of the records are rejected, or {REJECTED_ALWAYS_ALLOWED}.",
        ),
        # Counted once, in the from-clause: a subquery in two places would run twice.
        Expectation(
            "loaded records have statements",
            EDITION_VIEW.name,
            "select register, dataset, edition, rows_loaded, records_in_statements from {batch},"
            f" (select coalesce(sum(bit_count(bits)), 0) as records_in_statements from ({bits}))"
            " where rows_loaded <> records_in_statements",
        ),
    )


def against_last_edition(tables: Sequence[Table], *, may_grow: bool = False) -> tuple[Expectation, ...]:
    """Expectations on volume and emptied columns (blocking), and on the fill rate of nullable columns
    (warning).

    `may_grow`: any number of additional records is allowed, as in a series that grows during the year.
    """
    is_off, name = _outside("<", VOLUME_RATIO_MIN), "volume not below the last edition"
    description = f"More than {VOLUME_RATIO_MIN:.0%} of the last edition's records are loaded"
    if not may_grow:
        is_off, name = f"({is_off} or {_outside('>', VOLUME_RATIO_MAX)})", "volume near the last edition"
        description += f", and less than {VOLUME_RATIO_MAX:.0%}"
    shown = f"rows_loaded, {_LAST_LOADED} as last_rows_loaded"
    expectations = (
        _of_edition(name, shown, f"{_BOTH_COMPLETE} and {is_off}", f"{description}."),
        *(_emptied(table) for table in tables),
        *(_fill_rates(table) for table in tables if _nullable(table)),
    )
    return tuple(replace(each, compares_editions=True) for each in expectations)


def _outside(compared: str, ratio: float) -> str:
    """Condition: the number of loaded records is beyond the ratio to the last edition, or equal to it if
    there are many, and differs by at least VOLUME_DIFFERENCE_MIN.
    """
    bound = f"{ratio} * {_LAST_LOADED}"
    beyond = f"(rows_loaded {compared} {bound} or ({_LAST_LOADED} >= {MANY_FROM} and rows_loaded = {bound}))"
    return f"({beyond} and abs(rows_loaded - {_LAST_LOADED}) >= {VOLUME_DIFFERENCE_MIN})"


def _of_edition(name: str, shown: str, failing: str, description: str) -> Expectation:
    query = f"select register, dataset, edition, {shown} from {{batch}} where {failing}"
    return Expectation(name, EDITION_VIEW.name, query, kind="data", description=description)


def _nullable(table: Table) -> list[str]:
    return [column.name for column in table if column.nullable]


def _emptied(table: Table) -> Expectation:
    """Failing rows are columns that had values in the last edition and have none now.

    This detects a renamed JSON key: few keys are in every record, so the parser cannot report a missing one.
    The required key columns are included, so that a table without rows fails too.
    """
    columns = [*(name for name in table.key if name not in _nullable(table)), *_nullable(table)]
    least = f"greatest({EMPTIED_FROM}, {EMPTIED_FROM} * (select count(*) from {LAST}{table.name}) / 100)"
    query = (
        f"select column_name, before as last_n, now as now_n from ({_by_column(table, columns, 'count({})')})"
        f" where now = 0 and before >= {least} and {_COMPARED}"
    )
    return Expectation(
        f"{table.name} columns not emptied since the last edition",
        table.name,
        query,
        kind="data",
        description="No column that had values in the last edition is empty now.",
    )


def _fill_rates(table: Table) -> Expectation:
    """Failing rows are columns with a lower fill rate, in per cent of the last edition and now."""
    filled = "100.0 * count({}) / nullif(count(*), 0)"
    query = (
        "select column_name, round(before, 1) as last_filled, round(now, 1) as now_filled"
        f" from ({_by_column(table, _nullable(table), filled)})"
        f" where round(before - now, 6) >= {FILL_DROP_MAX} and {_COMPARED}"
    )
    name = f"{table.name} filled as in the last edition"
    description = f"No column is filled {FILL_DROP_MAX} percentage points less than in the last edition."
    return Expectation(name, table.name, query, severity="warning", kind="data", description=description)


def _by_column(table: Table, columns: Sequence[str], figure: str) -> str:
    """Query for column_name, before, now: the figure of each column in the last edition and in this one."""
    names = ", ".join(f"'{name}'" for name in columns)
    figures = ", ".join(figure.format(name) for name in columns)
    return (
        f"select unnest([{names}]) as column_name,"
        f" unnest((select [{figures}] from {LAST}{table.name})) as before,"
        f" unnest((select [{figures}] from {{batch}})) as now"
    )
