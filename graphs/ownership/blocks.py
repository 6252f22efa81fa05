"""A strongly connected set of holders prepared for solving: its arcs, its inverse if it has one, and rows of
figures.

x = b + x A is solved for shares A without subtraction, so that no digits cancel. The elimination is that of
Grassmann, Taksar and Heyman 1985 (error bound: O'Cinneide 1993): each pivot is the sum of what leaves a node.
So every figure keeps about 13 digits even if a set of companies holds nearly all of itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.linalg import solve_triangular

from graphs.arrays.edges import Bools, Floats, Ints, marked, starts, summed
from graphs.arrays.units import UNITS
from graphs.ownership.columns import Cells, Columns, Figures, Mode, modes
from graphs.ownership.weights import total

BLOCK = 64  # own: columns eliminated, or rows multiplied, at once


def sums_by_key(key: Ints, values: Floats | Ints, size: int) -> Floats:
    """Sums of values by key, added in the order given: float64[size]."""
    return np.bincount(key, weights=values, minlength=size).astype(np.float64)


def inverse_without_subtraction(share: Floats, leak: Floats) -> Floats:
    """(I - share)^-1: float64[m, m]. `share` float64[m, m] is not negative, and column j and `leak[j]` add up
    to 1.

    Processes BLOCK columns at a time. If nothing leaves a part of the set, there is no inverse: the diagonal
    of the members of that part is then near 0 instead of 1 or more.
    """
    work, leak, m = share.copy(), leak.copy(), len(leak)
    pivot = np.zeros(m)
    for first in range(0, m, BLOCK):
        last = min(first + BLOCK, m)
        for k in range(first, last):
            pivot[k] = leak[k] + work[k + 1 :, k].sum()
            work[k + 1 :, k] *= 1 / pivot[k] if pivot[k] > 0 else 0
            work[k + 1 :, k + 1 : last] += np.outer(work[k + 1 :, k], work[k, k + 1 : last])
            leak[k + 1 : last] += _ratio(leak[k], pivot[k]) * work[k, k + 1 : last]
        for k in range(first, last):
            work[k + 1 : last, last:] += np.outer(work[k + 1 : last, k], work[k, last:])
        leak[last:] += _ratio(leak[first:last], pivot[first:last]) @ work[first:last, last:]
        work[last:, last:] += work[last:, first:last] @ work[first:last, last:]
    if m <= BLOCK:
        return _multiplied(work, pivot)
    pivot = np.where(pivot > 0, pivot, np.inf)
    forward = solve_triangular(np.eye(m) - np.tril(work, -1), np.eye(m), lower=True, unit_diagonal=True)
    return np.asarray(
        solve_triangular(np.diag(np.minimum(pivot, 1e300)) - np.triu(work, 1), forward), np.float64
    )


def _multiplied(work: Floats, pivot: Floats) -> Floats:
    """The inverse from its triangular factors, row by row."""
    inverse = np.eye(len(pivot))
    for k in range(1, len(pivot)):
        inverse[k] += work[k, :k] @ inverse[:k]
    for k in range(len(pivot) - 1, -1, -1):
        inverse[k] = (inverse[k] + work[k, k + 1 :] @ inverse[k + 1 :]) / pivot[k] if pivot[k] > 0 else 0
    return inverse


def _ratio(part: Floats, whole: Floats) -> Floats:
    """part / whole, and 0 where `whole` is 0, which means that nothing leaves."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def solve_by_elimination(share: Floats, leak: Floats, incoming: Floats) -> tuple[Floats, Bools]:
    """x = incoming (I - share)^-1 for each row, float64[rows, m]; and the rows where nothing leaves some part
    of the set, bool[rows].

    `share` float64[rows, m, m] is overwritten; `leak`, `incoming` float64[rows, m].
    """
    rows, m = leak.shape
    leak, x, pivot = leak.copy(), incoming.copy(), np.zeros((rows, m))
    for k in range(m):
        pivot[:, k] = leak[:, k] + share[:, k + 1 :, k].sum(axis=1)
        share[:, k + 1 :, k] = _ratio(
            share[:, k + 1 :, k], np.broadcast_to(pivot[:, k, None], (rows, m - k - 1)).copy()
        )
        leak[:, k + 1 :] += _ratio(leak[:, k], pivot[:, k])[:, None] * share[:, k, k + 1 :]
        share[:, k + 1 :, k + 1 :] += share[:, k + 1 :, k, None] * share[:, None, k, k + 1 :]
    for j in range(m):
        x[:, j] = _ratio(x[:, j] + (x[:, :j] * share[:, :j, j]).sum(axis=1), pivot[:, j])
    for k in range(m - 2, -1, -1):
        x[:, k] += (x[:, k + 1 :] * share[:, k + 1 :, k]).sum(axis=1)
    return x, np.asarray((pivot <= 0).any(axis=1), np.bool_)


def times_inverse(rows: Floats, inverse: Floats) -> Floats:
    """rows @ inverse, in blocks of a fixed shape, so that the rounding of a row does not depend on the other
    rows.
    """
    if len(inverse) <= BLOCK:
        product = np.zeros((len(rows), len(inverse)))
        for k in range(len(inverse)):
            product += rows[:, k, None] * inverse[k]
        return product
    padded = np.zeros((-(-len(rows) // BLOCK) * BLOCK, len(inverse)))
    padded[: len(rows)] = rows
    return np.concatenate(
        [padded[first : first + BLOCK] @ inverse for first in range(0, len(padded), BLOCK)]
    )[: len(rows)]


# own: members; an inverse of this size takes 32 MB. The largest known set (Vitali, Glattfelder and Battiston
# 2011, transnational corporations) has 1,318 members.
LARGEST_INVERSE = 2_000
LARGEST_POLICY = 64  # own: members
POLICY_WORK = 3e8  # own: rows times members cubed; some seconds
ROUNDS = 500  # own
ROUNDS_LEAST = 4  # own
ITERATION_WORK = 4e8  # own: rows times arcs times rounds; some 10 s
type Weigh = Callable[[Cells, Floats], Ints]


@dataclass(frozen=True, eq=False)
class Block:
    """A strongly connected set and all arcs into its members, in the order of the columns.

    `members` int64[m]: nodes, ascending. int64[arcs]: `arcs`: numbers in the columns; `target`: position of
    the held member; `source`: position of the holding member, -1 for a holder outside the set. `low_inverse`,
    `high_inverse` float64[m, m]: None if the minima or maxima are not linear. `mode`: the modes of all arcs
    together. `rounds`: limit of the iteration; `by_policy`: whether policies are tried.
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
    """The figures of holders outside the set, for some rows: terms sorted by (row, arc of the block).

    `row`, `arc` int64[terms]; `pinned` int64[rows]: the position of the row's own party in the set, -1 if it
    is not a member.
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
    """Rows of one bound. `outside` float64[rows, arcs]: figures of the holders outside the set, 0 for
    members; `pinned` int64[rows]: see `Incoming`.
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
        """The figures of the members after one round of summing: float64[rows, m]."""
        cells, h = self.cells(), self.terms(x).ravel()
        return self.with_pins(total(cells, weigh(cells, h), h).reshape(x.shape))

    def with_pins(self, x: Floats) -> Floats:
        """`x` with each row's own party set to 1."""
        row = np.flatnonzero(self.pinned >= 0)
        x[row, self.pinned[row]] = 1
        return x


_CHOICE = Mode.ONE_OF | Mode.LOW_OPTION | Mode.JOINT | Mode.OVER


def block(columns: Columns, members: Ints, arcs: Ints, rows: int) -> Block:
    """The block of these members. `arcs`: numbers of all arcs into them, in order. `rows`: the number of rows
    to solve, as a measure of the work.
    """
    m, mode = len(members), modes(columns, arcs)
    target = np.searchsorted(members, columns.dst[arcs])
    at = np.minimum(np.searchsorted(members, columns.src[arcs]), m - 1)
    source = np.where(members[at] == columns.src[arcs], at, -1)
    low, high = columns.low[arcs], columns.high[arcs]
    linear = (
        m <= LARGEST_INVERSE
        and not mode & (Mode.JOINT | Mode.HIGH_OPTION | Mode.OVER)
        and bool((summed(m, target, high) <= UNITS).all())
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
    """True for members of the block that are joint groups: bool[m]."""
    return marked(block.m, block.target[(columns.mode[block.arcs] & Mode.JOINT) != 0])


def lines_of(columns: Columns, block: Block, incoming: Incoming, figure: Floats) -> Lines:
    """The lines of the rows in `incoming`. `figure` float64[terms]: the figures of one bound."""
    outside = np.zeros((len(incoming.pinned), len(block.arcs)))
    outside[incoming.row, incoming.arc] = figure
    return Lines(block, columns, outside, incoming.pinned)


@lru_cache(maxsize=1)
def block_cells(block: Block, rows: int) -> Cells:
    """Cells (row, member), with a term for each arc into the member. Cached, because every round needs the
    same ones.
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


def _inverse(units: Ints, target: Ints, source: Ints, m: int) -> Floats | None:
    """(I - A)^-1 of the shares inside a set: float64[m, m]; None if nothing leaves a part of it."""
    inside = source >= 0
    held = np.zeros((m, m), np.int64)
    np.add.at(held, (source[inside], target[inside]), units[inside])
    inverse = inverse_without_subtraction(held / UNITS, (UNITS - held.sum(axis=0)) / UNITS)
    return inverse if (np.diagonal(inverse) > 0.5).all() else None
