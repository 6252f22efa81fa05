"""SQLAlchemy on an existing DuckDB connection, for Great Expectations.

Great Expectations has no DuckDB source, and the usual DuckDB driver for SQLAlchemy does not fit, for three
reasons:

- DuckDB's errors quote values, such as names of persons, and Great Expectations keeps error texts in its
  results and logs. Here an error has only the name of its type.
- Views registered from memory exist only on the received connection, so queries run on that connection.
  Commit, rollback and close do nothing, because its owner controls them.
- Great Expectations fetches rows after a rollback, when DuckDB has dropped them, so a cursor reads its rows
  immediately. Great Expectations counts failing rows in a separate query and reads 200 of them, so ROWS_HELD
  is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import StaticPool, types
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL
from sqlalchemy.engine import Connection as EngineConnection
from sqlalchemy.engine.default import DefaultDialect

if TYPE_CHECKING:
    from sqlalchemy import Pool
    from sqlalchemy.engine.interfaces import DBAPIModule, ReflectedColumn

    from transforms.model.sql import Connection

DIALECT_URL = "duckdb+received://"
ROWS_HELD = 10_000


class DatabaseError(Exception):
    """An error of the database. Its message is the type of the original error, without the text."""


# The attributes of a driver module that SQLAlchemy uses.
DRIVER = SimpleNamespace(paramstyle="qmark", Error=DatabaseError)


class BufferedCursor:
    """A DB-API cursor that holds the first ROWS_HELD rows of its result. `rowcount` is -1 for unknown, as PEP
    249 allows.
    """

    rowcount = -1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self.description: Sequence[tuple[Any, ...]] | None = None

    def execute(self, query: str, parameters: Sequence[object] | None = None) -> None:
        try:
            result = self._connection.execute(query, parameters or None)
            self.description = result.description
            self._rows = iter(result.fetchmany(ROWS_HELD) if self.description else ())
        except Exception as error:  # DuckDB's errors; its module is not imported in this package
            raise DatabaseError(type(error).__name__) from None

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        return list(islice(self._rows, size))

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)

    def close(self) -> None:
        self._rows = iter(())


class ReceivedConnection:
    """A DB-API connection on the received one, which only its owner commits, rolls back and closes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cursor(self) -> BufferedCursor:
        return BufferedCursor(self._connection)

    def commit(self) -> None:
        """Do nothing."""

    def rollback(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class DuckDBDialect(DefaultDialect):
    """The part of a dialect that Great Expectations uses: text queries, tables and their columns."""

    name = "duckdb"
    driver = "received"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    supports_native_boolean = True

    @classmethod
    def import_dbapi(cls) -> DBAPIModule:
        return DRIVER  # type: ignore[return-value]  # has only the attributes that are used

    @classmethod
    def get_pool_class(cls, _url: URL) -> type[Pool]:
        return StaticPool

    def initialize(self, _connection: EngineConnection) -> None:
        self.default_schema_name = "main"

    def get_columns(
        self,
        connection: EngineConnection,
        table_name: str,
        schema: str | None = None,  # noqa: ARG002  # SQLAlchemy's signature
        **kw: Any,  # noqa: ARG002
    ) -> list[ReflectedColumn]:
        described = connection.exec_driver_sql(f'describe "{table_name}"').fetchall()
        return [
            {"name": row[0], "type": types.NullType(), "nullable": True, "default": None} for row in described
        ]


def creator(connection: Connection) -> Callable[[], ReceivedConnection]:
    """`creator` for `create_engine(DIALECT_URL, creator=…)`. It always returns the received connection."""
    received = ReceivedConnection(connection)
    return lambda: received


registry.register("duckdb.received", __name__, DuckDBDialect.__name__)
