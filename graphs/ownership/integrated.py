"""Integrated ownership over intervals: for every holder and subject the least, the most that is declared, and the most that is possible.

Where all shares are exact, the first two are O[i, j] = N[i, j] / N[i, i], N = (I - A)^-1, A[i, j] the share of j that i holds. Three steps:

1. *Flat* subjects, whose holders have no holders themselves, are copies of their arcs. Nearly all of a register is flat.
2. Above the others strongly connected sets are condensed, and everything is one pass from the tops down, a level at a time (`graphs.ownership.columns`); only the
   sets are solved (`graphs.ownership.sets`). Weak components are worked on in bins of about `pairs_at_once` pairs, with the same figures in any bins.
3. What is possible at all: what nobody declared may belong to anyone, also to the holder, except what other natural persons certainly own. With W[j] what
   natural persons certainly own of j, that is 1 - (W[j] - W[i] O[i, j]): the second term gives back what they own of j through i.

A set whose members certainly hold all of each other has no owner: its interests in itself are dropped, and its members are named (`closed`).
Sums of bounds are of integers (`UNITS`). Nothing is left out; where a set is too large to solve, its bounds are sound and wider (`iterated`).

Sources: Brioschi, Buzzacchi and Colombo 1989; Baldone, Brioschi and Paleari 1998. The bounds on intervals: `graphs.ownership.columns`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from graphs.arrays.components import Condensation, condense, levels, weak_labels
from graphs.arrays.counting import counts_above
from graphs.arrays.edges import (
    Arcs,
    Bools,
    Bytes,
    Csr,
    Floats,
    Ints,
    ascending,
    distinct,
    grouped,
    ordering,
    reachable,
    spread,
    starts,
)
from graphs.ownership.columns import (
    Bits,
    Cells,
    Columns,
    Figures,
    Part,
    Room,
    arc_bits,
    cluster_of,
    columns,
    figures,
    minima,
    room,
    total,
)
from graphs.ownership.intervals import UNITS, Holdings, prepare
from graphs.ownership.sets import Block, Incoming, block, persons_total, solved

FLOOR = 1e-4  # own: 0.01 per cent; smaller holdings are not listed
NEAR = 1e-12  # own: a share this near to the floor, in relation to it, is at it
PAIRS_LISTED = 1_000_000  # own: a chain of 10,000 wholly owned companies has 50 million pairs
PAIRS_AT_ONCE = 2_000_000  # own: some 300 MB of working arrays

type Small = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Solved:
    """Pairs with at least the floor, sorted by (holder, subject), as parts of the whole, 0 to 1; and lists of nodes.

    `holder`, `subject` int64[pairs]; `share_min`, `share_max_declared`, `share_max` float64[pairs], in ascending order for every pair. bool[pairs]:
    `min_open`: the share is certainly more than `share_min`; `declared_open`: what is declared is certainly less than `share_max_declared`;
    `as_declared`: a bound rests on an interest of unknown reach.
    Node lists, int64, ascending:
    `closed`: members of sets that certainly hold all of each other; they are treated as having no owner.
    `contradictory`: subjects of which more than the whole is certainly held; sums stop at the whole.
    `iterated`: members of sets where a bound is the last of some rounds, not a solution; it is sound and may be wider.
    `tops_only`: nodes of components with more than PAIRS_LISTED pairs: only holders that have no holder themselves are listed.
    """

    holder: Ints
    subject: Ints
    share_min: Floats
    share_max_declared: Floats
    share_max: Floats
    min_open: Bools
    declared_open: Bools
    as_declared: Bools
    closed: Ints
    contradictory: Ints
    iterated: Ints
    tops_only: Ints


def solve(
    src: Ints,
    dst: Ints,
    low: Floats,
    high: Floats,
    flags: Bytes,
    *,
    floor: float = FLOOR,
    pairs_listed: int = PAIRS_LISTED,
    pairs_at_once: int = PAIRS_AT_ONCE,
    sharp: bool = True,
) -> Solved:
    """Integrated ownership of all components. Arrays of one length, sorted by (src, dst): src holds dst; see `graphs.ownership.intervals.prepare`.

    Pairs of which the declared maximum is below `floor` are not listed. `sharp`: use that shares of one subject add up to at most the whole, and to
    exactly the whole where its holders are complete; without it maxima and minima are only added up. Joint group nodes are neither holders nor subjects.
    """
    nodes = None
    if int(max(src.max(initial=-1), dst.max(initial=-1))) > 4 * len(src) + 1_000:
        nodes = ascending(np.concatenate((src, dst)))
        src, dst = np.searchsorted(nodes, src), np.searchsorted(nodes, dst)
    found = solve_holdings(
        prepare(src, dst, low, high, flags),
        floor=floor,
        pairs_listed=pairs_listed,
        pairs_at_once=pairs_at_once,
        sharp=sharp,
    )
    if nodes is None:
        return found
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    return Solved(
        **{name: nodes[value] if value.dtype == np.int64 else value for name, value in values.items()}
    )


def solve_holdings(
    holdings: Holdings,
    *,
    floor: float = FLOOR,
    pairs_listed: int = PAIRS_LISTED,
    pairs_at_once: int = PAIRS_AT_ONCE,
    sharp: bool = True,
) -> Solved:
    """The same of interests that are prepared already."""
    order = ordering(holdings.dst)
    graph = _graph(holdings, room(holdings, order, sharp=sharp), order)
    listing = _Listing.empty()
    listing.add(*_flat(graph, floor))
    deep = _Deep.of(graph, pairs_listed, pairs_at_once)
    for part in deep.bins():
        for rows in deep.chunks(part, pairs_at_once):
            listing.add(*_listed(graph, deep, _swept(deep, part, rows), floor))
    closed, iterated, tops = (
        deep.part.nodes[which] for which in (deep.closed, deep.iterated, deep.tops_only)
    )
    return listing.solved(
        closed=closed, contradictory=np.flatnonzero(holdings.contradictory), iterated=iterated, tops_only=tops
    )


# --- the graph ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Graph:
    """Arcs that may hold something, and members' arcs, sorted by (dst, src). By arc: `src`, `dst` int32; `of` int32, number in the holdings, -1 for a
    member's. By node: `deep` bool[n], subjects that are not flat; `incomplete` bool[n], somebody undeclared may be above."""

    holdings: Holdings
    given: Room
    src: Small
    dst: Small
    of: Small
    deep: Bools
    incomplete: Bools


def _graph(holdings: Holdings, given: Room, order: Ints) -> _Graph:
    """Nobody can own a person or a state, so their columns are left out. `order` of the arcs by subject."""
    some, members = (
        order[(holdings.high[order] > 0) & ~holdings.person[holdings.dst[order]]],
        holdings.members,
    )
    src, dst = (
        np.concatenate(ends).astype(np.int32)
        for ends in ((holdings.src[some], members.src), (holdings.dst[some], members.dst))
    )
    of = np.concatenate((some, np.full(len(members.src), -1))).astype(np.int32)
    if len(members.src):
        again = ordering(dst)
        src, dst, of = src[again], dst[again], of[again]
    return _Graph(holdings, given, src, dst, of, _deep(holdings, src, dst), _incomplete(holdings, src, dst))


def _deep(holdings: Holdings, src: Small, dst: Small) -> Bools:
    """Subjects with a holder that is held, with two arcs from one holder, or with arcs that overlap; and joint groups: bool[n]."""
    held, deep = np.zeros(holdings.n, np.bool_), holdings.group.copy()
    held[dst] = True
    deep[dst[held[src]]] = True
    deep[dst[1:][(dst[1:] == dst[:-1]) & (src[1:] == src[:-1])]] = True
    for choices in (holdings.low_choices, holdings.high_choices):
        deep[holdings.dst[choices.arc]] = True
    return deep


def _incomplete(holdings: Holdings, src: Small, dst: Small) -> Bools:
    """Nodes with somebody at or above them whose holders are not all declared: bool[n]."""
    found = ~(holdings.complete | holdings.person | holdings.group)
    rest = np.flatnonzero(~found[dst])
    order = rest[ordering(src[rest])]
    held = grouped(holdings.n, src[order].astype(np.int64), dst[order].astype(np.int64))
    begin = src[order][found[src[order]]].astype(np.int64)
    return np.asarray(found | reachable(held, ascending(begin)), np.bool_)


# --- flat subjects --------------------------------------------------------------------------------------------------


type _Pairs = tuple[
    Ints | Small, Ints | Small, Floats, Floats, Floats, Bytes
]  # holder, subject, share_min, share_max_declared, share_max, bits


def _flat(graph: _Graph, floor: float) -> _Pairs:
    """Pairs of flat subjects. Each subject's arcs have different holders and do not overlap, so a pair is an arc."""
    holdings, given = graph.holdings, graph.given
    of = np.flatnonzero(
        (holdings.high > 0) & ~(graph.deep | holdings.person)[holdings.dst] & ~holdings.group[holdings.src]
    )
    src, dst = holdings.src[of].astype(np.int32), holdings.dst[of].astype(np.int32)
    low, capacity = holdings.low[of], given.capacity[dst]
    extra = holdings.high[of] - low
    most = low + np.minimum(extra, capacity)
    forced = np.where(given.forced[dst], np.maximum(capacity - (given.extras[dst] - extra), 0), 0)
    bits = arc_bits(holdings, of)
    bits[(low == 0) | (forced > 0)] &= ~np.uint8(Bits.MIN_OPEN)
    bits[extra > capacity] &= ~np.uint8(Bits.DECLARED_OPEN)
    persons = np.where(holdings.person[src], low, 0)
    direct = np.where(
        holdings.unknown_reach[of], 0, persons
    )  # a person's interest of unknown reach may be held through the entity asked about
    certain, direct_sum = (
        np.minimum(np.bincount(dst, weights=each, minlength=holdings.n), UNITS).astype(np.int64)
        for each in (persons, direct)
    )
    others = np.where(holdings.person[src], certain[dst], direct_sum[dst])
    possible = np.where(graph.incomplete[dst], np.clip(UNITS - others + persons, most, UNITS), most)
    keep = most >= floor * (1 - NEAR) * UNITS
    return (
        src[keep],
        dst[keep],
        (low + forced)[keep] / UNITS,
        most[keep] / UNITS,
        possible[keep] / UNITS,
        bits[keep],
    )


# --- all other subjects ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Bin:
    """Some weak components together. `nodes` int64, by level; `own_begin`: where each level begins in them. Arcs between different sets are
    `[begin[k], begin[k + 1])` of the columns for level k; `sets`: numbers of the strongly connected sets of each level."""

    nodes: Ints
    own_begin: Ints
    begin: Ints
    sets: dict[int, list[int]]


@dataclass(frozen=True, eq=False)
class _Deep:
    """All that is above subjects that are not flat, and they themselves; nodes are numbered from 0.

    `columns` by (inside a set or not, bin, level of dst, dst, …). By node: `level`, `bin` int64; `in_set` bool; `row` bool, holders that are listed;
    `below` int64, nodes below it; `persons` float64, what natural persons certainly own of it, filled bin by bin; `direct` the same without interests
    of unknown reach, which a person may have through the very entity that is asked about. `place` int64[arcs]: position in its
    set's block. Lists of nodes: `closed`, `tops_only`. `iterates` bool[sets], filled on the way.
    """

    part: Part
    columns: Columns
    blocks: list[Block]
    place: Ints
    bin_arcs: Ints
    level: Ints
    bin: Ints
    in_set: Bools
    row: Bools
    below: Ints
    person: Bools
    persons: Floats
    direct: Floats
    apart: bool
    closed: Ints
    tops_only: Ints
    iterates: Bools

    @classmethod
    def of(cls, graph: _Graph, pairs_listed: int, pairs_at_once: int) -> _Deep:
        holdings = graph.holdings
        part, sets, closed = _without_closed(holdings, graph.given, _above(graph))
        n, weak = len(part.nodes), weak_labels(len(part.nodes), part.src, part.dst)
        below = _below(sets)
        many = np.bincount(weak, weights=below + 1, minlength=n) > pairs_listed
        tops = np.bincount(part.dst, minlength=n) == 0
        row = (tops | ~many[weak]) & ~holdings.group[part.nodes]
        pairs = np.bincount(weak, weights=np.where(row, below + 1, 0), minlength=n)
        bin_of = ((np.cumsum(pairs) - pairs) // max(pairs_at_once, 1)).astype(np.int64)[weak]
        level, in_set = levels(sets.arcs).of_node()[sets.label], _in_set(part, sets)
        inside = sets.label[part.src] == sets.label[part.dst]
        cluster = cluster_of(holdings, part, np.arange(len(part.src)))
        order = ordering(cluster, part.dst, level[part.dst], bin_of[part.dst], inside)
        table = columns(holdings, part, order, graph.given)
        blocks, place = _blocks(table, sets, in_set, np.bincount(weak, weights=row, minlength=n)[weak])
        person = holdings.person[part.nodes]
        outer = int(len(inside) - inside.sum())
        return cls(
            part,
            table,
            blocks,
            place,
            bin_of[table.dst[:outer]],
            level,
            bin_of,
            in_set,
            row,
            below,
            person,
            person.astype(np.float64),
            person.astype(np.float64),
            bool(graph.given.forced[part.nodes].any()),
            closed,
            np.flatnonzero(many[weak]),
            np.zeros(len(blocks), np.bool_),
        )

    @property
    def iterated(self) -> Ints:
        found = [
            each.members
            for each, iterates in zip(self.blocks, self.iterates.tolist(), strict=True)
            if iterates
        ]
        return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def bins(self) -> Iterator[_Bin]:
        """Bins one by one, each with `persons` filled for its nodes."""
        nodes = ordering(self.level, self.bin)
        count = int(self.bin.max(initial=-1)) + 1
        node_begin, arc_begin = starts(count, self.bin[nodes]), starts(count, self.bin_arcs)
        sets: dict[int, dict[int, list[int]]] = {}
        for number, found in enumerate(self.blocks):
            sets.setdefault(int(self.bin[found.members[0]]), {}).setdefault(
                int(self.level[found.members[0]]), []
            ).append(number)
        for k in np.flatnonzero(np.diff(node_begin)).tolist():
            inside = nodes[node_begin[k] : node_begin[k + 1]]
            depth = int(self.level[inside[-1]]) + 1
            arcs = slice(int(arc_begin[k]), int(arc_begin[k + 1]))
            part = _Bin(
                inside,
                starts(depth, self.level[inside]),
                arcs.start + starts(depth, self.level[self.columns.dst[arcs]]),
                sets.get(k, {}),
            )
            _fill_persons(self, part)
            yield part

    def chunks(self, part: _Bin, pairs_at_once: int) -> Iterator[Ints]:
        """Holders in runs of about `pairs_at_once` pairs, at least one holder each; ascending."""
        rows = np.sort(part.nodes[self.row[part.nodes]])
        number = np.cumsum(self.below[rows] + 1) // max(pairs_at_once, 1)
        return (run for run in np.split(rows, np.flatnonzero(np.diff(number)) + 1) if len(run))


def _above(graph: _Graph) -> Part:
    """The subjects that are not flat, with all that is above them, numbered from 0."""
    n = graph.holdings.n
    above = reachable(
        Csr(starts(n, graph.dst.astype(np.int64)), graph.src.astype(np.int64)), np.flatnonzero(graph.deep)
    )
    nodes, arcs = np.flatnonzero(above), np.flatnonzero(above[graph.dst])
    local = np.cumsum(above) - 1
    return Part(nodes, local[graph.src[arcs]], local[graph.dst[arcs]], graph.of[arcs].astype(np.int64))


def _without_closed(holdings: Holdings, given: Room, part: Part) -> tuple[Part, Condensation, Ints]:
    """The part without the interests that members of closed sets hold in each other; and these members.

    A set is closed where its members certainly hold the whole of every member: there I - A has no inverse.
    """
    sets = condense(Arcs(len(part.nodes), part.src, part.dst))
    in_set = _in_set(part, sets)
    arcs = np.flatnonzero(in_set[part.dst])
    if not len(arcs):
        return part, sets, arcs
    order = arcs[ordering(cluster_of(holdings, part, arcs), part.dst[arcs])]
    table = columns(holdings, part, order, given)
    cells = Cells.of(table, np.arange(len(order)), table.dst)
    inside = (sets.label[table.src] == sets.label[table.dst]).astype(np.float64)
    held = np.add.reduceat(
        minima(table, cells, inside, joint_least=True) * inside.astype(np.int64), cells.begin
    )
    is_open = np.ones(sets.arcs.n, np.bool_)
    is_open[sets.label[cells.column]] = False
    is_open[sets.label[cells.column[held < UNITS]]] = True
    if is_open.all():
        return part, sets, np.zeros(0, np.int64)
    keep = (sets.label[part.src] != sets.label[part.dst]) | is_open[sets.label[part.dst]]
    rest = Part(part.nodes, part.src[keep], part.dst[keep], part.of[keep])
    return rest, condense(Arcs(len(part.nodes), rest.src, rest.dst)), np.flatnonzero(~is_open[sets.label])


def _in_set(part: Part, sets: Condensation) -> Bools:
    """Nodes on a cycle: bool[nodes]."""
    found = np.zeros(sets.arcs.n, np.bool_)
    label = sets.label[part.src]
    found[label[label == sets.label[part.dst]]] = True
    return np.asarray(found[sets.label], np.bool_)


def _below(sets: Condensation) -> Ints:
    """Number of nodes below each node, without itself: int64[nodes]."""
    upside_down = distinct(sets.arcs.n, sets.arcs.dst, sets.arcs.src)
    closed = counts_above(
        upside_down, np.bincount(sets.label, minlength=sets.arcs.n).astype(np.int64)[:, None]
    )
    return np.asarray(closed[sets.label, 0] - 1, np.int64)


def _blocks(table: Columns, sets: Condensation, in_set: Bools, rows: Floats) -> tuple[list[Block], Ints]:
    """The strongly connected sets, and every arc's position in its set's block. `rows` by node: how many holders its component lists."""
    place = np.zeros(len(table.src), np.int64)
    arcs = np.flatnonzero(in_set[table.dst])
    arcs = arcs[ordering(table.src[arcs], table.cluster[arcs], table.dst[arcs], sets.label[table.dst[arcs]])]
    label = sets.label[table.dst[arcs]]
    begin = np.flatnonzero(np.append(True, label[1:] != label[:-1])) if len(arcs) else arcs
    found = []
    for run in np.split(arcs, begin[1:]) if len(arcs) else []:
        place[run] = np.arange(len(run))
        members = ascending(table.dst[run])
        found.append(block(table, members, run, int(rows[members[0]])))
    return found, place


def _fill_persons(deep: _Deep, part: _Bin) -> None:
    """What natural persons certainly own of the nodes of a bin, from the tops down."""
    _fill(deep, part, deep.columns, deep.persons)
    unknown = (deep.columns.bits & Bits.AS_DECLARED) != 0
    if not unknown.any():
        deep.direct[part.nodes] = deep.persons[part.nodes]
        return
    _fill(deep, part, replace(deep.columns, low=np.where(unknown, 0, deep.columns.low)), deep.direct)


def _fill(deep: _Deep, part: _Bin, table: Columns, persons: Floats) -> None:
    """Fill `persons` by the minima of `table`. A set's inverse is of all its minima: where some of them do not count, nothing is certain of its members."""
    for depth in range(len(part.begin) - 1):
        arcs = np.arange(part.begin[depth], part.begin[depth + 1])
        arcs = arcs[~deep.in_set[table.dst[arcs]]]
        if len(arcs):
            cells = Cells.of(table, arcs, table.dst[arcs])
            h = persons[table.src[arcs]]
            persons[cells.column] = total(cells, minima(table, cells, h, joint_least=True), h)
        for number in part.sets.get(depth, ()):
            block = deep.blocks[number]
            all_count = table is deep.columns or not (table.bits[block.arcs] & Bits.AS_DECLARED).any()
            persons[block.members] = (
                persons_total(table, block, persons, deep.person) if all_count else deep.person[block.members]
            )


# --- the sweep ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Cells:
    """Figures of rows in subjects: `column`, `row` int64."""

    column: Ints
    row: Ints
    figures: Figures

    def at(self, which: Ints | Bools) -> _Cells:
        return _Cells(self.column[which], self.row[which], self.figures.at(which))


@dataclass(frozen=True, eq=False)
class _Store:
    """Cells done so far: those of node v are `[first[v], first[v] + count[v])`."""

    column: Small
    row: Small
    figures: Figures
    first: Ints
    count: Ints

    @classmethod
    def empty(cls, n: int, size: int, *, apart: bool) -> _Store:
        least = np.empty(size)
        plain = np.empty(size) if apart else least
        made = Figures(least, np.empty(size), plain, np.empty(size, np.uint8))
        return cls(
            np.empty(size, np.int32),
            np.empty(size, np.int32),
            made,
            np.zeros(n, np.int64),
            np.zeros(n, np.int64),
        )

    def put(self, at: int, cells: _Cells) -> int:
        """Cells sorted by column, from position `at` on; the next position."""
        end = at + len(cells.row)
        self.column[at:end], self.row[at:end] = cells.column, cells.row
        for name in (
            ("least", "most", "bits")
            if self.figures.plain is self.figures.least
            else ("least", "most", "plain", "bits")
        ):
            getattr(self.figures, name)[at:end] = getattr(cells.figures, name)
        change = (
            np.flatnonzero(np.append(True, cells.column[1:] != cells.column[:-1]))
            if end > at
            else np.zeros(0, np.int64)
        )
        column = cells.column[change]
        self.first[column], self.count[column] = at + change, np.diff(np.append(change, end - at))
        return end


@dataclass(frozen=True, eq=False)
class _Sweep:
    """Some rows of a bin on their way down. `own` bool[nodes]: the rows."""

    deep: _Deep
    part: _Bin
    own: Bools
    store: _Store


def _swept(deep: _Deep, part: _Bin, rows: Ints) -> _Cells:
    """All cells of some rows of a bin, those of a row in itself (1) included: columns are made level by level, each from those of its holders."""
    own = np.zeros(len(deep.level), np.bool_)
    own[rows] = True
    store = _Store.empty(len(deep.level), int((deep.below[rows] + 1).sum()), apart=deep.apart)
    sweep, filled = _Sweep(deep, part, own, store), 0
    for depth in range(len(part.begin) - 1):
        filled = store.put(filled, _level(sweep, depth))
    return _Cells(
        store.column[:filled].astype(np.int64),
        store.row[:filled].astype(np.int64),
        store.figures.at(slice(0, filled)),
    )


def _level(sweep: _Sweep, depth: int) -> _Cells:
    """Cells of the nodes of one level, sorted by column."""
    deep, part, sets = sweep.deep, sweep.part, sweep.part.sets.get(depth, [])
    terms = _terms(sweep, int(part.begin[depth]), int(part.begin[depth + 1]))
    mine = part.nodes[part.own_begin[depth] : part.own_begin[depth + 1]]
    mine = mine[sweep.own[mine] & ~deep.in_set[mine]]
    one = np.ones(len(mine))
    made = [_Cells(mine, mine, Figures(one, one, one, np.zeros(len(mine), np.uint8)))] if len(mine) else []
    if sets:
        in_set = deep.in_set[deep.columns.dst[terms.column]]
        made += _of_sets(deep, sweep.own, terms.at(in_set), sets)
        terms = terms.at(~in_set)
    if len(terms.row) or not made:
        made.append(_of_nodes(deep.columns, terms))
    if len(made) == 1 and not sets:
        return made[0]
    of_all = Figures.joined([cells.figures for cells in made], apart=deep.apart)
    joined = _Cells(
        np.concatenate([cells.column for cells in made]),
        np.concatenate([cells.row for cells in made]),
        of_all,
    )
    return joined.at(ordering(joined.column))


def _terms(sweep: _Sweep, first: int, last: int) -> _Cells:
    """Terms of the arcs `first` to `last`: one for each cell of their holders. `column` holds the arc."""
    store, src = sweep.store, sweep.deep.columns.src[first:last]
    run, position = spread(store.first[src], store.count[src])
    return _Cells(first + run, store.row[position].astype(np.int64), store.figures.at(position))


def _of_nodes(table: Columns, terms: _Cells) -> _Cells:
    """Cells of nodes that are on no cycle."""
    key = table.dst[terms.column] * table.n + terms.row
    if (key[1:] < key[:-1]).any():  # not where each node has one holder, as in chains
        order = ordering(key)
        key, terms = key[order], terms.at(order)
    cells = Cells.of(table, terms.column, key)
    return _some(_Cells(cells.column, terms.row[cells.begin], figures(table, cells, terms.figures)))


def _of_sets(deep: _Deep, own: Bools, terms: _Cells, sets: list[int]) -> Iterator[_Cells]:
    """Cells of the members of each set."""
    table = deep.columns
    dst = table.dst[terms.column]
    for number in sets:
        members = deep.blocks[number].members
        at = np.flatnonzero(np.isin(dst, members)) if len(sets) > 1 else np.arange(len(dst))
        row = terms.row[at]
        rows = ascending(np.concatenate((row, members[own[members]])))
        if not len(rows):
            continue
        place = deep.place[terms.column[at]]
        order = ordering(place, row)
        member = np.minimum(np.searchsorted(members, rows), len(members) - 1)
        pinned = np.where(members[member] == rows, member, -1)
        incoming = Incoming(
            np.searchsorted(rows, row[order]), place[order], terms.figures.at(at[order]), pinned
        )
        found, iterates = solved(table, deep.blocks[number], incoming)
        deep.iterates[number] |= iterates
        yield _some(_Cells(np.tile(members, len(rows)), np.repeat(rows, len(members)), found))


def _some(cells: _Cells) -> _Cells:
    """Without cells that are nothing."""
    some = cells.figures.most > 0
    return cells if some.all() else cells.at(some)


# --- listing --------------------------------------------------------------------------------------------------------


def _listed(graph: _Graph, deep: _Deep, cells: _Cells, floor: float) -> _Pairs:
    """Pairs of swept cells at or above the floor; flat subjects are listed already."""
    nodes, holdings = deep.part.nodes, graph.holdings
    shown = graph.deep[nodes] & ~holdings.group[nodes]
    keep = np.flatnonzero(
        shown[cells.column] & (cells.row != cells.column) & (cells.figures.most >= floor * (1 - NEAR))
    )
    column, row, found = cells.column[keep], cells.row[keep], cells.figures.at(keep)
    person = deep.person[row]
    others, own = (np.where(person, deep.persons[at], deep.direct[at]) for at in (column, row))
    possible = np.clip(1 - others + own * found.plain, found.most, 1)
    possible = np.where(graph.incomplete[nodes[column]], possible, found.most)
    return nodes[row], nodes[column], found.least, found.most, possible, found.bits


@dataclass(frozen=True, eq=False)
class _Listing:
    """Pairs so far, column by column."""

    parts: tuple[list[npt.NDArray[np.generic]], ...]

    @classmethod
    def empty(cls) -> _Listing:
        return cls(
            tuple(
                [np.zeros(0, dtype)]
                for dtype in (np.int32, np.int32, np.float64, np.float64, np.float64, np.uint8)
            )
        )

    def add(self, *pairs: *_Pairs) -> None:
        for part, values in zip(self.parts, pairs, strict=True):
            part.append(values.astype(part[0].dtype, copy=False))

    def _taken(self, k: int, order: Ints) -> npt.NDArray[np.generic]:
        """One column in `order`; its parts are let go."""
        values = np.concatenate(self.parts[k])
        self.parts[k].clear()
        return values[order]

    def solved(self, *, closed: Ints, contradictory: Ints, iterated: Ints, tops_only: Ints) -> Solved:
        order = ordering(*(np.concatenate(self.parts[k]) for k in (1, 0)))
        holder, subject = (self._taken(k, order).astype(np.int64) for k in (0, 1))
        least, declared, most = (np.asarray(self._taken(k, order), np.float64) for k in (2, 3, 4))
        bits = np.asarray(self._taken(5, order), np.uint8)
        min_open, declared_open, as_declared = (
            (bits & bit) != 0 for bit in (Bits.MIN_OPEN, Bits.DECLARED_OPEN, Bits.AS_DECLARED)
        )
        return Solved(
            holder,
            subject,
            least,
            declared,
            most,
            min_open,
            declared_open,
            as_declared,
            closed=closed,
            contradictory=contradictory,
            iterated=iterated,
            tops_only=tops_only,
        )
