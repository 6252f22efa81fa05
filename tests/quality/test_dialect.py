"""SQLAlchemy on a received DuckDB connection."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
import sqlalchemy

from quality import dialect


def _engine(connection: duckdb.DuckDBPyConnection) -> sqlalchemy.Engine:
    dialect.register_dialect()
    return sqlalchemy.create_engine(dialect.DIALECT_URL, creator=dialect.creator(connection))


def test_sees_views_registered_from_memory() -> None:
    with duckdb.connect() as connection:
        connection.register("frame", pl.DataFrame({"a": [1, 2, 3]}))
        with _engine(connection).connect() as engine_connection:
            assert engine_connection.execute(sqlalchemy.text("select sum(a) from frame")).scalar_one() == 6


def test_rows_outlive_rollback_and_other_queries() -> None:
    with duckdb.connect() as connection, _engine(connection).connect() as engine_connection:
        result = engine_connection.execute(sqlalchemy.text("select * from range(5)"))
        engine_connection.rollback()
        engine_connection.execute(sqlalchemy.text("select 1")).scalar_one()
        assert [row[0] for row in result.fetchall()] == [0, 1, 2, 3, 4]


def test_binds_parameters_and_fetches_in_pieces() -> None:
    numbers = sqlalchemy.table("numbers", sqlalchemy.column("n"))
    with duckdb.connect() as connection:
        connection.execute("create table numbers as select range as n from range(10)")
        with _engine(connection).connect() as engine_connection:
            result = engine_connection.execute(
                sqlalchemy.select(numbers.c.n)
                .where(numbers.c.n.in_([2, 3, 5]))
                .order_by(numbers.c.n)
                .limit(3)
            )
            assert result.fetchone() == (2,)
            assert result.fetchmany(1) == [(3,)]
            assert result.fetchall() == [(5,)]
            assert result.fetchone() is None


def test_reflects_the_columns_of_tables_and_views() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            'create schema other; create table other."odd ""name" as select 1 as a, [2] as position'
        )
        inspector = sqlalchemy.inspect(_engine(connection))
        assert [column["name"] for column in inspector.get_columns('odd "name', schema="other")] == [
            "a",
            "position",
        ]


def test_leaves_the_transaction_and_the_connection_to_their_owner() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table kept (a integer)")
        connection.begin()
        connection.execute("insert into kept values (1)")
        engine = _engine(connection)
        with engine.begin() as engine_connection:
            engine_connection.execute(sqlalchemy.text("insert into kept values (2)"))
        engine.dispose()
        connection.rollback()
        assert connection.execute("select count(*) from kept").fetchall() == [(0,)]


def test_errors_of_the_database_pass_through() -> None:
    with (
        duckdb.connect() as connection,
        _engine(connection).connect() as engine_connection,
        pytest.raises(duckdb.CatalogException),
    ):
        engine_connection.execute(sqlalchemy.text("select * from nowhere"))


@pytest.mark.parametrize("rows_first", [True, False])
def test_a_query_that_found_nothing_is_not_run_again_to_be_counted(rows_first: bool) -> None:
    """Nor the other way round; and never twice, nor where it found something."""
    nothing, something = "select a from numbers where a < 0", "select a from numbers where a > 0"
    with duckdb.connect() as connection:
        connection.execute("create table numbers as select 1 as a")
        with _engine(connection).connect() as engine_connection:

            def rows(query: str) -> list[tuple[int, ...]]:
                return [tuple(row) for row in engine_connection.execute(sqlalchemy.text(query)).fetchall()]

            def count(query: str) -> list[tuple[int, ...]]:
                return rows(
                    f"SELECT COUNT(*) as unexpected_row_count FROM ({query}) AS substituted_batch_subquery"
                )

            first, second = (rows, count) if rows_first else (count, rows)
            empty = {rows: [], count: [(0,)]}
            assert (rows(something), count(something)) == ([(1,)], [(1,)])
            assert first(nothing) == empty[first]
            connection.execute("insert into numbers values (-1)")  # so that running it again would be seen
            assert second(nothing) == empty[second]
            assert (rows(nothing), count(nothing)) == ([(-1,)], [(1,)])
