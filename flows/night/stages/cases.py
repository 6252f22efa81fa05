"""Stage cases: group flagged subjects into cases."""

from functools import partial

from flows.home.sorted_files import write_parquet
from flows.home.warehouse import Connection, safe_errors
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, register_frame, small_tables, write_table
from graphs.cases.build import open_cases
from transforms.case_inputs import input_sql
from transforms.model.statements import STATEMENT_TABLES
from transforms.model.views import (
    CASE,
    CASE_LINK,
    CASE_MEMBER,
    CASE_THEME,
    FLAG,
    GRAPH_TABLES,
    INDICATOR_VIEW,
    MARTS,
)

MEMORY_SHARE = 0.4  # (own) beside DuckDB, a country's links and the flags in cases are in memory
READS = (*MARTS, *GRAPH_TABLES, FLAG.name, INDICATOR_VIEW.name)
WRITES = tuple(table.name for table in (CASE, CASE_MEMBER, CASE_LINK, FLAG))
THEMED = ("company_theme", "theme_indicator", CASE_MEMBER.name, FLAG.name)
FLAGS_WITH_CASE_SQL = (
    "select f.* replace (c.case_id as case_id) from flag f left join case_of_flag c using (flag_id)"
)


def group_cases(night: Night) -> Counts:
    """Write the cases, and give every flag the id of its case."""
    with open_tables(night, READS, memory_share=MEMORY_SHARE) as connection:
        sees = (*READS, *STATEMENT_TABLES, *small_tables(night))
        grouped = partial(_grouped, night, connection)
        counts = night.memory.step("cases", sees, WRITES, grouped, rule=night.as_of)
    night.memory.step("case-themes", THEMED, [CASE_THEME.name], partial(_themed, night))
    return counts


def _grouped(night: Night, connection: Connection) -> Counts:
    counts = _write_cases(night, connection)
    flags = night.table(FLAG.name)
    rewritten = flags.with_name("flag_with_case.parquet")
    write_parquet(connection, FLAGS_WITH_CASE_SQL, rewritten, FLAG.key)
    rewritten.replace(flags)
    return counts


def _write_cases(night: Night, connection: Connection) -> Counts:
    """Write the tables of cases. They are out of memory again before the flags are sorted."""
    with safe_errors("cases"):
        book = open_cases(connection, night.as_of)
    for table, rows in ((CASE, book.cases), (CASE_MEMBER, book.members), (CASE_LINK, book.links)):
        write_table(night, table, rows)
    register_frame(connection, "case_of_flag", book.case_of_flag)
    return {"cases": book.cases.height, "flags_in_cases": book.case_of_flag.height}


def _themed(night: Night) -> Counts:
    with open_tables(night, THEMED) as connection:
        write_parquet(connection, input_sql("themes"), night.table(CASE_THEME.name), CASE_THEME.key)
    return {}
