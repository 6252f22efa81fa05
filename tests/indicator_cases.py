"""Golden cases of indicators: folders of few rows that a domain expert can read.

`tests/fixtures/indicators/<code>/<hit|near_miss|not_assessable>_<name>/` holds CSV files named after marts, with the
columns that matter; the others get a default of their type. `expected.csv` has subject_id, state, reason, subtype, value
for every candidate. The graph tables are computed from `interest.csv`, `entity.csv` and `person.csv`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from graphs import build as night
from graphs.structure import further
from graphs.verdicts import cascade
from transforms.flags.absence import mentioned
from transforms.graph_inputs import input_sql
from transforms.model.indicator import Indicator
from transforms.model.sql import frame
from transforms.model.statements import DUCKDB_TYPES, Column, DType, Table
from transforms.model.views import GRAPH_TABLES, MARTS

CASES = Path(__file__).parent / "fixtures" / "indicators"
AS_OF = date(2026, 6, 1)
KINDS = ("hit", "near_miss", "not_assessable")
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


def cases(indicator: Indicator) -> list[Path]:
    return sorted(path for path in (CASES / indicator.code).glob("*") if path.is_dir())


def kind(case: Path) -> str:
    return next((kind for kind in KINDS if case.name.startswith(kind)), "")


@cache
def _marts() -> duckdb.DuckDBPyConnection:
    """A database with every mart, empty: one for all cases, because to make another takes as long as to fill it."""
    connection = duckdb.connect(config={"threads": 1})
    for table in MARTS.values():
        connection.execute(f"create table {table.name} as {_rows(table, (), '(select 1 where false)')}")
    connection.execute("create table home_country as select 'gb' as country")
    connection.execute("create table complete_basis as select '' as register, '' as basis where false")
    return connection


@contextmanager
def load(case: Path, indicator: Indicator) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with every mart and graph table, filled from the case. One at a time: at the end, what was filled in is taken back."""
    connection = _marts()
    connection.execute("begin")
    try:
        _load(connection, case, indicator)
        yield connection
    finally:
        connection.execute("rollback")


def _load(connection: duckdb.DuckDBPyConnection, case: Path, indicator: Indicator) -> None:
    for table in MARTS.values():
        if (path := case / f"{table.name}.csv").exists():
            _fill(connection, table, path)
    _fill_mentions(connection, case / "reject_mention.csv")
    _fill_editions(connection, case / "edition_in_use.csv")
    connection.execute(
        "create table relationship_statement as select statement_id, '' as register from relationship"
    )
    edges, nodes = (frame(connection, input_sql(name)) for name in ("edges", "nodes"))
    marks = _marks(connection, indicator)
    for name, frames in night.build(edges.lazy(), nodes, marks):
        connection.register(name, pl.concat(frames).to_arrow())
    closure, groups = (
        frame(connection, f"select * from {name}") for name in ("graph_edge", "graph_control_group")
    )
    barred = [mark for mark in indicator.marks if mark + further.BLOCKS in indicator.marks]
    for name, frames in further.build(closure.lazy(), nodes, marks, groups, barred):
        connection.register(name, pl.concat(frames).to_arrow())
    control = frame(connection, "select * from graph_control").lazy()
    connection.register(
        "graph_cascade",
        pl.concat(cascade.build(edges.lazy(), nodes, marks, closure.lazy(), control)).to_arrow(),
    )
    assert set(GRAPH_TABLES) <= {
        row[0] for row in connection.execute("select view_name from duckdb_views()").fetchall()
    }


def _fill_mentions(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Words of rejected records, of the editions in force: as the case says, else none."""
    columns = ("token", "register", "dataset", "edition")
    rows = (
        pl.read_csv(path, infer_schema=False)
        if path.exists()
        else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    )
    connection.register("frame_reject_mention", rows.select(columns).to_arrow())
    connection.execute(f"create table reject_mention as {mentioned('frame_reject_mention')}")


def _fill_editions(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Editions in force: as the case says, else complete ones of the UK's registers at AS_OF."""
    columns = ("register", "dataset", "edition", "status", "completeness", "edition_date", "edition_order")
    whole = [
        (register, dataset, f"{AS_OF}", "in_force", "complete", f"{AS_OF}", f"{AS_OF}")
        for register, dataset in (
            *((name, name) for name in ("gb_coh_companies", "gb_coh_psc", "gb_hmlr_ccod", "gb_hmlr_ocod")),
            ("gb_hmlr_price_paid", "pp-complete"),
        )
    ]
    rows = (
        pl.read_csv(path, infer_schema=False)
        if path.exists()
        else pl.DataFrame(whole, schema=columns, orient="row")
    )
    connection.register(
        "frame_edition_in_use",
        rows.select(columns).with_columns(pl.col("edition_date").str.to_date()).to_arrow(),
    )
    connection.execute("create table edition_in_use as select * from frame_edition_in_use")


def _marks(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> pl.DataFrame:
    frames = [pl.DataFrame(schema={"mark": pl.String, "party_id": pl.String})]
    for mark, query in indicator.marks.items():
        rows = connection.execute(query, {"as_of": AS_OF} if "$as_of" in query else None).fetchall()
        frames.append(
            pl.DataFrame(
                {"mark": [mark] * len(rows), "party_id": [row[0] for row in rows]}, schema=frames[0].schema
            )
        )
    return pl.concat(frames)


def _fill(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    if unknown := [name for name in header if name not in table]:
        raise AssertionError(f"{path}: {table.name} has no column {unknown[0]}")
    connection.execute(
        f"insert into {table.name} {_rows(table, header, f"read_csv('{path}', all_varchar = true, header = true, nullstr = '')")}"
    )


def _rows(table: Table, given: Collection[str], source: str) -> str:
    columns = ", ".join(f'{_value(column, column.name in given)} as "{column.name}"' for column in table)
    return f"select {columns} from {source}"


def _value(column: Column, given: bool) -> str:
    sql_type = DUCKDB_TYPES[column.dtype]
    default = f"cast({'null' if column.nullable else DEFAULTS[column.dtype]} as {sql_type})"
    if not given:
        return default
    if column.dtype == "texts":
        return f"coalesce(string_split(\"{column.name}\", ';'), [])"
    return (
        f'coalesce(cast("{column.name}" as {sql_type}), {default})'
        if not column.nullable
        else f'cast("{column.name}" as {sql_type})'
    )
