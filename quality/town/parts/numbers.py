"""Unique official numbers that agree with the day of incorporation.

A register numbers its companies in the order of incorporation, so a number tells the year.
`words/number_series.csv` has, for each series, how much of the live register was incorporated by a day
(`share`, 0 to 1) and the number reached on it; the figures are rounded from the published ones. The k-th of M
companies takes a number inside the k-th of M slots of that curve: numbers are unique without being
remembered, whatever M.

Numbers whose value is 13 modulo 16 are left to the plants (`Reserve`).
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from quality.town.parts.wordlists import Days, Floats, Ints, spread, table
from transforms.errors import UsageError

RESERVED_MODULUS = 16
RESERVED_RESIDUE = 13
DIGITS = 8


@dataclass(frozen=True)
class Curve:
    """Anchors of one series, ascending: share of the live register, number, day since 1970-01-01."""

    series: str
    share: Floats
    number: Floats
    day: Floats

    @property
    def prefix(self) -> str:
        return "" if self.series == "EW" else self.series


@cache
def curve(series: str) -> Curve:
    rows = table("number_series").filter(pl.col("series") == series)
    days = rows["day"].str.to_date("%Y-%m-%d").cast(pl.Int32).cast(pl.Float64)
    return Curve(
        series,
        rows["share"].cast(pl.Float64).to_numpy(),
        rows["number"].cast(pl.Float64).to_numpy(),
        days.to_numpy(),
    )


def slots(series: str, rank: Ints, total: int, rng: np.random.Generator) -> tuple[Ints, Days]:
    """Numbers (without prefix) and days of incorporation for the companies of `rank` (0 … total − 1) in a
    series.

    Raises UsageError where `total` companies do not fit the series: a slot must be at least two numbers wide.
    """
    line = curve(series)
    place = spread(rank, total)
    low = np.floor(np.interp(place / total, line.share, line.number)).astype(np.int64)
    width = np.floor(np.interp((place + 1) / total, line.share, line.number)).astype(np.int64) - low
    if width.size and width.min() < 2:
        raise UsageError(f"{total} companies of series {series} do not fit its numbers; write a smaller town")
    offset = (rng.random(rank.size) * width).astype(np.int64)
    beside = np.where(
        offset + 1 < width, offset + 1, offset - 1
    )  # inside the slot, and no other multiple of the modulus
    offset = np.where((low + offset) % RESERVED_MODULUS == RESERVED_RESIDUE, beside, offset)
    number = low + offset
    return number, np.interp(number, line.number, line.day).astype(np.int64).astype("datetime64[D]")


def written(series: str, number: pl.Series) -> pl.Series:
    """The number as its register writes it: eight characters, prefix included."""
    prefix = curve(series).prefix
    return pl.select(pl.lit(prefix) + number.cast(pl.String).str.zfill(DIGITS - len(prefix))).to_series()


class Reserve:
    """Numbers for plants, handed out one by one from those that the town never uses."""

    def __init__(self) -> None:
        self._used: set[tuple[str, int]] = set()

    def number(self, series: str, incorporated_on: date) -> str:
        """An unused number of `series` that fits the day of incorporation."""
        line = curve(series)
        day = (incorporated_on - date(1970, 1, 1)).days
        value = int(np.interp(day, line.day, line.number))
        value += (RESERVED_RESIDUE - value) % RESERVED_MODULUS
        while (series, value) in self._used:
            value += RESERVED_MODULUS
        self._used.add((series, value))
        return f"{line.prefix}{value:0{DIGITS - len(line.prefix)}d}"
