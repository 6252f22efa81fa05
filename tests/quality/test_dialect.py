"""SQLAlchemy on a received DuckDB connection."""

import duckdb
import polars as pl
import pytest
import sqlalchemy

from quality import dialect


def _engine(connection: duckdb.DuckDBPyConnection) -> sqlalchemy.Engine:
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
        connection.execute('create table "odd name" as select 1 as a, [2] as position')
        inspector = sqlalchemy.inspect(_engine(connection))
        assert [column["name"] for column in inspector.get_columns("odd name")] == [
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


def test_an_error_says_its_kind_and_no_value() -> None:
    with duckdb.connect() as connection, _engine(connection).connect() as engine_connection:
        with pytest.raises(sqlalchemy.exc.DBAPIError) as raised:
            engine_connection.execute(
                sqlalchemy.text("select a::integer from (select concat('Zeb', 'edee') as a)")
            )
        assert "ConversionException" in str(raised.value)
        assert "Zebedee" not in str(raised.value)
