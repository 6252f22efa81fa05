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

# How strongly a pair is controlled; 0 for an arc that decides nothing by itself, NEVER for "leave out".
BY_INFLUENCE, POSSIBLE, CERTAIN, NEVER = range(1, 5)


@dataclass(frozen=True, eq=False)
class ControlGraph:
    """Arcs that may give control, and what each subject requires of them.

    Per arc: `src`, `dst` int64; `cap` uint8: how strongly the arc decides by itself if its holder is
    certainly controlled (0: an interval, which is summed); `passes` bool: the arc counts for whoever controls
    its holder, not only for the holder itself. `coalitions`: the intervals of the arcs.
    `into`: arcs by subject. `label` int64[n]: strongly connected set of each node. `inner`: the arcs inside
    these sets, by subject; `inner_below`: the subjects of these arcs, by holder. `in_sets`: members of sets
    of two or more; those of set s are in [first[s], first[s + 1]). `place` int64[n]: position in the set, -1
    for other nodes.
    Per node, in UNITS: twice the votes certainly held must exceed `need`, or equal it if their bound is
    exclusive or `need_open`; `cast_least`, `cast_most`: the votes that the entity does not hold itself.
    `members`: those of each group node. `group` bool[n]. `ends`: (src, dst) of all arcs of the closure.
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
    """The arcs, in this order: holdings; rights; from members to their group; from given sets to their
    members, so that a given set controls its members from the start.

    Joint holders act together only in what they hold jointly: what one of them holds alone does not count for
    the group.
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
    coalitions, (own_low, own_high, own_open) = coalition_arcs(holdings), own_shares(holdings)
    useful = np.append(_useful(holdings, coalitions, own_high), np.ones(int(sizes[1:].sum()), np.bool_))
    leads = np.flatnonzero(useful & passes)
    label = strong_labels(n, all_src[leads], all_dst[leads])
    inside = leads[label[all_src[leads]] == label[all_dst[leads]]]
    count = np.bincount(members.dst, minlength=n)
    # A group is controlled by whoever controls all its members: each member counts 1.
    behind = np.repeat((0, 1, 0), (len(by_right), len(members.src), len(given)))
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


def own_shares(holdings: Holdings) -> tuple[Ints, Ints, Bools]:
    """What each node holds in itself, in UNITS: at least (held directly, and not part of another interest),
    at most (held in any way), and whether the minimum is exclusive: int64[n], int64[n], bool[n].
    """
    mine = np.flatnonzero(holdings.src == holdings.dst)
    alone = ~holdings.unknown_reach & ~holdings.indirect  # those who hold the votes in between cast them
    alone[holdings.low_choices.arc] = False
    direct = mine[alone[mine]]
    low, high = np.zeros(holdings.n, np.int64), np.zeros(holdings.n, np.int64)
    low[holdings.dst[direct]] = holdings.low[direct]
    np.maximum.at(high, holdings.dst[mine], holdings.high[mine])
    return low, high, marked(holdings.n, holdings.dst[direct[holdings.low_open[direct]]])


def _useful(holdings: Holdings, coalitions: CoalitionArcs, own_high: Ints) -> Bools:
    """Interests in subjects that all holders together may control, without empty ones and those of an entity
    in itself: bool[interests].
    """
    enough = 2 * summed(holdings.n, holdings.dst, coalitions.high) > UNITS - own_high
    return np.asarray(enough[holdings.dst] & (coalitions.high > 0), np.bool_)


def _sets(label: Ints) -> tuple[Ints, Ints, Ints]:
    """Members of sets of two or more, by set; where each set begins; and the position of each node in its set
    (-1 for a node alone).
    """
    size = np.bincount(label)
    nodes = np.flatnonzero(size[label] > 1)
    nodes = nodes[ordering(label[nodes])]
    first = starts(len(size), label[nodes])
    return nodes, first, placed(len(label), nodes, np.arange(len(nodes)) - first[label[nodes]])
