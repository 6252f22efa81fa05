"""Days and months, vectorised. Days are datetime64[D]."""

from datetime import date

import numpy as np
import polars as pl

from quality.town.parts.wordlists import Bools, Days, Ints

# One edition of each register, all of one month. No clock: the town is always as new as this.
EDITION = date(2026, 6, 1)
EDITION_DAY = np.datetime64(EDITION, "D")
REGIME = np.datetime64("2016-04-06", "D")  # start of the PSC register
LAST_RETURN = np.datetime64("2016-06-30", "D")  # the annual return became the confirmation statement
OVERSEAS_REGIME = np.datetime64("2022-08-01", "D")  # start of the register of overseas entities


def add_months(day: Days, months: Ints | int) -> Days:
    """The same day of a later month, or that month's last day."""
    month = day.astype("datetime64[M]")
    later = month + np.asarray(months).astype("timedelta64[M]")
    day_of_month = day - month.astype("datetime64[D]")
    moved: Days = np.minimum(later.astype("datetime64[D]") + day_of_month, month_end(later))
    return moved


def month_end(month: Days) -> Days:
    """Last day of each datetime64[M]."""
    following: Days = (month.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
    last: Days = following - np.timedelta64(1, "D")
    return last


def last_anniversary(day: Days, not_after: Days) -> Days:
    """The newest anniversary of `day` that is not after the other day; `day` itself where there is none."""
    months = (not_after.astype("datetime64[M]") - day.astype("datetime64[M]")).astype(np.int64)
    years = np.maximum(months // 12, 0)
    newest = add_months(day, 12 * years)
    earlier = add_months(day, 12 * np.maximum(years - 1, 0))
    return np.where(newest > not_after, earlier, newest)


def between(rng: np.random.Generator, first: Days, last: Days) -> Days:
    """A day drawn evenly from each interval, both ends included; `first` where it is empty."""
    width = np.maximum((last - first).astype(np.int64), 0)
    days: Days = first + (rng.random(width.size) * (width + 1)).astype(np.int64).astype("timedelta64[D]")
    return days


def text(day: Days, style: str, blank: Bools | None = None) -> pl.Series:
    """Days as text by strftime's style; null where `blank`."""
    written = pl.Series(day.astype("datetime64[D]")).dt.to_string(style)
    return written if blank is None else written.set(pl.Series(blank), None)


def iso(day: Days, blank: Bools | None = None) -> pl.Series:
    return text(day, "%Y-%m-%d", blank)


def slashed(day: Days, blank: Bools | None = None) -> pl.Series:
    return text(day, "%d/%m/%Y", blank)
