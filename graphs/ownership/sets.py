"""Ownership inside strongly connected sets: for each row that reaches a set, its figures of all members at once.

Three ways, the first that applies, for minima and maxima apart:

1. *Linear*: where no choice is to be made, x = b (I - A)^-1, with b what comes in from outside. A is inverted by elimination without subtraction
   (Grassmann, Taksar and Heyman 1985; O'Cinneide 1993 for the error bound): the pivot is the sum of what leaves, so every figure keeps about
   13 digits also where a set holds nearly all of itself. The walks of a member do not pass through itself: its row is N[p, j] / N[p, p].
2. *Policies* (Howard 1960): weights are chosen at the present figures, the linear system with these weights is solved, and so on until no choice changes.
   Minima only grow on the way, and each is sound. Maxima y are taken where no other choice would give more, f(y) <= y: then y is at least
   the figure of every matrix inside the intervals that is not closed.
3. *Iteration*: minima upward from 0, maxima downward from 1. Every iterate is sound, so the number of rounds decides only how close it comes.

The total of natural persons (`persons_total`) is taken by the same number of rounds as minima, so that what others certainly own, their difference, is
sound too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.linalg import solve_triangular

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, starts
from graphs.ownership.columns import (
    PLAIN,
    Bits,
    Cells,
    Columns,
    Figures,
    Mode,
    low_bits,
    maxima,
    minima,
    modes,
    total,
    with_forced,
)
from graphs.ownership.intervals import UNITS

LARGEST_INVERSE = 2_000  # own: members; 32 MB an inverse. The largest set known (world's multinationals, Vitali et al. 2011) has 1,318
LARGEST_POLICY = 64  # own: members
POLICY_WORK = 3e8  # own: rows times cubed members, some seconds
POLICY_ROUNDS = 60  # own: five are usual
ROUNDS = 500
ROUNDS_LEAST = 4
ITERATION_WORK = 4e8  # own: rows times arcs times rounds, some 10 s
MANY_ARCS_COST = 4  # own: where a member has more than FEW_ARCS, a round costs about so much more
TERMS_AT_ONCE = 1_000_000  # own: some 100 MB
NEAR = 4e-15  # own: some roundings
LEAST = 1e-30  # own: before anything is known, holders outside go first
LEAP = 4  # own: rounds
ALIGNED = 1.5  # own: ratio of what two rates leave
FEW_ARCS = 8  # own: the dual costs their square
BLOCK = 64  # columns eliminated, or rows multiplied, at once

type Weigh = Callable[[Cells, Floats], Ints]
type Round = Callable[[_Lines, Floats], Floats]


@dataclass(frozen=True, eq=False)
class Block:
    """A strongly connected set. `members` int64[m], nodes, ascending; all arcs into them, in the order of the columns, by (dst, …).

    `arcs` numbers in the columns; `target` member that is held; `source` member that holds, -1 for a holder outside: int64[arcs].
    `low_inverse`, `high_inverse` float64[m, m], None where minima or maxima are not linear. `mode`: of all arcs.
    `rounds`: of iteration; `by_policy`: whether policies are tried.
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
    """What rows bring from outside: terms sorted by (row, arc of the block). `row`, `arc` int64[terms]; `pinned` int64[rows]: member that the row is, or -1."""

    row: Ints
    arc: Ints
    figures: Figures
    pinned: Ints

    def rows(self, first: int, last: int) -> Incoming:
        at = slice(*np.searchsorted(self.row, (first, last)).tolist())
        return Incoming(self.row[at] - first, self.arc[at], self.figures.at(at), self.pinned[first:last])


@dataclass(frozen=True, eq=False)
class _Lines:
    """Some rows of one bound: `outside` float64[rows, arcs], figures of holders outside (0 inside); `pinned` int64[rows]."""

    block: Block
    columns: Columns
    outside: Floats
    pinned: Ints

    def taken(self, which: Ints | Bools) -> _Lines:
        return replace(self, outside=self.outside[which], pinned=self.pinned[which])

    def cells(self) -> Cells:
        return _cells(self.block, len(self.pinned))

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
        row = np.flatnonzero(self.pinned >= 0)
        x[row, self.pinned[row]] = 1
        return x


_CHOICE = Mode.ONE_OF | Mode.LOW_OPTION | Mode.JOINT | Mode.OVER


def block(columns: Columns, members: Ints, arcs: Ints, rows: int) -> Block:
    """`arcs`: numbers of all arcs into the members, in order. `rows`: how many there may be to solve, a measure of the work."""
    m, mode = len(members), modes(columns, arcs)
    target = np.searchsorted(members, columns.dst[arcs])
    at = np.minimum(np.searchsorted(members, columns.src[arcs]), m - 1)
    source = np.where(members[at] == columns.src[arcs], at, -1)
    low, high, wide = columns.low[arcs], columns.high[arcs], np.bincount(target).max() > FEW_ARCS
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
        rounds=int(
            np.clip(
                ITERATION_WORK / max(1, rows * len(arcs) * (MANY_ARCS_COST if wide else 1)),
                ROUNDS_LEAST,
                ROUNDS,
            )
        ),
        by_policy=m <= LARGEST_POLICY and rows * m**3 <= POLICY_WORK,
    )


def solved(columns: Columns, block: Block, incoming: Incoming) -> tuple[Figures, bool]:
    """Figures of every (row, member), row by row: arrays of rows · m, the row's own figure (1) included; and whether any of them is an iterate."""
    at_once = max(1, TERMS_AT_ONCE // max(len(block.arcs), block.m**2 if block.by_policy else 1))
    parts = [
        _solved(columns, block, incoming.rows(first, first + at_once))
        for first in range(0, len(incoming.pinned), at_once)
    ]
    return Figures.joined(
        [part for part, _ in parts], apart=incoming.figures.plain is not incoming.figures.least
    ), any(iterated for _, iterated in parts)


def persons_total(columns: Columns, block: Block, total_of: Floats, person: Bools) -> Floats:
    """What natural persons certainly own of each member: float64[m]. `total_of` the same of all nodes outside, `person` bool[nodes]."""
    if block.low_inverse is not None:
        outside = np.where(block.source < 0, total_of[columns.src[block.arcs]], 0)
        incoming = _added(block.target, columns.low[block.arcs] / UNITS * outside, block.m)
        return np.asarray(np.minimum(_times(incoming[None, :], block.low_inverse)[0], 1))
    lines = _Lines(
        block,
        columns,
        np.where(block.source < 0, total_of[columns.src[block.arcs]], 0)[None, :],
        np.array([-1]),
    )
    owned = person[block.members][None, :]
    x = np.where(owned, 1.0, 0.0)
    for _ in range(block.rounds):
        before, x = (
            x,
            np.where(
                owned, 1.0, lines.mapped(x, lambda cells, h: minima(columns, cells, h, joint_least=True))
            ),
        )
        if np.array_equal(before, x):
            break
    return np.asarray(x[0])


def _solved(columns: Columns, block: Block, incoming: Incoming) -> tuple[Figures, bool]:
    terms = incoming.figures
    plain, iterated = _least(_lines(columns, block, incoming, terms.plain))
    least = plain
    if terms.plain is not terms.least:
        least, more = _forced_up(_lines(columns, block, incoming, terms.least), plain)
        iterated |= more
    if (
        block.high_inverse is block.low_inverse
        and block.low_inverse is not None
        and np.array_equal(terms.least, terms.most)
        and least is plain
    ):
        most = least
    else:
        most, more = _most(_lines(columns, block, incoming, terms.most))
        most, iterated = np.maximum(most, least), iterated | more
    bits = _bits(columns, block, incoming, least, most)
    flat = least.ravel()
    return Figures(flat, most.ravel(), flat if terms.plain is terms.least else plain.ravel(), bits), iterated


# --- the two bounds -------------------------------------------------------------------------------------------------


def _least(lines: _Lines) -> tuple[Floats, bool]:
    """Least fixpoints of the plain minima: float64[rows, m]; whether some are iterates."""
    block, columns = lines.block, lines.columns
    if block.low_inverse is not None:
        return _linear(lines, columns.low, block.low_inverse), False

    def weigh(cells: Cells, h: Floats) -> Ints:
        return minima(columns, cells, h)

    x = lines.with_pins(np.zeros((len(lines.pinned), block.m)))
    rest = np.ones(len(x), np.bool_)
    if block.by_policy and not block.mode & Mode.OVER:
        x, rest = _risen(lines, x, weigh)
    some = lines.taken(rest)
    x[rest], unsettled = _iterated(
        some, some.with_pins(np.zeros((len(some.pinned), block.m))), _rises(block, columns)
    )
    return x, unsettled


def _risen(lines: _Lines, x: Floats, weigh: Weigh) -> tuple[Floats, Bools]:
    """Policies for minima, from x on; rows for which no solution was found."""
    active, failed = np.ones(len(x), np.bool_), np.zeros(len(x), np.bool_)
    weight, _, _ = _better(lines, x, np.zeros_like(lines.outside, np.int64), weigh)
    for _ in range(POLICY_ROUNDS):
        if not active.any():
            break
        at = np.flatnonzero(active)
        some = lines.taken(at)
        found, _, over = _policy(some, x[at], weight[at])  # a part that nothing leaves has 0, which is sound
        x[at] = np.where(over[:, None], x[at], np.maximum(np.minimum(found, 1), x[at]))
        weight[at], better, _ = _better(some, x[at], weight[at], weigh)
        failed[at], active[at] = over, better & ~over
    return x, failed


def _better(lines: _Lines, x: Floats, weight: Ints, weigh: Weigh) -> tuple[Ints, Bools, Floats]:
    """Weights that give more at x, others kept: where two choices are equal, a change could close a part of the set. Rows with a change; f(x)."""
    cells, h = lines.cells(), lines.terms(x).ravel()
    chosen = weigh(cells, h)
    now, then = (np.add.reduceat(units / UNITS * h, cells.begin) for units in (chosen, weight.ravel()))
    better = now > then * (1 + NEAR)
    kept = np.where(better[cells.cell], chosen, weight.ravel()).reshape(weight.shape)
    return kept, better.reshape(x.shape).any(axis=1), lines.with_pins(np.minimum(now, 1).reshape(x.shape))


def _forced_up(lines: _Lines, plain: Floats) -> tuple[Floats, bool]:
    """Minima with what is forced, upward from the plain ones."""
    if not lines.block.mode & Mode.FORCED:
        return _least(lines)

    def weigh(cells: Cells, h: Floats) -> Ints:
        return with_forced(lines.columns, cells, minima(lines.columns, cells, h), h)[0]

    return _iterated(lines, plain, lambda some, x: some.mapped(x, weigh))


def _most(lines: _Lines) -> tuple[Floats, bool]:
    """Upper bounds: float64[rows, m]; whether they are iterates."""
    block, columns = lines.block, lines.columns
    if block.high_inverse is not None:
        return _linear(lines, columns.high, block.high_inverse), False

    def weigh(cells: Cells, h: Floats) -> Ints:
        return maxima(columns, cells, h)[0]

    x = np.ones((len(lines.pinned), block.m))
    rest = np.flatnonzero((lines.mapped(x, weigh) < 1).any(axis=1))
    if block.by_policy and len(rest):
        x[rest], taken = _settled(lines.taken(rest), x[rest], weigh)
        rest = rest[~taken]
    x[rest] = _fallen(lines.taken(rest), x[rest])
    return x, bool(len(rest))


def _settled(lines: _Lines, best: Floats, weigh: Weigh) -> tuple[Floats, Bools]:
    """Policies for maxima, and for which rows the last one is the best there is: f(y) <= y and no choice changes."""
    plain = (
        (lines.columns.capacity[lines.block.members] == PLAIN) & ~_joint_members(lines.columns, lines.block)
    ).any()
    x = best.copy() if plain else lines.with_pins(np.full_like(best, LEAST))
    active, taken = np.ones(len(best), np.bool_), np.zeros(len(best), np.bool_)
    weight = weigh(lines.cells(), lines.terms(x).ravel()).reshape(lines.outside.shape)
    for _ in range(POLICY_ROUNDS):
        if not active.any():
            break
        at = np.flatnonzero(active)
        some = lines.taken(at)
        found, closed, over = _policy(some, x[at], weight[at])
        fails = closed | over | (found > 1 + NEAR).any(axis=1)
        found = np.where(fails[:, None], 1, np.minimum(found, 1))
        weight[at], better, mapped = _better(some, found, weight[at], weigh)
        sound = ~fails & (mapped <= found * (1 + NEAR)).all(axis=1)
        best[at[sound]] = np.minimum(best[at[sound]], found[sound])
        still = ~fails & (better | (np.abs(found - x[at]) > NEAR * found).any(axis=1))
        taken[at], active[at], x[at] = sound & ~still, still, found
    return best, taken


def _iterated(lines: _Lines, x: Floats, rises: Round) -> tuple[Floats, bool]:
    """Rounds upward from x, until no row changes at all or `rounds` of the block; whether some row still does."""
    x, active = x.copy(), np.arange(len(x))
    for _ in range(lines.block.rounds):
        if not len(active):
            break
        found = np.maximum(rises(lines.taken(active), x[active]), x[active])
        moved = (found > x[active]).any(axis=1)
        x[active] = found
        active = active[moved]
    return x, bool(len(active))


def _fallen(lines: _Lines, x: Floats) -> Floats:
    """Rounds downward from x, until a row changes by less than NEAR or `rounds` of the block.

    Where all members of a row come down at nearly the same rate, the steps to come are taken at once, as many as the smallest ratio of two steps promises
    (MacQueen 1966), if f(y) <= y holds after it.
    """
    x, active, last = x.copy(), np.arange(len(x)), np.zeros((len(x), lines.block.m))
    falls = _falls(lines.block, lines.columns)
    for k in range(lines.block.rounds):
        if not len(active):
            break
        some, now = lines.taken(active), x[active]
        found = np.minimum(falls(some, now), now)
        step = now - found
        ahead = _ahead(step, last[active]) if k % LEAP == LEAP - 1 else np.zeros(len(active))
        if ahead.any():
            rows = np.flatnonzero(ahead)
            leap = some.taken(rows).with_pins(np.maximum(found[rows] - ahead[rows, None] * step[rows], 0))
            below = falls(some.taken(rows), leap)
            found[rows] = np.where((below <= leap).all(axis=1)[:, None], below, found[rows])
        x[active], last[active] = found, step
        active = active[(now - found > NEAR).any(axis=1)]
    return x


def _ahead(step: Floats, last: Floats) -> Floats:
    """How many steps like the present one are certainly to come, by row; 0 where members come down at different rates."""
    moving = last > NEAR
    ratio = np.divide(step, last, out=np.ones_like(step), where=moving)
    least, most = np.where(moving, ratio, np.inf).min(axis=1), np.where(moving, ratio, 0).max(axis=1)
    aligned = moving.any(axis=1) & (most < 1) & (1 - least <= ALIGNED * (1 - most))
    return np.where(aligned, 0.999 * least / (1 - np.minimum(least, 1 - NEAR)), 0)


def _rises(block: Block, columns: Columns) -> Round:
    """The map of plain minima, one round: of each run of arcs in one cluster the largest, and the sum of these."""
    slots = _slots(block)
    if block.mode & Mode.LOW_OPTION or slots is None:
        return lambda lines, x: lines.mapped(x, lambda cells, h: minima(columns, cells, h))
    low, cluster = (
        np.append(columns.low[block.arcs] / UNITS, 0)[slots],
        np.append(columns.cluster[block.arcs], -1)[slots],
    )
    new = np.ones(slots.shape, np.bool_)
    new[1:] = (cluster[1:] != cluster[:-1]) | (cluster[1:] < 0)

    def rises(lines: _Lines, x: Floats) -> Floats:
        total_of, run = np.zeros_like(x), np.zeros_like(x)
        for share, begins, h in zip(low, new, _slotted(lines.terms(x), slots), strict=True):
            value = share * h
            total_of += np.where(begins, run, 0)
            run = np.where(begins, value, np.maximum(run, value))
        return lines.with_pins(np.minimum(total_of + run, 1))

    return rises


def _falls(block: Block, columns: Columns) -> Round:
    """The map of maxima, one round. Where columns have few arcs, the knapsack is the least of its dual's corners: no sorting, equal to rounding."""
    slots = _slots(block)
    if block.mode & (Mode.JOINT | Mode.HIGH_OPTION) or slots is None:
        return lambda lines, x: lines.mapped(x, lambda cells, h: maxima(columns, cells, h)[0])
    base, extra = (
        np.append(units / UNITS, 0)[slots]
        for units in (columns.base[block.arcs], (columns.high - columns.base)[block.arcs])
    )
    capacity = columns.capacity[block.members] / UNITS  # PLAIN is some 90 million wholes, more than any sum

    def falls(lines: _Lines, x: Floats) -> Floats:
        h = _slotted(lines.terms(x), slots)
        best = _scaled(extra, h)
        for price in h:
            np.minimum(
                best,
                capacity * price + _scaled(extra, [np.maximum(other - price, 0) for other in h]),
                out=best,
            )
        return lines.with_pins(np.minimum(_scaled(base, h) + best, 1))

    return falls


def _slots(block: Block) -> Ints | None:
    """Arcs into each member, one a row, `len(block.arcs)` for none: int64[most arcs into a member, m]; None where these are more than FEW_ARCS."""
    number = np.arange(len(block.arcs)) - starts(block.m, block.target)[block.target]
    if number.max() >= FEW_ARCS:
        return None
    slots = np.full((int(number.max()) + 1, block.m), len(block.arcs))
    slots[number, block.target] = np.arange(len(block.arcs))
    return slots


def _slotted(terms: Floats, slots: Ints) -> list[Floats]:
    """Figures by slot, 0 where there is no arc: float64[rows, m] each."""
    padded = np.concatenate((terms, np.zeros((len(terms), 1))), axis=1)
    return [padded[:, arcs] for arcs in slots]


def _scaled(parts: Floats, figures: list[Floats]) -> Floats:
    """Sum of parts[k] * figures[k]."""
    total_of = np.zeros_like(figures[0])
    for part, figure in zip(parts, figures, strict=True):
        total_of += part * figure
    return total_of


def _policy(lines: _Lines, x: Floats, weight: Ints) -> tuple[Floats, Bools, Bools]:
    """The solution with given weights, int64[rows, arcs]; rows where nothing leaves some part of the set; rows where more than the whole of a member is chosen.

    A column of plain maxima that exceed the whole at x counts as the whole.
    """
    block, columns, (rows, m) = lines.block, lines.columns, x.shape
    cells, h, weight = lines.cells(), lines.terms(x).ravel(), weight.ravel()
    part = weight / UNITS * h
    full = (
        (np.add.reduceat(part, cells.begin) >= 1).reshape(rows, m)
        & (columns.capacity[block.members] == PLAIN)
        & ~_joint_members(columns, block)
    )
    target, inside, row = (
        np.tile(block.target, rows),
        np.tile(block.source >= 0, rows),
        np.repeat(np.arange(rows), len(block.arcs)),
    )
    live = ~full[row, target]
    incoming = _added((row * m + target)[~inside & live], part[~inside & live], rows * m).reshape(rows, m)
    at = inside & live
    key = (row[at] * m + np.tile(block.source, rows)[at]) * m + target[at]
    held = _added(key, weight[at], rows * m * m).reshape(rows, m, m)
    incoming[full] = 1
    pin = np.flatnonzero(lines.pinned >= 0)
    incoming[pin] += held[pin, lines.pinned[pin]] / UNITS
    held[pin, lines.pinned[pin]] = 0
    held[pin, :, lines.pinned[pin]] = 0
    incoming[pin, lines.pinned[pin]] = 1
    leak = UNITS - held.sum(axis=1)
    found, closed = _eliminated(held / UNITS, np.maximum(leak, 0) / UNITS, incoming)
    return found, closed, np.asarray((leak < 0).any(axis=1), np.bool_)


def _joint_members(columns: Columns, block: Block) -> Bools:
    """Members of the block that are joint groups: bool[m]."""
    found = np.zeros(block.m, np.bool_)
    found[block.target[(columns.mode[block.arcs] & Mode.JOINT) != 0]] = True
    return found


def _linear(lines: _Lines, units: Ints, inverse: Floats) -> Floats:
    """Rows times the inverse; the walks of a member's own row do not pass through it."""
    block = lines.block
    rows, (row, arc) = len(lines.pinned), np.nonzero(lines.outside)
    weights = units[block.arcs[arc]] / UNITS * lines.outside[row, arc]
    incoming = _added(row * block.m + block.target[arc], weights, rows * block.m).reshape(rows, block.m)
    found = np.minimum(_times(incoming, inverse), 1)
    pin = np.flatnonzero(lines.pinned >= 0)
    own = lines.pinned[pin]
    found[pin] = np.minimum(inverse[own] / np.diagonal(inverse)[own, None], 1)
    return found


# --- bits -----------------------------------------------------------------------------------------------------------


def _bits(columns: Columns, block: Block, incoming: Incoming, least: Floats, most: Floats) -> Bytes:
    """Bits of every cell: passed on inside the set until nothing changes. DECLARED_OPEN only where maxima are linear."""
    rows, m = least.shape
    from_outside = int(np.bitwise_or.reduce(incoming.figures.bits)) if len(incoming.row) else 0
    if not (from_outside | int(np.bitwise_or.reduce(columns.bits[block.arcs]))):
        return np.zeros(rows * m, np.uint8)
    cells = _cells(block, rows)
    h_least, h_most = (
        _lines(columns, block, incoming, own).terms(x).ravel()
        for own, x in ((incoming.figures.least, least), (incoming.figures.most, most))
    )
    weight, forced = with_forced(columns, cells, minima(columns, cells, h_least), h_least)
    counted, held = weight * h_least > 0, columns.high[cells.arc] * h_most > 0
    passes = Bits.AS_DECLARED if block.high_inverse is None else Bits.AS_DECLARED | Bits.DECLARED_OPEN
    passed = np.where(held, np.uint8(passes), np.uint8(0))
    term = np.zeros(len(cells.arc), np.uint8)
    term[incoming.row * len(block.arcs) + incoming.arc] = incoming.figures.bits
    inside = np.flatnonzero(np.tile(block.source >= 0, rows))
    holder = (np.repeat(np.arange(rows), len(block.arcs)) * m + np.tile(block.source, rows))[inside]
    pin = np.flatnonzero(incoming.pinned >= 0)
    bits = np.zeros(rows * m, np.uint8)
    while True:
        term[inside] = bits[holder]
        found = low_bits(columns, cells, counted, term, forced) | np.bitwise_or.reduceat(
            (columns.bits[cells.arc] | term) & passed, cells.begin
        )
        found[pin * m + incoming.pinned[pin]] = 0
        if np.array_equal(found, bits):
            return bits
        bits = found


# --- arrays ---------------------------------------------------------------------------------------------------------


def _lines(columns: Columns, block: Block, incoming: Incoming, figure: Floats) -> _Lines:
    outside = np.zeros((len(incoming.pinned), len(block.arcs)))
    outside[incoming.row, incoming.arc] = figure
    return _Lines(block, columns, outside, incoming.pinned)


@lru_cache(maxsize=1)
def _cells(block: Block, rows: int) -> Cells:
    """Cells (row, member), each with a term for each arc into the member. Round after round asks for the same."""
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


def _added(key: Ints, values: Floats | Ints, size: int) -> Floats:
    """Sums of values by key, in their order: float64[size]."""
    return np.bincount(key, weights=values, minlength=size).astype(np.float64)


def _inverse(units: Ints, target: Ints, source: Ints, m: int) -> Floats | None:
    """(I - A)^-1 of the shares inside a set: float64[m, m]; None where nothing leaves a part of it."""
    inside = source >= 0
    held = np.zeros((m, m), np.int64)
    np.add.at(held, (source[inside], target[inside]), units[inside])
    found = inverse_without_subtraction(held / UNITS, (UNITS - held.sum(axis=0)) / UNITS)
    return found if (np.diagonal(found) > 0.5).all() else None


def inverse_without_subtraction(share: Floats, leak: Floats) -> Floats:
    """(I - share)^-1 for `share` float64[m, m] not negative, where column j and `leak[j]` together make 1.

    Elimination in which each pivot is the sum of what leaves the node, so no two figures are subtracted from each other; BLOCK columns at a time.
    Where nothing leaves a part there is none: its members' rows are near 0 instead of 1 or more on the diagonal.
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
    """The inverse from its factors, row by row."""
    found = np.eye(len(pivot))
    for k in range(1, len(pivot)):
        found[k] += work[k, :k] @ found[:k]
    for k in range(len(pivot) - 1, -1, -1):
        found[k] = (found[k] + work[k, k + 1 :] @ found[k + 1 :]) / pivot[k] if pivot[k] > 0 else 0
    return found


def _ratio(part: Floats, whole: Floats) -> Floats:
    """0 where nothing leaves."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def _eliminated(share: Floats, leak: Floats, incoming: Floats) -> tuple[Floats, Bools]:
    """x = incoming (I - share)^-1 for each row, by the same elimination: float64[rows, m]; rows where nothing leaves some part, bool[rows].

    `share` float64[rows, m, m], overwritten; `leak`, `incoming` float64[rows, m].
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


def _times(rows: Floats, inverse: Floats) -> Floats:
    """rows @ inverse, in blocks of one shape, so that a row's figures do not depend on the rows beside it."""
    if len(inverse) <= BLOCK:
        found = np.zeros((len(rows), len(inverse)))
        for k in range(len(inverse)):
            found += rows[:, k, None] * inverse[k]
        return found
    padded = np.zeros((-(-len(rows) // BLOCK) * BLOCK, len(inverse)))
    padded[: len(rows)] = rows
    return np.concatenate(
        [padded[first : first + BLOCK] @ inverse for first in range(0, len(padded), BLOCK)]
    )[: len(rows)]
