"""Golden cases of indicators: one text file a case, of few rows, that a domain expert can read at a glance.

`tests/fixtures/indicators/<code>/<hit|near_miss|not_assessable>_<name>.txt` has a heading for each table (`#
company`) and below it the rows as CSV, with the columns that matter; the other columns get a default of their
type. Tables are the marts, `edition_in_use` and `reject_mention`; the graph tables are computed from
`interest`, `entity` and `person`. `# expected` has subject_id, state, reason, subtype, value of every
candidate; `# evidence`, where a case has it, all the evidence of its flags.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from flows.night.tables import VOCABULARIES
from graphs import build as night
from graphs.money import build as money
from graphs.structure import further
from transforms.flags.mentions import reject_mention_sql
from transforms.graph_inputs import input_sql
from transforms.marts import MART_ORDER, create_fact_views, mark_sql, marks, mart_sql
from transforms.model.indicator import Indicator, indicators
from transforms.model.register import declaring_forms, register_roles
from transforms.model.sql import create_macros, frame
from transforms.model.statements import DUCKDB_TYPES, Column, DType, Table
from transforms.model.views import GRAPH_TABLES, MARTS
from transforms.values.vocabulary import vocabulary

CASES = Path(__file__).parent / "fixtures" / "indicators"
AS_OF = date(2026, 6, 1)
KINDS = ("hit", "near_miss", "not_assessable")
# They need a deed that names both sides, which no register of the town's country publishes: their hits are in
# their cases, and in tests/transforms/marts/test_handover.py over two editions of a register that has deeds.
WITHOUT_DEEDS = ("PRP-090", "PRP-140")
EXPECTED_COLUMNS = ("subject_id", "state", "reason", "subtype", "value")
DEFAULTS: dict[DType, str] = {
    "text": "''",
    "texts": "[]",
    "date": "date '2000-01-01'",
    "integer": "0",
    "boolean": "false",
    "share": "0",
    "money": "0",
    "number": "0",
    "timestamp": "timestamp '2000-01-01'",
}

# Marts that follow from the others and from the declarations: computed, never given.
DERIVED = (
    "register_role",
    "home_country",
    "home_area",
    "home_limit",
    "home_scheme",
    "binding_regime",
    "release_day",
    "role_held",
    "ownership_gap",
    "offshore_country",
    "fund_form",
    "trust_company",
    "purpose_word",
    "rejected_subject",
    "out_of_edition",
    "sale_period",
    "mark",
)
# Words of rejected records: none, unless the case says so.
NO_MENTIONS = pl.DataFrame(schema=dict.fromkeys(("token", "register", "dataset", "edition"), pl.String))
# Districts that the run is for: everywhere, unless the case says so.
NO_AREAS = pl.DataFrame(schema={"area_name": pl.String, "area_code": pl.String})
# The authority's limit for orders: none, unless the case says so.
NO_LIMITS = pl.DataFrame(schema={"name": pl.String, "approval_limit": pl.String})
NO_SCHEMES = pl.DataFrame(schema={"words": pl.String})  # exempt ones
# Editions in force: complete ones of the UK's registers at AS_OF, unless the case says otherwise.
UK_EDITIONS = pl.DataFrame(
    [
        (register, dataset, f"{AS_OF}", "in_force", "complete", f"{AS_OF}", f"{AS_OF}")
        for register, dataset in (
            ("gb_coh_companies", "gb_coh_companies"),
            ("gb_coh_psc", "gb_coh_psc"),
            ("gb_hmlr_ccod", "gb_hmlr_ccod"),
            ("gb_hmlr_ocod", "gb_hmlr_ocod"),
            ("gb_hmlr_price_paid", "pp-complete"),
        )
    ],
    schema=["register", "dataset", "edition", "status", "completeness", "edition_date", "edition_order"],
    orient="row",
)


def cases(indicator: Indicator) -> list[Path]:
    return sorted((CASES / indicator.code).glob("*.txt"))


def kind(case: Path) -> str:
    return next((kind for kind in KINDS if case.name.startswith(kind)), "")


def case_tables(case: Path) -> dict[str, pl.DataFrame]:
    """The tables of a case by name: every column is text, and a blank is null."""
    sections = re.split(r"^# (\w+)\n", case.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sections[0] == "", f"{case}: a case begins with the heading of a table"
    names, texts = sections[1::2], sections[2::2]
    assert len(set(names)) == len(names), f"{case}: a table stands there twice"
    return {
        name: pl.read_csv(text.strip().encode(), infer_schema=False)
        for name, text in zip(names, texts, strict=True)
    }


@cache
def _marts() -> duckdb.DuckDBPyConnection:
    """A database with every mart, empty: one for all cases, because to make another takes as long as to fill
    it.
    """
    connection = duckdb.connect(config={"threads": 1})
    for name in MARTS.keys() - set(DERIVED):
        table = MARTS[name]
        connection.execute(f'create table "{name}" as {_rows(table, (), "(select 1 where false)")}')
    for name, rows in (
        ("register_role_list", register_roles()),
        ("declaring_form_list", declaring_forms()),
        *((f"{name}_list", vocabulary(name)) for name in VOCABULARIES),
        ("home_regime_list", pl.DataFrame(schema={"regime": pl.String})),
    ):
        connection.register(name, rows.to_arrow())
    create_macros(connection)
    connection.execute("create table complete_basis as select '' as register, '' as basis where false")
    return connection


@contextmanager
def load(case: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with every mart and graph table, filled from the case. One at a time: at the end, what was
    filled in is taken back.
    """
    connection = _marts()
    connection.execute("begin")
    try:
        _load(connection, case)
        yield connection
    finally:
        connection.execute("rollback")


def _load(connection: duckdb.DuckDBPyConnection, case: Path) -> None:
    tables = case_tables(case)
    unknown = (
        tables.keys()
        - (MARTS.keys() - set(DERIVED))
        - {
            "edition_in_use",
            "reject_mention",
            "home_area_list",
            "home_limit_list",
            "home_scheme_list",
            "expected",
            "evidence",
        }
    )
    assert not unknown, f"{case}: there is no table {min(unknown)}"
    for table in MARTS.values():
        if table.name in tables:
            _fill(connection, table, tables[table.name])
    connection.register("frame_reject_mention", tables.get("reject_mention", NO_MENTIONS).to_arrow())
    connection.execute(f"create table reject_mention as {reject_mention_sql('frame_reject_mention')}")
    editions = tables.get("edition_in_use", UK_EDITIONS).with_columns(pl.col("edition_date").str.to_date())
    connection.register("frame_edition_in_use", editions.to_arrow())
    connection.execute("create table edition_in_use as select * from frame_edition_in_use")
    areas = tables.get("home_area_list", NO_AREAS)
    connection.register("home_area_list", areas.to_arrow())
    limits = tables.get("home_limit_list", NO_LIMITS).with_columns(pl.col("approval_limit").cast(pl.Int64))
    connection.register("home_limit_list", limits.to_arrow())
    connection.register("home_scheme_list", tables.get("home_scheme_list", NO_SCHEMES).to_arrow())
    connection.execute(
        "create table relationship_statement as select statement_id, '' as register from relationship"
    )
    for name in (one for one in MART_ORDER if one in DERIVED):
        sql = mart_sql(name)
        connection.execute(f"create table {name} as {sql}", {"as_of": AS_OF} if "$as_of" in sql else None)
    create_fact_views(connection, MARTS.keys() - {"mark"})
    connection.execute(f"create table mark as {mark_sql()}")
    edges, nodes = (frame(connection, input_sql(name)) for name in ("edges", "nodes"))
    marked = frame(connection, "select mark, subject_id as party_id from mark")
    barred = [mark for mark in marks() if mark + further.BLOCKS in marks()]
    for name, frames in night.solve(edges, nodes.with_columns(component_no=0), marked, barred):
        connection.register(name, pl.concat(frames).to_arrow())
    groups = frame(connection, "select * from graph_control_group")
    flows, held = (frame(connection, input_sql(name)) for name in ("flows", "held_parties"))
    for name, frames in money.build(flows.lazy(), held, groups.lazy(), money.bounds(indicators())):
        connection.register(name, pl.concat(frames).to_arrow())
    create_fact_views(
        connection,
        (
            *("mark", "graph_edge", "graph_reach", "graph_control", "graph_control_group", "graph_ubo"),
            *("interest", "insolvency", "exempt"),
        ),
    )
    assert set(GRAPH_TABLES) <= {
        row[0] for row in connection.execute("select view_name from duckdb_views()").fetchall()
    }


def _fill(connection: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    unknown = [name for name in rows.columns if name not in table]
    assert not unknown, f"{table.name} has no column {unknown[:1]}"
    connection.register("frame_rows", rows.to_arrow())
    connection.execute(f'insert into "{table.name}" {_rows(table, rows.columns, "frame_rows")}')


def _rows(table: Table, given: Collection[str], source: str) -> str:
    columns = ", ".join(f'{_value(column, column.name in given)} as "{column.name}"' for column in table)
    return f"select {columns} from {source}"


def _value(column: Column, given: bool) -> str:
    sql_type = DUCKDB_TYPES[column.dtype]
    value = "'gb'" if column.name == "territory" else DEFAULTS[column.dtype]
    default = f"cast({'null' if column.nullable else value} as {sql_type})"
    if not given:
        return default
    if column.dtype == "texts":
        return f"coalesce(string_split(\"{column.name}\", ';'), [])"
    return (
        f'coalesce(cast("{column.name}" as {sql_type}), {default})'
        if not column.nullable
        else f'cast("{column.name}" as {sql_type})'
    )
