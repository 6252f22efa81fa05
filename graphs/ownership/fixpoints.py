"""DOC"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graphs.arrays.edges import Bools, Floats, Ints, starts
from graphs.arrays.units import UNITS
from graphs.ownership.blocks import FEW_ARCS, Block, Lines, Weigh, joint_members
from graphs.ownership.columns import PLAIN, Cells, Columns, Mode
from graphs.ownership.elimination import solve_by_elimination, sums_by_key, times_inverse
from graphs.ownership.weights import maxima, minima, with_forced

POLICY_ROUNDS = 60  # own: five are usual


NEAR = 4e-15  # own: some roundings


LEAST = 1e-30  # own: before anything is known, holders outside go first


LEAP = 4  # own: rounds


ALIGNED = 1.5  # own: ratio of what two rates leave


type Round = Callable[[Lines, Floats], Floats]


def least_figures(lines: Lines) -> tuple[Floats, bool]:
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


def _risen(lines: Lines, x: Floats, weigh: Weigh) -> tuple[Floats, Bools]:
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


def _better(lines: Lines, x: Floats, weight: Ints, weigh: Weigh) -> tuple[Ints, Bools, Floats]:
    """Weights that give more at x, others kept: where two choices are equal, a change could close a part of the set. Rows with a change; f(x)."""
    cells, h = lines.cells(), lines.terms(x).ravel()
    chosen = weigh(cells, h)
    now, then = (np.add.reduceat(units / UNITS * h, cells.begin) for units in (chosen, weight.ravel()))
    better = now > then * (1 + NEAR)
    kept = np.where(better[cells.cell], chosen, weight.ravel()).reshape(weight.shape)
    return kept, better.reshape(x.shape).any(axis=1), lines.with_pins(np.minimum(now, 1).reshape(x.shape))


def forced_figures(lines: Lines, plain: Floats) -> tuple[Floats, bool]:
    """Minima with what is forced, upward from the plain ones."""
    if not lines.block.mode & Mode.FORCED:
        return least_figures(lines)

    def weigh(cells: Cells, h: Floats) -> Ints:
        return with_forced(lines.columns, cells, minima(lines.columns, cells, h), h)[0]

    return _iterated(lines, plain, lambda some, x: some.mapped(x, weigh))


def most_figures(lines: Lines) -> tuple[Floats, bool]:
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


def _settled(lines: Lines, best: Floats, weigh: Weigh) -> tuple[Floats, Bools]:
    """Policies for maxima, and for which rows the last one is the best there is: f(y) <= y and no choice changes."""
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


def _fallen(lines: Lines, x: Floats) -> Floats:
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

    def rises(lines: Lines, x: Floats) -> Floats:
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

    def falls(lines: Lines, x: Floats) -> Floats:
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


def _policy(lines: Lines, x: Floats, weight: Ints) -> tuple[Floats, Bools, Bools]:
    """The solution with given weights, int64[rows, arcs]; rows where nothing leaves some part of the set; rows where more than the whole of a member is chosen.

    A column of plain maxima that exceed the whole at x counts as the whole.
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
    """Rows times the inverse; the walks of a member's own row do not pass through it."""
    block = lines.block
    rows, (row, arc) = len(lines.pinned), np.nonzero(lines.outside)
    weights = units[block.arcs[arc]] / UNITS * lines.outside[row, arc]
    incoming = sums_by_key(row * block.m + block.target[arc], weights, rows * block.m).reshape(rows, block.m)
    found = np.minimum(times_inverse(incoming, inverse), 1)
    pin = np.flatnonzero(lines.pinned >= 0)
    own = lines.pinned[pin]
    found[pin] = np.minimum(inverse[own] / np.diagonal(inverse)[own, None], 1)
    return found
