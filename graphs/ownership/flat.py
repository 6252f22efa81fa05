"""The graph that integrated ownership is computed on, and the pairs of *flat* subjects: those whose holders
have no holders.

Nearly all subjects in a register are flat. Each of their pairs is a copy of an arc.
"""

from dataclasses import dataclass

import numpy as np

from graphs.arrays.edges import (
    Bools,
    Bytes,
    Floats,
    Ints,
    Numbers,
    Rows,
    ascending,
    grouped_by,
    marked,
    ordering,
    reachable,
)
from graphs.arrays.units import UNITS
from graphs.ownership.columns import Bits, Room, arc_bits
from graphs.ownership.intervals import Holdings

AT_FLOOR = 1e-12  # own: relative tolerance; a share this close below the floor counts as at it


@dataclass(frozen=True, eq=False)
class Graph:
    """Arcs with a maximum above 0, and arcs of members, sorted by (dst, src). Per arc: `src`, `dst` int32;
    `holding` int32, its number in the holdings, -1 for a member's arc. Per node: `deep` bool[n]: subjects
    that are not flat; `incomplete` bool[n]: an undeclared party may be above.
    """

    holdings: Holdings
    given: Room
    src: Numbers
    dst: Numbers
    holding: Numbers
    deep: Bools
    incomplete: Bools


def graph_of(holdings: Holdings, given: Room, order: Ints) -> Graph:
    """The graph of some holdings, without arcs into natural persons and states, which nobody can own.
    `order`: the arcs by subject.
    """
    some, members = (
        order[(holdings.high[order] > 0) & ~holdings.person[holdings.dst[order]]],
        holdings.members,
    )
    src, dst = (
        np.concatenate(ends).astype(np.int32)
        for ends in ((holdings.src[some], members.src), (holdings.dst[some], members.dst))
    )
    holding = np.concatenate((some, np.full(len(members.src), -1))).astype(np.int32)
    if len(members.src):
        again = ordering(dst)
        src, dst, holding = src[again], dst[again], holding[again]
    return Graph(
        holdings, given, src, dst, holding, _deep(holdings, src, dst), _incomplete(holdings, src, dst)
    )


def _deep(holdings: Holdings, src: Numbers, dst: Numbers) -> Bools:
    """True for subjects with a holder that has holders, with two arcs from one holder, or with overlapping
    arcs, and for joint groups: bool[n].
    """
    deep = holdings.group | marked(holdings.n, dst[marked(holdings.n, dst)[src]])
    deep[dst[1:][(dst[1:] == dst[:-1]) & (src[1:] == src[:-1])]] = True
    for choices in (holdings.low_choices, holdings.high_choices):
        deep[holdings.dst[choices.arc]] = True
    return deep


def _incomplete(holdings: Holdings, src: Numbers, dst: Numbers) -> Bools:
    """True for nodes whose own holders, or those of a node above, are not all declared: bool[n]."""
    has_rest = ~(holdings.complete | holdings.person | holdings.group)
    holder, held = (ends[~has_rest[dst]].astype(np.int64) for ends in (src, dst))
    below = reachable(grouped_by(holdings.n, holder, held), ascending(holder[has_rest[holder]]))
    return np.asarray(has_rest | below, np.bool_)


@dataclass(frozen=True, eq=False)
class Pairs(Rows):
    """Pairs: `holder`, `subject` int32; `least`, `declared`, `most` float64, fractions of the whole; `bits`
    uint8 (Bits).
    """

    holder: Numbers
    subject: Numbers
    least: Floats
    declared: Floats
    most: Floats
    bits: Bytes


def flat_pairs(graph: Graph, floor: float) -> Pairs:
    """Pairs of flat subjects with a declared maximum of at least `floor`, a fraction of the whole. The arcs
    into a flat subject have different holders and do not overlap, so each pair is one arc.
    """
    holdings, given = graph.holdings, graph.given
    holding = np.flatnonzero(
        (holdings.high > 0) & ~(graph.deep | holdings.person)[holdings.dst] & ~holdings.group[holdings.src]
    )
    src, dst = holdings.src[holding].astype(np.int32), holdings.dst[holding].astype(np.int32)
    low, capacity = holdings.low[holding], given.capacity[dst]
    extra = holdings.high[holding] - low
    most = low + np.minimum(extra, capacity)
    forced = np.where(given.forced[dst], np.maximum(capacity - (given.extras[dst] - extra), 0), 0)
    bits = arc_bits(holdings, holding)
    bits[(low == 0) | (forced > 0)] &= ~np.uint8(Bits.MIN_OPEN)
    bits[extra > capacity] &= ~np.uint8(Bits.DECLARED_OPEN)
    # An interest of unknown reach may be held through the holder in question, or an entity that it co-owns.
    persons = np.where(holdings.person[src] & ~holdings.unknown_reach[holding], low, 0)
    total = np.minimum(np.bincount(dst, weights=persons, minlength=holdings.n), UNITS).astype(np.int64)
    possible = np.where(graph.incomplete[dst], np.clip(UNITS - total[dst] + persons, most, UNITS), most)
    keep = most >= floor * (1 - AT_FLOOR) * UNITS
    return Pairs(
        src[keep],
        dst[keep],
        (low + forced)[keep] / UNITS,
        most[keep] / UNITS,
        possible[keep] / UNITS,
        bits[keep],
    )
