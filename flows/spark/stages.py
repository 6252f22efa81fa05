"""The stages of a run on Spark: those of `flows.night.steps`, some of which the workers run.

As without Spark, the driver runs landing, the gates and the admission of editions, resolution except the
scoring of pairs, screening, patterns of payments, cases, and the building of the release.
"""

from dataclasses import replace

from flows.home import warehouse
from flows.home.sorted_files import write_parquet
from flows.night.buckets import gather
from flows.night.night import Counts, Night
from flows.night.runner import run_night
from flows.night.stages.graph import complete_bases, compute_graph, write_marks
from flows.night.stages.lake import fill_lake
from flows.night.stages.resolve import resolve_parties
from flows.night.steps import STAGES
from flows.night.tables import register_frame
from flows.spark.each import on_workers, one_at_a_time
from flows.spark.flags import find_flags
from flows.spark.marts import build_marts
from flows.spark.ownership import write_ownership
from flows.spark.persons import predicted_on_workers
from flows.spark.session import session
from transforms.graph_inputs import input_sql


def run_on_spark(night: Night) -> Night:
    """`flows.night.runner.run_night` with these stages. Raises UsageError if no session can be opened."""
    session()
    night.each = one_at_a_time
    on_spark = {
        "lake": _fill_lake,
        "resolve": lambda night: resolve_parties(night, predicted_on_workers(night)),
        "marts": build_marts,
        "graph": lambda night: compute_graph(night, _solve_networks),
        "flags": find_flags,
    }
    stages = [replace(stage, run=on_spark.get(stage.name, stage.run)) for stage in STAGES]
    return run_night(night, stages=stages)


def _fill_lake(night: Night) -> Counts:
    night.each = on_workers
    try:
        return fill_lake(night)
    finally:
        night.each = one_at_a_time


def _solve_networks(night: Night, connection: warehouse.Connection, barred: list[str]) -> Counts:
    """As `flows.night.stages.graph.solve_networks`."""
    spark, inputs = session(), night.work / "spark"
    inputs.mkdir(exist_ok=True)
    register_frame(connection, "complete_basis", complete_bases(night))
    write_marks(night, connection)
    for name, key in (("edges", ("statement_id", "interest_id")), ("nodes", ("party_id",))):
        write_parquet(connection, input_sql(name), inputs / f"{name}.parquet", key)
    frames = {
        "edge": spark.read.parquet(str(inputs / "edges.parquet")),
        "node": spark.read.parquet(str(inputs / "nodes.parquet")),
        "mark": spark.read.parquet(str(night.table("mark"))).selectExpr("mark", "subject_id as party_id"),
    }
    counts = write_ownership(spark, night, frames, barred)
    gather(night, connection)
    return counts
