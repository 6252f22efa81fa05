"""The graph that control is computed on: arcs that may give control, and what each subject requires
of them.
"""

from dataclasses import dataclass

import numpy as np

from graphs.arrays.components import strong_labels
from graphs.arrays.edges import (
    Bools,
    Bytes,
    Csr,
    Ints,
    grouped_by,
    marked,
    ordering,
    placed,
    starts,
    summed,
)
from graphs.arrays.units import UNITS
from graphs.control.coalitions import CoalitionArcs, coalition_arcs
from graphs.ownership.intervals import Flags, Holdings

BY_INFLUENCE, POSSIBLE, CERTAIN, NEVER = range(
    1, 5
)  # how strongly a pair is found; an arc that cannot decide by itself has 0


@dataclass(frozen=True, eq=False)
class ControlGraph:
    """Arcs that may give control, and what a subject requires of them.

    Per arc: `src`, `dst` int64; `cap` uint8: how strongly it decides by itself if its holder is certainly
    controlled (0: an interval, which is summed); `passes` bool: control of the holder counts too, not only
    the holder's own row. `coalitions`: their intervals.
    `into`: arcs by subject. `label` int64[n]: strongly connected set of each node; `inner`, `inner_below`:
    the arcs inside these sets, by subject the arc, by holder the subject. `in_sets`: members of sets of two
    or more, those of set s from `first[s]` up to `first[s + 1]`; `place` int64[n]: place in its set, -1 for
    others.
    Per node, in UNITS: twice the votes certainly held must exceed `need`, or reach it if one bound or
    `need_open` is exclusive; `cast_least`, `cast_most`: votes not held by the entity itself. `members`: of
    each group node. `group` bool[n]. `ends`: of all arcs of the closure.
    """

    n: int
    src: Ints
    dst: Ints
    cap: Bytes
    passes: Bools
    coalitions: CoalitionArcs
    into: Csr
    label: Ints
    in_sets: Ints
    first: Ints
    place: Ints
    inner: Csr
    inner_below: Csr
    need: Ints
    need_open: Bools
    cast_least: Ints
    cast_most: Ints
    members: Csr
    group: Bools
    ends: tuple[Ints, Ints]


def graph_of(src: Ints, dst: Ints, flags: Bytes, holdings: Holdings) -> ControlGraph:
    """Arcs: those of the holdings; then rights; members to their group; given sets to their members, so that
    these are in the set's row from the start.

    Joint holders act together in what they hold together, and in nothing else: what one of them has alone is
    not in their group's row.
    """
    n, members = holdings.n, holdings.members
    given = np.flatnonzero(~np.isin(members.dst, holdings.src))
    rights = (flags & Flags.MEMBER) == 0
    board = np.flatnonzero(rights & ((flags & Flags.BOARD) == Flags.BOARD) & (src != dst))
    influence = np.flatnonzero(rights & ((flags & Flags.INFLUENCE) == Flags.INFLUENCE) & (src != dst))
    by_right = np.concatenate((board, influence))
    sizes = np.array((len(holdings.src), len(board), len(influence), len(members.src), len(given)))
    all_src = np.concatenate((holdings.src, src[by_right], members.src, members.dst[given]))
    all_dst = np.concatenate((holdings.dst, dst[by_right], members.dst, members.src[given]))
    cap = np.repeat(np.array((0, CERTAIN, BY_INFLUENCE, POSSIBLE, CERTAIN), np.uint8), sizes)
    passes = np.arange(len(all_src)) < sizes[:-1].sum()
    coalitions, (own_low, own_high, own_open) = coalition_arcs(holdings), _own(holdings)
    useful = np.append(_useful(holdings, coalitions, own_high), np.ones(int(sizes[1:].sum()), np.bool_))
    leads = np.flatnonzero(useful & passes)
    label = strong_labels(n, all_src[leads], all_dst[leads])
    inside = leads[label[all_src[leads]] == label[all_dst[leads]]]
    count = np.bincount(members.dst, minlength=n)
    behind = np.repeat(
        (0, 1, 0), (len(by_right), len(members.src), len(given))
    )  # all members make a group controlled
    return ControlGraph(
        n,
        all_src,
        all_dst,
        cap,
        passes,
        coalitions.widened(behind),
        grouped_by(n, all_dst[useful], np.flatnonzero(useful)),
        label,
        *_sets(label),
        grouped_by(n, all_dst[inside], inside),
        grouped_by(n, all_src[inside], all_dst[inside]),
        need=np.where(holdings.group, 2 * count - 1, UNITS - own_low),
        need_open=own_open,
        cast_least=UNITS - own_high,
        cast_most=np.where(holdings.contradictory, UNITS, UNITS - own_low),
        members=members.holders(),
        group=holdings.group,
        ends=(src, dst),
    )


def _own(holdings: Holdings) -> tuple[Ints, Ints, Bools]:
    """What each node holds of itself, in UNITS: at least (held directly, and no part of another's interest),
    at most (held in any way), and whether the least is open: int64[n], int64[n], bool[n].
    """
    mine = np.flatnonzero(holdings.src == holdings.dst)
    alone = ~holdings.unknown_reach & ~holdings.indirect  # votes held through others are theirs to cast
    alone[holdings.low_choices.arc] = False
    direct = mine[alone[mine]]
    low, high = np.zeros(holdings.n, np.int64), np.zeros(holdings.n, np.int64)
    low[holdings.dst[direct]] = holdings.low[direct]
    np.maximum.at(high, holdings.dst[mine], holdings.high[mine])
    return low, high, marked(holdings.n, holdings.dst[direct[holdings.low_open[direct]]])


def _useful(holdings: Holdings, coalitions: CoalitionArcs, own_high: Ints) -> Bools:
    """Interests in subjects that all holders together may control, without self-holdings and those of
    nothing: bool[interests].
    """
    enough = 2 * summed(holdings.n, holdings.dst, coalitions.high) > UNITS - own_high
    return np.asarray(enough[holdings.dst] & (coalitions.high > 0), np.bool_)


def _sets(label: Ints) -> tuple[Ints, Ints, Ints]:
    """Members of sets of two or more by set, where those of each set begin, and each node's place in its set
    (-1: alone).
    """
    size = np.bincount(label)
    nodes = np.flatnonzero(size[label] > 1)
    nodes = nodes[ordering(label[nodes])]
    first = starts(len(size), label[nodes])
    return nodes, first, placed(len(label), nodes, np.arange(len(nodes)) - first[label[nodes]])
