"""The subjects that are not flat and everything above them: the order of work, the strongly connected sets,
and what natural persons own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from graphs.arrays.components import Condensation, condense, levels, weak_labels
from graphs.arrays.edges import (
    Arcs,
    Bools,
    Csr,
    Floats,
    Ints,
    ascending,
    distinct,
    marked,
    ordering,
    reachable,
    run_starts,
    starts,
)
from graphs.arrays.reach import counts_above
from graphs.arrays.units import UNITS
from graphs.ownership.blocks import Block
from graphs.ownership.blocks import block as block_of
from graphs.ownership.columns import Bits, Cells, Columns, Part, Room, cluster_of, columns
from graphs.ownership.flat import Graph
from graphs.ownership.intervals import Holdings
from graphs.ownership.sets import persons_total
from graphs.ownership.weights import minima, total


@dataclass(frozen=True, eq=False)
class Deep:
    """Subjects that are not flat and everything above them; nodes are numbered from 0.

    `columns`: sorted by (inside a set or not, level of dst, dst, …); the arcs between different sets into
    level k are [begin[k], begin[k + 1]). `place` int64[arcs]: position in the block of the arc's set. `sets`:
    numbers of the blocks of each level. `nodes`: by level; `own_begin`: where each level begins in `nodes`.
    Per node: `in_set` bool: on a cycle; `row` bool: listed as a holder; `below` int64: number of nodes below;
    `person` bool; `persons` float64: the share that natural persons certainly own, without interests of
    unknown reach: a person may hold these through the holder in question, or through an entity that it
    co-owns.
    Lists of nodes: `closed`, `tops_only`, as in `Solved`. `iterates` bool[sets]: filled while solving.
    """

    part: Part
    columns: Columns
    blocks: list[Block]
    place: Ints
    begin: Ints
    sets: list[list[int]]
    nodes: Ints
    own_begin: Ints
    in_set: Bools
    row: Bools
    below: Ints
    person: Bools
    persons: Floats
    closed: Ints
    tops_only: Ints
    iterates: Bools

    @classmethod
    def from_graph(cls, graph: Graph, pairs_listed: int) -> Deep:
        """The deep part of a graph, with everything but `iterates` filled in. `pairs_listed`: of components
        with more pairs, only holders without a holder are rows.
        """
        holdings = graph.holdings
        part, sets, closed = _without_closed(holdings, graph.given, _above(graph))
        n, weak = len(part.nodes), weak_labels(len(part.nodes), part.src, part.dst)
        below = _below(sets)
        many = np.bincount(weak, weights=below + 1, minlength=n) > pairs_listed
        tops = np.bincount(part.dst, minlength=n) == 0
        row = (tops | ~many[weak]) & ~holdings.group[part.nodes]
        level, in_set = levels(sets.arcs).of_node()[sets.label], _in_set(part, sets)
        inside = sets.label[part.src] == sets.label[part.dst]
        cluster = cluster_of(holdings, part, np.arange(len(part.src)))
        order = ordering(cluster, part.dst, level[part.dst], inside)
        table = columns(holdings, part, order, graph.given)
        blocks, place = _blocks(table, sets, in_set, np.bincount(weak, weights=row, minlength=n)[weak])
        person = holdings.person[part.nodes]
        depth = int(level.max(initial=-1)) + 1
        sets_of: list[list[int]] = [[] for _ in range(depth)]
        for number, block in enumerate(blocks):
            sets_of[level[block.members[0]]].append(number)
        nodes = ordering(level)
        deep = cls(
            part,
            table,
            blocks,
            place,
            starts(depth, level[table.dst[: np.count_nonzero(~inside)]]),
            sets_of,
            nodes,
            starts(depth, level[nodes]),
            in_set,
            row,
            below,
            person,
            person.astype(np.float64),
            closed,
            np.flatnonzero(many[weak]),
            np.zeros(len(blocks), np.bool_),
        )
        _fill_persons(deep)
        return deep

    @property
    def iterated(self) -> Ints:
        """Members of sets that iterate, ascending: int64."""
        nodes_of_sets = [
            each.members
            for each, iterates in zip(self.blocks, self.iterates.tolist(), strict=True)
            if iterates
        ]
        return np.sort(np.concatenate(nodes_of_sets)) if nodes_of_sets else np.zeros(0, np.int64)

    def chunks(self, pairs_at_once: int) -> Iterator[Ints]:
        """Listed holders, ascending, in runs of about `pairs_at_once` pairs. Each run has at least one
        holder.
        """
        rows = np.flatnonzero(self.row)
        number = np.cumsum(self.below[rows] + 1) // max(pairs_at_once, 1)
        return (run for run in np.split(rows, np.flatnonzero(np.diff(number)) + 1) if len(run))


def _above(graph: Graph) -> Part:
    """The subjects that are not flat and everything above them, numbered from 0."""
    n = graph.holdings.n
    above = reachable(
        Csr(starts(n, graph.dst.astype(np.int64)), graph.src.astype(np.int64)), np.flatnonzero(graph.deep)
    )
    nodes, arcs = np.flatnonzero(above), np.flatnonzero(above[graph.dst])
    local = np.cumsum(above) - 1
    return Part(nodes, local[graph.src[arcs]], local[graph.dst[arcs]], graph.holding[arcs].astype(np.int64))


def _without_closed(holdings: Holdings, given: Room, part: Part) -> tuple[Part, Condensation, Ints]:
    """The part without the interests that members of closed sets hold in each other, its condensation, and
    the members of closed sets.

    A set is closed if its members certainly hold the whole of every member. Then I - A has no inverse.
    """
    sets = condense(Arcs(len(part.nodes), part.src, part.dst))
    in_set = _in_set(part, sets)
    arcs = np.flatnonzero(in_set[part.dst])
    if not len(arcs):
        return part, sets, arcs
    order = arcs[ordering(cluster_of(holdings, part, arcs), part.dst[arcs])]
    table = columns(holdings, part, order, given)
    cells = Cells.from_runs(table, np.arange(len(order)), table.dst)
    inside = (sets.label[table.src] == sets.label[table.dst]).astype(np.float64)
    held = np.add.reduceat(
        minima(table, cells, inside, joint_least=True) * inside.astype(np.int64), cells.begin
    )
    is_open = ~marked(sets.arcs.n, sets.label[cells.column])
    is_open[sets.label[cells.column[held < UNITS]]] = True
    if is_open.all():
        return part, sets, np.zeros(0, np.int64)
    keep = (sets.label[part.src] != sets.label[part.dst]) | is_open[sets.label[part.dst]]
    rest = Part(part.nodes, part.src[keep], part.dst[keep], part.holding[keep])
    return rest, condense(Arcs(len(part.nodes), rest.src, rest.dst)), np.flatnonzero(~is_open[sets.label])


def _in_set(part: Part, sets: Condensation) -> Bools:
    """True for nodes on a cycle: bool[nodes]."""
    label = sets.label[part.src]
    return marked(sets.arcs.n, label[label == sets.label[part.dst]])[sets.label]


def _below(sets: Condensation) -> Ints:
    """Number of nodes below each node, without itself: int64[nodes]."""
    upside_down = distinct(sets.arcs.n, sets.arcs.dst, sets.arcs.src)
    closed = counts_above(
        upside_down, np.bincount(sets.label, minlength=sets.arcs.n).astype(np.int64)[:, None]
    )
    return np.asarray(closed[sets.label, 0] - 1, np.int64)


def _blocks(table: Columns, sets: Condensation, in_set: Bools, rows: Floats) -> tuple[list[Block], Ints]:
    """A block for each strongly connected set, and the position of every arc in the block of its set. `rows`
    float64[nodes]: how many holders are listed in the component of the node.
    """
    place = np.zeros(len(table.src), np.int64)
    arcs = np.flatnonzero(in_set[table.dst])
    arcs = arcs[ordering(table.src[arcs], table.cluster[arcs], table.dst[arcs], sets.label[table.dst[arcs]])]
    label = sets.label[table.dst[arcs]]
    begin = run_starts(label) if len(arcs) else arcs
    blocks = []
    for run in np.split(arcs, begin[1:]) if len(arcs) else []:
        place[run] = np.arange(len(run))
        members = ascending(table.dst[run])
        blocks.append(block_of(table, members, run, int(rows[members[0]])))
    return blocks, place


def _fill_persons(deep: Deep) -> None:
    """Fill in what natural persons certainly own of each node, level by level from the tops.

    The inverse of a set includes all its minima. If some of them do not count here, persons are taken to own
    nothing of its members.
    """
    persons, unknown = deep.persons, (deep.columns.bits & Bits.AS_DECLARED) != 0
    table = replace(deep.columns, low=np.where(unknown, 0, deep.columns.low))
    for depth, sets in enumerate(deep.sets):
        arcs = np.arange(deep.begin[depth], deep.begin[depth + 1])
        arcs = arcs[~deep.in_set[table.dst[arcs]]]
        if len(arcs):
            cells = Cells.from_runs(table, arcs, table.dst[arcs])
            h = persons[table.src[arcs]]
            persons[cells.column] = total(cells, minima(table, cells, h, joint_least=True), h)
        for number in sets:
            block = deep.blocks[number]
            if not unknown[block.arcs].any():
                persons[block.members] = persons_total(table, block, persons, deep.person)
