"""Whole structures through the stages of a night up to the graph: who is found, by the register's own record
ids.
"""

import re
import shutil
from collections.abc import Collection
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from flows.home.settings import Home
from flows.night.night import Night
from flows.night.steps import STAGES
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


def parties_of(night: Night, file: Path) -> frozenset[str]:
    """Of a night on several files, those whom this one tells of.

    It is an edition of its own, or part of a file that was landed in its stead.
    """
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"', file.read_text(encoding="utf-8"))
    digest = sha256(file.read_bytes()).hexdigest()
    own = [edition.label for edition in night.editions.usable if edition.file_sha256 == digest]
    resolved = mart(night, "resolution").filter(pl.col("record").is_in(texts))
    return frozenset((resolved.filter(pl.col("edition").is_in(own)) if own else resolved)["party_id"])


def by_record(night: Night, name: str, subjects: Collection[str] | None = None) -> pl.DataFrame:
    """A table with its parties as the records that speak of them, the earliest where there are several.

    `subjects`: rows that name one of these parties.
    """
    records = mart(night, "resolution").group_by("party_id").agg(pl.col("record").min())
    table = mart(night, name)
    parties = [
        name for name in ("party_id", "subject_id", "controller_id", "entity_id") if name in table.columns
    ]
    names = dict(zip(records["party_id"], records["record"], strict=True))
    rows = (
        table if subjects is None else table.filter(pl.any_horizontal(pl.col(parties).is_in(list(subjects))))
    )
    return rows.with_columns(pl.col(column).replace(names) for column in parties)


def owners(
    night: Night, regime: str = "AMLR", subjects: Collection[str] | None = None
) -> list[tuple[object, ...]]:
    """(subject, person, verdict, basis or reason, share_min, share_max_declared, share_max) by record,
    sorted.
    """
    rows = by_record(night, "graph_ubo", subjects).filter(regime=regime)
    figures = [pl.col(name).cast(pl.Float64) for name in ("share_min", "share_max_declared", "share_max")]
    listed = rows.select("subject_id", "party_id", "verdict", pl.coalesce("basis", "reason"), *figures)
    return sorted(listed.rows(), key=str)
