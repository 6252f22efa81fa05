"""From when until when a link or a listing holds, by its dates and its status."""

from __future__ import annotations

import polars as pl

from transforms.formats.ftm import codes
from transforms.formats.ftm.values import day_after, first_day, native


def _dates(*names: str) -> pl.Expr:
    """The texts of the first of these properties that has any."""
    chosen = pl.col(native(names[-1]))
    for name in reversed(names[:-1]):
        chosen = pl.when(pl.col(native(name)).list.len() > 0).then(native(name)).otherwise(chosen)
    return chosen


def _end_texts() -> pl.Expr:
    """Texts of the ends.

    The end of a fixed term counts where the holder's own is not told, and no status says that the office goes
    on.
    """
    own = pl.col(native("endDate"))
    return (
        pl.when((own.list.len() > 0).fill_null(False) | codes.says(pl.col(native("status")), "current"))
        .then(own)
        .otherwise(native("periodEnd"))
    )


def _has_ended() -> pl.Expr:
    """There is an end, and one for each start."""
    ends = _end_texts().list.n_unique().fill_null(0)
    return (ends > 0) & (ends >= _dates("startDate", "periodStart").list.n_unique().fill_null(0))


def is_over() -> pl.Expr:
    """It has ended: on a day that is told, or by its status."""
    return _has_ended() | codes.says(pl.col(native("status")), "ended")


def period() -> dict[str, pl.Expr]:
    starts = _dates("startDate", "periodStart", "date").list.eval(first_day(pl.element())).list.min()
    ends = _end_texts().list.eval(day_after(pl.element())).list.max()
    return {"valid_from": starts, "valid_to": pl.when(_has_ended()).then(ends)}


def place_on_list() -> dict[str, pl.Expr]:
    """Of a listing: the period, and whether it has ended on a day that is not told."""
    held = period()
    return {
        **held,
        "is_ceased": codes.says(pl.col(native("status")), "ended") & held["valid_to"].is_null(),
    }
