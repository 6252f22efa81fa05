"""A country's records do not fit in a frame: they are tables of DuckDB, which spills, read batch by batch."""

from collections.abc import Callable, Iterator

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
    """The rows of a table by their `row_no`, from 0 on, each batch in the table's own order; an empty batch
    of an empty one.

    Other statements may run between two batches, as no result stays open.
    """
    ((last,),) = connection.sql(f"select coalesce(max(row_no), 0) from {table}").fetchall()
    for start in range(0, last + 1, BATCH_ROWS):
        part = f"row_no >= {start} and row_no < {start + BATCH_ROWS}"
        yield frame(connection, f"select * from {table} where {part}")


def append(connection: Connection, table: str, rows: pl.DataFrame, *, first: bool = False) -> None:
    """Add the rows to a temporary table. `first`: it is made, or made anew."""
    connection.register("batch", rows.to_arrow())
    begin = f"create or replace temp table {table} as" if first else f"insert into {table} by name"
    connection.execute(f"{begin} select * from batch")
    connection.unregister("batch")


def write_batches(
    connection: Connection, source: str, target: str, work: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    """Write the table `target`: what `work` makes of each batch of the table `source`."""
    for number, batch in enumerate(batches(connection, source)):
        append(connection, target, work(batch), first=not number)


def drop_all_but(connection: Connection, *kept: str) -> None:
    """Drop the temporary tables, and Splink's, but `kept`: they are as large as all that comes after."""
    for (name,) in connection.sql(DROPPED_SQL, params={"kept": kept}).fetchall():
        connection.execute(f'drop table "{name}"')
