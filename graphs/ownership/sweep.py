"""DOC"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphs.arrays.edges import Bools, Ints, Numbers, ascending, ordering, spread
from graphs.ownership.blocks import Incoming
from graphs.ownership.columns import Cells, Columns, Figures
from graphs.ownership.deep import Deep, DeepBin
from graphs.ownership.sets import solved
from graphs.ownership.weights import figures


@dataclass(frozen=True, eq=False)
class SubjectCells:
    """Figures of rows in subjects: `column`, `row` int64."""

    column: Ints
    row: Ints
    figures: Figures

    def at(self, which: Ints | Bools) -> SubjectCells:
        return SubjectCells(self.column[which], self.row[which], self.figures.at(which))


@dataclass(frozen=True, eq=False)
class _Store:
    """Cells done so far: those of node v are `[first[v], first[v] + count[v])`."""

    column: Numbers
    row: Numbers
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

    def put(self, at: int, cells: SubjectCells) -> int:
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

    deep: Deep
    part: DeepBin
    own: Bools
    store: _Store


def sweep_down(deep: Deep, part: DeepBin, rows: Ints) -> SubjectCells:
    """All cells of some rows of a bin, those of a row in itself (1) included: columns are made level by level, each from those of its holders."""
    own = np.zeros(len(deep.level), np.bool_)
    own[rows] = True
    store = _Store.empty(len(deep.level), int((deep.below[rows] + 1).sum()), apart=deep.apart)
    sweep, filled = _Sweep(deep, part, own, store), 0
    for depth in range(len(part.begin) - 1):
        filled = store.put(filled, _level(sweep, depth))
    return SubjectCells(
        store.column[:filled].astype(np.int64),
        store.row[:filled].astype(np.int64),
        store.figures.at(slice(0, filled)),
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
    of_all = Figures.joined([cells.figures for cells in made], apart=deep.apart)
    joined = SubjectCells(
        np.concatenate([cells.column for cells in made]),
        np.concatenate([cells.row for cells in made]),
        of_all,
    )
    return joined.at(ordering(joined.column))


def _terms(sweep: _Sweep, first: int, last: int) -> SubjectCells:
    """Terms of the arcs `first` to `last`: one for each cell of their holders. `column` holds the arc."""
    store, src = sweep.store, sweep.deep.columns.src[first:last]
    run, position = spread(store.first[src], store.count[src])
    return SubjectCells(first + run, store.row[position].astype(np.int64), store.figures.at(position))


def _of_nodes(table: Columns, terms: SubjectCells) -> SubjectCells:
    """Cells of nodes that are on no cycle."""
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
    """Without cells that are nothing."""
    some = cells.figures.most > 0
    return cells if some.all() else cells.at(some)
