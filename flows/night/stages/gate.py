"""Stage gate: check exactly the tables that will be published."""

import polars as pl

from flows.home import warehouse
from flows.night.night import Counts, Night
from flows.night.tables import write_table
from quality import gate, suites
from transforms.errors import ReleaseBlocked
from transforms.model.views import ABOUT, GATE_VIEW, RELEASE_TABLES


def check_release(night: Night) -> Counts:
    """Run the release gate. Raises ReleaseBlocked (exit code 3)."""
    with warehouse.connect(night.work) as connection:
        for name in published_tables():
            warehouse.parquet_view(connection, name, [night.table(name)])
        outcome = gate.run(
            connection, suites.release_suite(), stage="release", pages=night.data_docs("release")
        )
    keep_gate(night, outcome)
    return {"expectations": outcome.height, "failed": outcome.filter(~pl.col("passed")).height}


def keep_gate(night: Night, outcome: pl.DataFrame) -> None:
    """Add outcomes to v_gate. Raises ReleaseBlocked where an expectation that blocks failed."""
    earlier = pl.read_parquet(night.table(GATE_VIEW.name))
    write_table(night, GATE_VIEW, pl.concat([earlier, outcome]))
    if message := gate.failure_message(outcome):
        raise ReleaseBlocked(f"{message}. The release in force stays; correct the cause and run again")


def published_tables() -> tuple[str, ...]:
    """Names of the tables that a run writes; those about the release itself are filled when it is built."""
    return tuple(name for name in RELEASE_TABLES if name not in ABOUT)
