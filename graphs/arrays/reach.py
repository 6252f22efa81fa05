"""What lies above each party: the nearest marked party, its distance, how many there are, and whether every
top is marked.

Pairs are never listed (a chain of 10,000 has 50 million). Nearest and distance come from one breadth-first
search down from all marked parties that keeps the two nearest of each node; the second one answers for a
party that is itself marked. Counts come from `graphs.arrays.counting`. Time and memory are linear.
"""

from dataclasses import dataclass

import numpy as np

from graphs.arrays.components import Condensation
from graphs.arrays.counting import counts_above
from graphs.arrays.edges import Arcs, Bools, Csr, Ints, Rows, ascending, neighbours, reachable

NONE = -1


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest marked party above each node, other than itself: `party`, `depth` int64[nodes], -1 for
    none.
    """

    party: Ints
    depth: Ints


@dataclass(frozen=True, eq=False)
class Reach(Rows):
    """Rows (subject, mark) for subjects with a marked party above them, sorted by subject and mark; arrays of
    one length.

    `nearest`, `depth`: the nearest marked party and its distance in steps; `n`: how many there are;
    `all_tops` bool: every top is marked.
    """

    subject: Ints
    mark: Ints
    nearest: Ints
    depth: Ints
    n: Ints
    all_tops: Bools


def reach(arcs: Arcs, sets: Condensation, marked: Bools, subjects: Ints) -> Reach:
    """What the `subjects` reach, for every mark. `marked` is bool[nodes, marks]; `sets` is the condensation
    of `arcs`.

    Above a subject is everything from which a path leads to it, without the subject itself. Its tops are the
    sets of the condensation that no other set holds; a top carries a mark if any member other than the
    subject does.
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
    """Nearest marked party above each node by number of steps; of two equally near the smaller number."""
    label, depth = _two_nearest(held, np.flatnonzero(marked))
    own = label[:, 0] == np.arange(held.n)
    return Nearest(np.where(own, label[:, 1], label[:, 0]), np.where(own, depth[:, 1], depth[:, 0]))


def all_tops_marked(sets: Condensation, weight: Ints) -> Bools:
    """True for sets above which every top has a marked member: bool[sets]. `weight`: marked members of each
    set.
    """
    return ~reachable(sets.arcs.held(), np.flatnonzero(sets.sources() & (weight == 0)))


def _two_nearest(held: Csr, sources: Ints) -> tuple[Ints, Ints]:
    """The two nearest sources at or above each node and their distance: int64[nodes, 2] each, -1 for none.

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
    """Of the offers (node, source), each once and sorted, those for which the node still has a place, smaller
    sources first.
    """
    wanted = (label[node, 1] == NONE) & (label[node, 0] != source)
    key = ascending(node[wanted] * len(label) + source[wanted])
    node, source = key // max(len(label), 1), key % max(len(label), 1)
    first = np.concatenate((np.ones(min(len(node), 1), np.bool_), node[1:] != node[:-1]))
    begin = np.flatnonzero(first)
    rank = np.arange(len(node)) - np.repeat(begin, np.diff(np.append(begin, len(node))))
    places = np.where(label[node, 0] == NONE, 2, 1)
    return node[rank < places], source[rank < places]
