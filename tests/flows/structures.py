"""Whole structures through the stages of a night up to the graph: who is found, by the register's own record ids."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl

from flows.settings import Home
from flows.stages import STAGES, Night
from tests.landings import lake_night, mart


def graph_night(home: Home, files: list[Path], landing: Path, *, as_of: date | None = None) -> Night:
    """A night on copies of `files`, with its marts and graph tables written."""
    landing.mkdir(parents=True)
    for file in files:
        shutil.copy(file, landing / file.name)
    night = lake_night(home, landing, as_of)
    names = [stage.name for stage in STAGES]
    for stage in STAGES[names.index("lake") + 1 : names.index("graph") + 1]:
        stage.run(night)
    return night


def by_record(night: Night, name: str) -> pl.DataFrame:
    """A table with its parties as the records that speak of them, the earliest where there are several."""
    records = mart(night, "resolution").group_by("party_id").agg(pl.col("record").min())
    table = mart(night, name)
    for column in [name for name in ("party_id", "subject_id", "controller_id") if name in table.columns]:
        names = dict(zip(records["party_id"], records["record"], strict=True))
        table = table.with_columns(pl.col(column).replace(names))
    return table


def owners(night: Night, regime: str = "AMLR") -> list[tuple[object, ...]]:
    """(subject, person, verdict, basis or reason, share_min, share_max_declared, share_max) by record, sorted."""
    rows = by_record(night, "graph_ubo").filter(regime=regime)
    figures = [pl.col(name).cast(pl.Float64) for name in ("share_min", "share_max_declared", "share_max")]
    found = rows.select("subject_id", "party_id", "verdict", pl.coalesce("basis", "reason"), *figures)
    return sorted(found.rows(), key=str)
