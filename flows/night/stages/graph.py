"""Stage graph: compute ownership, control and what follows from them; then run the graph gate."""

from collections.abc import Callable, Iterable
from shutil import rmtree

import polars as pl

from flows.home import durable, warehouse
from flows.home.sorted_files import write_parquet
from flows.night.buckets import (
    INPUTS,
    bucket_file,
    bucket_folder,
    gather,
    solve_buckets,
    write_buckets,
)
from flows.night.memory import Returned
from flows.night.night import Counts, Night
from flows.night.stages.gate import run_gate
from flows.night.tables import open_tables, register_frame, show_own_registers, write_stream
from graphs.money import build as graph_money
from graphs.structure.further import BLOCKS
from quality import suites
from transforms.graph_inputs import input_sql
from transforms.marts import mark_sql, marks, tables_behind
from transforms.model.indicator import indicators
from transforms.model.register import registers
from transforms.model.sql import frame, tables_read
from transforms.model.views import FLOW_PATTERN, FLOW_PATTERN_GAP, FLOW_PATTERN_MEMBER, GRAPH_TABLES, MARTS

MONEY_INPUTS = ("flows", "held_parties")
MONEY_TABLES = (FLOW_PATTERN.name, FLOW_PATTERN_MEMBER.name, FLOW_PATTERN_GAP.name)
NETWORK_TABLES = tuple(name for name in GRAPH_TABLES if name not in MONEY_TABLES)

# Writes `mark` and NETWORK_TABLES; returns counts.


def solve_networks(night: Night, connection: warehouse.Connection, barred: list[str]) -> Counts:
    """The tables of ownership and control, bucket by bucket of components. `barred` as in `graphs.build`."""
    bases = complete_bases(night)
    register_frame(connection, "complete_basis", bases)
    night.memory.know("complete_basis", bases)
    write_marks(night, connection)
    rmtree(bucket_folder(night), ignore_errors=True)  # of a night that was killed

    def cut() -> Returned:
        inputs_n = write_buckets(night, connection)
        return inputs_n | {
            _held(name): durable.file_sha256(bucket_file(bucket_folder(night), name)) for name in INPUTS
        }

    used = {*tables_read(input_sql("nodes")), *tables_read(input_sql("edges")), "mark"}
    reads = show_own_registers(night, connection, used)
    inputs = night.memory.step("graph-inputs", reads, (), cut)
    for name in INPUTS:
        night.memory.know(name, str(inputs[_held(name)]))

    def solved() -> Counts:
        if not bucket_folder(night).is_dir():
            write_buckets(night, connection)
        solve_buckets(night, int(inputs["buckets"]), barred)
        gather(night, connection)
        return {"edges": int(inputs["bucket_edges"]), "nodes": int(inputs["bucket_nodes"])}

    return night.memory.step("graph-network", INPUTS, NETWORK_TABLES, solved, rule=barred)


def _held(name: str) -> str:
    """Under which the hash of a bucket file is remembered."""
    return f"{name}_sha256"


def find_patterns(night: Night, connection: warehouse.Connection) -> Counts:
    """The patterns of money."""

    def write_patterns() -> Counts:
        payments = night.work / "payments.parquet"
        write_parquet(connection, input_sql("flows"), payments, ())
        held = frame(connection, input_sql("held_parties"))
        groups = pl.scan_parquet(night.table("graph_control_group"))
        limits = graph_money.bounds(indicators())
        for name, frames in graph_money.build(pl.scan_parquet(payments), held, groups, limits):
            write_stream(night.table(name), GRAPH_TABLES[name], frames)
        payments.unlink()
        return {}

    reads = {table for name in MONEY_INPUTS for table in tables_read(input_sql(name))}
    return night.memory.step("graph-money", {*reads, "graph_control_group"}, MONEY_TABLES, write_patterns)


def compute_graph(
    night: Night, solved: Callable[[Night, warehouse.Connection, list[str]], Counts] = solve_networks
) -> Counts:
    """Write the graph tables: ownership, control, beneficial owners, cycles, networks, reach, and patterns of
    money.

    Raises ReleaseBlocked (exit code 3).
    """
    with open_tables(night, MARTS.keys() - {"mark"}) as connection:
        barred = [mark for mark in marks() if mark + BLOCKS in marks()]
        inputs_n = solved(night, connection, barred)
        rmtree(bucket_folder(night), ignore_errors=True)
        _show(night, connection, NETWORK_TABLES)
        find_patterns(night, connection)
        _show(night, connection, MONEY_TABLES)
        run_gate(night, connection, suites.graph_suite(), "graph")
    rows_n = {
        name: pl.scan_parquet(night.table(name)).select(pl.len()).collect().item() for name in GRAPH_TABLES
    }
    return {**inputs_n, **rows_n}


def _show(night: Night, connection: warehouse.Connection, names: Iterable[str]) -> None:
    for name in names:
        warehouse.parquet_view(connection, name, [night.table(name)])


def complete_bases(night: Night) -> pl.DataFrame:
    """register, basis: bases for which a register lists every holder, if a complete edition of it is in
    force.
    """
    in_force = night.editions.with_status("in_force")
    complete = {facts.register for facts in in_force if facts.completeness == "complete"}
    rows = [(name, basis) for name in sorted(complete) for basis in registers()[name].complete_bases]
    return pl.DataFrame(rows, schema={"register": pl.String, "basis": pl.String}, orient="row")


def write_marks(night: Night, connection: warehouse.Connection) -> None:
    """Write the mart `mark`, which reads the candidates of screening: one mark after the other, because a
    single query would hold the joins of all at once.
    """
    queries = {mark: mark_sql(mark) for mark in marks()}

    def written() -> Counts:
        parts = {mark: night.table(f"mark-{mark}") for mark in queries}
        for mark, part in parts.items():
            write_parquet(connection, queries[mark], part, MARTS["mark"].key)
        rows_n = write_parquet(
            connection, warehouse.parquet_source([*parts.values()]), night.table("mark"), ()
        )
        for part in parts.values():
            part.unlink()
        return {"marks": rows_n}

    used = tables_behind(frozenset().union(*map(tables_read, queries.values())))
    # Marks only check whether a company is in the edition in force, so editions of company registers
    # suffice.
    reads = show_own_registers(night, connection, {*used, "entity_statement"})
    night.memory.step("mart-mark", reads, ["mark"], written)
    _show(night, connection, ["mark"])
