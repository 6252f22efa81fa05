"""The ownership graph of a run, cut into buckets of whole weak components, which are solved one by one.

Python holds the numbers of the parties and of their pairs (some 100 bytes a party); a process holds one
bucket. DuckDB sorts everything else, and spills. All files of this module are in the folder `graph` of the
run, which the stage removes.
"""

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

import numpy as np
import polars as pl

from flows.home import progress, warehouse
from flows.home.sorted_files import write_parquet
from flows.night.night import Night
from flows.night.tables import register_frame, write_stream
from graphs.arrays.components import buckets, weak_labels
from graphs.build import solve
from transforms.graph_inputs import input_sql
from transforms.model.sql import frame
from transforms.model.views import GRAPH_TABLES

BUCKET = 500_000  # own: nodes and arcs, for which a process takes some 800 MB
WORKER_BYTES = 2 << 30  # own: room for a component that is much larger than a bucket
# Rows of these tables in the work folder, and their order within a bucket: of several interests that prove
# the same thing, the first is the witness.
INPUTS = {
    "bucket_edges": ("statement_id", "interest_id"),
    "bucket_nodes": ("party_id",),
    "bucket_marks": ("mark", "party_id"),
}


def write_buckets(night: Night, connection: warehouse.Connection) -> dict[str, int]:
    """Write the tables INPUTS in order of their buckets. Returns their numbers of rows, and of `buckets`.

    The connection has the marts and `complete_basis`.
    """
    folder = bucket_folder(night)
    nodes, edges = folder / "node.parquet", folder / "edge.parquet"
    folder.mkdir()
    nodes_n = write_parquet(connection, input_sql("nodes"), nodes, ("party_id",))
    source = f"read_parquet({warehouse.literal(str(nodes.resolve()))})"
    connection.execute(f"create view node as select *, file_row_number as number from {source}")
    connection.execute(f"create view edge as {input_sql('edges')}")
    write_parquet(connection, input_sql("numbered"), edges, ())
    warehouse.parquet_view(connection, "edge", [edges])
    labels = _labels(frame(connection, input_sql("pairs")), nodes_n)
    register_frame(connection, "bucket", labels)
    buckets_n = labels.select(pl.col("bucket").max().fill_null(0) + 1).item()
    rows_n = {
        name: write_parquet(connection, input_sql(name), bucket_file(folder, name), ("bucket", *order))
        for name, order in INPUTS.items()
    }
    connection.execute("drop table bucket")  # each party has a row
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


def solve_buckets(night: Night, buckets_n: int, barred: list[str]) -> None:
    """Write the rows of every table of `graphs.build.solve`, with a file for each bucket. Several buckets are
    solved in parallel, each in its own process.
    """
    workers = min(buckets_n, warehouse.processors(), max(1, warehouse.memory_bytes() // WORKER_BYTES))
    work = partial(_solve_bucket, bucket_folder(night), barred)
    if workers == 1:
        for bucket in progress.steps("bucket", range(buckets_n), buckets_n):
            work(bucket)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _end_with_parent) as pool:
        for _ in progress.steps("bucket", pool.map(work, range(buckets_n)), buckets_n):
            pass


def _end_with_parent() -> None:
    """Without this, a process in the pool would wait for work for ever after its parent is killed."""

    def wait() -> None:
        if (parent := parent_process()) is not None:
            parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _solve_bucket(folder: Path, barred: Iterable[str], bucket: int) -> None:
    edges, nodes, marks = (
        pl.scan_parquet(bucket_file(folder, name)).filter(bucket=bucket).drop("bucket").collect()
        for name in INPUTS
    )
    for name, frames in solve(edges, nodes, marks, barred):
        path = folder / name / f"{bucket:06}.parquet"
        path.parent.mkdir(exist_ok=True)
        write_stream(path, GRAPH_TABLES[name], frames)


def gather(night: Night, connection: warehouse.Connection) -> None:
    """Write each table of the buckets in key order."""
    for name in [name for name in GRAPH_TABLES if (bucket_folder(night) / name).is_dir()]:
        parts = sorted((bucket_folder(night) / name).glob("*.parquet"))
        write_parquet(connection, warehouse.parquet_source(parts), night.table(name), GRAPH_TABLES[name].key)


def bucket_folder(night: Night) -> Path:
    return night.work / "graph"


def bucket_file(folder: Path, name: str) -> Path:
    """The file of a bucket for one of INPUTS."""
    return folder / f"{name}.parquet"
