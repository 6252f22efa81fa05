"""Integrated ownership on intervals: for every holder and subject the minimum, the declared maximum and the
possible maximum.

If all shares are exact, the first two are O[i, j] = N[i, j] / N[i, i], N = (I - A)^-1, where A[i, j] is the
share of j that i holds. Three steps:

1. *Flat* subjects are those whose holders have no holders. Their pairs are copies of their arcs (`flat`).
2. The graph above the other subjects is condensed, and one pass computes everything, level by level from the
   tops (`deep`, `sweep_down`). Only strongly connected sets need solving (`sets`). Holders are processed in
   runs of about `pairs_at_once` pairs, which changes no figure.
3. The possible maximum: what nobody declared may belong to anyone, including the holder, except what other
   natural persons certainly own. Let W[j] be what natural persons certainly own of j, without interests of
   unknown reach. Then the maximum is 1 - (W[j] - W[i] O[i, j]): the last term adds back what they own of j
   through i.

A set whose members certainly hold all of each other has no owner: the interests between its members are
dropped, and the members are listed (`closed`). Bounds are summed as integers (UNITS). If a set is too large
to solve, its bounds are still sound but wider (`iterated`).

Example: P holds 60 per cent of A, and A holds 50 per cent of B; P's integrated share of B is 30 per cent.

Sources: Brioschi, Buzzacchi and Colombo 1989; Baldone, Brioschi and Paleari 1998. The bounds on intervals:
`graphs.ownership.weights`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, ascending, marked, ordering, run_starts, spread
from graphs.ownership.blocks import Incoming
from graphs.ownership.columns import Bits, Cells, Columns, Figures, room
from graphs.ownership.deep import Deep
from graphs.ownership.flat import AT_FLOOR, Graph, Pairs, flat_pairs, graph_of
from graphs.ownership.intervals import prepare
from graphs.ownership.sets import solved
from graphs.ownership.weights import figures

FLOOR = 1e-4  # own: 0.01 per cent; smaller holdings are not listed
PAIRS_LISTED = 1_000_000  # own: a chain of 10,000 wholly owned companies has 50 million pairs
PAIRS_AT_ONCE = 2_000_000  # own: some 300 MB of working arrays


@dataclass(frozen=True, eq=False)
class Solved:
    """Pairs at or above the floor, sorted by (holder, subject), and lists of nodes. Shares are fractions of
    the whole, 0 to 1.

    `holder`, `subject` int64[pairs]; `share_min`, `share_max_declared`, `share_max` float64[pairs], none less
    than the one before it. bool[pairs]: `min_open`: the share is certainly more than `share_min`;
    `declared_open`: the declared share is certainly less than `share_max_declared`; `as_declared`: a bound
    rests on an interest of unknown reach.
    Lists of nodes, int64, ascending:
    `closed`: members of sets that certainly hold all of each other; they count as having no owner.
    `contradictory`: subjects whose declared bounds contradict each other, for example if more than the whole
    is certainly held; sums are limited to the whole.
    `iterated`: members of sets with a bound from a limited number of rounds instead of a solution; it is
    sound but may be wider.
    `tops_only`: nodes of components with more than PAIRS_LISTED pairs, in which only holders without a holder
    are listed.
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
    """Integrated ownership of all components. Arrays of one length, sorted by (src, dst), where src holds
    dst: see `graphs.ownership.intervals.prepare`.

    Pairs with a declared maximum below `floor`, a fraction of the whole, are not listed. With `sharp`, the
    shares of a subject add up to at most the whole, and to exactly the whole if its holders are complete;
    without, minima and maxima are only added up. Joint group nodes are neither holders nor subjects in the
    result.
    """
    holdings = prepare(src, dst, low, high, flags)
    order = ordering(holdings.dst)
    graph = graph_of(holdings, room(holdings, sharp=sharp), order)
    deep = Deep.from_graph(graph, pairs_listed)
    swept = (_listed(graph, deep, sweep_down(deep, rows), floor) for rows in deep.chunks(pairs_at_once))
    pairs = Pairs.joined([flat_pairs(graph, floor), *swept])
    pairs = pairs.at(ordering(pairs.subject, pairs.holder))
    min_open, declared_open, as_declared = (
        (pairs.bits & bit) != 0 for bit in (Bits.MIN_OPEN, Bits.DECLARED_OPEN, Bits.AS_DECLARED)
    )
    return Solved(
        pairs.holder.astype(np.int64),
        pairs.subject.astype(np.int64),
        pairs.least,
        pairs.declared,
        pairs.most,
        min_open,
        declared_open,
        as_declared,
        deep.part.nodes[deep.closed],
        np.flatnonzero(holdings.contradictory),
        deep.part.nodes[deep.iterated],
        deep.part.nodes[deep.tops_only],
    )


def _listed(graph: Graph, deep: Deep, cells: SubjectCells, floor: float) -> Pairs:
    """Pairs at or above the floor from the cells of a sweep. Pairs of flat subjects come from
    `flat_pairs`.
    """
    nodes, holdings = deep.part.nodes, graph.holdings
    shown = graph.deep[nodes] & ~holdings.group[nodes]
    keep = np.flatnonzero(
        shown[cells.column] & (cells.row != cells.column) & (cells.figures.most >= floor * (1 - AT_FLOOR))
    )
    column, row, figures = cells.column[keep], cells.row[keep], cells.figures.at(keep)
    possible = np.clip(1 - deep.persons[column] + deep.persons[row] * figures.plain, figures.most, 1)
    possible = np.where(graph.incomplete[nodes[column]], possible, figures.most)
    holder, subject = nodes[row].astype(np.int32), nodes[column].astype(np.int32)
    return Pairs(holder, subject, figures.least, figures.most, possible, figures.bits)


@dataclass(frozen=True, eq=False)
class SubjectCells:
    """Cells: figures of rows (holders) in columns (subjects). `column`, `row` int64."""

    column: Ints
    row: Ints
    figures: Figures

    def at(self, which: Ints | Bools | slice) -> SubjectCells:
        return SubjectCells(self.column[which], self.row[which], self.figures.at(which))


class _Store:
    """Cells computed so far: those of node v are [first[v], first[v] + count[v])."""

    def __init__(self, n: int, size: int) -> None:
        self.column, self.row = np.empty(size, np.int32), np.empty(size, np.int32)
        self.figures = Figures(np.empty(size), np.empty(size), np.empty(size), np.empty(size, np.uint8))
        self.first, self.count = np.zeros(n, np.int64), np.zeros(n, np.int64)
        self.filled = 0

    def put(self, cells: SubjectCells) -> None:
        """Append cells, which are sorted by column."""
        at = slice(self.filled, self.filled + len(cells.row))
        self.column[at], self.row[at] = cells.column, cells.row
        for name, values in vars(cells.figures).items():
            getattr(self.figures, name)[at] = values
        begin = run_starts(cells.column)
        column = cells.column[begin]
        self.first[column] = self.filled + begin
        self.count[column] = np.diff(begin, append=len(cells.column))
        self.filled = at.stop


def sweep_down(deep: Deep, rows: Ints) -> SubjectCells:
    """All cells of some rows, including the 1 of each row in itself. Columns are computed level by level,
    each from the columns of its holders.
    """
    own = marked(len(deep.nodes), rows)
    store = _Store(len(deep.nodes), int((deep.below[rows] + 1).sum()))
    for depth in range(len(deep.sets)):
        store.put(_level(deep, own, store, depth))
    done = slice(0, store.filled)
    return SubjectCells(
        store.column[done].astype(np.int64), store.row[done].astype(np.int64), store.figures.at(done)
    )


def _level(deep: Deep, own: Bools, store: _Store, depth: int) -> SubjectCells:
    """Cells of the nodes of one level, sorted by column. `own` bool[nodes]: the rows of the sweep."""
    sets = deep.sets[depth]
    terms = _terms(deep, store, int(deep.begin[depth]), int(deep.begin[depth + 1]))
    mine = deep.nodes[deep.own_begin[depth] : deep.own_begin[depth + 1]]
    mine = mine[own[mine] & ~deep.in_set[mine]]
    ones = np.ones(len(mine))
    parts = [SubjectCells(mine, mine, Figures(ones, ones, ones, np.zeros(len(mine), np.uint8)))]
    if sets:
        in_set = deep.in_set[deep.columns.dst[terms.column]]
        parts += _of_sets(deep, own, terms.at(in_set), sets)
        terms = terms.at(~in_set)
    parts.append(_of_nodes(deep.columns, terms))
    joined = SubjectCells(
        np.concatenate([cells.column for cells in parts]),
        np.concatenate([cells.row for cells in parts]),
        Figures.joined(cells.figures for cells in parts),
    )
    return joined.at(ordering(joined.column))


def _terms(deep: Deep, store: _Store, first: int, last: int) -> SubjectCells:
    """Terms of the arcs in [first, last): one for each cell of their holders. The field `column` has the
    number of the arc.
    """
    src = deep.columns.src[first:last]
    run, position = spread(store.first[src], store.count[src])
    return SubjectCells(first + run, store.row[position].astype(np.int64), store.figures.at(position))


def _of_nodes(table: Columns, terms: SubjectCells) -> SubjectCells:
    """Cells of nodes that are not on a cycle."""
    key = table.dst[terms.column] * table.n + terms.row
    if (key[1:] < key[:-1]).any():  # already sorted if each node has one holder, as in chains
        order = ordering(key)
        key, terms = key[order], terms.at(order)
    cells = Cells.from_runs(table, terms.column, key)
    return _some(SubjectCells(cells.column, terms.row[cells.begin], figures(table, cells, terms.figures)))


def _of_sets(deep: Deep, own: Bools, terms: SubjectCells, sets: list[int]) -> Iterator[SubjectCells]:
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
        figures, iterates = solved(table, deep.blocks[number], incoming)
        deep.iterates[number] |= iterates
        yield _some(SubjectCells(np.tile(members, len(rows)), np.repeat(rows, len(members)), figures))


def _some(cells: SubjectCells) -> SubjectCells:
    """The cells with a figure above 0."""
    some = cells.figures.most > 0
    return cells if some.all() else cells.at(some)
