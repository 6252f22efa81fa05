"""The only place that opens, attaches or configures DuckDB.

A *working* connection (`connect`) sees one work folder and the paths named, spills there, and can no longer be
reconfigured. A *release* connection (`open_release`) reads one published database and nothing else on the machine.

Three facts of DuckDB shape this file. An instance is cached by path within a process, and 1.2 (unlike 2.0.1) does not
resolve symlinks for that, so a process that opens a release through `current` gets the old one after a flip: a
release is opened by its resolved path, and analysts' own clients are told to do the same.
The default spill folder lies beside the database, so an analyst's connection has none. And an error about a value
prints the value, so errors that may carry a row's text lose their message (`safe_errors`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import count
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.home import disk, settings
from transforms.errors import RunFailed, UsageError
from transforms.model.statements import DUCKDB_TYPES, Table

type Connection = duckdb.DuckDBPyConnection
type Value = str | int | float | bool | object

RELEASE_DATABASE = "undertow.duckdb"
AREA_DATABASE = "area.duckdb"
# The oldest DuckDB that must open a release (Debian and the R and Java clients lag behind).
RELEASE_STORAGE_VERSION = "v1.2.0"
MEMORY_SHARE = 0.6  # of what this process may use: the rest is for polars, Arrow buffers and the page cache
BATCH_ROWS = 100_000

# Nothing is fetched, loaded or read from the caller's Python variables behind a query's back.
CLOSED: Mapping[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
# What a query has freed goes back to the system. As DuckDB comes, each thread keeps up to 128 MB of it, beside what polars asks for next.
GIVEN_BACK: Mapping[str, str | bool | int | float | list[str]] = {
    "allocator_background_threads": True,
    "allocator_flush_threshold": "16MB",
}
DatabaseError = duckdb.Error
# Errors about a program, not about a row: their message is wanted.
SAFE_ERRORS = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.PermissionException,
    duckdb.OutOfMemoryException,
    duckdb.IOException,
    duckdb.NotImplementedException,
)
READ_ONLY_STATEMENTS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


# --- opening --------------------------------------------------------------------------------------------------------


def connect(
    work: Path,
    *,
    database: Path | None = None,
    read_paths: Sequence[Path] = (),
    threads: int | None = None,
    memory_limit: str | None = None,
) -> Connection:
    """A connection that sees `work` and `read_paths` (files or folders), and nothing else.

    DuckDB does not tell reading from writing here: write under `work` only, or to a cache that is attached. In memory, or on `database` (under `work`). `memory_limit` as DuckDB writes it ("2GB"); default 60 % of what the
    process may use. Spills to `work/spill`. External access is off and the configuration is locked.
    """
    work = work.resolve()
    (work / "spill").mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = duckdb.connect(
        str(database.resolve()) if database else ":memory:", config={**CLOSED, **GIVEN_BACK}
    )
    resolved = [path.resolve() for path in read_paths]
    folders = [str(work), *(str(path) for path in resolved if path.is_dir())]
    for setting in (
        f"threads = {threads or processors()}",
        f"memory_limit = {literal(memory_limit or _memory_limit())}",
        f"temp_directory = {literal(str(work / 'spill'))}",
        "preserve_insertion_order = true",
        "parquet_metadata_cache = true",
        "TimeZone = 'UTC'",
        f"allowed_directories = {_literals(folders)}",
        f"allowed_paths = {_literals([str(path) for path in resolved if not path.is_dir()])}",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")
    return connection


def open_release(release: Path, *, spill: Path | None = None, name: str = RELEASE_DATABASE) -> Connection:
    """A read-only connection to a release's folder (`releases/<id>`; a symlink is resolved first, see above).

    No other file, no extension, no network, no change of settings. Without `spill` a query too large for memory
    fails instead of leaving rows outside the home. Keep the connection: it answers from its release for its life,
    also after newer ones are published. Raises UsageError where there is no release in the folder.
    `name`: RELEASE_DATABASE or AREA_DATABASE.
    """
    database = Path(os.path.realpath(release)) / name
    settings = {
        **CLOSED,
        **GIVEN_BACK,
        "threads": processors(),
        "memory_limit": _memory_limit(),
        "temp_directory": str(spill.resolve()) if spill else "",
        "enable_external_access": False,
        "lock_configuration": True,
    }
    try:
        return duckdb.connect(str(database), read_only=True, config=settings)
    except duckdb.Error as error:
        if not database.exists():
            raise UsageError(f"{release}: there is no release here; name a folder of releases/") from None
        raise RunFailed(
            f"{database}: DuckDB cannot open it ({_first_line(error)}); run `undertow rollback`, then run the night again"
        ) from None


def attach_release(connection: Connection, database: Path, *, alias: str = "release") -> None:
    """Create a database file that older DuckDBs can open, and make it the one that unqualified names mean."""
    connection.execute(
        f"attach {literal(str(database.resolve()))} as {identifier(alias)} (storage_version {literal(RELEASE_STORAGE_VERSION)})"
    )
    connection.execute(f"use {identifier(alias)}")


def detach_release(connection: Connection, *, alias: str = "release") -> None:
    """Write everything to the file, so that no write-ahead log is left, and let go of it."""
    connection.execute(f"checkpoint {identifier(alias)}")
    connection.execute("use memory")
    connection.execute(f"detach {identifier(alias)}")


def attach_cache(connection: Connection, database: Path, *, alias: str) -> None:
    """Attach a database that can be made again, or make it. Raises RunFailed where what is there cannot be opened."""
    with safe_errors(f"{database}"):
        connection.execute(f"attach {literal(str(database.resolve()))} as {identifier(alias)}")


def detach_cache(connection: Connection, *, alias: str, keep: bool = True) -> None:
    """Write everything to the file, and let go of it. Not to `keep` it: let go of it as far as can be, and raise nothing."""
    if not keep:
        with suppress(duckdb.Error):
            connection.execute(f"detach database if exists {identifier(alias)}")
        return
    with safe_errors(f"writing {alias}"):
        connection.execute(f"checkpoint {identifier(alias)}")
        connection.execute(f"detach {identifier(alias)}")


def processors() -> int:
    """How many this process may use, or is asked to."""
    if (asked := settings.threads_asked()) is not None:
        return asked
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _memory_limit() -> str:
    """DuckDB's memory in bytes: MEMORY_SHARE of the machine's, or of this process's control group if that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{int(min(machine, *_group_limits(), machine) * MEMORY_SHARE)}B"


def _group_limits() -> Iterator[int]:
    """`memory.max` of the control group (version 2) and of those around it, where the system has them."""
    try:
        own = next(
            line.split("::", 1)[1].strip()
            for line in Path("/proc/self/cgroup").read_text().splitlines()
            if line.startswith("0::")
        )
    except (OSError, StopIteration):
        return
    group = Path("/sys/fs/cgroup") / own.lstrip("/")
    for folder in (group, *group.parents):
        try:
            limit = (folder / "memory.max").read_text().strip()
        except OSError:
            continue
        if limit.isdigit():
            yield int(limit)


# --- asking ---------------------------------------------------------------------------------------------------------


def query(release: Path, sql: str) -> pa.Table:
    """One read-only statement on a release, each column under a name of its own. Raises UsageError with DuckDB's own message: the SQL is the caller's."""
    if any(
        "\ud800" <= character <= "\udfff" for character in sql
    ):  # a byte that is no UTF-8, as Python reads it
        raise UsageError("the query is no text in UTF-8")
    connection = open_release(release)
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type not in READ_ONLY_STATEMENTS:
            raise UsageError(
                "give one SELECT (or FROM, WITH, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN); a release is read-only"
            )
        rows: pa.Table = connection.sql(sql).to_arrow_table()
        return rows.rename_columns(_told_apart(rows.column_names))
    except duckdb.CatalogException as error:
        raise UsageError(_with_views(connection, str(error))) from None
    except duckdb.Error as error:
        raise UsageError(str(error)) from None
    finally:
        connection.close()


_UNKNOWN_TABLE = re.compile(r"Table with name (\w+) does not exist!")
VIEWS_OFFERED = 3  # for a table that is not there


def _with_views(connection: Connection, message: str) -> str:
    """DuckDB's message on a table that is not there, with the views that may be meant in place of its own suggestion, which is of any table."""
    found = _UNKNOWN_TABLE.search(message)
    if found is None:
        return message
    views = [
        str(name)
        for (name,) in connection.execute(
            "select view_name from duckdb_views() where starts_with(view_name, 'v_') order by all"
        ).fetchall()
    ]
    near = get_close_matches(f"v_{found[1].lower().removeprefix('v_')}", views, VIEWS_OFFERED)
    offered = f" did you mean {' or '.join(near)}?" if near else ""
    return f"{message[: found.end()]}{offered} `from v_dictionary` lists all views"


def _told_apart(names: Sequence[str]) -> list[str]:
    """The names, a repeated one with the first number that makes it a new one, as DuckDB names such columns of a subquery: a row as a dict keeps every value."""
    found: list[str] = []
    for place, name in enumerate(names):
        numbered = (f"{name}_{n}" for n in count(1))
        found.append(
            name
            if name not in names[:place]
            else next(new for new in numbered if new not in names and new not in found)
        )
    return found


def stream(connection: Connection, sql: str, *, where: str) -> Iterator[pa.RecordBatch]:
    """The rows of a query as record batches, in the query's order, in bounded memory. `where` as in safe_errors."""
    with safe_errors(where):
        yield from connection.sql(sql).to_arrow_reader(BATCH_ROWS)


@contextmanager
def safe_errors(where: str) -> Iterator[None]:
    """Turn DuckDB's errors into RunFailed. Those about a value keep their kind only: the message may name a person.

    `where` says what was being done (stage, table), because the message then cannot.
    """
    try:
        yield
    except duckdb.Error as error:
        if (found := disk.fault(error)) is not None:
            raise RunFailed(f"{where}: {found}; put that right and run again") from None
        if isinstance(error, SAFE_ERRORS):
            raise RunFailed(f"{where}: {_first_line(error)}") from None
        raise RunFailed(
            f"{where}: {type(error).__name__} on a value, which is not shown because it may be personal; query the inputs named here to find it"
        ) from None


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]


# --- Parquet --------------------------------------------------------------------------------------------------------


def parquet_view(
    connection: Connection,
    name: str,
    paths: Sequence[Path],
    *,
    table: Table | None = None,
    held_bytes: int = 0,
) -> None:
    """Create or replace view `name` over Parquet files of one schema. Without files it is empty, with `table`'s columns.

    `held_bytes`: where the files are no larger together, it is a temporary table of their rows, in their order.

    A file of an earlier version lacks columns that `table` has by now: they are null there.
    Folder names such as `register=…` are not read as columns: the rows carry them, and DuckDB would retype them.
    """
    if not paths and table is None:
        raise RunFailed(
            f"view {name}: there are no files and no declared table to make it from; give one of them"
        )
    with safe_errors(f"view {name}"):
        source = _source(paths, table)
        if 0 < sum(path.stat().st_size for path in paths) <= held_bytes:
            connection.execute(f"create or replace temp table {identifier(name)} as {source}")
        else:
            connection.execute(f"create or replace view {identifier(name)} as {source}")


def _source(paths: Sequence[Path], table: Table | None) -> str:
    if not paths:
        return _no_rows(table)
    wanted = {column.name for column in table.columns} if table else set()
    if all(wanted.issubset(_columns_of(path, path.stat().st_mtime_ns)) for path in paths if wanted):
        return parquet_source(paths)
    each = (
        f"select * from read_parquet({_literals([str(path.resolve())])}, hive_partitioning = false)"
        for path in sorted(paths)
    )
    return " union all by name ".join((_no_rows(table), *each))


@lru_cache(maxsize=1 << 16)
def _columns_of(path: Path, _written_ns: int) -> frozenset[str]:
    """Names of a file's columns. Every stage of a night opens the same files of the lake."""
    return frozenset(pq.read_schema(path).names)


def parquet_source(paths: Sequence[Path]) -> str:
    """SQL that reads these Parquet files, in the order of their paths."""
    return f"select * from read_parquet({_literals([str(path.resolve()) for path in sorted(paths)])}, hive_partitioning = false)"


def _no_rows(table: Table | None) -> str:
    columns = table.columns if table else ()
    return f"select {', '.join(f'cast(null as {DUCKDB_TYPES[column.dtype]}) as {identifier(column.name)}' for column in columns)} where false"


def column_types(connection: Connection, sql: str) -> dict[str, str]:
    """Column → DuckDB type of a query's result, in order."""
    return {str(row[0]): str(row[1]) for row in connection.execute(f"describe {sql}").fetchall()}


def write_parquet(
    connection: Connection,
    sql: str,
    path: Path,
    order_by: Sequence[str],
    parameters: Mapping[str, Value] | None = None,
) -> int:
    """Write a query's rows to `path` and return how many. Same rows, same bytes, with any number of threads.

    Rows are ordered by `order_by`, then by all other columns, so that the order is total whatever the key.
    Raises RunFailed (`safe_errors`).
    """
    with safe_errors(f"writing {path.name}"):
        names = (
            [str(column[0]) for column in connection.execute(f"describe {sql}", parameters).fetchall()]
            if parameters
            else list(column_types(connection, sql))
        )
        copy = f"copy (select * from ({sql}) order by {total_order(names, order_by)}) to {literal(str(path.resolve()))} (format parquet, compression zstd)"
        return int(connection.execute(copy, parameters).fetchall()[0][0])


def total_order(names: Sequence[str], first: Sequence[str]) -> str:
    """An ORDER BY list: `first`, then every other column; ascending, nulls last."""
    return ", ".join(
        f"{identifier(name)} asc nulls last"
        for name in (*first, *(name for name in names if name not in first))
    )


# --- SQL text -------------------------------------------------------------------------------------------------------


def identifier(name: str) -> str:
    """A quoted identifier; several declared names (position, column, view) are keywords."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted text, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _literals(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(literal, texts))}]"
