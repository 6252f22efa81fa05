"""SQLAlchemy on a DuckDB connection that somebody else opened, for Great Expectations.

Great Expectations has no DuckDB source, and its SQL source fetches after rollback, when DuckDB has dropped the rows:
so every cursor here reads its whole result at once. Queries run on the received connection itself and not on a
duplicate, because views registered from memory exist on that connection only; and commit, rollback and close do
nothing, because its transactions and its life belong to whoever opened it.
Public SQLAlchemy API only: no DuckDB driver for SQLAlchemy is needed.
"""

from __future__ import annotations

import re
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
# What SQLAlchemy asks of a driver module. DuckDB's own errors pass through unwrapped: quality does not import duckdb.
DRIVER = SimpleNamespace(paramstyle="qmark", Error=type("Error", (Exception,), {}))


# Great Expectations asks for the rows of a query that must give none, and counts them by running it again, in either order.
COUNTED = re.compile(
    r"SELECT COUNT\(\*\) as unexpected_row_count FROM \((.*)\) AS substituted_batch_subquery", re.DOTALL
)
# Query → whether it was counted, of those that gave no row and were asked in one of the two ways.
FoundNothing = dict[str, bool]


class BufferedCursor:
    """A DB-API cursor that holds its whole result; `rowcount` is unknown (-1), as PEP 249 allows.

    `found_nothing` is shared by the cursors of one connection: a query that gave no row is not run a second time to be counted, nor the other way round.
    """

    arraysize = 1
    rowcount = -1

    def __init__(self, connection: Connection, found_nothing: FoundNothing | None = None) -> None:
        self._connection = connection
        self._found_nothing: FoundNothing = {} if found_nothing is None else found_nothing
        self._rows: list[tuple[Any, ...]] = []
        self.description: Sequence[tuple[Any, ...]] | None = None

    def execute(self, query: str, parameters: Sequence[object] | None = None) -> None:
        counted = COUNTED.fullmatch(query)
        asked, is_count = (counted[1], True) if counted else (query, False)
        if self._found_nothing.pop(asked, is_count) != is_count:
            query = (
                "select 0 as unexpected_row_count" if is_count else "select null as nothing where false"
            )  # to name its columns would be to plan it again
            self._run(query, None)
            return
        self._run(query, parameters)
        if self.description and not parameters and self._rows == ([(0,)] if is_count else []):
            self._found_nothing[asked] = is_count

    def _run(self, query: str, parameters: Sequence[object] | None) -> None:
        result = self._connection.execute(query, parameters or None)
        self.description = result.description
        self._rows = result.fetchall() if self.description else []

    def executemany(self, query: str, parameters: Sequence[Sequence[object]]) -> None:
        for row in parameters:
            self.execute(query, row)

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        size = size or self.arraysize
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class ReceivedConnection:
    """A DB-API connection over the received one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._found_nothing: FoundNothing = {}

    def cursor(self) -> BufferedCursor:
        return BufferedCursor(self._connection, self._found_nothing)

    def commit(self) -> None:
        """Nothing: see the module's docstring."""

    def rollback(self) -> None:
        """Nothing: see the module's docstring."""

    def close(self) -> None:
        """Nothing: see the module's docstring."""


class DuckDBDialect(DefaultDialect):
    """As much of a dialect as Great Expectations uses: text and bound parameters, tables and their columns."""

    name = "duckdb"
    driver = "received"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    supports_native_boolean = True
    postfetch_lastrowid = False

    @classmethod
    def import_dbapi(cls) -> DBAPIModule:
        return DRIVER  # type: ignore[return-value]  # the few attributes that are read; the protocol lists every error class

    @classmethod
    def get_pool_class(cls, _url: URL) -> type[Pool]:
        return StaticPool

    def initialize(self, _connection: EngineConnection) -> None:
        self.default_schema_name = "main"

    def do_ping(self, _connection: object) -> bool:
        return True

    def get_columns(
        self,
        connection: EngineConnection,
        table_name: str,
        schema: str | None = None,
        **kw: Any,  # noqa: ARG002  # SQLAlchemy's signature
    ) -> list[ReflectedColumn]:
        table = ".".join(quoted(part) for part in (schema, table_name) if part)
        described = connection.exec_driver_sql(f"describe {table}").fetchall()
        return [
            {"name": name, "type": types.NullType(), "nullable": True, "default": None}
            for name, *_ in described
        ]


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def creator(connection: Connection) -> Callable[[], ReceivedConnection]:
    """`creator` for `create_engine(DIALECT_URL, creator=…)`: always the one connection received."""
    received = ReceivedConnection(connection)
    return lambda: received


def register_dialect() -> None:
    """Make DIALECT_URL known to SQLAlchemy. May be called any number of times."""
    registry.register("duckdb.received", __name__, DuckDBDialect.__name__)
