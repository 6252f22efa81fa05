"""Interests as intervals: merged, counted once, tightened. Integrated ownership and control both use them.

An arc runs from a holder to what it holds and carries an interval of one basis (shares, votes or surplus
assets) in whole UNITS. Bounds are summed and compared as integers, so 75 + 25 is exactly the whole and 75 +
25.000000001 is more.

Two arcs into one subject *overlap* if one may be part of the other; they must not be added up:
- an interest of unknown reach, and the interest of a party below its holder in the closure (UK bands cover
  what is held directly or indirectly);
- an interest declared as indirect, and that of any co-holder that is not a natural person, because it may be
  held through that co-holder;
- two interests of one holder, direct and indirect, of which one has unknown reach.
Overlapping arcs form clusters. A sum of minima counts one set without overlaps (an *option*) of each cluster:
the one with the largest sum.

Joint holders hold through a *group node*: a MEMBER arc from each of them to the group, and one arc with the
interval from the group to the subject. Registers record the whole interest for each member, and this way it
counts once.
"""

from dataclasses import dataclass, replace
from enum import IntFlag

import numpy as np

from graphs.arrays.edges import (
    Arcs,
    Bools,
    Bytes,
    Floats,
    Ints,
    Rows,
    distinct,
    marked,
    ordering,
    run_starts,
    summed,
)
from graphs.arrays.units import UNITS
from graphs.ownership.choices import Choices, choices, choices_of_indirect
from graphs.ownership.overlaps import OverlapArcs, overlaps


class Flags(IntFlag):
    """Bits of an arc, uint8."""

    HOLDER_IS_PERSON = 1  # a natural person whose identity is known, or a state: nobody can own it
    LOW_EXCLUSIVE = 2
    HIGH_EXCLUSIVE = 4
    UNKNOWN_REACH = 8  # the interval may include what is held through others
    INDIRECT = 16  # the interval is what is held through others
    SUBJECT_COMPLETE = 32  # every holder of the subject on this basis is declared
    MEMBER = 64  # src is a member of the joint group dst; no interval
    CLOSURE_ONLY = 128  # no interval of this basis: only says who is above whom

    # On an arc without an interval the bits of exclusivity mean a right instead (graphs.control.control).
    BOARD = CLOSURE_ONLY | LOW_EXCLUSIVE  # appoints or removes a majority of the board
    INFLUENCE = CLOSURE_ONLY | HIGH_EXCLUSIVE  # significant influence or control


@dataclass(frozen=True, eq=False)
class Holdings:
    """Interests of one basis among nodes 0 … n - 1.

    `closure`: all distinct arcs, including those without an interval and those of members. `members`:
    distinct arcs (member, group node).
    Per arc with an interval, sorted by (src, dst, indirect), each triple once: `src`, `dst` int64; `low`,
    `high` int64 in UNITS, 0 <= low <= high <= UNITS; `low_open`, `high_open` bool: the bound itself is
    excluded; `unknown_reach`, `indirect` bool.
    `low_choices`: for sums of minima. `high_choices`: for sums of maxima; only clusters with an indirect arc,
    because all other maxima are added up.
    Per node: `person` bool[n]: natural person or state. `group` bool[n]: joint group node. `complete`
    bool[n]: all holders are declared, or the counted minima add up to the whole and none has unknown reach
    (it may be held through an undeclared holder); also true for every person, and for a group node if its
    members, or all holders of a subject it holds, are fully declared.
    `contradictory` bool[n]: the counted minima exceed the whole, or all holders are declared and their maxima
    do not reach it; the intervals of such a subject stay as stated. `counted` int64[n]: the minima of the
    node's holders, counted once. `counted_open` bool[n]: one of these is exclusive, so more than `counted` is
    held.
    """

    n: int
    closure: Arcs
    members: Arcs
    src: Ints
    dst: Ints
    low: Ints
    high: Ints
    low_open: Bools
    high_open: Bools
    unknown_reach: Bools
    indirect: Bools
    low_choices: Choices
    high_choices: Choices
    person: Bools
    group: Bools
    complete: Bools
    contradictory: Bools
    counted: Ints
    counted_open: Bools


def prepare(src: Ints, dst: Ints, low: Floats, high: Floats, flags: Bytes) -> Holdings:
    """Merge parallel arcs, find overlaps, count minima once, tighten bounds. Arrays of one length, sorted by
    (src, dst); `low`, `high` float64 are fractions of the whole, `flags` uint8 (Flags).

    If a bound is missing (NaN), negative, above 1 or beyond the other bound, the arc becomes [0, 1]: the
    interest is kept without its figure. Several arcs of one (src, dst) count once, with the widest interval;
    direct and indirect ones are kept separate.
    Tightening: high <- min(high, whole - counted minima of the other holders that do not overlap with it); if
    all holders are declared, also low <- max(low, whole - maxima of all the others). This is repeated to a
    fixpoint and keeps exclusive bounds. A contradictory subject keeps its stated intervals.
    Cost: linear, plus a bounded search for overlaps (`graphs.ownership.overlaps`). Never raises.
    """
    n = int(max(src.max(initial=-1), dst.max(initial=-1))) + 1
    member, figure = (flags & Flags.MEMBER) != 0, (flags & (Flags.MEMBER | Flags.CLOSURE_ONLY)) == 0
    closure, members = distinct(n, src, dst), distinct(n, src[member], dst[member])
    person, group = marked(n, src[(flags & Flags.HOLDER_IS_PERSON) != 0]), marked(n, members.dst)
    unlisted = (flags & Flags.SUBJECT_COMPLETE) == 0
    declared = marked(n, dst[figure]) & ~marked(n, dst[figure & unlisted])
    arcs = _merged(src[figure], dst[figure], low[figure], high[figure], flags[figure])
    overlaps_ = overlaps(closure, members, person, arcs)
    raised = _raised(n, arcs.dst, arcs.bounds, declared)
    of_low = choices(overlaps_, raised.low, arcs.dst)
    bounds, contradictory, count = _tightened(n, arcs, raised, of_low)
    counted = (count.total == UNITS) & ~marked(n, arcs.dst[arcs.unknown_reach])
    whole = ~contradictory & (declared | counted)
    groups = group & (~marked(n, dst[member & unlisted]) | marked(n, arcs.src[declared[arcs.dst]]))
    return Holdings(
        n,
        closure,
        members,
        arcs.src,
        arcs.dst,
        **vars(bounds),
        unknown_reach=arcs.unknown_reach,
        indirect=arcs.indirect,
        low_choices=of_low,
        high_choices=choices_of_indirect(overlaps_),
        person=person,
        group=group,
        complete=whole | groups | person,
        contradictory=contradictory,
        counted=count.total,
        counted_open=count.total_open,
    )


@dataclass(frozen=True, eq=False)
class Bounds(Rows):
    """Intervals in UNITS, arrays of one length."""

    low: Ints
    high: Ints
    low_open: Bools
    high_open: Bools


@dataclass(frozen=True, eq=False)
class _Merged(OverlapArcs):
    """Arcs with an interval, sorted by (src, dst, indirect), each once."""

    bounds: Bounds


@dataclass(frozen=True, eq=False)
class _Count:
    """Minima counted once. Per subject: `total`, and `total_open` if more is certainly held. Per arc:
    `others` and `others_open`, the same for the other arcs into its subject that do not overlap with it.
    """

    total: Ints
    total_open: Bools
    others: Ints
    others_open: Bools


def _merged(src: Ints, dst: Ints, low: Floats, high: Floats, flags: Bytes) -> _Merged:
    """Intervals in UNITS. Several of one (src, dst, indirect) become one, the widest."""
    indirect, unknown = (flags & Flags.INDIRECT) != 0, (flags & Flags.UNKNOWN_REACH) != 0
    bounds = in_units(low, high, flags)
    key = (src * (int(dst.max(initial=-1)) + 1) + dst) * 2 + indirect
    order = ordering(key)
    begin = run_starts(key[order])
    first = order[begin]
    return _Merged(
        src[first],
        dst[first],
        np.logical_or.reduceat(unknown[order], begin),
        indirect[first],
        _widest(bounds.at(order), begin),
    )


def in_units(low: Floats, high: Floats, flags: Bytes) -> Bounds:
    """Bounds in UNITS. The bounds are those of [0, 1] if one is missing or out of range, or if no share
    satisfies both.
    """
    with np.errstate(over="ignore"):
        least, most = np.rint(low * UNITS), np.rint(high * UNITS)
    low_open, high_open = (flags & Flags.LOW_EXCLUSIVE) != 0, (flags & Flags.HIGH_EXCLUSIVE) != 0
    usable = (least >= 0) & (most <= UNITS) & ((least < most) | ((least == most) & ~(low_open | high_open)))
    low_units, high_units = (
        np.where(usable, least, 0).astype(np.int64),
        np.where(usable, most, UNITS).astype(np.int64),
    )
    return Bounds(low_units, high_units, low_open & usable, high_open & usable)


def _widest(bounds: Bounds, begin: Ints) -> Bounds:
    """The smallest interval around those of each run. A bound is open if it is open in every interval that
    has it.
    """
    run = np.repeat(np.arange(len(begin)), np.diff(begin, append=len(bounds.low)))
    low, high = np.minimum.reduceat(bounds.low, begin), np.maximum.reduceat(bounds.high, begin)
    low_open = np.logical_and.reduceat(bounds.low_open | (bounds.low > low[run]), begin)
    high_open = np.logical_and.reduceat(bounds.high_open | (bounds.high < high[run]), begin)
    return Bounds(low, high, low_open, high_open)


def _count(n: int, dst: Ints, bounds: Bounds, choices: Choices) -> _Count:
    """Sums of minima by subject, with the option of each cluster that has the largest sum; and for each arc
    the sum of the others.
    """
    free, free_open = bounds.low.copy(), bounds.low_open.copy()
    free[choices.arc], free_open[choices.arc] = 0, False
    total, open_terms = summed(n, dst, free), np.bincount(dst[free_open], minlength=n)
    if not choices.clusters:
        return _Count(total, open_terms > 0, total[dst] - free, open_terms[dst] > free_open)
    best, arc, of_cluster, beside = _best(bounds, choices)
    column = dst[choices.arc[np.searchsorted(choices.cluster, np.arange(choices.clusters))]]
    np.add.at(total, column, best // 2)
    np.add.at(open_terms, column, best % 2)
    others, others_open = total[dst] - free, open_terms[dst] > free_open
    others[arc] += beside // 2 - of_cluster // 2
    others_open[arc] = open_terms[dst[arc]] + beside % 2 > of_cluster % 2
    return _Count(total, open_terms > 0, others, others_open)


def _best(bounds: Bounds, choices: Choices) -> tuple[Ints, Ints, Ints, Ints]:
    """The best sum of each cluster; the arcs in clusters; for each of these the best sum of its cluster, and
    the largest sum of the other arcs of an option with it.

    A sum and whether it is open are one number, twice the sum plus one if open, so that the larger number is
    the stronger minimum.
    """
    begin = run_starts(choices.option)
    low, low_open = bounds.low[choices.arc], bounds.low_open[choices.arc].astype(np.int64)
    sums, opens = np.add.reduceat(low, begin), np.add.reduceat(low_open, begin)
    best = np.maximum.reduceat(
        2 * sums + (opens > 0), np.searchsorted(choices.cluster[begin], np.arange(choices.clusters))
    )
    beside = 2 * (sums[choices.option] - low) + (opens[choices.option] > low_open)
    order = ordering(choices.arc)
    first = run_starts(choices.arc[order])
    return (
        best,
        choices.arc[order[first]],
        best[choices.cluster[order[first]]],
        np.maximum.reduceat(beside[order], first),
    )


def _raised(n: int, dst: Ints, bounds: Bounds, declared: Bools) -> Bounds:
    """Bounds with minima raised: if all holders are declared, each minimum is at least what the maxima of all
    the others leave of the whole.
    """
    part = np.flatnonzero(declared[dst])
    if not len(part):
        return bounds
    own, dst = bounds.at(part), dst[part]
    most, most_open = summed(n, dst, own.high), np.bincount(dst[own.high_open], minlength=n)
    rest, rest_open = UNITS - (most[dst] - own.high), most_open[dst] > own.high_open
    low_open = np.where(rest > own.low, rest_open, own.low_open | (rest_open & (rest == own.low)))
    raised = replace(bounds, low=bounds.low.copy(), low_open=bounds.low_open.copy())
    raised.low[part], raised.low_open[part] = np.maximum(own.low, rest), low_open
    return raised


def _tightened(n: int, arcs: _Merged, raised: Bounds, choices: Choices) -> tuple[Bounds, Bools, _Count]:
    """The tightened bounds by arc, the contradictory subjects, and the counted minima. Maxima are lowered by
    the raised minima. A subject whose bounds cross keeps its stated intervals.

    Why one pass reaches the fixpoint: let h be the maxima and H their sum. A minimum raised to whole - (H -
    h_i) leaves the others at least H - h_i, so no other maximum falls because of it. With several raised
    minima this holds because H >= whole. Likewise, a maximum lowered to whole - S raises no minimum. Bounds
    cross exactly if counted minima exceed the whole or, with all holders declared, maxima do not reach it.
    """
    count = _count(n, arcs.dst, raised, choices)
    low, low_open, high, high_open = raised.low, raised.low_open, *_lowered(raised, count)
    is_empty = (low > high) | ((low == high) & (low_open | high_open))
    contradictory = marked(n, arcs.dst[is_empty])
    as_stated = contradictory[arcs.dst]
    tightened = zip((low, high, low_open, high_open), vars(arcs.bounds).values(), strict=True)
    bounds = Bounds(*(np.where(as_stated, stated, bound) for bound, stated in tightened))
    if raised is not arcs.bounds and as_stated.any():
        count = _count(n, arcs.dst, bounds, choices)
    return bounds, contradictory, count


def _lowered(bounds: Bounds, count: _Count) -> tuple[Ints, Bools]:
    """The maxima, each at most what the minima of the others leave of the whole, and whether they are
    open.
    """
    room = UNITS - count.others
    high_open = np.where(
        room < bounds.high, count.others_open, bounds.high_open | (count.others_open & (room == bounds.high))
    )
    return np.minimum(bounds.high, room), high_open
