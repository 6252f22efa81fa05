"""What the closure upward of each party reaches: the nearest marked party, how far, how many, and whether every top is marked.

Closure pairs are never listed (a chain of 10,000 has 50 million). Nearest and depth: one breadth-first sweep from all marked parties at
once that keeps the two nearest of each node (the second is the answer for a party that is itself marked); every node is entered at most
twice, so cost and memory are linear. Count: `graphs.arrays.counting`, exact, memory bounded there. Tops: the unmarked tops' sweep downward, linear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphs.arrays.components import Condensation
from graphs.arrays.counting import counts_above
from graphs.arrays.edges import Arcs, Bools, Csr, Ints, ascending, neighbours, reachable

NONE = -1


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest marked party above each node, other than itself: `party`, `depth` int64[nodes], -1 where there is none."""

    party: Ints
    depth: Ints


@dataclass(frozen=True, eq=False)
class Reach:
    """Rows (subject, mark) where the closure holds a marked party: int64 arrays of one length, `all_tops` bool; sorted by subject, mark."""

    subject: Ints
    mark: Ints
    nearest: Ints
    depth: Ints
    n: Ints
    all_tops: Bools


def reach(arcs: Arcs, sets: Condensation, marked: Bools, subjects: Ints) -> Reach:
    """For `subjects` and every mark. `marked` is bool[nodes, marks]; `sets` is the condensation of `arcs`.

    The closure of a subject is all that is above it, without the subject. Its tops are the sets of the condensation that nobody outside
    holds; a top carries a mark if any member other than the subject does.
    """
    held = arcs.held()
    weights = np.zeros((sets.arcs.n, marked.shape[1]), np.int64)
    np.add.at(weights, sets.label, marked.astype(np.int64))
    n = counts_above(sets.arcs, weights)[sets.label[subjects]] - marked[subjects]
    subject, mark = np.nonzero(n > 0)
    near = [nearest(held, marked[:, k]) for k in range(marked.shape[1])]
    tops = np.column_stack([all_tops_marked(sets, weights[:, k]) for k in range(marked.shape[1])])
    party, depth = (
        np.column_stack(columns)
        for columns in ([found.party for found in near], [found.depth for found in near])
    )
    node = subjects[subject]
    return Reach(
        node, mark, party[node, mark], depth[node, mark], n[subject, mark], tops[sets.label[node], mark]
    )


def nearest(held: Csr, marked: Bools) -> Nearest:
    """Nearest marked party above each node by number of steps, the smaller number where two are equally near."""
    label, depth = _two_nearest(held, np.flatnonzero(marked))
    own = label[:, 0] == np.arange(held.n)
    return Nearest(np.where(own, label[:, 1], label[:, 0]), np.where(own, depth[:, 1], depth[:, 0]))


def all_tops_marked(sets: Condensation, weight: Ints) -> Bools:
    """True for sets above which every top has a marked member: bool[sets]. `weight`: marked members of each set."""
    return ~reachable(sets.arcs.held(), np.flatnonzero(sets.sources() & (weight == 0)))


def _two_nearest(held: Csr, sources: Ints) -> tuple[Ints, Ints]:
    """The two nearest sources at or above each node and their distance: int64[nodes, 2] each, -1 where there is none.

    Two suffice along the way: a source beaten by two others at a holder is beaten by them below it too.
    """
    label = np.full((held.n, 2), NONE, np.int64)
    depth = np.full((held.n, 2), NONE, np.int64)
    label[sources, 0], depth[sources, 0] = sources, 0
    node, source, distance = sources, sources, 0
    while len(node):
        distance += 1
        run, below = neighbours(held, node)
        node, source = _accepted(label, below, source[run])
        slot = (label[node, 0] != NONE).astype(np.int64)
        slot[1:] += (node[1:] == node[:-1]) & (slot[1:] == 0)
        label[node, slot], depth[node, slot] = source, distance
    return label, depth


def _accepted(label: Ints, node: Ints, source: Ints) -> tuple[Ints, Ints]:
    """Of the offers (node, source), each once and sorted, those for which the node still has a place, smaller sources first."""
    wanted = (label[node, 1] == NONE) & (label[node, 0] != source)
    key = ascending(node[wanted] * len(label) + source[wanted])
    node, source = key // max(len(label), 1), key % max(len(label), 1)
    first = np.concatenate((np.ones(min(len(node), 1), np.bool_), node[1:] != node[:-1]))
    begin = np.flatnonzero(first)
    rank = np.arange(len(node)) - np.repeat(begin, np.diff(np.append(begin, len(node))))
    places = np.where(label[node, 0] == NONE, 2, 1)
    return node[rank < places], source[rank < places]
