"""Control inside strongly connected sets: rounds that decide again only what may have changed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphs.arrays.components import levels
from graphs.arrays.edges import (
    Bools,
    Bytes,
    Ints,
    ascending,
    distinct,
    find,
    neighbours,
    ordering,
    run_starts,
    spread,
)
from graphs.control.graph import CERTAIN, NEVER, ControlGraph
from graphs.control.pairs import (
    FoundPairs,
    Pairs,
    Votes,
    decided_levels,
    decided_pairs,
    runs_of_sets,
    votes_into,
)

# own: pairs (party, member) of strongly connected sets, one byte each; at least one party at a time
SLOTS_AT_ONCE = 16_000_000


@dataclass(frozen=True, eq=False)
class _Slots:
    """Rows (set, party). Each row has a slot for each member of the set; those of row r begin at `begin[r]`,
    int64[rows + 1].

    `party`, `set_no` int64[rows], sorted by (set_no, party).
    """

    begin: Ints
    party: Ints
    set_no: Ints

    def at(self, graph: ControlGraph, row: Ints, node: Ints) -> Ints:
        """Slot of the node in the row."""
        return self.begin[row] + graph.place[node]

    def ends(self, graph: ControlGraph, slot: Ints) -> tuple[Ints, Ints]:
        """Row and node of each slot."""
        row = np.searchsorted(self.begin, slot, side="right") - 1
        return row, graph.in_sets[graph.first[self.set_no[row]] + slot - self.begin[row]]


def find_pairs_in_sets(graph: ControlGraph, store: FoundPairs, least_level: Bytes, nodes: Ints) -> None:
    """Store the pairs whose subject is in `nodes`, the members of some whole sets."""
    if not len(nodes):
        return
    arcs = neighbours(graph.into, nodes)[1]
    inner = graph.passes[arcs] & (graph.label[graph.src[arcs]] == graph.label[graph.dst[arcs]])
    outer = votes_into(graph, store, arcs[~inner], least_level)
    pairs = Pairs.joined(
        _in_sets(graph, store, outer, slots, least_level)
        for slots in _slots(graph, outer, nodes, least_level)
    )
    store.put(pairs.at(ordering(pairs.subject)))


def _slots(graph: ControlGraph, outer: Votes, nodes: Ints, least_level: Bytes) -> Iterator[_Slots]:
    """Rows of the members (`nodes`) and of all parties outside that may control them, in runs of about
    SLOTS_AT_ONCE slots.
    """
    inside = nodes[least_level[nodes] < NEVER]
    key = ascending(
        np.concatenate(
            (graph.label[inside] * graph.n + inside, graph.label[outer.subject] * graph.n + outer.party)
        )
    )
    set_no, party = np.divmod(key, graph.n)
    size = graph.first[set_no + 1] - graph.first[set_no]
    number = np.cumsum(size) // SLOTS_AT_ONCE
    for rows in np.split(np.arange(len(key)), run_starts(number)[1:]):
        if len(rows):
            yield _Slots(np.append(0, np.cumsum(size[rows])), party[rows], set_no[rows])


def _in_sets(
    graph: ControlGraph, store: FoundPairs, outer: Votes, slots: _Slots, least_level: Bytes
) -> Pairs:
    """Pairs of some rows, by rounds until nothing changes."""
    level = np.zeros(int(slots.begin[-1]), np.uint8)
    row = find(slots.set_no * graph.n + slots.party, graph.label[outer.subject] * graph.n + outer.party)
    outer, row = outer.at(row >= 0), row[row >= 0]
    slot = slots.at(graph, row, outer.subject)
    order = ordering(slot)
    outer, slot = outer.at(order), slot[order]
    own_row = np.flatnonzero(graph.label[slots.party] == slots.set_no)
    own = slots.at(graph, own_row, slots.party[own_row])
    level[own] = CERTAIN
    due = ascending(np.concatenate((slot, _below(graph, slots, own))))
    due = due[store.open(slots.ends(graph, due)[1])]
    while len(due):
        due = due[level[due] < CERTAIN]
        new = _levels_due(graph, slots, level, due, outer=outer, outer_slot=slot)
        row, node = slots.ends(graph, due)
        raised = (new > level[due]) & (new >= least_level[slots.party[row]])
        store.counted(node[raised & (level[due] == 0)])
        level[due[raised]] = new[raised]
        due = _below(graph, slots, due[raised & store.open(node)])
    level[own] = 0
    pairs = np.flatnonzero(level)
    row, node = slots.ends(graph, pairs)
    return Pairs(slots.party[row], node, level[pairs])


def _below(graph: ControlGraph, slots: _Slots, slot: Ints) -> Ints:
    """Slots, in the same row, of what the nodes of these slots hold in their set: ascending and distinct."""
    row, node = slots.ends(graph, slot)
    at, below = neighbours(graph.inner_below, node)
    return ascending(slots.at(graph, row[at], below))


def _levels_due(
    graph: ControlGraph, slots: _Slots, level: Bytes, due: Ints, *, outer: Votes, outer_slot: Ints
) -> Bytes:
    """The levels of the slots `due`, given the levels reached so far, from arcs inside the set and from
    outside. `outer_slot`: the slot of each outer vote, ascending.
    """
    row, node = slots.ends(graph, due)
    at, arc = neighbours(graph.inner, node)
    reached = level[slots.at(graph, row[at], graph.src[arc])]
    at, arc, reached = at[reached > 0], arc[reached > 0], reached[reached > 0]
    begin = np.searchsorted(outer_slot, due)
    due_place, position = spread(begin, np.searchsorted(outer_slot, due, side="right") - begin)
    at, arc, reached = (
        np.concatenate((at, due_place)),
        np.concatenate((arc, outer.arc[position])),
        np.concatenate((reached, outer.level[position])),
    )
    order = ordering(at)
    at = at[order]
    first = run_starts(at)
    levels_ = np.zeros(len(due), np.uint8)
    levels_[at[first]] = decided_levels(
        graph, runs_of_sets(first, arc[order]), reached[order], node[at[first]]
    )
    return levels_


AT_ONCE = 2_000_000  # own: votes processed together, 100 MB; those in one entity stay together


def find_pairs(graph: ControlGraph, store: FoundPairs, least_level: Bytes, wanted: Bools) -> None:
    """Store the pairs whose subject is `wanted` (bool[n], true for whole components).

    `least_level` uint8[n]: the lowest level of the pairs that are stored for each party, or NEVER for none.
    It does not change the pairs above it.
    """
    for nodes in _in_order(graph, wanted):
        nodes_open = nodes[store.open(nodes)]
        of_sets = graph.place[nodes_open] >= 0
        for arcs in _batches(graph, store, nodes_open[~of_sets]):
            votes = votes_into(graph, store, arcs[store.open(graph.dst[arcs])], least_level)
            pairs = decided_pairs(graph, votes, least_level)
            store.put(pairs)
            store.counted(pairs.subject)
        find_pairs_in_sets(graph, store, least_level, nodes_open[of_sets])


def _in_order(graph: ControlGraph, wanted: Bools) -> Iterator[Ints]:
    """The wanted nodes that are held, level by level of the condensation."""
    size = int(graph.label.max(initial=-1)) + 1
    arcs = graph.into.indices[graph.passes[graph.into.indices]]
    above, below = graph.label[graph.src[arcs]], graph.label[graph.dst[arcs]]
    between = above != below
    level = levels(distinct(size, above[between], below[between])).of_node()[graph.label]
    nodes = np.flatnonzero(wanted & (np.diff(graph.into.indptr) > 0))
    nodes = nodes[ordering(level[nodes])]
    return (some for some in np.split(nodes, run_starts(level[nodes])[1:]) if len(some))


def _batches(graph: ControlGraph, store: FoundPairs, nodes: Ints) -> Iterator[Ints]:
    """The arcs into `nodes`, in runs of about AT_ONCE votes. The arcs into one node stay together."""
    run, arcs = neighbours(graph.into, nodes)
    votes = np.cumsum(store.count[graph.src[arcs]] + 1)
    number = votes[np.searchsorted(run, run)] // AT_ONCE  # by the first arc into each node
    return (some for some in np.split(arcs, run_starts(number)[1:]) if len(some))
