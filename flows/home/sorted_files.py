"""Write the rows of a query to a Parquet file in the order of their key, however many they are."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from flows.home.warehouse import (
    Connection,
    OutOfMemory,
    Value,
    identifier,
    literal,
    parquet_source,
    safe_errors,
)
from transforms.model.sql import read_sql

# Level 1 takes a quarter less time than DuckDB's own level, 3, and these tables come out no larger.
COMPRESSION = "compression zstd, compression_level 1"
PARTS_N = 16  # (own) two digits in the names of the parts, which are put together in the order of their names


def write_parquet(
    connection: Connection,
    sql: str,
    path: Path,
    key: Sequence[str],
    parameters: Mapping[str, Value] | None = None,
) -> int:
    """Write a query's rows to `path` in the order of their `key`, nulls last, and return how many;
    without a key, in the order of the query.

    The key identifies a row, so the order is total: same rows, same bytes, with any number of threads.
    Sorting by the key alone takes a fraction of the memory of sorting by all columns. If query and sort
    together do not fit into DuckDB's memory, rows are written unsorted and then sorted, in parts if need be.
    Until that is finished it takes the disk space of two more files. Raises RunFailed.
    """
    order = ", ".join(map(identifier, key))
    unsorted = path.with_suffix(".unsorted")
    # No step is within `except`: there the query that failed would still hold its memory.
    with safe_errors(f"writing {path.name}"):
        try:
            return _copy(connection, _ordered(sql, order) if key else sql, path, parameters)
        except OutOfMemory:
            if not key:
                raise
        try:
            _copy(connection, sql, unsorted, parameters)
            rows = parquet_source([unsorted])
            with suppress(OutOfMemory):
                return _copy(connection, _ordered(rows, order), path)
            return write_in_parts(connection, rows, path, order)
        finally:
            unsorted.unlink(missing_ok=True)


def _ordered(sql: str, order: str) -> str:
    return f"select * from ({sql}) order by {order}"


def _copy(connection: Connection, sql: str, path: Path, parameters: Mapping[str, Value] | None = None) -> int:
    copy = f"copy ({sql}) to {literal(str(path.resolve()))} (format parquet, {COMPRESSION})"
    return int(connection.execute(copy, parameters).fetchall()[0][0])


def write_in_parts(connection: Connection, rows: str, path: Path, order: str) -> int:
    """Write the rows of a query without parameters in this order, through parts that each fit in memory."""
    parts = [path.with_suffix(f".part{part_no:02}") for part_no in range(PARTS_N)]
    words = {"rows": rows, "key": order}
    try:
        connection.execute(read_sql(__package__, "part_begins", **words, parts_n=str(PARTS_N)))
        for part_no, part in enumerate(parts):
            _copy(connection, read_sql(__package__, "sorted_part", **words, part_no=str(part_no)), part)
        return _copy(connection, parquet_source(parts), path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
