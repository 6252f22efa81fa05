"""The ownership graph of a run, cut into buckets of whole weak components, which are solved one by one.

Python holds the numbers of the parties and of the pairs among them (some 60 bytes a party), and one bucket.
DuckDB sorts everything else, and spills.
"""

from collections.abc import Iterable

import numpy as np
import polars as pl

from flows.home import disk, warehouse
from flows.night.night import Night
from flows.night.tables import register_frame
from graphs.arrays.components import buckets, weak_labels
from graphs.build import solve
from transforms.graph_inputs import input_sql
from transforms.model.sql import frame
from transforms.model.views import GRAPH_TABLES

BUCKET = 500_000  # own: nodes and arcs
# Rows of these in the work folder, and their order within a bucket: of several interests that prove the same,
# the first is the witness.
INPUTS = {
    "bucket_edges": ("statement_id", "interest_id"),
    "bucket_nodes": ("party_id",),
    "bucket_marks": ("mark", "party_id"),
}


def write_buckets(night: Night, connection: warehouse.Connection) -> dict[str, int]:
    """Write the tables INPUTS in order of their buckets. Returns their numbers of rows, and of `buckets`.

    The connection has the marts and `complete_basis`.
    """
    nodes, edges = night.table("node"), night.table("edge")
    nodes_n = warehouse.write_parquet(connection, input_sql("nodes"), nodes, ("party_id",))
    source = f"read_parquet({warehouse.literal(str(nodes.resolve()))})"
    connection.execute(f"create view node as select *, file_row_number as number from {source}")
    connection.execute(f"create view edge as {input_sql('edges')}")
    warehouse.write_parquet(connection, input_sql("numbered"), edges, ())
    warehouse.parquet_view(connection, "edge", [edges])
    labels = _labels(frame(connection, input_sql("pairs")), nodes_n)
    register_frame(connection, "bucket", labels)
    buckets_n = labels.select(pl.col("bucket").max().fill_null(0) + 1).item()
    rows_n = {
        name: warehouse.write_parquet(connection, input_sql(name), night.table(name), ("bucket", *order))
        for name, order in INPUTS.items()
    }
    for path in (nodes, edges):
        path.unlink()
    return rows_n | {"buckets": buckets_n}


def _labels(pairs: pl.DataFrame, n: int) -> pl.DataFrame:
    """number, component_no, bucket of each party. `pairs`: holder, held, is_link."""
    holder, held, is_link = (pairs[name].to_numpy() for name in ("holder", "held", "is_link"))
    return pl.DataFrame(
        {
            "number": np.arange(n),
            "component_no": weak_labels(n, holder[is_link], held[is_link]),
            "bucket": buckets(n, holder, held, BUCKET),
        }
    )


def solve_bucket(night: Night, bucket: int, barred: Iterable[str]) -> None:
    """Write the rows of every table of `graphs.build.solve` for one bucket to files of their own."""
    edges, nodes, marks = (
        pl.scan_parquet(night.table(name)).filter(bucket=bucket).drop("bucket").collect() for name in INPUTS
    )
    for name, rows in solve(edges, nodes, marks, barred).items():
        path = night.work / "graph" / name / f"{bucket:06}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        with disk.naming(path):
            rows.write_parquet(path, compression="lz4")


def gather(night: Night, connection: warehouse.Connection) -> None:
    """Write each table of the buckets in key order."""
    for folder in sorted((night.work / "graph").iterdir()):
        table, parts = GRAPH_TABLES[folder.name], sorted(folder.glob("*.parquet"))
        order = ", ".join(f"{warehouse.identifier(column)} nulls first" for column in table.key)
        query = f"{warehouse.parquet_source(parts)} order by {order}"
        warehouse.write_parquet(connection, query, night.table(table.name), ())
        warehouse.parquet_view(connection, table.name, [night.table(table.name)])
