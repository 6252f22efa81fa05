"""Stage gate: check exactly the tables that will be published."""

from collections.abc import Sequence
from functools import partial
from io import StringIO

import polars as pl

from flows.facts.rows import grouped
from flows.home import warehouse
from flows.night.night import Counts, Night
from flows.night.tables import write_table
from quality import gate, suites
from quality.data_docs import Stage
from quality.expectation import Expectation
from transforms.errors import ReleaseBlocked
from transforms.model.sql import tables_read
from transforms.model.views import ABOUT, GATE_VIEW, RELEASE_TABLES

OUTCOME = "outcome"  # of a step


def check_release(night: Night) -> Counts:
    """Run the release gate. Raises ReleaseBlocked (exit code 3)."""
    with warehouse.connect(night.work) as connection:
        for name in published_tables():
            warehouse.parquet_view(connection, name, [night.table(name)])
        outcome = run_gate(night, connection, suites.release_suite(), "release")
    return {"expectations": outcome.height, "failed": outcome.filter(~pl.col("passed")).height}


def run_gate(
    night: Night, connection: warehouse.Connection, suite: Sequence[Expectation], stage: Stage
) -> pl.DataFrame:
    """Check tables of the run, and add the outcomes to v_gate.

    Checks that passed last time on the same tables are reused, table by table; those shown in Data Docs only
    as a whole, with the pages. Raises ReleaseBlocked if a blocking expectation failed.
    """
    parts = grouped(suite, lambda each: "data" if each.kind == "data" else each.table)
    outcome = pl.concat([_part_checked(night, connection, part, stage, name) for name, part in parts.items()])
    gates = night.table(GATE_VIEW.name)
    write_table(night, GATE_VIEW, pl.concat([pl.read_parquet(gates), outcome]))
    night.memory.know(GATE_VIEW.name, gates)
    if message := gate.failure_message(outcome):
        raise ReleaseBlocked(f"{message}. The release in force stays; correct the cause and run again")
    return outcome


def _part_checked(
    night: Night, connection: warehouse.Connection, part: Sequence[Expectation], stage: Stage, name: str
) -> pl.DataFrame:
    """`name`: the table that the whole part is about, or data."""

    def checked() -> Counts:
        outcome = gate.run(connection, part, stage=stage, pages=night.data_docs(stage))
        return {OUTCOME: outcome.write_json()}

    step, pages = f"gate-{stage}-{name}", [f"data_docs/{stage}"] if name == "data" else []
    counts = night.memory.step(step, partial(_tables_of, part), pages, checked)
    outcome = pl.read_json(StringIO(str(counts[OUTCOME])), schema=GATE_VIEW.schema)
    if not outcome["passed"].all():
        night.memory.forget(step)  # the cause may have been lack of memory
    return outcome


def _tables_of(part: Sequence[Expectation]) -> set[str]:
    queries = (each.failing_rows_sql for each in part if each.failing_rows)
    return {each.table for each in part}.union(*map(tables_read, queries))


def published_tables() -> tuple[str, ...]:
    """Names of the tables that a run writes; those about the release itself are filled when it is built."""
    return tuple(name for name in RELEASE_TABLES if name not in ABOUT)
