"""The only place that opens, attaches or configures DuckDB.

A *working* connection (`connect`) sees one work folder and the named paths, spills there, and cannot be
reconfigured. A *release* connection (`open_release`) reads one published database and nothing else on the
machine.

Three facts of DuckDB shape this module:
- It caches instances by path within a process, and version 1.2 does not resolve symlinks for that. A process
  that opens a release through `current` would get the old one after a flip, so a release is opened by its
  resolved path.
- Its default spill folder lies beside the database, so an analyst's connection has none.
- An error about a value prints the value, so such errors lose their message (`safe_errors`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from flows.home import disk, settings
from transforms.errors import RunFailed, UsageError
from transforms.model.statements import DUCKDB_TYPES, Table

if TYPE_CHECKING:
    import pyarrow as pa

type Connection = duckdb.DuckDBPyConnection
OutOfMemory = duckdb.OutOfMemoryException
type Value = str | int | float | bool | object

RELEASE_DATABASE = "undertow.duckdb"
AREA_DATABASE = "area.duckdb"
# The oldest DuckDB that must open a release (Debian and the R and Java clients lag behind).
RELEASE_STORAGE_VERSION = "v1.2.0"
MEMORY_SHARE = 0.5  # of what this process may use: the rest is for polars, Arrow buffers and the page cache
BATCH_ROWS = 100_000

# Nothing is fetched, loaded or read from the caller's Python variables behind a query's back.
CLOSED: Mapping[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
# Freed memory goes back to the system. By default each thread keeps up to 128 MB, beside what polars needs
# next.
RETURN_MEMORY: Mapping[str, str | bool | int | float | list[str]] = {
    "allocator_background_threads": True,
    "allocator_flush_threshold": "16MB",
}
# Errors about a query, not about a row: their message is kept.
SAFE_ERRORS = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.PermissionException,
    duckdb.OutOfMemoryException,
    duckdb.IOException,
    duckdb.NotImplementedException,
)
# Up to this many ids, DuckDB skips the parts of a table sorted by id that can hold none of them (`rows_of` in
# flows.release.lookups). For more it reads the whole table. Its own limit is 50; docs/benchmarks.md, `check`.
SKIPPING = {"dynamic_or_filter_threshold": 500}
READ_ONLY_STATEMENTS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


# --- opening ----------------------------------------------------------------------------------------------


def connect(
    work: Path,
    *,
    database: Path | None = None,
    read_paths: Sequence[Path] = (),
    threads: int | None = None,
    memory_limit: str | None = None,
    memory_share: float = MEMORY_SHARE,
    joins_as_written: bool = False,
) -> Connection:
    """A connection that sees `work` and `read_paths` (files or folders) and nothing else. Spills to
    `work/spill`.

    In memory, or on `database` (below `work`). DuckDB does not distinguish reading from writing here, so
    write only below `work`. `memory_limit` as DuckDB writes it ("2GB"); by default this share of what the
    process may use. `joins_as_written`: the right side of an outer join is held in memory. Otherwise DuckDB
    holds the side that it believes to be smaller, and after a join with editions it mistakes millions of rows
    for few.
    """
    work = work.resolve()
    (work / "spill").mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = duckdb.connect(
        str(database.resolve()) if database else ":memory:", config={**CLOSED, **RETURN_MEMORY}
    )
    resolved = [path.resolve() for path in read_paths]
    folders = [str(work), *(str(path) for path in resolved if path.is_dir())]
    for setting in (
        f"threads = {threads or processors()}",
        f"memory_limit = {literal(memory_limit or _memory_limit(memory_share))}",
        f"temp_directory = {literal(str(work / 'spill'))}",
        "preserve_insertion_order = true",
        f"disabled_optimizers = {literal('build_side_probe_side' if joins_as_written else '')}",
        "parquet_metadata_cache = true",
        "global TimeZone = 'UTC'",
        f"allowed_directories = {_literals(folders)}",
        f"allowed_paths = {_literals([str(path) for path in resolved if not path.is_dir()])}",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")
    return connection


def open_release(
    release: Path,
    *,
    spill: Path | None = None,
    name: str = RELEASE_DATABASE,
    memory_share: float = MEMORY_SHARE,
) -> Connection:
    """A read-only connection to the folder of a release (`releases/<id>`, or a symlink to it).

    No other file, extension or network, and no change of settings. Without `spill`, a query too large for
    memory fails instead of leaving rows outside the home. A connection keeps answering from its release after
    newer ones are published. `name`: RELEASE_DATABASE or AREA_DATABASE. `memory_share`: DuckDB's part of what
    the process may use. Raises UsageError if the folder holds no release.
    """
    database = Path(os.path.realpath(release)) / name
    settings = {
        **CLOSED,
        **RETURN_MEMORY,
        **SKIPPING,
        "threads": processors(),
        "memory_limit": _memory_limit(memory_share),
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
            f"{database}: DuckDB cannot open it ({_first_line(error)}); "
            "run `undertow rollback`, then run the night again"
        ) from None


def attach_release(connection: Connection, database: Path, *, alias: str = "release") -> None:
    """Create a database file that older DuckDBs can open, and make it the default for unqualified names.

    Without a write-ahead log: what a kill leaves of it is thrown away.
    """
    options = f"storage_version {literal(RELEASE_STORAGE_VERSION)}, recovery_mode no_wal_writes"
    connection.execute(f"attach {literal(str(database.resolve()))} as {identifier(alias)} ({options})")
    connection.execute(f"use {identifier(alias)}")


def detach_release(connection: Connection, *, alias: str = "release") -> None:
    """Write everything to the file, so that no write-ahead log is left, and detach it."""
    connection.execute(f"checkpoint {identifier(alias)}")
    connection.execute("use memory")
    connection.execute(f"detach {identifier(alias)}")


def processors() -> int:
    """How many this process may use: UNDERTOW_THREADS, else all it has."""
    if (wanted := settings.threads_wanted()) is not None:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def memory_bytes() -> int:
    """What this process may use: the machine's memory, or its control group's limit if that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(machine, *_group_limits(), machine)


def _memory_limit(share: float = MEMORY_SHARE) -> str:
    """DuckDB's part of it."""
    return f"{int(memory_bytes() * share)}B"


def _group_limits() -> Iterator[int]:
    """Limits of the control group and of those above it (versions 1 and 2), if the system has them."""
    root = Path("/sys/fs/cgroup")
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for _, controllers, own in (line.split(":", 2) for line in lines):
        if controllers in ("", "memory"):  # version 2 has one tree for everything
            name = "memory.limit_in_bytes" if controllers else "memory.max"
            group = root / controllers / own.strip().lstrip("/")
            yield from filter(None, (_limit(folder / name) for folder in (group, *group.parents)))


def _limit(file: Path) -> int | None:
    """None where there is no such file, or no limit ("max")."""
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


# --- queries ----------------------------------------------------------------------------------------------


def query(release: Path, sql: str) -> pa.Table:
    """Rows of one read-only statement on a release, with distinct column names.

    Raises UsageError with DuckDB's own message, because the SQL is the caller's.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in sql):  # how Python reads a byte that is not UTF-8
        raise UsageError("the query is not text in UTF-8")
    with open_release(release) as connection:
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type not in READ_ONLY_STATEMENTS:
                raise UsageError(
                    "give one SELECT (or FROM, WITH, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN); "
                    "a release is read-only"
                )
            relation = connection.sql(sql)
            types = zip(relation.columns, relation.types, strict=True)
            # Parquet and JSON have no type for an interval, which `age(…)` gives.
            if spans := [identifier(name) for name, dtype in types if dtype == "INTERVAL"]:
                texts = ", ".join(f"{name}::varchar as {name}" for name in spans)
                relation = relation.project(f"* replace ({texts})")
            rows: pa.Table = relation.to_arrow_table()
            return rows.rename_columns(_distinct(rows.column_names))
        except duckdb.CatalogException as error:
            raise UsageError(_with_views(connection, str(error))) from None
        except duckdb.BinderException as error:  # such as an unknown column
            raise UsageError(f"{error}\n`from v_dictionary` lists the columns of each view") from None
        except duckdb.Error as error:
            raise UsageError(str(error)) from None


_UNKNOWN_TABLE = re.compile(r"Table with name (\w+) does not exist!")
VIEWS_SUGGESTED = 3


def _with_views(connection: Connection, message: str) -> str:
    """DuckDB's message about an unknown table, suggesting views instead of just any table."""
    unknown = _UNKNOWN_TABLE.search(message)
    if unknown is None:
        return message
    views = [
        str(name)
        for (name,) in connection.execute(
            "select view_name from duckdb_views() where starts_with(view_name, 'v_') order by all"
        ).fetchall()
    ]
    near = get_close_matches(f"v_{unknown[1].lower().removeprefix('v_')}", views, VIEWS_SUGGESTED)
    offered = f" did you mean {' or '.join(near)}?" if near else ""
    return f"{message[: unknown.end()]}{offered} `from v_dictionary` lists all views"


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, each repeated one with a number, as DuckDB names such columns of a subquery."""
    distinct: list[str] = []
    for position, name in enumerate(names):
        numbered = (f"{name}_{n}" for n in count(1))
        distinct.append(
            name
            if name not in names[:position]
            else next(new for new in numbered if new not in names and new not in distinct)
        )
    return distinct


def stream(connection: Connection, sql: str, *, where: str) -> Iterator[pa.RecordBatch]:
    """The rows of a query as record batches, in the query's order, in bounded memory. `where` as in
    safe_errors.
    """
    with safe_errors(where):
        yield from connection.sql(sql).to_arrow_reader(BATCH_ROWS)


@contextmanager
def safe_errors(where: str) -> Iterator[None]:
    """Turn DuckDB's errors into RunFailed. For an error about a value only its kind is kept: its text may
    name a person.

    `where` says what was being done (stage, table), because the message cannot.
    """
    try:
        yield
    except duckdb.Error as error:
        if (failed := disk.fault(error)) is not None:
            raise RunFailed(f"{where}: {failed}; fix this and run again") from None
        if isinstance(error, SAFE_ERRORS):
            raise RunFailed(f"{where}: {_first_line(error)}") from None
        raise RunFailed(
            f"{where}: {type(error).__name__} on a value, which is not shown because it may be personal; "
            "query the inputs named here to find it"
        ) from None


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]


# --- Parquet ----------------------------------------------------------------------------------------------


def parquet_view(
    connection: Connection,
    name: str,
    paths: Sequence[Path],
    *,
    table: Table | None = None,
    held_bytes: int = 0,
) -> None:
    """Create or replace view `name` over Parquet files of one schema; without files it is empty, with
    `table`'s columns.

    If the files together are at most `held_bytes` large, it is a table instead, which cursors see too.
    Columns of `table` that a file of an earlier version lacks are null. Folder names such as `register=…` are
    not read as columns, because the rows carry them."""
    if not paths and table is None:
        raise RunFailed(f"view {name}: give files, or a declared table")
    with safe_errors(f"view {name}"):
        # DuckDB takes each file to have as many rows as the first: it would hold the larger side of a join.
        largest_first = sorted(paths, key=lambda path: (-path.stat().st_size, path))
        source = _source(largest_first, table)
        is_held = 0 < sum(path.stat().st_size for path in paths) <= held_bytes
        connection.execute(
            f"create or replace {'table' if is_held else 'view'} {identifier(name)} as {source}"
        )


def _source(paths: Sequence[Path], table: Table | None) -> str:
    if not paths:
        return _no_rows(table)
    wanted = {column.name for column in table.columns} if table else set()
    if all(wanted.issubset(disk.columns_of(path, path.stat().st_mtime_ns)) for path in paths if wanted):
        return _files_source(paths)
    each = (_files_source([path]) for path in paths)
    return " union all by name ".join((_no_rows(table), *each))


def parquet_source(paths: Sequence[Path]) -> str:
    """SQL that reads these Parquet files, in the order of their paths."""
    return _files_source(sorted(paths))


def _files_source(paths: Sequence[Path]) -> str:
    files = _literals([str(path.resolve()) for path in paths])
    return f"select * from read_parquet({files}, hive_partitioning = false)"


def _no_rows(table: Table | None) -> str:
    columns = (
        f"cast(null as {DUCKDB_TYPES[column.dtype]}) as {identifier(column.name)}"
        for column in (table.columns if table else ())
    )
    return f"select {', '.join(columns)} where false"


def column_types(connection: Connection, sql: str) -> dict[str, str]:
    """Column → DuckDB type of a query's result, in order."""
    return {str(row[0]): str(row[1]) for row in connection.execute(f"describe {sql}").fetchall()}


# --- SQL text ---------------------------------------------------------------------------------------------


def identifier(name: str) -> str:
    """A quoted identifier: several declared names (position, column, view) are keywords."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted text, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _literals(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(literal, texts))}]"
