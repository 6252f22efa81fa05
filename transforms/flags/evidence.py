"""The evidence of flags: every fact with the record that states it, and the first edition that stated it.

The claims of all indicators are collected in the table `claimed` (indicator, flag_id, role, statement_id,
field). They are looked up together, once in each statement table, and stored in the table `fact`, which
`evidence.sql` and `flags.sql` read.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from transforms.model.indicator import EVIDENCE_STEP, Indicator
from transforms.model.register import RECORD_ID_BYTES
from transforms.model.sql import Connection, frame, read_sql
from transforms.model.statements import STATEMENT_TABLES

# From this character on, a statement's id names the part of its record, and is the same in every edition.
PART_FROM = 2 * RECORD_ID_BYTES + 1
FACT = (
    "indicator varchar, flag_id varchar, position bigint, role varchar, register varchar, dataset varchar, "
    "edition varchar, file_sha256 varchar, record varchar, field varchar, value varchar, "
    "statement_id varchar, stale_since date, first_seen_on date"
)
# Indicators with claims that match no statement, or more than one.
LOST_SQL = """
    select indicator, sum(n) as n
    from (
        select indicator, 1 as n from claim
        union all
        select indicator, -1 from fact
    )
    group by indicator
    having sum(n) <> 0
"""


def claims_sql(indicator: Indicator, as_of: date) -> tuple[str, dict[str, object]]:
    """The query for an indicator's rows of `claimed`, and its parameters: the facts that the indicator gives
    as evidence for the flags in `flagged_now` (flag_id, subject_id, subtype). Run it on the connection that
    found the states.
    """
    evidence = indicator.steps.get(EVIDENCE_STEP, indicator.evidence)
    same = "f.subtype is not distinct from e.subtype" if indicator.evidence_by_subtype else "true"
    query = read_sql(__package__, "claims", evidence=evidence, is_same_subtype=same)
    return query, {**indicator.bound_values(evidence, as_of), "code": indicator.code}


def prove(connection: Connection) -> Mapping[str, str]:
    """Create the table `fact`: every claim in `claimed` with its value from the statement tables.

    Returns what is wrong with indicators' evidence queries, by indicator code. The facts of those indicators
    are left out.
    """
    connection.execute(f"create or replace table claim as {read_sql(__package__, 'claim')}")
    fields = frame(connection, "select distinct indicator, field from claim order by all").rows()
    unknown = {code: field for code, field in fields if not _is_column(field)}
    faults = {
        code: f"{code}: evidence field {field} is not a column of a statement table"
        for code, field in unknown.items()
    }
    connection.execute(f"create or replace table fact ({FACT})")
    for table, columns in _columns_by_table({field for _, field in fields if _is_column(field)}).items():
        values = (f"when '{table}.{column}' then {_text(table, column)}" for column in columns)
        query = read_sql(__package__, "facts", table=table, value=f"case field {' '.join(values)} end")
        connection.execute(f"insert into fact by name {query}", {"part_from": PART_FROM})
    for code, lost in frame(connection, LOST_SQL).rows():
        faults.setdefault(
            code,
            f"{code}: {lost} facts of its evidence query name a statement that is not in the table of their "
            "field",
        )
    connection.execute("delete from fact where list_contains($codes, indicator)", {"codes": list(faults)})
    return faults


def evidence_sql() -> str:
    """Rows of EVIDENCE, from `fact`."""
    return read_sql(__package__, "evidence")


def flags_sql() -> str:
    """Rows of FLAG, from `flag_part` (the flags of every indicator) and `fact`."""
    return read_sql(__package__, "flags")


def _is_column(field: str) -> bool:
    table, _, column = field.partition(".")
    return table in STATEMENT_TABLES and column in STATEMENT_TABLES[table]


def _text(table: str, column: str) -> str:
    """SQL for a value as text; a share without the zeros that end its nine decimals."""
    text = f"cast(s.{column} as varchar)"
    is_share = STATEMENT_TABLES[table][column].dtype == "share"
    return f"regexp_replace({text}, '[.]?0+$', '')" if is_share else text


def _columns_by_table(fields: Iterable[str]) -> Mapping[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for field in sorted(fields):
        table, _, column = field.partition(".")
        columns.setdefault(table, []).append(column)
    return columns
