"""Least and largest figures inside a strongly connected set, where a choice has to be made or the system is
not linear.

- *Policies* (Howard 1960): choose the weights at the present figures, solve the linear system with these
  weights, repeat until no choice changes. Minima only grow on the way and each is sound. Maxima y are
  accepted only if no other choice gives more, f(y) <= y; then y is at least the figure of every matrix inside
  the intervals that is not closed.
- *Iteration*: minima upward from 0, maxima downward from 1. Every iterate is sound; the number of rounds
  decides only how close it gets.
"""

from collections.abc import Callable

import numpy as np

from graphs.arrays.edges import Bools, Floats, Ints
from graphs.arrays.units import UNITS
from graphs.ownership.blocks import Lines, Weigh, joint_members
from graphs.ownership.columns import PLAIN, Cells, Mode
from graphs.ownership.elimination import solve_by_elimination, sums_by_key, times_inverse
from graphs.ownership.weights import maxima, minima, with_forced

POLICY_ROUNDS = 60  # own: five are usual
NEAR = 4e-15  # own: some roundings
LEAST = 1e-30  # own: before anything is known, holders outside go first
LEAP = 4  # own: rounds
ALIGNED = 1.5  # own: ratio of what two rates leave
type Round = Callable[[Lines, Floats], Floats]


def least_figures(lines: Lines) -> tuple[Floats, bool]:
    """Least fixpoints of the plain minima: float64[rows, m]; and whether some are iterates."""
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
        some, some.with_pins(np.zeros((len(some.pinned), block.m))), lambda some, x: some.mapped(x, weigh)
    )
    return x, unsettled


def _risen(lines: Lines, x: Floats, weigh: Weigh) -> tuple[Floats, Bools]:
    """Policies for minima, from x on; and the rows without a solution."""
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


def _better(lines: Lines, x: Floats, weight: Ints, weigh: Weigh) -> tuple[Ints, Bools, Floats]:
    """Weights that give more at x, else the old ones (where two choices are equal, a change could close a
    part of the set); rows with a change; f(x).
    """
    cells, h = lines.cells(), lines.terms(x).ravel()
    chosen = weigh(cells, h)
    now, then = (np.add.reduceat(units / UNITS * h, cells.begin) for units in (chosen, weight.ravel()))
    better = now > then * (1 + NEAR)
    kept = np.where(better[cells.cell], chosen, weight.ravel()).reshape(weight.shape)
    return kept, better.reshape(x.shape).any(axis=1), lines.with_pins(np.minimum(now, 1).reshape(x.shape))


def forced_figures(lines: Lines, plain: Floats) -> tuple[Floats, bool]:
    """Minima including what is forced, upward from the plain ones."""
    if not lines.block.mode & Mode.FORCED:
        return least_figures(lines)

    def weigh(cells: Cells, h: Floats) -> Ints:
        return with_forced(lines.columns, cells, minima(lines.columns, cells, h), h)[0]

    return _iterated(lines, plain, lambda some, x: some.mapped(x, weigh))


def most_figures(lines: Lines) -> tuple[Floats, bool]:
    """Upper bounds: float64[rows, m]; and whether they are iterates."""
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


def _settled(lines: Lines, best: Floats, weigh: Weigh) -> tuple[Floats, Bools]:
    """Policies for maxima, and the rows for which the last one is the best there is: f(y) <= y and no choice
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
        found, closed, over = _policy(some, x[at], weight[at])
        fails = closed | over | (found > 1 + NEAR).any(axis=1)
        found = np.where(fails[:, None], 1, np.minimum(found, 1))
        weight[at], better, mapped = _better(some, found, weight[at], weigh)
        sound = ~fails & (mapped <= found * (1 + NEAR)).all(axis=1)
        best[at[sound]] = np.minimum(best[at[sound]], found[sound])
        still = ~fails & (better | (np.abs(found - x[at]) > NEAR * found).any(axis=1))
        taken[at], active[at], x[at] = sound & ~still, still, found
    return best, taken


def _iterated(lines: Lines, x: Floats, rises: Round) -> tuple[Floats, bool]:
    """Rounds upward from x until nothing changes, at most `rounds` of the block; and whether some rows still
    changed.
    """
    x, active = x.copy(), np.arange(len(x))
    for _ in range(lines.block.rounds):
        if not len(active):
            break
        found = np.maximum(rises(lines.taken(active), x[active]), x[active])
        moved = (found > x[active]).any(axis=1)
        x[active] = found
        active = active[moved]
    return x, bool(len(active))


def _fallen(lines: Lines, x: Floats) -> Floats:
    """Rounds downward from x until a row changes by less than NEAR, at most `rounds` of the block.

    Where all members of a row fall at nearly the same rate, several steps are taken at once, as many as the
    smallest ratio of two steps promises (MacQueen 1966), provided that f(y) <= y afterwards.
    """
    x, active, last = x.copy(), np.arange(len(x)), np.zeros((len(x), lines.block.m))

    def falls(some: Lines, x: Floats) -> Floats:
        return some.mapped(x, lambda cells, h: maxima(lines.columns, cells, h)[0])

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
    """How many steps like the present one are certain to follow, by row; 0 where members fall at different
    rates.
    """
    moving = last > NEAR
    ratio = np.divide(step, last, out=np.ones_like(step), where=moving)
    least, most = np.where(moving, ratio, np.inf).min(axis=1), np.where(moving, ratio, 0).max(axis=1)
    aligned = moving.any(axis=1) & (most < 1) & (1 - least <= ALIGNED * (1 - most))
    return np.where(aligned, 0.999 * least / (1 - np.minimum(least, 1 - NEAR)), 0)


def _policy(lines: Lines, x: Floats, weight: Ints) -> tuple[Floats, Bools, Bools]:
    """The solution for given weights, int64[rows, arcs]; rows where nothing leaves some part of the set; rows
    where more than the whole of a member is chosen.

    A subject whose plain maxima exceed the whole at x counts as the whole.
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
    found, closed = solve_by_elimination(held / UNITS, np.maximum(leak, 0) / UNITS, incoming)
    return found, closed, np.asarray((leak < 0).any(axis=1), np.bool_)


def _linear(lines: Lines, units: Ints, inverse: Floats) -> Floats:
    """Rows times the inverse. The paths of a member's own row do not pass through the member itself."""
    block = lines.block
    rows, (row, arc) = len(lines.pinned), np.nonzero(lines.outside)
    weights = units[block.arcs[arc]] / UNITS * lines.outside[row, arc]
    incoming = sums_by_key(row * block.m + block.target[arc], weights, rows * block.m).reshape(rows, block.m)
    found = np.minimum(times_inverse(incoming, inverse), 1)
    pin = np.flatnonzero(lines.pinned >= 0)
    own = lines.pinned[pin]
    found[pin] = np.minimum(inverse[own] / np.diagonal(inverse)[own, None], 1)
    return found
