"""From numbers to named rows: the declared frames of the graph stage, a run of rows at a time.

A national release has tens of millions of rows; as arrays of numbers they are small, as frames of ids they are not. So each table is a
stream of frames in key order, each made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import polars as pl
import pyarrow as pa

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, Parties
from graphs.ownership.intervals import UNITS
from transforms.model.views import GRAPH_TABLES

ROWS_AT_ONCE = 1_000_000  # own: some 100 MB of frame
ROUNDING = (
    1e-11  # per cent, a hundredth of the last digit: a figure this near to nine decimals is taken to be exact
)

type Column = pl.Series | Ints | Bools
type Frames = Iterator[pl.DataFrame]
type Ids = pa.Array[pa.Scalar[pa.lib.LargeStringType]]


def stream(name: str, rows_n: int, make: Callable[[slice], Iterable[Column]]) -> Frames:
    """Frames of table `name` in its declared schema. `make` gives the columns, in the order of the declaration, of the rows in a slice."""
    table = GRAPH_TABLES[name]
    if rows_n == 0:
        yield table.empty()
    for begin in range(0, rows_n, ROWS_AT_ONCE):
        columns = make(slice(begin, min(begin + ROWS_AT_ONCE, rows_n)))
        yield pl.DataFrame(dict(zip(table.names, columns, strict=True)), schema=table.schema)


def stream_by_key(name: str, rows_n: Ints, make: Callable[[int, int], Iterable[Column]]) -> Frames:
    """The same where rows are numbered by a key: `rows_n[k]` rows of key k; `make` gives the columns of all rows of the keys [first, last), in order.

    A frame has ROWS_AT_ONCE rows at most, or those of one key: nothing has to be held of all rows at once but their number.
    """
    table = GRAPH_TABLES[name]
    runs = _runs(rows_n)
    frames = (
        pl.DataFrame(dict(zip(table.names, make(first, last), strict=True)), schema=table.schema)
        for first, last in runs
    )
    return frames if runs else iter([table.empty()])


def _runs(rows_n: Ints) -> list[tuple[int, int]]:
    """Runs of keys of ROWS_AT_ONCE rows at most, or of one key."""
    total, runs, first, done = np.cumsum(rows_n), list[tuple[int, int]](), 0, 0
    while len(total) and done < total[-1]:
        one, most = (int(np.searchsorted(total, rows, side="right")) for rows in (done, done + ROWS_AT_ONCE))
        last = max(most, one + 1)
        runs.append((first, last))
        first, done = last, int(total[last - 1])
    return runs


def units(share: Floats, *, up: bool) -> Ints:
    """Parts of the whole in UNITS, rounded up or down unless within ROUNDING of a unit. NaN must not occur."""
    exact = share * UNITS
    near = np.rint(exact)
    return np.where(
        np.abs(exact - near) <= ROUNDING * 1e9, near, np.ceil(exact) if up else np.floor(exact)
    ).astype(np.int64)


def per_cent(share: Floats, *, up: bool) -> pl.Series:
    """Parts of the whole as DECIMAL(12,9) per cent, rounded as `units` does; NaN becomes null."""
    known = np.isfinite(share)
    words = np.zeros((len(share), 2), np.int64)  # 128-bit integers, low word first; none is negative
    words[:, 0] = units(np.where(known, share, 0.0), up=up)
    mask = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
    return pl.Series(
        values=pa.Array.from_buffers(pa.decimal128(12, 9), len(share), [mask, pa.py_buffer(words.tobytes())])
    )


def words(codes: Bytes, names: tuple[str, ...]) -> pl.Series:
    """The word of each code: `names[code]`; a code beyond the names is null."""
    table = pl.Series([*names, None], dtype=pl.String)
    return table.gather(pl.Series(values=np.minimum(codes, len(names)).astype(np.int64)))


def named(known: Parties, numbers: Ints) -> pl.Series:
    """Ids of the parties; null where the number is negative."""
    ids = known.names(np.maximum(numbers, 0))
    if not (numbers < 0).any():
        return ids
    return pl.select(pl.when(pl.Series(numbers >= 0)).then(ids)).to_series()


def lists(values: Ids, offsets: Ints) -> pl.Series:
    """A list for each row: row i has `values[offsets[i]:offsets[i + 1]]`."""
    array = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), values)
    return pl.from_arrow(array)  # type: ignore[return-value]  # an array that is no table gives a Series


def control_group_ids(controllers: pl.Series) -> pl.Series:
    """`CG-` and the controller's id, so that a group keeps its id for as long as its controller does."""
    return pl.select(pl.concat_str(pl.lit("CG-"), controllers)).to_series()
