"""Reading and writing tables in batches, because a country's records do not fit in a frame. DuckDB holds them
and spills to disk.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from transforms.model.sql import Connection, frame

BATCH_ROWS = 100_000
DROPPED_SQL = """
select table_name
from duckdb_tables()
where (database_name = 'temp' or starts_with(table_name, '__splink__'))
    and not list_contains($kept, table_name)
"""


def batches(connection: Connection, table: str) -> Iterator[pl.DataFrame]:
    """The rows of a table in batches of BATCH_ROWS by `row_no`, which starts at 0. Within a batch they are in
    the table's own order. An empty table gives one empty batch.

    Other statements may run between two batches, because no result stays open.
    """
    ((last,),) = connection.sql(f"select coalesce(max(row_no), 0) from {table}").fetchall()
    for start in range(0, last + 1, BATCH_ROWS):
        part = f"row_no >= {start} and row_no < {start + BATCH_ROWS}"
        yield frame(connection, f"select * from {table} where {part}")


def append(connection: Connection, table: str, rows: pl.DataFrame, *, first: bool = False) -> None:
    """Add the rows to a temporary table. `first`: create or replace the table."""
    connection.register("batch", rows.to_arrow())
    begin = f"create or replace temp table {table} as" if first else f"insert into {table} by name"
    connection.execute(f"{begin} select * from batch")
    connection.unregister("batch")


def write_batches(
    connection: Connection, source: str, target: str, work: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    """Write the table `target`: the result of `work` for each batch of the table `source`."""
    for number, rows in enumerate(worked_ahead(batches(connection, source), work)):
        append(connection, target, rows, first=not number)


def worked_ahead[Rows, Result](given: Iterable[Rows], work: Callable[[Rows], Result]) -> Iterator[Result]:
    """The result of `work` for each of `given`, in their order. While the caller stores one, the next is
    worked on in a thread, so that DuckDB and polars do not wait for each other. `work` must not use the
    connection.
    """
    with ThreadPoolExecutor(1) as worker:
        ahead = None
        for rows in given:
            under_way = worker.submit(work, rows)
            if ahead is not None:
                yield ahead.result()
            ahead = under_way
        if ahead is not None:
            yield ahead.result()


def drop_all_but(connection: Connection, *kept: str) -> None:
    """Drop all temporary tables and Splink's tables, except `kept`, to free their memory and disk."""
    for (name,) in connection.sql(DROPPED_SQL, params={"kept": kept}).fetchall():
        connection.execute(f'drop table "{name}"')
