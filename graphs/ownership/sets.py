"""Ownership inside strongly connected sets: for each row that reaches a set, its figures of all members
together.

If there is nothing to choose, x = b (I - A)^-1, where b comes from outside the set
(`graphs.ownership.blocks`). The paths of a member do not pass through itself, so its own row is N[p, j] /
N[p, p]. Otherwise policies are tried, then iteration. Minima and maxima are solved separately.

- *Policy iteration* (Howard 1960): choose the weights at the current figures, solve the linear system with
  these weights, and repeat until no choice changes. Minima only increase, and each is sound. Maxima y are
  accepted only if no other choice gives more, f(y) <= y; then y is at least the figure of every matrix inside
  the intervals that is not closed.
- *Value iteration*: minima upward from 0, maxima downward from 1. Every iterate is sound; the number of
  rounds only decides how close the bounds get.
"""

from functools import partial

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Floats, Ints
from graphs.arrays.units import UNITS
from graphs.ownership.blocks import (
    Block,
    Incoming,
    Lines,
    Weigh,
    block_cells,
    joint_members,
    lines_of,
    solve_by_elimination,
    sums_by_key,
    times_inverse,
)
from graphs.ownership.columns import PLAIN, Bits, Cells, Columns, Figures, Mode
from graphs.ownership.weights import low_bits, maxima, minima, with_forced

TERMS_AT_ONCE = 1_000_000  # own: some 100 MB


def solved(columns: Columns, block: Block, incoming: Incoming) -> tuple[Figures, bool]:
    """Figures of every (row, member), row by row: arrays of rows · m values, including the row's own figure
    (1); and whether any of them is an iterate.
    """
    at_once = max(1, TERMS_AT_ONCE // max(len(block.arcs), block.m**2 if block.by_policy else 1))
    parts = [
        _solved(columns, block, incoming.rows(first, first + at_once))
        for first in range(0, len(incoming.pinned), at_once)
    ]
    return Figures.joined(part for part, _ in parts), any(iterated for _, iterated in parts)


def persons_total(columns: Columns, block: Block, total_of: Floats, person: Bools) -> Floats:
    """What natural persons certainly own of each member: float64[m]. `total_of`: the same for all nodes
    outside; `person` bool[nodes].

    Uses the same number of rounds as minima, so that the difference of the two, which other persons certainly
    own, is sound as well.
    """
    outside = np.where(block.source < 0, total_of[columns.src[block.arcs]], 0)
    if block.low_inverse is not None:
        incoming = sums_by_key(block.target, columns.low[block.arcs] / UNITS * outside, block.m)
        return np.asarray(np.minimum(times_inverse(incoming[None, :], block.low_inverse)[0], 1))
    lines = Lines(block, columns, outside[None, :], np.array([-1]))
    owned = person[block.members][None, :].astype(np.float64)
    x, _ = _iterated(lines, owned, partial(minima, columns, joint_least=True))
    return np.asarray(x[0])


def _solved(columns: Columns, block: Block, incoming: Incoming) -> tuple[Figures, bool]:
    terms = incoming.figures
    plain, iterated = least_figures(lines_of(columns, block, incoming, terms.plain))
    least = plain
    if block.mode & Mode.FORCED or not np.array_equal(terms.plain, terms.least):
        least, more = forced_figures(lines_of(columns, block, incoming, terms.least), plain)
        iterated |= more
    if (
        block.high_inverse is block.low_inverse
        and block.low_inverse is not None
        and np.array_equal(terms.least, terms.most)
        and least is plain
    ):
        most = least
    else:
        most, more = most_figures(lines_of(columns, block, incoming, terms.most))
        most, iterated = np.maximum(most, least), iterated | more
    bits = _bits(columns, block, incoming, least, most)
    return Figures(least.ravel(), most.ravel(), plain.ravel(), bits), iterated


def _bits(columns: Columns, block: Block, incoming: Incoming, least: Floats, most: Floats) -> Bytes:
    """Bits of every cell, propagated inside the set until nothing changes. DECLARED_OPEN only if the maxima
    are linear.
    """
    rows, m = least.shape
    from_outside = int(np.bitwise_or.reduce(incoming.figures.bits)) if len(incoming.row) else 0
    if not (from_outside | int(np.bitwise_or.reduce(columns.bits[block.arcs]))):
        return np.zeros(rows * m, np.uint8)
    cells = block_cells(block, rows)
    h_least, h_most = (
        lines_of(columns, block, incoming, own).terms(x).ravel()
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
        risen = low_bits(columns, cells, counted, term, forced) | np.bitwise_or.reduceat(
            (columns.bits[cells.arc] | term) & passed, cells.begin
        )
        risen[pin * m + incoming.pinned[pin]] = 0
        if np.array_equal(risen, bits):
            return bits
        bits = risen


POLICY_ROUNDS = 60  # own: five are usual
NEAR = 4e-15  # own: relative tolerance, a few roundings
LEAST = 1e-30  # own: starting figure of members, so that holders outside the set come first
LEAP = 4  # own: rounds between attempts to take several steps at once
ALIGNED = 1.5  # own: largest ratio between 1 - the slowest and 1 - the fastest rate of members


def least_figures(lines: Lines) -> tuple[Floats, bool]:
    """Least fixpoints of the minima without what is forced: float64[rows, m]; and whether some are
    iterates.
    """
    block, columns = lines.block, lines.columns
    if block.low_inverse is not None:
        return _linear(lines, columns.low, block.low_inverse), False

    weigh = partial(minima, columns)
    x = lines.with_pins(np.zeros((len(lines.pinned), block.m)))
    rest = np.ones(len(x), np.bool_)
    if block.by_policy and not block.mode & Mode.OVER:
        x, rest = _risen(lines, x, weigh)
    some = lines.taken(rest)
    x[rest], unsettled = _iterated(some, some.with_pins(np.zeros((len(some.pinned), block.m))), weigh)
    return x, unsettled


def _risen(lines: Lines, x: Floats, weigh: Weigh) -> tuple[Floats, Bools]:
    """Policy iteration for minima, starting from x; and the rows without a solution."""
    active, failed = np.ones(len(x), np.bool_), np.zeros(len(x), np.bool_)
    weight, _, _ = _better(lines, x, np.zeros_like(lines.outside, np.int64), weigh)
    for _ in range(POLICY_ROUNDS):
        if not active.any():
            break
        at = np.flatnonzero(active)
        some = lines.taken(at)
        value, _, over = _policy(some, x[at], weight[at])  # a part that nothing leaves gets 0, which is sound
        x[at] = np.where(over[:, None], x[at], np.maximum(np.minimum(value, 1), x[at]))
        weight[at], better, _ = _better(some, x[at], weight[at], weigh)
        failed[at], active[at] = over, better & ~over
    return x, failed


def _better(lines: Lines, x: Floats, weight: Ints, weigh: Weigh) -> tuple[Ints, Bools, Floats]:
    """The weights chosen at x where they give more, otherwise the old ones (a change between equal choices
    could close a part of the set); the rows with a change; and f(x).
    """
    cells, h = lines.cells(), lines.terms(x).ravel()
    chosen = weigh(cells, h)
    now, then = (np.add.reduceat(units / UNITS * h, cells.begin) for units in (chosen, weight.ravel()))
    better = now > then * (1 + NEAR)
    kept = np.where(better[cells.cell], chosen, weight.ravel()).reshape(weight.shape)
    return kept, better.reshape(x.shape).any(axis=1), lines.with_pins(np.minimum(now, 1).reshape(x.shape))


def forced_figures(lines: Lines, plain: Floats) -> tuple[Floats, bool]:
    """Minima including what is forced, iterated upward from the `plain` ones."""
    if not lines.block.mode & Mode.FORCED:
        return least_figures(lines)

    def weigh(cells: Cells, h: Floats) -> Ints:
        return with_forced(lines.columns, cells, minima(lines.columns, cells, h), h)[0]

    return _iterated(lines, plain, weigh)


def most_figures(lines: Lines) -> tuple[Floats, bool]:
    """Maxima: float64[rows, m]; and whether some are iterates."""
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
    x[rest] = _fallen(lines.taken(rest), x[rest], weigh)
    return x, bool(len(rest))


def _settled(lines: Lines, best: Floats, weigh: Weigh) -> tuple[Floats, Bools]:
    """Policy iteration for maxima, and the rows in which the last policy is optimal: f(y) <= y and no choice
    changes.
    """
    plain = (
        (lines.columns.capacity[lines.block.members] == PLAIN) & ~joint_members(lines.columns, lines.block)
    ).any()
    x = best.copy() if plain else lines.with_pins(np.full_like(best, LEAST))
    active, taken = np.ones(len(best), np.bool_), np.zeros(len(best), np.bool_)
    weight = weigh(lines.cells(), lines.terms(x).ravel()).reshape(lines.outside.shape)
    for _ in range(POLICY_ROUNDS):
        if not active.any():
            break
        at = np.flatnonzero(active)
        some = lines.taken(at)
        value, closed, over = _policy(some, x[at], weight[at])
        fails = closed | over | (value > 1 + NEAR).any(axis=1)
        value = np.where(fails[:, None], 1, np.minimum(value, 1))
        weight[at], better, mapped = _better(some, value, weight[at], weigh)
        sound = ~fails & (mapped <= value * (1 + NEAR)).all(axis=1)
        best[at[sound]] = np.minimum(best[at[sound]], value[sound])
        still = ~fails & (better | (np.abs(value - x[at]) > NEAR * value).any(axis=1))
        taken[at], active[at], x[at] = sound & ~still, still, value
    return best, taken


def _iterated(lines: Lines, x: Floats, weigh: Weigh) -> tuple[Floats, bool]:
    """Rounds upward from x until nothing changes, at most as many as `rounds` of the block; and whether some
    rows still changed. No figure becomes smaller than in x.
    """
    x, active = x.copy(), np.arange(len(x))
    for _ in range(lines.block.rounds):
        if not len(active):
            break
        value = np.maximum(lines.taken(active).mapped(x[active], weigh), x[active])
        moved = (value > x[active]).any(axis=1)
        x[active] = value
        active = active[moved]
    return x, bool(len(active))


def _fallen(lines: Lines, x: Floats, weigh: Weigh) -> Floats:
    """Rounds downward from x until a row changes by less than NEAR, at most as many as `rounds` of the block.

    If all members of a row decrease at nearly the same rate, several steps are taken at once: as many as the
    smallest ratio of two successive steps allows (MacQueen 1966), provided that f(y) <= y afterwards.
    """
    x, active, last = x.copy(), np.arange(len(x)), np.zeros((len(x), lines.block.m))
    for k in range(lines.block.rounds):
        if not len(active):
            break
        some, now = lines.taken(active), x[active]
        value = np.minimum(some.mapped(now, weigh), now)
        step = now - value
        ahead = _ahead(step, last[active]) if k % LEAP == LEAP - 1 else np.zeros(len(active))
        if ahead.any():
            rows = np.flatnonzero(ahead)
            leap = some.taken(rows).with_pins(np.maximum(value[rows] - ahead[rows, None] * step[rows], 0))
            below = some.taken(rows).mapped(leap, weigh)
            value[rows] = np.where((below <= leap).all(axis=1)[:, None], below, value[rows])
        x[active], last[active] = value, step
        active = active[(now - value > NEAR).any(axis=1)]
    return x


def _ahead(step: Floats, last: Floats) -> Floats:
    """How many steps like the current one can be taken at once, by row; 0 if members decrease at different
    rates.
    """
    moving = last > NEAR
    ratio = np.divide(step, last, out=np.ones_like(step), where=moving)
    least, most = np.where(moving, ratio, np.inf).min(axis=1), np.where(moving, ratio, 0).max(axis=1)
    aligned = moving.any(axis=1) & (most < 1) & (1 - least <= ALIGNED * (1 - most))
    return np.where(aligned, 0.999 * least / (1 - np.minimum(least, 1 - NEAR)), 0)


def _policy(lines: Lines, x: Floats, weight: Ints) -> tuple[Floats, Bools, Bools]:
    """The solution for given weights, int64[rows, arcs]; the rows where nothing leaves some part of the set;
    and the rows where the weights of a member exceed the whole.

    A member whose maxima are simply added up and exceed the whole at x counts as the whole.
    """
    block, columns, (rows, m) = lines.block, lines.columns, x.shape
    cells, h, weight = lines.cells(), lines.terms(x).ravel(), weight.ravel()
    part = weight / UNITS * h
    full = (
        (np.add.reduceat(part, cells.begin) >= 1).reshape(rows, m)
        & (columns.capacity[block.members] == PLAIN)
        & ~joint_members(columns, block)
    )
    target, inside, row = (
        np.tile(block.target, rows),
        np.tile(block.source >= 0, rows),
        np.repeat(np.arange(rows), len(block.arcs)),
    )
    live = ~full[row, target]
    incoming = sums_by_key((row * m + target)[~inside & live], part[~inside & live], rows * m).reshape(
        rows, m
    )
    at = inside & live
    key = (row[at] * m + np.tile(block.source, rows)[at]) * m + target[at]
    held = sums_by_key(key, weight[at], rows * m * m).reshape(rows, m, m)
    incoming[full] = 1
    pin = np.flatnonzero(lines.pinned >= 0)
    incoming[pin] += held[pin, lines.pinned[pin]] / UNITS
    held[pin, lines.pinned[pin]] = 0
    held[pin, :, lines.pinned[pin]] = 0
    incoming[pin, lines.pinned[pin]] = 1
    leak = UNITS - held.sum(axis=1)
    value, closed = solve_by_elimination(held / UNITS, np.maximum(leak, 0) / UNITS, incoming)
    return value, closed, np.asarray((leak < 0).any(axis=1), np.bool_)


def _linear(lines: Lines, units: Ints, inverse: Floats) -> Floats:
    """Rows times the inverse. The paths of a row that is itself a member do not pass through that member."""
    block = lines.block
    rows, (row, arc) = len(lines.pinned), np.nonzero(lines.outside)
    weights = units[block.arcs[arc]] / UNITS * lines.outside[row, arc]
    incoming = sums_by_key(row * block.m + block.target[arc], weights, rows * block.m).reshape(rows, block.m)
    value = np.minimum(times_inverse(incoming, inverse), 1)
    pin = np.flatnonzero(lines.pinned >= 0)
    own = lines.pinned[pin]
    value[pin] = np.minimum(inverse[own] / np.diagonal(inverse)[own, None], 1)
    return value
