"""SQLAlchemy on a DuckDB connection that somebody else opened, for Great Expectations.

Great Expectations has no DuckDB source, and a DuckDB driver for SQLAlchemy would not do, for three reasons:
- Errors of DuckDB quote values, names of persons among them, and Great Expectations keeps an error's text in
  its results and logs. Here an error has no text but its type.
- Views registered from memory exist on the received connection only, so queries run on that very connection;
  commit, rollback and close do nothing, because its transactions and its life belong to whoever opened it.
- Great Expectations fetches rows after rollback, when DuckDB has dropped them, so a cursor reads its whole
  result at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


class DatabaseError(Exception):
    """An error of the database, with the name of its type and nothing of its text."""


# What SQLAlchemy reads of a driver module.
DRIVER = SimpleNamespace(paramstyle="qmark", Error=DatabaseError)


class BufferedCursor:
    """A DB-API cursor that holds its whole result; `rowcount` is unknown (-1), as PEP 249 allows."""

    rowcount = -1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: Sequence[tuple[Any, ...]] | None = None

    def execute(self, query: str, parameters: Sequence[object] | None = None) -> None:
        try:
            result = self._connection.execute(query, parameters or None)
            self.description = result.description
            self._rows = result.fetchall() if self.description else []
        except Exception as error:  # DuckDB's own, whose module is not imported in this package
            raise DatabaseError(type(error).__name__) from None

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class ReceivedConnection:
    """A DB-API connection over the received one, whose owner alone commits, rolls back and closes."""

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
    """As much of a dialect as Great Expectations uses: text queries, tables and their columns."""

    name = "duckdb"
    driver = "received"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    supports_native_boolean = True

    @classmethod
    def import_dbapi(cls) -> DBAPIModule:
        return DRIVER  # type: ignore[return-value]  # has what is read, not all that the protocol lists

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
    """`creator` for `create_engine(DIALECT_URL, creator=…)`: always the one connection received."""
    received = ReceivedConnection(connection)
    return lambda: received


registry.register("duckdb.received", __name__, DuckDBDialect.__name__)
