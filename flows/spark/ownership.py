"""The ownership graph on Spark: buckets of whole weak components, solved by the functions of `graphs`.

Weak components are independent of each other, so a worker solves a bucket of them with one call of
`graphs.build.solve`, and the results of all buckets together are those of the run. The largest component has
a bucket to itself. It must fit the memory of one worker, as it must fit that of the machine without Spark.

The components are labelled in SQL: the label of a party is the smallest id of its component. In each round,
all parties with the same label take the smallest label of any of their neighbours, and then the label that
the party with that id has taken (hooking and pointer jumping, Shiloach and Vishkin 1982). This is repeated
until no label changes: some ten rounds for chains of thousands, in any order. It is plain SQL, which any
Spark Connect server runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from flows.night.night import Night
from flows.spark.gather import spark_schema
from graphs.build import solve
from transforms.model.sql import read_sql
from transforms.model.statements import Table
from transforms.model.views import GRAPH_TABLES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

BUCKET = 100_000  # own: parties; a worker needs some 400 MB for them
ROWS_AT_ONCE = 100_000  # own: rows of a table in one message
OWNERSHIP_TABLES = [name for name in GRAPH_TABLES if not name.startswith("flow_")]
SOLVED = "table_name string, rows binary"
# The inputs of `solve`, and the column with the party that decides the bucket of a row.
PLACED_BY = {"edge": "subject_id", "node": "party_id", "mark": "party_id"}


def write_ownership(
    spark: SparkSession, night: Night, inputs: Mapping[str, DataFrame], barred: Iterable[str]
) -> dict[str, int]:
    """Write the rows of each table of `graphs.build.solve` to a folder below `work/<run>/graph`, for
    `flows.night.buckets.gather`. Returns the numbers of edges and nodes, and the size of the largest
    component (parties and interests).

    inputs: edge, node, mark: the arguments of `solve` as Spark frames, without component numbers.
    """
    work = night.work / "spark" / "ownership"
    for name, frame in inputs.items():
        kept(spark, frame, work / name).createOrReplaceTempView(name)
    others = ", ".join(f"e.{name}" for name in inputs["edge"].columns if name != "party_id")
    links = kept(spark, spark.sql(_sql("links", others=others)), work / "links")
    links.createOrReplaceTempView("edge")
    labels(spark, links, work).createOrReplaceTempView("label")
    kept(spark, spark.sql(_sql("component")), work / "component").createOrReplaceTempView("component")
    largest = spark.sql(_sql("largest")).collect()[0]
    rows, buckets_n = _in_buckets(spark, largest["component_no"], 1 + largest["parties_n"] // BUCKET)
    buckets = kept(spark, rows, work / "rows").repartition(buckets_n, "bucket").groupBy("bucket")
    solved = kept(spark, buckets.applyInArrow(_solver(tuple(barred)), SOLVED), work / "solved")
    for name in OWNERSHIP_TABLES:
        table = GRAPH_TABLES[name]
        packed = solved.filter(f"table_name = '{name}'").select("rows")
        unpacked = packed.mapInArrow(_unpacker(table), spark_schema(table))
        folder = night.work / "graph" / name
        unpacked.write.parquet(str(folder))
        folder.mkdir(parents=True, exist_ok=True)  # not every server writes a table that has no rows
        table.empty().write_parquet(folder / "0.parquet")
    return {
        "edges": links.count(),
        "nodes": largest["parties_n"],
        "largest_component": largest["size_n"],
    }


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


def _in_buckets(spark: SparkSession, largest: int, buckets: int) -> tuple[DataFrame, int]:
    """The rows of all inputs, with columns `input` and `bucket` (columns of other inputs are null); and the
    number of buckets, including that of the largest component.
    """
    parts = {"largest": str(largest), "buckets": str(buckets)}
    edge, node, mark = (
        spark.sql(_sql("in_bucket", input=name, party=party, **parts)) for name, party in PLACED_BY.items()
    )
    rows = edge.unionByName(node, allowMissingColumns=True).unionByName(mark, allowMissingColumns=True)
    return rows, buckets + 1


def _solver(barred: tuple[str, ...]) -> Callable[[pa.Table], pa.Table]:
    def solved(bucket: pa.Table) -> pa.Table:
        """The tables of one bucket: table_name, rows (an Arrow stream)."""
        rows = pl.DataFrame(bucket)
        edges, nodes, marks = (rows.filter(input=name) for name in PLACED_BY)
        # Of several interests that prove the same, the first is the witness.
        edges = edges.sort("statement_id", "interest_id", nulls_last=True)
        packed = [
            (name, part.write_ipc_stream(None).getvalue())
            for name, tables in solve(edges, nodes, marks, barred)
            for table in tables
            for part in table.iter_slices(ROWS_AT_ONCE)
        ]
        names, parts = zip(*packed, strict=True)
        return pa.table({"table_name": names, "rows": pa.array(parts, pa.binary())})

    return solved


def _unpacker(table: Table) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    # Spark does not support large lists.
    lists = {column.name: pa.list_(pa.string()) for column in table.columns if column.dtype == "texts"}
    schema = pa.schema(
        [(field.name, lists.get(field.name, field.type)) for field in table.empty().to_arrow().schema]
    )

    def unpacked(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for part in batch["rows"]:
                yield from pa.ipc.open_stream(part.as_buffer()).read_all().cast(schema).to_batches()

    return unpacked


def _sql(name: str, **parts: str) -> str:
    return read_sql(__package__, name, **parts)
