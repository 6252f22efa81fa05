"""The word lists the town is made of: `words/*.csv`, read once.

A list is a column of a csv file. Weighted lists have a `weight` column; `pick` draws from them.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Objects = NDArray[np.object_]


@cache
def table(name: str) -> pl.DataFrame:
    """`words/<name>.csv`, all columns as text, blanks as empty text."""
    source = files("quality").joinpath("town", "words", f"{name}.csv")
    with source.open("rb") as handle:
        return pl.read_csv(handle.read(), infer_schema=False).fill_null("")


def numbers(name: str, column: str) -> Floats:
    """A numeric column of a word list, in file order."""
    return table(name)[column].cast(pl.Float64).to_numpy()


def gather(words: pl.Series | Sequence[str], positions: Ints) -> pl.Series:
    """The word at each position."""
    series = words if isinstance(words, pl.Series) else pl.Series(words, dtype=pl.String)
    return series.gather(pl.Series(positions, dtype=pl.UInt32))


def choose(rng: np.random.Generator, weights: Floats | Sequence[float], size: int) -> Ints:
    """`size` positions drawn with the given weights (any positive scale)."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    positions: Ints = np.searchsorted(edges, rng.random(size) * edges[-1], side="right").astype(np.int64)
    return positions


def pick(rng: np.random.Generator, words: pl.DataFrame, column: str, size: int) -> pl.Series:
    """`size` words of a column, drawn by the column `weight`."""
    return gather(words[column], choose(rng, words["weight"].cast(pl.Float64).to_numpy(), size))


def pick_by(rng: np.random.Generator, keys: pl.Series, words: pl.DataFrame, column: str) -> pl.Series:
    """A word for each key, drawn by weight from the rows of `words` that have it in their column `key`."""
    drawn = np.full(len(keys), "", dtype=object)
    for key in keys.unique(maintain_order=True):
        here = np.flatnonzero((keys == key).to_numpy())
        drawn[here] = pick(rng, words.filter(key=key), column, here.size).to_numpy()
    return pl.Series(drawn, dtype=pl.String)


def spread(rank: Ints, total: int) -> Ints:
    """A permutation of 0 … total − 1 that puts neighbours far apart: rank · step mod total, step prime to
    total.

    The step is the integer next to total divided by the golden ratio, so every prefix of ranks is spread
    evenly."""
    if total <= 2:
        return rank % max(total, 1)
    step = max(1, round(total * 0.6180339887498949))
    while np.gcd(step, total) != 1:
        step += 1
    return (rank * step) % total
