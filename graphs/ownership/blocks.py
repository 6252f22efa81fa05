"""A strongly connected set of holders prepared for solving: its arcs, its inverse where it has one, and rows
of figures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from graphs.arrays.edges import Bools, Floats, Ints, starts
from graphs.arrays.units import UNITS
from graphs.ownership.columns import Cells, Columns, Figures, Mode, modes
from graphs.ownership.elimination import inverse_without_subtraction
from graphs.ownership.weights import total

# own: members; 32 MB an inverse. The largest known set (multinationals of the world, Vitali et al. 2011) has
# 1,318
LARGEST_INVERSE = 2_000
LARGEST_POLICY = 64  # own: members
POLICY_WORK = 3e8  # own: rows times cubed members, some seconds
ROUNDS = 500
ROUNDS_LEAST = 4
ITERATION_WORK = 4e8  # own: rows times arcs times rounds, some 10 s
type Weigh = Callable[[Cells, Floats], Ints]


@dataclass(frozen=True, eq=False)
class Block:
    """A strongly connected set. `members` int64[m]: nodes, ascending; and all arcs into them, in the order of
    the columns, by (dst, …).

    `arcs`: numbers in the columns; `target`: the member that is held; `source`: the member that holds, -1 for
    a holder outside; int64[arcs]. `low_inverse`, `high_inverse` float64[m, m], None where minima or maxima
    are not linear. `mode`: of all arcs. `rounds`: bound on iteration; `by_policy`: whether policies are
    tried.
    """

    members: Ints
    arcs: Ints
    target: Ints
    source: Ints
    low_inverse: Floats | None
    high_inverse: Floats | None
    mode: int
    rounds: int
    by_policy: bool

    @property
    def m(self) -> int:
        return len(self.members)


@dataclass(frozen=True, eq=False)
class Incoming:
    """What rows bring in from outside: terms sorted by (row, arc of the block). `row`, `arc` int64[terms];
    `pinned` int64[rows]: the member that the row is, or -1.
    """

    row: Ints
    arc: Ints
    figures: Figures
    pinned: Ints

    def rows(self, first: int, last: int) -> Incoming:
        at = slice(*np.searchsorted(self.row, (first, last)).tolist())
        return Incoming(self.row[at] - first, self.arc[at], self.figures.at(at), self.pinned[first:last])


@dataclass(frozen=True, eq=False)
class Lines:
    """Rows of one bound: `outside` float64[rows, arcs], figures of the holders outside (0 inside); `pinned`
    int64[rows].
    """

    block: Block
    columns: Columns
    outside: Floats
    pinned: Ints

    def taken(self, which: Ints | Bools) -> Lines:
        return replace(self, outside=self.outside[which], pinned=self.pinned[which])

    def cells(self) -> Cells:
        return block_cells(self.block, len(self.pinned))

    def terms(self, x: Floats) -> Floats:
        """Figures of all holders, given those of the members: float64[rows, arcs]."""
        h, inside = self.outside.copy(), np.flatnonzero(self.block.source >= 0)
        h[:, inside] = x[:, self.block.source[inside]]
        return h

    def mapped(self, x: Floats, weigh: Weigh) -> Floats:
        """One round: float64[rows, m]."""
        cells, h = self.cells(), self.terms(x).ravel()
        return self.with_pins(total(cells, weigh(cells, h), h).reshape(x.shape))

    def with_pins(self, x: Floats) -> Floats:
        """The figures with 1 for each row's own member."""
        row = np.flatnonzero(self.pinned >= 0)
        x[row, self.pinned[row]] = 1
        return x


_CHOICE = Mode.ONE_OF | Mode.LOW_OPTION | Mode.JOINT | Mode.OVER


def block(columns: Columns, members: Ints, arcs: Ints, rows: int) -> Block:
    """`arcs`: numbers of all arcs into the members, in order. `rows`: how many rows there may be to solve, a
    measure of the work.
    """
    m, mode = len(members), modes(columns, arcs)
    target = np.searchsorted(members, columns.dst[arcs])
    at = np.minimum(np.searchsorted(members, columns.src[arcs]), m - 1)
    source = np.where(members[at] == columns.src[arcs], at, -1)
    low, high = columns.low[arcs], columns.high[arcs]
    linear = (
        m <= LARGEST_INVERSE
        and not mode & (Mode.JOINT | Mode.HIGH_OPTION | Mode.OVER)
        and bool((_sums(m, target, high) <= UNITS).all())
    )
    of_low = _inverse(low, target, source, m) if m <= LARGEST_INVERSE and not mode & _CHOICE else None
    of_high = (
        (of_low if of_low is not None and np.array_equal(low, high) else _inverse(high, target, source, m))
        if linear
        else None
    )
    return Block(
        members,
        arcs,
        target,
        source,
        of_low,
        of_high,
        mode,
        rounds=int(np.clip(ITERATION_WORK / max(1, rows * len(arcs)), ROUNDS_LEAST, ROUNDS)),
        by_policy=m <= LARGEST_POLICY and rows * m**3 <= POLICY_WORK,
    )


def joint_members(columns: Columns, block: Block) -> Bools:
    """Members of the block that are joint groups: bool[m]."""
    found = np.zeros(block.m, np.bool_)
    found[block.target[(columns.mode[block.arcs] & Mode.JOINT) != 0]] = True
    return found


def lines_of(columns: Columns, block: Block, incoming: Incoming, figure: Floats) -> Lines:
    outside = np.zeros((len(incoming.pinned), len(block.arcs)))
    outside[incoming.row, incoming.arc] = figure
    return Lines(block, columns, outside, incoming.pinned)


@lru_cache(maxsize=1)
def block_cells(block: Block, rows: int) -> Cells:
    """Cells (row, member), each with a term for each arc into the member. Cached, because every round needs
    the same.
    """
    begin = starts(block.m, block.target)[:-1]
    arcs, offset = len(block.arcs), np.repeat(np.arange(rows), block.m)
    return Cells(
        np.tile(block.arcs, rows),
        np.repeat(np.arange(rows), arcs) * block.m + np.tile(block.target, rows),
        offset * arcs + np.tile(begin, rows),
        np.tile(block.members, rows),
        block.mode,
    )


def _sums(m: int, target: Ints, units: Ints) -> Ints:
    sums = np.zeros(m, np.int64)
    np.add.at(sums, target, units)
    return sums


def _inverse(units: Ints, target: Ints, source: Ints, m: int) -> Floats | None:
    """(I - A)^-1 of the shares inside a set: float64[m, m]; None where nothing leaves a part of it."""
    inside = source >= 0
    held = np.zeros((m, m), np.int64)
    np.add.at(held, (source[inside], target[inside]), units[inside])
    found = inverse_without_subtraction(held / UNITS, (UNITS - held.sum(axis=0)) / UNITS)
    return found if (np.diagonal(found) > 0.5).all() else None
