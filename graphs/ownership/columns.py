"""The arcs of a graph, with what is needed to sum minima and maxima by subject (`graphs.ownership.weights`
computes the sums).

A *row* is a party whose ownership is computed, a *column* a subject. A row has a figure for each node, 1 for
itself. A *cell* is one row's figure of one subject. A *term* of the cell is an arc into the subject, with
`h`, the row's figure of the arc's holder.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from graphs.arrays.edges import (
    Bools,
    Bytes,
    Floats,
    Ints,
    Rows,
    marked,
    ordering,
    placed,
    run_firsts,
    starts,
    summed,
)
from graphs.arrays.units import UNITS
from graphs.ownership.choices import Choices
from graphs.ownership.intervals import Holdings

PLAIN = np.iinfo(np.int64).max  # capacity of a column whose maxima are simply added up


class Bits(IntEnum):
    """Bits of a term or a cell, uint8. An IntEnum, because `&` of IntFlag is a slow Python call."""

    MIN_OPEN = 1
    DECLARED_OPEN = 2
    AS_DECLARED = 4


class Mode(IntEnum):
    """Bits of an arc, uint8: what the sum for its subject needs beyond adding up."""

    ONE_OF = 1  # in a cluster whose options are single arcs: the largest counts
    LOW_OPTION = 2  # in any other cluster of minima
    HIGH_OPTION = 4  # in a cluster of maxima
    JOINT = 8  # from a member to a joint group
    FORCED = 16  # the column is complete, and its minima leave a part of the whole open
    MAY_BIND = 32  # the column's maxima exceed the whole
    OVER = 64  # the column's minima exceed the whole


@dataclass(frozen=True, eq=False)
class ArcOptions:
    """Arc a is in the options `option[begin[a]:begin[a + 1]]`; `cluster` int64[options]. All are int64."""

    begin: Ints
    option: Ints
    cluster: Ints

    @classmethod
    def from_choices(cls, choices: Choices, position: Ints, arcs_n: int) -> ArcOptions:
        """`position` int64: the new number of each arc, -1 for arcs that are left out."""
        cluster = placed(int(choices.option.max(initial=-1)) + 1, choices.option, choices.cluster)
        arc = position[choices.arc]
        order = ordering(arc)
        order = order[np.searchsorted(arc[order], 0) :]
        return cls(starts(arcs_n, arc[order]), choices.option[order], cluster)


@dataclass(frozen=True, eq=False)
class Columns:
    """Arcs between n nodes, with what the sums of their subjects need. Among the arcs of a subject, those of
    one cluster are next to each other.

    Per arc: `src`, `dst` int64; `low`, `high` int64 in UNITS; `base` int64: `low`, or 0 for an arc that
    overlaps with another; `bits` (Bits), `mode` (Mode) uint8; `cluster` int64, -1 for none. Per node:
    `capacity` int64, the units that the bases leave, or PLAIN; `extras` int64, the sum of high - base.
    """

    n: int
    src: Ints
    dst: Ints
    low: Ints
    high: Ints
    base: Ints
    bits: Bytes
    mode: Bytes
    cluster: Ints
    capacity: Ints
    extras: Ints
    low_options: ArcOptions
    high_options: ArcOptions


@dataclass(frozen=True, eq=False)
class Cells:
    """Terms of cells, sorted by cell. `arc`, `cell` int64[terms]; `begin` (first term), `column` (the node)
    int64[cells]; `mode`: the modes of all arcs together.
    """

    arc: Ints
    cell: Ints
    begin: Ints
    column: Ints
    mode: int

    @classmethod
    def from_runs(cls, columns: Columns, arc: Ints, key: Ints) -> Cells:
        """Each run of equal `key` is a cell; all arcs of a run have the same subject."""
        new = run_firsts(key)
        if new.all():
            each = np.arange(len(key))
            return cls(arc, each, each, columns.dst[arc], modes(columns, arc))
        begin = np.flatnonzero(new)
        return cls(arc, np.cumsum(new) - 1, begin, columns.dst[arc[begin]], modes(columns, arc))


@dataclass(frozen=True, eq=False)
class Figures(Rows):
    """Figures of terms or of cells: `least`, `most`, `plain` (`least` without what is forced), all float64
    fractions of the whole, and their `bits` (Bits).
    """

    least: Floats
    most: Floats
    plain: Floats
    bits: Bytes


def modes(columns: Columns, arc: Ints) -> int:
    """The modes of some arcs together."""
    return int(np.bitwise_or.reduce(columns.mode[arc])) if len(arc) else 0


@dataclass(frozen=True, eq=False)
class Room:
    """What the minima of each subject leave. `base` int64[arcs], `capacity`, `extras` int64[n]: see
    `Columns`; `forced`, `over` bool[n]: see `Mode`.
    """

    base: Ints
    capacity: Ints
    extras: Ints
    forced: Bools
    over: Bools


def room(holdings: Holdings, *, sharp: bool) -> Room:
    """What the minima of each subject leave. Without `sharp`, maxima are only added up, and nothing is
    forced.
    """
    base = holdings.low.copy()
    base[holdings.low_choices.arc] = 0
    held, extras, most = (
        summed(holdings.n, holdings.dst, units) for units in (base, holdings.high - base, holdings.high)
    )
    over = holdings.contradictory | (held > UNITS)
    plain = over | holdings.group | marked(holdings.n, holdings.dst[holdings.high_choices.arc])
    chosen = plain | marked(holdings.n, holdings.dst[holdings.low_choices.arc])
    forced = holdings.complete & ~holdings.person & ~chosen & (held < UNITS) & (most >= UNITS) & sharp
    return Room(
        base,
        np.where(plain | (not sharp), PLAIN, UNITS - held),
        extras,
        np.asarray(forced, np.bool_),
        np.asarray(over, np.bool_),
    )


def single_options(choices: Choices) -> Bools:
    """True for clusters whose options are single arcs, each in one option: bool[clusters]."""
    alone = np.bincount(choices.option)[choices.option] == 1
    once = np.bincount(choices.arc)[choices.arc] == 1 if len(choices.arc) else alone
    return ~marked(choices.clusters, choices.cluster[~(alone & once)])


@dataclass(frozen=True, eq=False)
class Part:
    """Interests with a maximum above 0, and the arcs of members, into some nodes; sorted by (dst, src).
    `nodes` int64: numbers in the holdings. Per arc: `src`, `dst` int64, positions in `nodes`; `holding`
    int64, its number in the holdings, -1 for a member's arc.
    """

    nodes: Ints
    src: Ints
    dst: Ints
    holding: Ints


def columns(holdings: Holdings, part: Part, order: Ints, given: Room) -> Columns:
    """The columns of a part, with its arcs in `order`."""
    src, dst, holding = part.src[order], part.dst[order], part.holding[order]
    member = holding < 0
    low, high, base = (_arc_units(units, holding) for units in (holdings.low, holdings.high, given.base))
    capacity, extras = given.capacity[part.nodes], given.extras[part.nodes]
    mode = np.where(member, int(Mode.JOINT), 0)
    for node, bit in (
        (given.forced, Mode.FORCED),
        (given.extras > given.capacity, Mode.MAY_BIND),
        (given.over, Mode.OVER),
    ):
        mode |= np.where(node[part.nodes][dst], int(bit), 0)
    position = placed(len(holdings.src), holding[~member], np.flatnonzero(~member))
    single = single_options(holdings.low_choices)[holdings.low_choices.cluster]
    for arcs, bit in (
        (holdings.low_choices.arc[single], Mode.ONE_OF),
        (holdings.low_choices.arc[~single], Mode.LOW_OPTION),
        (holdings.high_choices.arc, Mode.HIGH_OPTION),
    ):
        at = position[arcs]
        mode[at[at >= 0]] |= int(bit)
    options = (
        ArcOptions.from_choices(choices, position, len(holding))
        for choices in (holdings.low_choices, holdings.high_choices)
    )
    cluster, bits = cluster_of(holdings, part, order), arc_bits(holdings, holding)
    return Columns(
        len(part.nodes),
        src,
        dst,
        low,
        high,
        base,
        bits,
        mode.astype(np.uint8),
        cluster,
        capacity,
        extras,
        *options,
    )


def _arc_units(units: Ints, holding: Ints) -> Ints:
    """Units of the arcs, and the whole for the arc of a member."""
    return np.where(holding < 0, UNITS, units[holding]) if len(units) else np.full(len(holding), UNITS)


def arc_bits(holdings: Holdings, holding: Ints) -> Bytes:
    """Bits of the arcs with these numbers in the holdings, 0 for the arc of a member (-1)."""
    if not len(holdings.src):
        return np.zeros(len(holding), np.uint8)
    bits = holdings.low_open[holding] * np.uint8(Bits.MIN_OPEN) | holdings.high_open[holding] * np.uint8(
        Bits.DECLARED_OPEN
    )
    return np.where(
        holding < 0, 0, bits | holdings.unknown_reach[holding] * np.uint8(Bits.AS_DECLARED)
    ).astype(np.uint8)


def cluster_of(holdings: Holdings, part: Part, order: Ints) -> Ints:
    """Cluster of each arc for sums of minima, in `order`; -1 for none. The members of a joint group are one
    cluster.
    """
    cluster = placed(len(holdings.src) + 1, holdings.low_choices.arc, holdings.low_choices.cluster)
    holding = part.holding[order]
    return np.where(holding < 0, holdings.low_choices.clusters + part.dst[order], cluster[holding])
