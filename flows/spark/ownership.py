"""The ownership graph on Spark: bucket by bucket of whole weak components, by the functions of `graphs`.

Weak components are independent of each other, so a worker solves a bucket of them by one call of
`graphs.build.solve`, and the buckets together are the whole. The largest component is a bucket of its own: it
is held in the memory of one worker, as without Spark in that of the one machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from flows.night.night import Night
from flows.spark.components import kept, labels
from flows.spark.gather import spark_schema
from graphs.build import solve
from transforms.model.sql import read_sql
from transforms.model.statements import Table
from transforms.model.views import GRAPH_TABLES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

BUCKET = 100_000  # own: parties, for which a worker takes some 400 MB
ROWS_AT_ONCE = 100_000  # own: of a table in one message
OWNERSHIP_TABLES = [name for name in GRAPH_TABLES if not name.startswith("flow_")]
SOLVED = "table_name string, rows binary"
# The inputs of `solve`, and the column whose party says in which bucket a row is.
PLACED_BY = {"edge": "subject_id", "node": "party_id", "mark": "party_id"}


def write_ownership(
    spark: SparkSession, night: Night, inputs: Mapping[str, DataFrame], barred: Iterable[str]
) -> dict[str, int]:
    """Write the rows of every table of `graphs.build.solve` to files of their own below `work/<run>/graph`,
    for `flows.night.buckets.gather`. Returns how many edges and nodes there are, and how large the largest
    component is (parties and interests).

    inputs: edge, node, mark: the arguments of `solve` as Spark frames, without the numbers of components.
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
        folder.mkdir(parents=True, exist_ok=True)  # not every server writes a table without a row
        table.empty().write_parquet(folder / "0.parquet")
    return {
        "edges": links.count(),
        "nodes": largest["parties_n"],
        "largest_component": largest["size_n"],
    }


def _in_buckets(spark: SparkSession, largest: int, buckets: int) -> tuple[DataFrame, int]:
    """The rows of all inputs with `input` and `bucket`, where a column of other inputs is null; and how many
    buckets there are, with that of the largest component.
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
        # Of several interests that prove the same the first one is the witness.
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
    # Spark knows no large lists.
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
