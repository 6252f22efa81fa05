"""Circular ownership: the strongly connected sets that count, and the shortest cycle through each entity in
them.

A set counts if it has at least two legal entities, or one that holds itself. Arrangements do not count but
may be on a cycle. Cost: one breadth-first search inside the set for each of its legal entities. Sets in
registers have about ten members.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from graphs.arrays.edges import Arcs, Bools, Ints, Rows, ascending, marked, ordering, spread, starts

LONGEST_STEPS = 500  # own: without a limit, a cycle of 10,000 would give 100 million rows


@dataclass(frozen=True, eq=False)
class Sets(Rows):
    """Legal entities in sets that count, ascending; arrays of one length. `subject`, `set_id`, the smallest
    legal entity of the set, and `size`, the number of its legal entities, int64; `holds_itself` bool.
    """

    subject: Ints
    set_id: Ints
    size: Ints
    holds_itself: Bools


@dataclass(frozen=True, eq=False)
class Cycles(Rows):
    """Steps of cycles, sorted by subject and position: int64 arrays of one length. Step 1 begins at the
    subject, and the last step ends there.
    """

    subject: Ints
    position: Ints
    holder: Ints
    held: Ints


def cyclic_sets(arcs: Arcs, label: Ints, legal_entity: Bools) -> Sets:
    """The sets that count. `label` int64[nodes]: the strongly connected set of each node; `legal_entity`
    bool[nodes].
    """
    entities = np.flatnonzero(legal_entity)
    size = np.bincount(label[entities], minlength=int(label.max(initial=-1)) + 1)
    holds_itself = marked(arcs.n, arcs.src[arcs.src == arcs.dst])
    subject = entities[(size[label[entities]] >= 2) | holds_itself[entities]]
    smallest = np.full(len(size), arcs.n, np.int64)
    np.minimum.at(smallest, label[subject], subject)
    return Sets(subject, smallest[label[subject]], size[label[subject]], holds_itself[subject])


def shortest_cycles(arcs: Arcs, label: Ints, sets: Sets) -> Cycles:
    """For each legal entity in `sets` the shortest cycle through it; of several the one whose party numbers
    come first.

    A cycle of more than LONGEST_STEPS is listed only for the smallest legal entity of its set.
    """
    own = sets.subject[sets.holds_itself]
    parts = [Cycles(own, np.ones(len(own), np.int64), own, own)]
    for members in _members(label, sets):
        parts.extend(_cycles_of_set(arcs, members, sets))
    steps = Cycles.joined(parts)
    return steps.at(ordering(steps.position, steps.subject))


def _members(label: Ints, sets: Sets) -> list[Ints]:
    """Members, including arrangements, of every set with an entity that does not hold itself."""
    wanted = ascending(label[sets.subject[~sets.holds_itself]])
    nodes = np.flatnonzero(np.isin(label, wanted))
    nodes = nodes[ordering(label[nodes])]
    begin = starts(len(wanted), np.searchsorted(wanted, label[nodes]))
    return [nodes[a:b] for a, b in zip(begin[:-1].tolist(), begin[1:].tolist(), strict=True)]


def _cycles_of_set(arcs: Arcs, members: Ints, sets: Sets) -> Iterator[Cycles]:
    """The cycles of one set, with the node numbers of `arcs`."""
    inside = _inside(arcs, members)
    at = slice(*np.searchsorted(sets.subject, (members[0], members[-1] + 1)).tolist())
    mine = np.isin(sets.subject[at], members) & ~sets.holds_itself[at]
    for subject, set_id in zip(sets.subject[at][mine].tolist(), sets.set_id[at][mine].tolist(), strict=True):
        limit = len(members) if subject == set_id else LONGEST_STEPS
        path = _shortest(inside, int(np.searchsorted(members, subject)), limit)
        if len(path):
            around = members[np.append(path, path[0])]
            position = np.arange(1, len(path) + 1)
            yield Cycles(np.full(len(path), subject), position, around[:-1], around[1:])


def _inside(arcs: Arcs, members: Ints) -> csr_array:
    """Arcs between different `members`, which are ascending: members × members."""
    begin = np.searchsorted(arcs.src, members)
    src, position = spread(begin, np.searchsorted(arcs.src, members, side="right") - begin)
    dst = arcs.dst[position]
    place = np.minimum(np.searchsorted(members, dst), len(members) - 1)
    keep = (members[place] == dst) & (place != src)
    indptr = starts(len(members), src[keep]).astype(np.int32)
    return csr_array(
        (np.ones(int(keep.sum())), place[keep].astype(np.int32), indptr), shape=(len(members), len(members))
    )


def _shortest(inside: csr_array, start: int, limit: int) -> Ints:
    """Nodes of the shortest cycle from `start`, in order; empty if it has more than `limit` steps.

    The search visits neighbours in ascending order and keeps for each node the first that reaches it. So of
    the shortest paths to a node it finds the first in lexicographic order, and the first visited holder of
    `start` closes the cycle.
    """
    order, before = breadth_first_order(inside, start, directed=True, return_predecessors=True)
    closes = marked(inside.shape[0], inside[:, [start]].nonzero()[0])
    node = int(order[np.argmax(closes[order])])
    path = [node]
    while node != start and len(path) <= limit:
        node = int(before[node])
        path.append(node)
    return np.array(path[::-1] if len(path) <= limit else [], np.int64)
