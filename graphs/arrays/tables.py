"""DOC"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from graphs.arrays.edges import Bools, Bytes, Ints, Parties
from transforms.model.views import GRAPH_TABLES

ROWS_AT_ONCE = 1_000_000  # own: some 100 MB of frame


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


def picked(edges: pl.LazyFrame, columns: Sequence[str], rows: Ints) -> pl.DataFrame:
    """These columns of the rows numbered so, which ascend and are few; nothing else of `edges` is kept in memory."""
    wanted = pl.LazyFrame({"row": rows.astype(np.uint32)})
    return (
        edges.select(columns)
        .with_row_index("row")
        .join(wanted, on="row", how="semi")
        .sort("row")
        .drop("row")
        .collect()
    )
