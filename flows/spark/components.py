"""Weak components of a graph, labelled in SQL: the label of a party is the smallest id of its component.

In each round, all parties with the same label take the smallest label of any of their neighbours, and then
the label that the party with that id has taken (hooking and pointer jumping, Shiloach and Vishkin 1982). This
is repeated until no label changes: some ten rounds for chains of thousands, in any order. It is plain SQL,
which any Spark Connect server runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from transforms.model.sql import read_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def labels(spark: SparkSession, pairs: DataFrame, work: Path) -> DataFrame:
    """id, label of every party in `pairs` (party_id, subject_id). Each round writes files below `work`."""
    pairs.createOrReplaceTempView("pair")
    kept(spark, spark.sql(_sql("neighbours")), work / "neighbours").createOrReplaceTempView("neighbour")
    labelled, rounds = kept(spark, spark.sql(_sql("first_labels")), work / "labels-0"), 0
    while labelled.filter("is_new").limit(1).count():
        labelled.createOrReplaceTempView("label")
        rounds += 1
        labelled = kept(spark, spark.sql(_sql("next_labels")), work / f"labels-{rounds}")
    return labelled.select("id", "label")


def kept(spark: SparkSession, frame: DataFrame, path: Path) -> DataFrame:
    """The rows of a frame, computed once, written to `path` and read from there."""
    frame.write.mode("overwrite").parquet(str(path))
    return spark.read.parquet(str(path))


def _sql(name: str) -> str:
    return read_sql(__package__, name)
