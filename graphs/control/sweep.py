"""Finding control from the tops down, a level of the condensation at a time."""

from collections.abc import Iterator

import numpy as np

from graphs.arrays.components import levels
from graphs.arrays.edges import Bools, Bytes, Ints, distinct, neighbours, ordering, run_starts
from graphs.control.graph import ControlGraph
from graphs.control.pairs import FoundPairs
from graphs.control.sets import find_pairs_in_sets
from graphs.control.votes import decided_pairs, votes_into

AT_ONCE = 2_000_000  # own: votes looked at together, 100 MB; those of one entity are never divided


def find_pairs(graph: ControlGraph, found: FoundPairs, least_level: Bytes, wanted: Bools) -> None:
    """Find the pairs whose subject is `wanted` (bool[n], of whole components).

    `least_level` uint8[n]: of each party only pairs of this level or more are found, which does not change
    these; NEVER: none.
    """
    for nodes in _in_order(graph, wanted):
        nodes_open = nodes[found.open(nodes)]
        of_sets = graph.place[nodes_open] >= 0
        for arcs in _batches(graph, found, nodes_open[~of_sets]):
            votes = votes_into(graph, found, arcs[found.open(graph.dst[arcs])], least_level)
            pairs = decided_pairs(graph, votes, least_level)
            found.put(pairs)
            found.counted(pairs.subject)
        find_pairs_in_sets(graph, found, least_level, nodes_open[of_sets])


def _in_order(graph: ControlGraph, wanted: Bools) -> Iterator[Ints]:
    """Nodes that are held, by level of the condensation."""
    size = int(graph.label.max(initial=-1)) + 1
    arcs = graph.into.indices[graph.passes[graph.into.indices]]
    above, below = graph.label[graph.src[arcs]], graph.label[graph.dst[arcs]]
    between = above != below
    level = levels(distinct(size, above[between], below[between])).of_node()[graph.label]
    nodes = np.flatnonzero(wanted & (np.diff(graph.into.indptr) > 0))
    nodes = nodes[ordering(level[nodes])]
    return (some for some in np.split(nodes, run_starts(level[nodes])[1:]) if len(some))


def _batches(graph: ControlGraph, found: FoundPairs, nodes: Ints) -> Iterator[Ints]:
    """The arcs into `nodes`, those into one node together, in runs of about AT_ONCE votes."""
    run, arcs = neighbours(graph.into, nodes)
    votes = np.cumsum(found.count[graph.src[arcs]] + 1)
    if not len(arcs) or votes[-1] <= AT_ONCE:
        return iter([arcs] if len(arcs) else [])
    number = votes[np.searchsorted(run, run)] // AT_ONCE  # by the first arc into each node
    return iter(np.split(arcs, run_starts(number)[1:]))
