"""From rows of Spark to a table of the run: one Parquet file in key order, as later stages expect."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flows.home import warehouse
from flows.home.sorted_files import write_parquet
from flows.night.night import Night
from transforms.model.statements import DUCKDB_TYPES, DType, Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SPARK_TYPES: Mapping[DType, str] = {
    "text": "string",
    "texts": "array<string>",
    "date": "date",
    "integer": "bigint",
    "boolean": "boolean",
    "share": "decimal(12,9)",
    "money": "decimal(18,2)",
    "number": "double",
    "timestamp": "timestamp_ntz",
}


def spark_schema(table: Table) -> str:
    """The columns of a table as a Spark schema."""
    return ", ".join(f"`{column.name}` {SPARK_TYPES[column.dtype]}" for column in table.columns)


def gather(night: Night, table: Table, frame: DataFrame) -> int:
    """Write the rows to the table of the run, with its declared types, and return their number.

    The workers write Parquet files to the work folder. DuckDB sorts them on the driver, spilling to disk.
    """
    parts = night.work / "spark" / table.name
    frame.write.mode("overwrite").parquet(str(parts))
    types = {column.name: DUCKDB_TYPES[column.dtype] for column in table.columns}
    with warehouse.connect(night.work) as connection:
        warehouse.parquet_view(connection, "part", sorted(parts.glob("*.parquet")), table=table)
        rows_n = write_parquet(
            connection, f"select {typed(types)} from part", night.table(table.name), table.key
        )
    shutil.rmtree(parts, ignore_errors=True)  # not every server makes a folder if there are no rows
    return rows_n


def typed(types: Mapping[str, str]) -> str:
    """SQL for these columns, each cast to its DuckDB type."""
    columns = {warehouse.identifier(name): kind for name, kind in types.items()}
    return ", ".join(f"cast({column} as {kind}) as {column}" for column, kind in columns.items())
