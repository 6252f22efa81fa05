"""The tables of a run on Spark: the views that `flows.night.tables.open_tables` makes in DuckDB."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flows.ingest import lake
from flows.night.night import Night
from flows.night.tables import small_tables
from flows.spark.connection import SparkConnection
from transforms.flags.mentions import reject_mention_sql
from transforms.marts import fact_sql, fact_views_of
from transforms.model.statements import STATEMENT_TABLES
from transforms.model.views import RELEASE_TABLES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def open_tables(session: SparkSession, night: Night, tables: Iterable[str]) -> SparkConnection:
    """A connection that sees the lake, `edition_in_use`, the vocabularies and the named tables of the run."""
    connection = SparkConnection(session)
    usable = night.editions.usable
    for name, table in {**STATEMENT_TABLES, "mention_as_written": lake.MENTION}.items():
        connection.parquet_view(name, lake.table_files(night.home, table.name, usable), table)
    connection.view(lake.MENTION.name, reject_mention_sql("mention_as_written"))
    small = night.work / "spark" / "small"
    small.mkdir(parents=True, exist_ok=True)
    for name, rows in small_tables(night).items():
        rows.write_parquet(small / f"{name}.parquet")
        connection.parquet_view(name, [small / f"{name}.parquet"])
    for name in tables:
        connection.parquet_view(name, [night.table(name)], RELEASE_TABLES[name])
    for view in fact_views_of(tables):
        connection.view(view, fact_sql(view))
    return connection
