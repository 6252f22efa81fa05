"""What a night shows on the page of its flow run: what was read, what was flagged, the gates, and the path of
the report.

Only `flows.nightly` imports this module, which imports Prefect. Tables hold ids and counts. Names of files
and of datasets are left out, because whoever delivers a file chooses them. If the server refuses an artifact,
the night continues and tries no other in that run, because Prefect retries each for a minute.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

import polars as pl
import structlog
from prefect.artifacts import (
    create_link_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.runtime import flow_run

from flows.night.night import Night
from transforms.model.views import EDITION_VIEW, GATE_VIEW, INDICATOR_VIEW

PROGRESS_STEP = 10.0  # (own) per cent: a call of the server takes up to a tenth of a second
READ_COLUMNS = (
    "register",
    "edition",
    "status",
    "completeness",
    "rows_in",
    "rows_loaded",
    "rows_rejected",
    "rows_ignored",
)
FLAG_COLUMNS = ("code", "title", "n_flagged", "n_not_flagged", "n_not_assessable", "base_rate")

log = structlog.get_logger()
_not_taken: set[str | None] = set()  # flow runs of which the server did not take an artifact


def show(stage: str, night: Night) -> None:
    """The artifacts of a stage that ended, successfully or not."""
    if stage in SHOWN:
        _sent(lambda: SHOWN[stage](night))


def _read(night: Night) -> None:
    if (path := night.table(EDITION_VIEW.name)).exists():
        _table(
            "read", pl.read_parquet(path, columns=list(READ_COLUMNS)).select(READ_COLUMNS), "What was read."
        )


def _flags(night: Night) -> None:
    if (path := night.table(INDICATOR_VIEW.name)).exists():
        rows = pl.read_parquet(path, columns=list(FLAG_COLUMNS)).select(FLAG_COLUMNS)
        description = "Subjects by indicator. A flag is an indication, not a finding."
        _table("flags", rows.with_columns(pl.col("base_rate").round(6)), description)


def _gates(night: Night) -> None:
    """Expectations of each gate, and how many failed. Examples are left out: they may name a record."""
    if (path := night.table(GATE_VIEW.name)).exists():
        failed = ~pl.col("passed")
        rows = (
            pl.read_parquet(path)
            .group_by("stage", "register", "edition", maintain_order=True)
            .agg(
                pl.len().alias("expectations"),
                (failed & (pl.col("severity") == "blocking")).sum().alias("blocking"),
                (failed & (pl.col("severity") != "blocking")).sum().alias("warnings"),
                pl.col("expectation").filter(failed).str.join(", ").alias("failed"),
            )
        )
        _table("gates", rows, "What the gates checked, and what failed.")


def _links(night: Night) -> None:
    if night.report is not None:
        create_link_artifact(night.report.as_uri(), "The night report", key="report")
    data_docs = night.home.releases / night.release_id / "data_docs" / "index.html"
    if data_docs.is_file():
        create_link_artifact(data_docs.as_uri(), "What was checked of the data", key="data-docs")


SHOWN: Mapping[str, Callable[[Night], None]] = {
    "lake": _read,
    "graph": _gates,
    "flags": _flags,
    "gate": _gates,
    "release": _links,
}


def _table(key: str, rows: pl.DataFrame, description: str) -> None:
    create_table_artifact(rows.to_dicts(), key=key, description=description)


def _sent(send: Callable[[], object]) -> object:
    """The server's answer for an artifact; None if it refuses it, or refused one before."""
    run = flow_run.id
    try:
        return None if run in _not_taken else send()
    except Exception as error:
        _not_taken.add(run)
        log.warning("artifact", kind=type(error).__name__)
        return None


class Progress:
    """A progress bar, moved at most once in PROGRESS_STEP per cent."""

    def __init__(self, what: str, total: int) -> None:
        self._total, self._done, self._shown = total, 0, 0.0
        self._id: UUID | None = None
        if total:
            description = f"{what}: {total}"
            artifact = _sent(lambda: create_progress_artifact(0.0, key=what, description=description))
            self._id = artifact if isinstance(artifact, UUID) else None

    def step(self) -> None:
        self._done += 1
        percent = 100 * self._done / self._total
        artifact = self._id
        if artifact is not None and (percent - self._shown >= PROGRESS_STEP or self._done == self._total):
            self._shown = percent
            _sent(lambda: update_progress_artifact(artifact, percent))
