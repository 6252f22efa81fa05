"""From numbers back to named rows: the frames of the graph tables, some rows at a time.

A national release has tens of millions of rows, which are small as numbers and large as text. Each table is
therefore a stream of frames in key order, and each frame is made when it is asked for.
"""

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
    """Frames of table `name` in its declared schema. `make` returns the columns of a slice of rows, in the
    declared order.
    """
    table = GRAPH_TABLES[name]
    if rows_n == 0:
        yield table.empty()
    for begin in range(0, rows_n, ROWS_AT_ONCE):
        columns = make(slice(begin, min(begin + ROWS_AT_ONCE, rows_n)))
        yield pl.DataFrame(dict(zip(table.names, columns, strict=True)), schema=table.schema)


def stream_by_key(name: str, rows_n: Ints, make: Callable[[int, int], Iterable[Column]]) -> Frames:
    """Frames of a table whose rows are counted by key: `rows_n[k]` is the number of rows of key k, plus the
    number of elements in their lists. `make(first, last)` returns the columns of all rows of the keys in
    [first, last), in order.

    A frame has a total of at most ROWS_AT_ONCE, or the rows of a single key. Only the counts are kept in
    memory.
    """
    table = GRAPH_TABLES[name]
    runs = _runs(rows_n)
    frames = (
        pl.DataFrame(dict(zip(table.names, make(first, last), strict=True)), schema=table.schema)
        for first, last in runs
    )
    return frames if runs else iter([table.empty()])


def _runs(rows_n: Ints) -> list[tuple[int, int]]:
    """Ranges [first, last) of keys with at most ROWS_AT_ONCE rows together, or of one key."""
    total, runs, first, done = np.cumsum(rows_n), list[tuple[int, int]](), 0, 0
    while len(total) and done < total[-1]:
        first_key, most = (
            int(np.searchsorted(total, rows, side="right")) for rows in (done, done + ROWS_AT_ONCE)
        )
        last = max(most, first_key + 1)
        runs.append((first, last))
        first, done = last, int(total[last - 1])
    return runs


def words(codes: Bytes, names: tuple[str, ...]) -> pl.Series:
    """The name of each code, `names[code]`; null for a code that has none."""
    return pl.Series([*names, None], dtype=pl.String).gather(
        pl.Series(values=np.minimum(codes, len(names)).astype(np.int64))
    )


def named(known: Parties, numbers: Ints) -> pl.Series:
    """Ids of the parties with these numbers; null for -1."""
    return known.ids.gather(pl.Series(values=numbers, dtype=pl.Int64).replace(-1, None))


def lists(values: Ids, offsets: Ints) -> pl.Series:
    """A list for each row: row i is `values[offsets[i]:offsets[i + 1]]`."""
    array = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), values)
    return pl.from_arrow(array)  # type: ignore[return-value]  # an array that is no table gives a Series


def column(rows: pl.LazyFrame, name: str) -> pl.Series:
    """A column unchanged. Columns are read one at a time, because the rows of a register are large as text.
    The scan evaluates no expressions: polars 2.1 reorders rows for `when … then` over a scanned Parquet file.
    """
    return rows.select(name).collect().to_series()


def picked(edges: pl.LazyFrame, columns: Sequence[str], rows: Ints) -> pl.DataFrame:
    """These columns of the rows with these numbers, which are ascending and few. No other rows are kept in
    memory.
    """
    wanted = pl.LazyFrame({"row": rows.astype(np.uint32)})
    return (
        edges.select(columns)
        .with_row_index("row")
        .join(wanted, on="row", how="semi")
        .sort("row")
        .drop("row")
        .collect()
    )
