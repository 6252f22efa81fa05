"""The views of a release that `ownership_graph` reads, filled from small graphs of `tests.graphs.helpers`."""

from collections.abc import Iterable
from datetime import date

import duckdb
import polars as pl

from tests.graphs.helpers import Case, built, frames
from transforms.model.statements import Table
from transforms.model.views import COMPANY, CONTROL, EDGE, ENTITY, INTEREST, PERSON, RELATIONSHIP, SCC

AS_OF, SINCE = date(2026, 6, 1), date(2020, 5, 1)
PERSONS = {"person": "knownPerson", "protected": "anonymousPerson"}
ENTITIES = {
    "legal_entity": "registeredEntity",
    "arrangement": "arrangement",
    "unspecified": "unknownEntity",
}


def network_release(cases: Iterable[Case]) -> duckdb.DuckDBPyConnection:
    """A database in memory. Interests of basis `closure` become statements that name the holder only."""
    cases = list(cases)
    edges, nodes, _ = frames(cases)
    stated, tables = edges.collect(), built(cases)
    held = pl.col("basis") != "closure"
    interests = stated.filter(held).with_columns(
        interest_type=pl.lit("shareholding"), is_open=pl.lit(True), valid_from=pl.lit(SINCE)
    )
    statements = stated.unique("statement_id").with_columns(
        valid_from=pl.lit(SINCE), is_left_censored=pl.lit(False), is_open=pl.lit(True)
    )
    network = tables["graph_edge"].with_columns(
        interest_id=pl.when(pl.col("basis").is_not_null()).then("interest_id")
    )
    kind = pl.col("kind")
    persons = nodes.filter(kind.is_in(list(PERSONS))).select(
        person_id="party_id", person_type=kind.replace_strict(PERSONS), full_name=_name("party_id")
    )
    entities = nodes.filter(kind.is_in(list(ENTITIES))).select(
        entity_id="party_id",
        entity_type=kind.replace_strict(ENTITIES),
        name=_name("party_id"),
        jurisdiction=pl.lit("gb"),
        in_register=pl.lit(True),
    )
    companies = entities.filter(pl.col("entity_type") == "registeredEntity").select(
        company_id="entity_id", is_active=pl.lit(True), incorporated_on=pl.lit(SINCE)
    )
    connection = duckdb.connect()
    for table, rows in {
        EDGE: network,
        INTEREST: interests,
        RELATIONSHIP: statements,
        CONTROL: tables["graph_control"],
        SCC: tables["graph_scc"],
        ENTITY: entities,
        PERSON: persons,
        COMPANY: companies,
    }.items():
        _store(connection, table, rows)
    connection.execute(
        f"create table v_release as select 'R1' as release_id, date '{AS_OF}' as as_of, true as synthetic"
    )
    return connection


def _name(column: str) -> pl.Expr:
    return pl.concat_str(pl.lit("name of "), column)


def _store(connection: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    """The rows under the view's name; columns not given are null."""
    missing = [pl.lit(None).alias(name) for name in table.names if name not in rows.columns]
    connection.register("given", table.conformed(rows.with_columns(missing)).to_arrow())
    connection.execute(f"create table {table.view} as from given")
    connection.unregister("given")
