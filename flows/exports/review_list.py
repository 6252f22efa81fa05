"""The cases of a release with their flags as a table, in the order of review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.release.case_ids import case_by_id
from transforms.language import language
from transforms.language.stored import case_title
from transforms.model.languages import DUTCH
from transforms.model.sql import Connection, frame, read_sql

if TYPE_CHECKING:
    import pyarrow as pa

IN_DUTCH = {name: f"{name}_{DUTCH}" for name in ("indicator_title", "explanation")}


def review_list(connection: Connection, case_id: str | None = None) -> pa.Table:
    """A row for each flag of every case, or of the case that an id leads to, in the current language.

    Raises UsageError if there is no such case.
    """
    case = None if case_id is None else case_by_id(connection, case_id)
    rows = frame(connection, read_sql(__package__, "review_list"), {"case": case})
    if language() == DUTCH:
        titles = pl.Series("case_title", [case_title(title) for title in rows["case_title"]], pl.String)
        rows = rows.with_columns(
            titles, *(pl.coalesce(own, name).alias(name) for name, own in IN_DUTCH.items())
        )
    return rows.drop(IN_DUTCH.values()).to_arrow()
