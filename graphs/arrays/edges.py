"""Parties as numbers, and arcs between them as sorted or compressed arrays.

An *arc* runs from a holder to what it holds. Parties are numbered in the order of their ids, so comparing
numbers compares ids, and ties are broken by number. Only `Parties` knows the ids.

Shapes: `src`, `dst` are int64[arcs]; a `Csr` has `indptr` int64[nodes + 1] and `indices` int64[arcs].
"""

from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.errors import RunFailed

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]
type Bools = npt.NDArray[np.bool_]
type Bytes = npt.NDArray[np.uint8]
type Numbers = npt.NDArray[np.int32]  # used where int64 would take too much memory

KINDS: Mapping[str, int] = {
    "legal_entity": 0,
    "arrangement": 1,
    "person": 2,
    "protected": 3,
    "unspecified": 4,
}


class Rows:
    """A dataclass whose fields are arrays of one length, with one element per row."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def at(self, which: Ints | Bools | slice) -> Self:
        """The rows at these positions, or where this mask is true."""
        return type(self)(*(column[which] for column in vars(self).values()))

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """The rows of all parts, one part after another. Without parts, all fields are empty int64 arrays."""
        columns = [list(vars(part).values()) for part in parts]
        columns = [arrays for arrays in columns if len(arrays[0])] or columns[:1]
        if not columns:
            return cls(*(np.zeros(0, np.int64) for _ in fields(cls)))
        return cls(*(np.concatenate(arrays) for arrays in zip(*columns, strict=True)))


@dataclass(frozen=True, eq=False)
class Csr:
    """Neighbours of every node: those of node v are `indices[indptr[v]:indptr[v + 1]]`, in ascending
    order.
    """

    indptr: Ints
    indices: Ints

    @property
    def n(self) -> int:
        return len(self.indptr) - 1


@dataclass(frozen=True, eq=False)
class Arcs:
    """Distinct arcs between `n` nodes, sorted by (src, dst)."""

    n: int
    src: Ints
    dst: Ints

    def held(self) -> Csr:
        """What each node holds."""
        return grouped(self.n, self.src, self.dst)

    def holders(self) -> Csr:
        """Who holds each node."""
        return grouped_by(self.n, self.dst, self.src)


@dataclass(frozen=True, eq=False)
class Parties:
    """Parties in the order of their ids: `ids` is text[n], `kind` uint8[n] by `KINDS`."""

    ids: pl.Series
    kind: Bytes

    def __len__(self) -> int:
        return len(self.ids)

    def of_kind(self, kind: str) -> Bools:
        """True for parties of this kind, a key of KINDS: bool[n]."""
        return np.equal(self.kind, KINDS[kind])

    def names(self, numbers: Ints) -> pl.Series:
        """Ids of the parties with these numbers."""
        return self.ids.gather(pl.Series(values=numbers, dtype=pl.Int64))


def grouped(n: int, keys: Ints, values: Ints) -> Csr:
    """Values by key. `keys` is sorted and below n."""
    return Csr(starts(n, keys), values)


def grouped_by(n: int, keys: Ints, values: Ints) -> Csr:
    """Values by key; the values of a key keep their order. `keys` come in any order and are below n."""
    order = ordering(keys)
    return Csr(starts(n, keys[order]), values[order])


def starts(n: int, keys: Ints | Numbers) -> Ints:
    """Where the run of each key from 0 to n - 1 begins in the sorted `keys`, and where the last one ends:
    int64[n + 1].
    """
    return np.append(0, np.cumsum(np.bincount(keys, minlength=n)))


def ascending(values: Ints) -> Ints:
    """The values sorted, each once. (Sorting is faster than `np.unique`, which hashes.)"""
    values = np.sort(values)
    return values[run_firsts(values)]


def ordering(*keys: npt.NDArray[np.integer | np.bool_ | np.floating]) -> Ints:
    """Positions sorted by the last key, then by the key before it, and so on; ties keep their order
    (`np.lexsort`).
    """
    return np.lexsort(keys)


def run_firsts(*keys: npt.NDArray[np.integer]) -> Bools:
    """True for the first row of each run of equal rows, for keys that are sorted together: bool[rows]."""
    new = np.ones(len(keys[0]), np.bool_)
    new[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return new


def run_starts(*keys: npt.NDArray[np.integer]) -> Ints:
    """Where each run of equal rows begins, for keys that are sorted together: int64[runs]."""
    return np.flatnonzero(run_firsts(*keys))


def find(values: Ints, wanted: Ints) -> Ints:
    """Position of each wanted value in the ascending `values`, -1 if absent: int64[wanted]."""
    if not len(values):
        return np.full(len(wanted), -1, np.int64)
    place = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
    return np.where(values[place] == wanted, place, -1)


def is_in(values: Ints, wanted: Ints) -> Bools:
    """True where a wanted value is one of the ascending `values`: bool[wanted]."""
    return np.greater_equal(find(values, wanted), 0)


def marked(n: int, nodes: npt.NDArray[np.integer]) -> Bools:
    """True for these nodes: bool[n]."""
    marks = np.zeros(n, np.bool_)
    marks[nodes] = True
    return marks


def placed(n: int, nodes: npt.NDArray[np.integer], places: npt.NDArray[np.integer] | None = None) -> Ints:
    """Position of each node in `nodes`, or its value in `places`; -1 for all other nodes: int64[n]."""
    place = np.full(n, -1, np.int64)
    place[nodes] = np.arange(len(nodes)) if places is None else places
    return place


def summed(n: int, keys: Ints, values: npt.NDArray[np.integer | np.bool_]) -> Ints:
    """Sums of whole numbers by key, exact: int64[n]."""
    sums = np.zeros(n, np.int64)
    np.add.at(sums, keys, values.astype(np.int64, copy=False))
    return sums


def spread(begin: Ints, count: Ints) -> tuple[Ints, Ints]:
    """(run, position) of every element of the runs [begin, begin + count), run by run: int64 each."""
    run = np.repeat(np.arange(len(begin), dtype=np.int64), count)
    return run, np.arange(len(run), dtype=np.int64) + (begin - (np.cumsum(count) - count))[run]


def neighbours(csr: Csr, nodes: Ints) -> tuple[Ints, Ints]:
    """(position in `nodes`, neighbour) of every arc that leaves `nodes`: int64 each."""
    begin = csr.indptr[nodes]
    run, position = spread(begin, csr.indptr[nodes + 1] - begin)
    return run, csr.indices[position]


def distinct(n: int, src: Ints, dst: Ints) -> Arcs:
    """The arcs, sorted and without duplicates."""
    key = ascending(src * n + dst)
    return Arcs(n, *np.divmod(key, max(n, 1)))


def reachable(csr: Csr, start: Ints) -> Bools:
    """True for `start` and everything reachable from it: bool[nodes]. Visits each arc once."""
    seen = marked(csr.n, start)
    frontier = ascending(start)
    while len(frontier):
        _, reached = neighbours(csr, frontier)
        frontier = ascending(reached[~seen[reached]])
        seen[frontier] = True
    return seen


def parties(nodes: pl.DataFrame) -> Parties:
    """Number the parties. `nodes`: party_id, kind (a word of KINDS).

    Raises RunFailed if a party occurs twice or has a kind that is not in KINDS.
    """
    frame = nodes.select(
        "party_id", pl.col("kind").replace_strict(KINDS, default=None, return_dtype=pl.UInt8)
    ).sort("party_id")
    if unknown := frame.get_column("kind").null_count():
        raise RunFailed(
            f"graph nodes: {unknown} parties have a kind outside {', '.join(KINDS)}; "
            "correct the query that gives nodes"
        )
    ids = frame.get_column("party_id")
    if twice := len(ids) - ids.n_unique():
        raise RunFailed(f"graph nodes: {twice} rows repeat a party_id; give every party one row and one kind")
    return Parties(ids.rechunk(), frame.get_column("kind").to_numpy().astype(np.uint8))


def numbered(frame: pl.DataFrame, known: Parties, column: str) -> Ints:
    """Number of the party in each row of `column`. Raises RunFailed if a party is not among the nodes."""
    table = pl.DataFrame({column: known.ids, "_number": np.arange(len(known), dtype=np.int64)})
    numbers = (
        frame.select(column).join(table, on=column, how="left", maintain_order="left").get_column("_number")
    )
    if missing := numbers.null_count():
        raise RunFailed(
            f"graph edges: {missing} rows have a {column} that is not among the nodes; "
            "add these parties to the query that gives nodes"
        )
    return numbers.to_numpy().astype(np.int64)
