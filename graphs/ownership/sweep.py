"""One pass from the tops down, a level at a time: the figures of some holders in every subject below them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphs.arrays.edges import Bools, Ints, ascending, ordering, run_starts, spread
from graphs.ownership.blocks import Incoming
from graphs.ownership.columns import Cells, Columns, Figures
from graphs.ownership.deep import Deep, DeepBin
from graphs.ownership.sets import solved
from graphs.ownership.weights import figures


@dataclass(frozen=True, eq=False)
class SubjectCells:
    """Figures of rows (holders) in columns (subjects): `column`, `row` int64."""

    column: Ints
    row: Ints
    figures: Figures

    def at(self, which: Ints | Bools | slice) -> SubjectCells:
        return SubjectCells(self.column[which], self.row[which], self.figures.at(which))


class _Store:
    """Cells computed so far: those of node v are `[first[v], first[v] + count[v])`."""

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
        self.count[column] = np.diff(np.append(begin, len(cells.column)))
        self.filled = at.stop


@dataclass(frozen=True, eq=False)
class _Sweep:
    """Some rows of a bin on their way down. `own` bool[nodes]: the rows."""

    deep: Deep
    part: DeepBin
    own: Bools
    store: _Store


def sweep_down(deep: Deep, part: DeepBin, rows: Ints) -> SubjectCells:
    """All cells of some rows of a bin, with the 1 of each row in itself. Columns are made level by level,
    each from those of its holders.
    """
    own = np.zeros(len(deep.level), np.bool_)
    own[rows] = True
    store = _Store(len(deep.level), int((deep.below[rows] + 1).sum()))
    sweep = _Sweep(deep, part, own, store)
    for depth in range(len(part.begin) - 1):
        store.put(_level(sweep, depth))
    done = slice(0, store.filled)
    return SubjectCells(
        store.column[done].astype(np.int64), store.row[done].astype(np.int64), store.figures.at(done)
    )


def _level(sweep: _Sweep, depth: int) -> SubjectCells:
    """Cells of the nodes of one level, sorted by column."""
    deep, part, sets = sweep.deep, sweep.part, sweep.part.sets.get(depth, [])
    terms = _terms(sweep, int(part.begin[depth]), int(part.begin[depth + 1]))
    mine = part.nodes[part.own_begin[depth] : part.own_begin[depth + 1]]
    mine = mine[sweep.own[mine] & ~deep.in_set[mine]]
    one = np.ones(len(mine))
    made = (
        [SubjectCells(mine, mine, Figures(one, one, one, np.zeros(len(mine), np.uint8)))] if len(mine) else []
    )
    if sets:
        in_set = deep.in_set[deep.columns.dst[terms.column]]
        made += _of_sets(deep, sweep.own, terms.at(in_set), sets)
        terms = terms.at(~in_set)
    if len(terms.row) or not made:
        made.append(_of_nodes(deep.columns, terms))
    if len(made) == 1 and not sets:
        return made[0]
    of_all = Figures.joined(cells.figures for cells in made)
    joined = SubjectCells(
        np.concatenate([cells.column for cells in made]),
        np.concatenate([cells.row for cells in made]),
        of_all,
    )
    return joined.at(ordering(joined.column))


def _terms(sweep: _Sweep, first: int, last: int) -> SubjectCells:
    """Terms of the arcs from `first` up to `last`: one for each cell of their holders. `column` holds the
    arc.
    """
    store, src = sweep.store, sweep.deep.columns.src[first:last]
    run, position = spread(store.first[src], store.count[src])
    return SubjectCells(first + run, store.row[position].astype(np.int64), store.figures.at(position))


def _of_nodes(table: Columns, terms: SubjectCells) -> SubjectCells:
    """Cells of nodes on no cycle."""
    key = table.dst[terms.column] * table.n + terms.row
    if (key[1:] < key[:-1]).any():  # not where each node has one holder, as in chains
        order = ordering(key)
        key, terms = key[order], terms.at(order)
    cells = Cells.of(table, terms.column, key)
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
        found, iterates = solved(table, deep.blocks[number], incoming)
        deep.iterates[number] |= iterates
        yield _some(SubjectCells(np.tile(members, len(rows)), np.repeat(rows, len(members)), found))


def _some(cells: SubjectCells) -> SubjectCells:
    """The cells with a figure above 0."""
    some = cells.figures.most > 0
    return cells if some.all() else cells.at(some)
