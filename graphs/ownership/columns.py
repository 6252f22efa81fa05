"""What a subject's figures are, given its holders': sums of minima and of maxima, over many rows at once.

A *row* is a party whose ownership is asked for; x is its figure of each node, 1 for itself. A *cell* is one row's figure of one subject, and a
*term* of it is an arc into the subject with the row's figure `h` of the arc's holder. A cell is the sum of weight times `h`, at most the whole.
The weights are chosen cell by cell:

- minima: of each cluster of overlapping arcs only the option that gives most counts. Where all holders of a subject are declared, the part
  that the minima leave open is held by somebody declared: what holders that the row has nothing of cannot take falls to the others, the one the
  row has least of first (`forced`).
- maxima: all arcs of a subject have at least their minimum and together at most the whole. So the terms share the `capacity` that the minima leave, the
  one the row has most of first (a fractional knapsack). That is the largest figure over all shares inside the intervals, as columns are chosen apart
  (robust Markov chains: Iyengar 2005; Nilim and El Ghaoui 2005). An arc that overlaps with another may have nothing beside it, so it counts with
  minimum 0 here.
- a joint group: the member that the row has most of, as each is recorded with the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, ordering, spread, starts
from graphs.ownership.intervals import UNITS, Choices, Holdings

PLAIN = np.iinfo(np.int64).max  # capacity of a column whose maxima are added up as they are


class Bits(IntEnum):
    """Bits of a term or a cell, uint8. Plain integers: `&` of flags is a call in Python, and there are ten for every level."""

    MIN_OPEN = 1
    DECLARED_OPEN = 2
    AS_DECLARED = 4


class Mode(IntEnum):
    """Bits: what an arc's column needs beyond a sum, uint8."""

    ONE_OF = 1  # in a cluster whose options are single arcs: the largest counts
    LOW_OPTION = 2  # in a cluster of any other kind
    HIGH_OPTION = 4
    JOINT = 8  # from a member to a joint group
    FORCED = 16  # the column is complete, and its minima leave something open
    MAY_BIND = 32  # the column's maxima exceed the whole
    OVER = 64  # the column's minima exceed the whole


@dataclass(frozen=True, eq=False)
class Options:
    """Arc a is in the options `option[begin[a]:begin[a + 1]]`; `cluster` is by option."""

    begin: Ints
    option: Ints
    cluster: Ints

    @classmethod
    def of(cls, choices: Choices, position: Ints, arcs_n: int) -> Options:
        """`position` int64: new number of each arc, -1 for arcs that are left out."""
        cluster = np.zeros(int(choices.option.max(initial=-1)) + 1, np.int64)
        cluster[choices.option] = choices.cluster
        arc = position[choices.arc]
        order = ordering(arc)
        order = order[np.searchsorted(arc[order], 0) :]
        return cls(starts(arcs_n, arc[order]), choices.option[order], cluster)


@dataclass(frozen=True, eq=False)
class Columns:
    """Arcs of n nodes with what their columns need. Arrays by arc; those of one cluster and one subject stand together in each subject's run.

    `src`, `dst` int64; `low`, `high` int64 units; `base` is `low`, 0 for arcs that overlap; `bits` of the bounds (Bits), `mode` (Mode) uint8;
    `cluster` int64, -1 for none. By node: `capacity` int64, units that the bases leave, or PLAIN; `extras` int64, all of high - base.
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
    low_options: Options
    high_options: Options


@dataclass(frozen=True, eq=False)
class Cells:
    """Terms of cells, sorted by cell: `arc`, `cell` int64[terms]; `begin` (its first term), `column` (its node) int64[cells]. `mode`: of all arcs."""

    arc: Ints
    cell: Ints
    begin: Ints
    column: Ints
    mode: int

    @classmethod
    def of(cls, columns: Columns, arc: Ints, key: Ints) -> Cells:
        """Runs of equal `key` are cells; every run is of one column."""
        new = np.ones(len(key), np.bool_)
        np.not_equal(key[1:], key[:-1], out=new[1:])
        if new.all():
            each = np.arange(len(key))
            return cls(arc, each, each, columns.dst[arc], modes(columns, arc))
        begin = np.flatnonzero(new)
        return cls(arc, np.cumsum(new) - 1, begin, columns.dst[arc[begin]], modes(columns, arc))


@dataclass(frozen=True, eq=False)
class Figures:
    """Of terms or of cells, arrays of one length: `least`, `most`, `plain` (`least` without what is forced; it may be the same array), `bits`."""

    least: Floats
    most: Floats
    plain: Floats
    bits: Bytes

    def at(self, which: Ints | Bools | slice) -> Figures:
        least = self.least[which]
        return Figures(
            least,
            self.most[which],
            least if self.plain is self.least else self.plain[which],
            self.bits[which],
        )

    @classmethod
    def joined(cls, parts: list[Figures], *, apart: bool) -> Figures:
        """One after another; `apart`: whether `plain` is an array of its own."""
        least = np.concatenate([part.least for part in parts])
        plain = np.concatenate([part.plain for part in parts]) if apart else least
        return cls(
            least,
            np.concatenate([part.most for part in parts]),
            plain,
            np.concatenate([part.bits for part in parts]),
        )


def modes(columns: Columns, arc: Ints) -> int:
    """All modes of some arcs."""
    return int(np.bitwise_or.reduce(columns.mode[arc])) if len(arc) else 0


@dataclass(frozen=True, eq=False)
class Room:
    """What the columns of some holdings leave. `base` int64[arcs] (see `Columns`); `capacity`, `extras` int64[n]; `forced`, `over` bool[n]."""

    base: Ints
    capacity: Ints
    extras: Ints
    forced: Bools
    over: Bools


def room(holdings: Holdings, order: Ints, *, sharp: bool) -> Room:
    """`order` of the arcs by subject. Not `sharp`: maxima are added up, nothing is forced."""
    base = holdings.low.copy()
    base[holdings.low_choices.arc] = 0
    held, extras, most = (
        _by_node(holdings, order, units) for units in (base, holdings.high - base, holdings.high)
    )
    over = holdings.contradictory | (held > UNITS)
    plain = over | holdings.group
    plain[holdings.dst[holdings.high_choices.arc]] = True
    chosen = plain.copy()
    chosen[holdings.dst[holdings.low_choices.arc]] = True
    forced = holdings.complete & ~holdings.person & ~chosen & (held < UNITS) & (most >= UNITS) & sharp
    return Room(
        base,
        np.where(plain | (not sharp), PLAIN, UNITS - held),
        extras,
        np.asarray(forced, np.bool_),
        np.asarray(over, np.bool_),
    )


def _by_node(holdings: Holdings, order: Ints, units: Ints) -> Ints:
    """Sums by subject, exact."""
    total = np.zeros(holdings.n, np.int64)
    if len(order):
        dst = holdings.dst[order]
        begin = np.flatnonzero(np.append(True, dst[1:] != dst[:-1]))
        total[dst[begin]] = np.add.reduceat(units[order], begin)
    return total


def single_options(choices: Choices) -> Bools:
    """Clusters whose options are single arcs, each in one option: bool[clusters]."""
    alone = np.bincount(choices.option)[choices.option] == 1
    once = np.bincount(choices.arc)[choices.arc] == 1 if len(choices.arc) else alone
    found = np.ones(choices.clusters, np.bool_)
    found[choices.cluster[~(alone & once)]] = False
    return found


def figures(columns: Columns, cells: Cells, terms: Figures) -> Figures:
    """Cells from their terms."""
    plain_weight = minima(columns, cells, terms.plain)
    plain = total(cells, plain_weight, terms.plain)
    weight, forced, least = plain_weight, None, plain
    if terms.plain is not terms.least or cells.mode & Mode.FORCED:
        weight, forced = with_forced(columns, cells, minima(columns, cells, terms.least), terms.least)
        least = np.maximum(total(cells, weight, terms.least), plain)
    most_weight, binding = maxima(columns, cells, terms.most)
    most = np.maximum(total(cells, most_weight, terms.most), least)
    if not (columns.bits[cells.arc] | terms.bits).any():
        return Figures(least, most, plain, np.zeros(len(least), np.uint8))
    counted = weight * terms.least > 0, most_weight * terms.most > 0
    bits = low_bits(columns, cells, counted[0], terms.bits, forced) | high_bits(
        columns, cells, terms, counted[1], binding
    )
    return Figures(least, most, plain, bits | declared_bits(columns, cells, terms, terms.bits))


def total(cells: Cells, weight: Ints, h: Floats) -> Floats:
    """Weighted sums, at most 1: float64[cells]."""
    if not len(cells.begin):
        return np.zeros(0)
    terms = weight / UNITS * h
    return np.minimum(terms if len(cells.begin) == len(terms) else np.add.reduceat(terms, cells.begin), 1)


# --- minima ---------------------------------------------------------------------------------------------------------


def minima(columns: Columns, cells: Cells, h: Floats, *, joint_least: bool = False) -> Ints:
    """Weights in units: int64[terms]. `joint_least`: of a joint group the member with least (there must be a term for each) instead of the one with most."""
    weight = columns.low[cells.arc]
    if cells.mode & (Mode.ONE_OF | Mode.JOINT):
        value = weight / UNITS * h
        if joint_least:
            value = np.where(columns.mode[cells.arc] & Mode.JOINT, -value, value)
        _keep_one(columns, cells, weight, value, Mode.ONE_OF | Mode.JOINT)
    if cells.mode & Mode.LOW_OPTION:
        _keep_options(
            cells, columns.low_options, weight, h, np.flatnonzero(columns.mode[cells.arc] & Mode.LOW_OPTION)
        )
    return weight


def with_forced(columns: Columns, cells: Cells, weight: Ints, h: Floats) -> tuple[Ints, Bools | None]:
    """Weights of minima with what is forced on top; cells where something is: bool[cells], None for nowhere."""
    if not cells.mode & Mode.FORCED:
        return weight, None
    extra = np.where(
        columns.mode[cells.arc] & Mode.FORCED, columns.high[cells.arc] - columns.base[cells.arc], 0
    )
    beside = columns.extras[cells.column] - np.add.reduceat(extra, cells.begin)
    is_forced = (columns.mode[cells.arc[cells.begin]] & Mode.FORCED) != 0
    amount = np.where(is_forced, np.where(is_forced, columns.capacity[cells.column], 0) - beside, 0)
    some = amount > 0
    term = np.flatnonzero(some[cells.cell])
    term = term[ordering(h[term], cells.cell[term])]
    weight[term] += _shared_out(cells.cell[term], extra[term], amount)
    return weight, some


def _keep_one(columns: Columns, cells: Cells, weight: Ints, value: Floats, mode: int) -> None:
    """Of each run of a cell's terms in one cluster only the first of the largest `value` keeps its weight."""
    term = np.flatnonzero(columns.mode[cells.arc] & mode)
    cell, cluster, value = cells.cell[term], columns.cluster[cells.arc[term]], value[term]
    new = np.append(True, (cell[1:] != cell[:-1]) | (cluster[1:] != cluster[:-1]))
    number = np.cumsum(new) - 1
    largest = np.flatnonzero(value == np.maximum.reduceat(value, np.flatnonzero(new))[number])
    run = number[largest]
    kept = np.zeros(len(term), np.bool_)
    kept[largest[np.append(True, run[1:] != run[:-1])]] = True
    weight[term[~kept]] = 0


def _keep_options(cells: Cells, options: Options, weight: Ints, h: Floats, term: Ints) -> None:
    """Of each cluster only the terms of the first option with the largest sum keep their weight."""
    arc = cells.arc[term]
    run, at = spread(options.begin[arc], options.begin[arc + 1] - options.begin[arc])
    row, option = term[run], options.option[at]
    order = ordering(option, cells.cell[row])
    row, option = row[order], option[order]
    cell, cluster = cells.cell[row], options.cluster[option]
    new = np.append(True, (cell[1:] != cell[:-1]) | (option[1:] != option[:-1]))
    begin, number = np.flatnonzero(new), np.cumsum(new) - 1
    sums = np.add.reduceat(weight[row] / UNITS * h[row], begin)
    first = np.append(
        True, (cell[begin][1:] != cell[begin][:-1]) | (cluster[begin][1:] != cluster[begin][:-1])
    )
    group_begin, group = np.flatnonzero(first), np.cumsum(first) - 1
    best = np.flatnonzero(sums == np.maximum.reduceat(sums, group_begin)[group])
    best = best[np.append(True, group[best][1:] != group[best][:-1])]
    chosen = np.zeros(len(begin), np.bool_)
    chosen[best] = True
    kept = np.zeros(len(weight), np.bool_)
    kept[row[chosen[number]]] = True
    weight[term[~kept[term]]] = 0


def _shared_out(cell: Ints, extra: Ints, amount: Ints) -> Ints:
    """What each term takes of its cell's amount, in the order given, none more than `extra`. Terms are sorted by cell. Exact up to 90 million wholes."""
    before = np.cumsum(extra) - extra
    begin = np.flatnonzero(np.append(True, cell[1:] != cell[:-1])) if len(cell) else np.zeros(0, np.int64)
    before -= np.repeat(before[begin], np.diff(np.append(begin, len(cell))))
    return np.clip(amount[cell] - before, 0, extra)


# --- maxima ---------------------------------------------------------------------------------------------------------


def maxima(columns: Columns, cells: Cells, h: Floats) -> tuple[Ints, Bools | None]:
    """Weights in units: int64[terms]; cells whose capacity binds: bool[cells], None for none."""
    weight = columns.high[cells.arc]
    if cells.mode & Mode.JOINT:
        _keep_one(columns, cells, weight, h, Mode.JOINT)
    if cells.mode & Mode.HIGH_OPTION:
        _keep_options(
            cells, columns.high_options, weight, h, np.flatnonzero(columns.mode[cells.arc] & Mode.HIGH_OPTION)
        )
    if not cells.mode & Mode.MAY_BIND:
        return weight, None
    extra = np.where(h > 0, weight - columns.base[cells.arc], 0)
    binding = np.add.reduceat(extra, cells.begin) > columns.capacity[cells.column]
    term = np.flatnonzero(binding[cells.cell])
    term = term[ordering(-h[term], cells.cell[term])]
    amount = np.where(binding, columns.capacity[cells.column], 0)
    weight[term] = columns.base[cells.arc[term]] + _shared_out(cells.cell[term], extra[term], amount)
    nothing = np.flatnonzero((h <= 0) & (columns.capacity[cells.column] != PLAIN)[cells.cell])
    weight[nothing] = columns.base[
        cells.arc[nothing]
    ]  # what gives nothing takes nothing: the weights stay within the whole also where h changes later
    return weight, binding


# --- bits -----------------------------------------------------------------------------------------------------------


def low_bits(columns: Columns, cells: Cells, counted: Bools, term_bits: Bytes, forced: Bools | None) -> Bytes:
    """MIN_OPEN where a counted term is: uint8[cells]. Where something is forced, an exclusive minimum adds nothing to it."""
    bits = columns.bits[cells.arc]
    if forced is not None:
        inside = forced[cells.cell]
        bits = np.where(inside, 0, bits)
        counted = counted & (~inside | (columns.low[cells.arc] > 0))
    return _any(cells, np.where(counted, (bits | term_bits) & Bits.MIN_OPEN, 0))


def high_bits(columns: Columns, cells: Cells, terms: Figures, counted: Bools, binding: Bools | None) -> Bytes:
    """DECLARED_OPEN where the sum is certainly not reached: a term is open, no capacity binds, and the whole is not what stops it."""
    bits = ((columns.bits[cells.arc] | terms.bits) & Bits.DECLARED_OPEN).astype(np.uint8)
    if cells.mode & Mode.HIGH_OPTION:
        counted = counted & ((columns.mode[cells.arc] & Mode.HIGH_OPTION) == 0)
    found = _any(cells, np.where(counted, bits, 0))
    if cells.mode & Mode.JOINT:
        found = np.where(_reached_by_member(columns, cells, terms.most, bits), 0, found)
    if binding is not None:
        found = np.where(binding, 0, found)
    if found.any():
        whole = np.add.reduceat(columns.high[cells.arc] / UNITS * terms.most, cells.begin) > 1
        found = np.where(whole & (columns.mode[cells.arc[cells.begin]] & Mode.JOINT == 0), 0, found)
    return found.astype(np.uint8)


def _reached_by_member(columns: Columns, cells: Cells, most: Floats, bits: Bytes) -> Bools:
    """Joint groups of which a member with the largest figure is not open: bool[cells]."""
    joint = (columns.mode[cells.arc] & Mode.JOINT) != 0
    largest = np.maximum.reduceat(most, cells.begin)[cells.cell]
    found = np.zeros(len(cells.begin), np.bool_)
    found[cells.cell[joint & (most == largest) & (bits == 0)]] = True
    return found


def declared_bits(columns: Columns, cells: Cells, terms: Figures, term_bits: Bytes) -> Bytes:
    """AS_DECLARED where a term is that gives anything, whether it is the one counted or its equal: uint8[cells]."""
    given = (columns.high[cells.arc] > 0) & (terms.most > 0)
    return _any(cells, np.where(given, (columns.bits[cells.arc] | term_bits) & Bits.AS_DECLARED, 0))


def _any(cells: Cells, bits: Bytes) -> Bytes:
    if not len(cells.begin):
        return np.zeros(0, np.uint8)
    return np.bitwise_or.reduceat(bits.astype(np.uint8), cells.begin)


# --- building -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Part:
    """Interests with a maximum above 0 and members' arcs into some nodes, by (dst, src). Arrays by arc: `src`, `dst` (int64, numbers of the part),
    `of` (arc of the holdings, -1 for a member's)."""

    nodes: Ints
    src: Ints
    dst: Ints
    of: Ints


def columns(holdings: Holdings, part: Part, order: Ints, given: Room) -> Columns:
    """The columns of a part with its arcs in `order`."""
    src, dst, of = part.src[order], part.dst[order], part.of[order]
    member = of < 0
    low, high, base = (_of_arcs(units, of) for units in (holdings.low, holdings.high, given.base))
    capacity, extras = given.capacity[part.nodes], given.extras[part.nodes]
    mode = np.where(member, int(Mode.JOINT), 0)
    for node, bit in (
        (given.forced, Mode.FORCED),
        (given.extras > given.capacity, Mode.MAY_BIND),
        (given.over, Mode.OVER),
    ):
        mode |= np.where(node[part.nodes][dst], int(bit), 0)
    position = np.full(len(holdings.src), -1, np.int64)
    position[of[~member]] = np.flatnonzero(~member)
    single = single_options(holdings.low_choices)[holdings.low_choices.cluster]
    for arcs, bit in (
        (holdings.low_choices.arc[single], Mode.ONE_OF),
        (holdings.low_choices.arc[~single], Mode.LOW_OPTION),
        (holdings.high_choices.arc, Mode.HIGH_OPTION),
    ):
        at = position[arcs]
        mode[at[at >= 0]] |= int(bit)
    options = (
        Options.of(choices, position, len(of)) for choices in (holdings.low_choices, holdings.high_choices)
    )
    cluster, bits = cluster_of(holdings, part, order), arc_bits(holdings, of)
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


def _of_arcs(units: Ints, of: Ints) -> Ints:
    """The whole for a member's arc."""
    return np.where(of < 0, UNITS, units[of]) if len(units) else np.full(len(of), UNITS)


def arc_bits(holdings: Holdings, of: Ints) -> Bytes:
    """Bits of the arcs `of` the holdings, 0 for a member's (-1)."""
    if not len(holdings.src):
        return np.zeros(len(of), np.uint8)
    bits = holdings.low_open[of] * np.uint8(Bits.MIN_OPEN) | holdings.high_open[of] * np.uint8(
        Bits.DECLARED_OPEN
    )
    return np.where(of < 0, 0, bits | holdings.unknown_reach[of] * np.uint8(Bits.AS_DECLARED)).astype(
        np.uint8
    )


def cluster_of(holdings: Holdings, part: Part, order: Ints) -> Ints:
    """Cluster of minima of each arc, in `order`; a joint group's members are one; -1 for none."""
    cluster = np.full(len(holdings.src) + 1, -1, np.int64)
    cluster[holdings.low_choices.arc] = holdings.low_choices.cluster
    of = part.of[order]
    return np.where(of < 0, holdings.low_choices.clusters + part.dst[order], cluster[of])
