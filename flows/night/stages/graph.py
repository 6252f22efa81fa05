"""Stage graph: compute ownership, control and what follows from them; then run the graph gate."""

from collections.abc import Callable

import polars as pl

from flows.home import warehouse
from flows.night.buckets import gather, solve_buckets, write_buckets
from flows.night.night import Counts, Night
from flows.night.stages.gate import keep_gate
from flows.night.tables import open_tables, register_frame, write_stream
from graphs.money import build as graph_money
from graphs.structure.further import BLOCKS
from quality import gate, suites
from transforms.graph_inputs import input_sql
from transforms.marts import mark_sql
from transforms.marts import marks as all_marks
from transforms.model.indicator import indicators
from transforms.model.register import registers
from transforms.model.sql import frame
from transforms.model.views import GRAPH_TABLES, MARTS

# Writes `mark`, and the parts of the tables of `graphs.build.solve` for `gather`; returns counts.
type Networks = Callable[[Night, warehouse.Connection, list[str]], Counts]


def solve_networks(night: Night, connection: warehouse.Connection, barred: list[str]) -> Counts:
    """The tables of ownership and control, bucket by bucket of components. `barred` as in `graphs.build`."""
    register_frame(connection, "complete_basis", complete_bases(night))
    write_marks(night, connection)
    inputs_n = write_buckets(night, connection)
    solve_buckets(night, inputs_n["buckets"], barred)
    return {"edges": inputs_n["bucket_edges"], "nodes": inputs_n["bucket_nodes"]}


def compute_graph(night: Night, solved: Networks = solve_networks) -> Counts:
    """Write the graph tables: ownership, control, beneficial owners, cycles, networks, reach, and patterns of
    money.

    Raises ReleaseBlocked (exit code 3).
    """
    with open_tables(night, MARTS.keys() - {"mark"}) as connection:
        barred = [mark for mark in all_marks() if mark + BLOCKS in all_marks()]
        inputs_n = solved(night, connection, barred)
        gather(night, connection)
        groups = pl.read_parquet(night.table("graph_control_group"))
        flows, held = (frame(connection, input_sql(name)) for name in ("flows", "held_parties"))
        for name, frames in graph_money.build(flows, held, groups, graph_money.bounds(indicators())):
            write_stream(night.table(name), GRAPH_TABLES[name], frames)
            warehouse.parquet_view(connection, name, [night.table(name)])
        outcome = gate.run(connection, suites.graph_suite(), stage="graph", pages=night.data_docs("graph"))
    keep_gate(night, outcome)
    rows_n = {
        name: pl.scan_parquet(night.table(name)).select(pl.len()).collect().item() for name in GRAPH_TABLES
    }
    return {**inputs_n, **rows_n}


def complete_bases(night: Night) -> pl.DataFrame:
    """register, basis: bases of which a register lists every holder, where a complete edition of it is in
    force.
    """
    in_force = night.editions.with_status("in_force")
    complete = {facts.register for facts in in_force if facts.completeness == "complete"}
    rows = [(name, basis) for name in sorted(complete) for basis in registers()[name].complete_bases]
    return pl.DataFrame(rows, schema={"register": pl.String, "basis": pl.String}, orient="row")


def write_marks(night: Night, connection: warehouse.Connection) -> None:
    """Write the mart `mark`, which reads the candidates of screening."""
    warehouse.write_parquet(connection, mark_sql(), night.table("mark"), MARTS["mark"].key)
    warehouse.parquet_view(connection, "mark", [night.table("mark")])
