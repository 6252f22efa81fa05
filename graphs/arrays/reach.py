"""Marked parties above each party: the nearest one, its distance, their number, and whether every top is
marked.

Pairs are never listed (a chain of 10,000 has 50 million). The nearest marked party and its distance come from
one breadth-first search down from all marked parties. It keeps the two nearest of each node, because the
nearest one to a marked party is that party itself. Time and memory are linear.

Counts are exact. The number of marked parties above a node is the size of a union, which is a sum only if the
parts do not overlap. Two observations keep the part that needs sets small:

1. A node that holds a single node is in a union exactly when that node is, so its weight is added to that
   node. Only *forks*, nodes that hold two nodes or more, remain.
2. A node needs a set only if it is a *join*: two or more of its holders are forks or have forks above them,
   and one has forks above it. All other counts are sums.

Joins get bit sets over the forks above them, for each *piece* (a weak component of the graph above the joins)
separately. Time is linear plus, for each piece, arcs × forks / 64 word operations. Memory is linear plus
`bits_bytes`, because a large piece is processed in blocks of forks.

Method: popcount over reachability bit sets; the reductions are this project's.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphs.arrays.components import Condensation, Levels, levels, weak_labels
from graphs.arrays.edges import (
    Arcs,
    Bools,
    Csr,
    Ints,
    Rows,
    ascending,
    grouped,
    neighbours,
    ordering,
    placed,
    reachable,
    run_starts,
    starts,
)

NONE = -1


@dataclass(frozen=True, eq=False)
class Reach(Rows):
    """Rows (subject, mark) for subjects with a marked party above them, sorted by subject and mark; arrays of
    one length.

    `nearest`, `depth`: the nearest marked party and its distance in arcs; `n`: the number of marked parties
    above; `all_tops` bool: every top is marked.
    """

    subject: Ints
    mark: Ints
    nearest: Ints
    depth: Ints
    n: Ints
    all_tops: Bools


def reach(arcs: Arcs, sets: Condensation, marked: Bools, subjects: Ints) -> Reach:
    """The marked parties above the `subjects` (int64 nodes), for every mark. `marked` is bool[nodes, marks];
    `sets` is the condensation of `arcs`.

    Above a subject is every other node from which a path leads to it. Its tops are the sets of the
    condensation that no other set holds; a top carries a mark if any member other than the subject does.
    """
    held = arcs.held()
    marks_n = marked.shape[1]
    in_set = [np.bincount(sets.label[marked[:, k]], minlength=sets.arcs.n) for k in range(marks_n)]
    weights = np.column_stack(in_set)
    n = counts_above(sets.arcs, weights)[sets.label[subjects]] - marked[subjects]
    subject, mark = np.nonzero(n > 0)
    node = subjects[subject]
    near, depth = np.empty_like(node), np.empty_like(node)
    for k in range(marks_n):
        rows = np.flatnonzero(mark == k)
        near[rows], depth[rows] = (each[node[rows]] for each in nearest(held, marked[:, k]))
    tops = _all_tops(sets, weights > 0)
    return Reach(node, mark, near, depth, n[subject, mark], tops[sets.label[node], mark])


def _all_tops(sets: Condensation, marked: Bools) -> Bools:
    """Whether every top at or above each set is marked: bool[sets, marks]. `marked`, of the same shape: the
    sets that are marked.
    """
    holders = sets.arcs.holders()
    all_marked = marked.copy()
    for depth, nodes in enumerate(levels(sets.arcs)):
        if depth > 0:  # every set below the first level has a holder, so no run is empty
            run, holder = neighbours(holders, nodes)
            begin = starts(len(nodes), run)[:-1]
            all_marked[nodes] = np.logical_and.reduceat(all_marked[holder], begin, axis=0)
    return all_marked


def nearest(held: Csr, marked: Bools) -> tuple[Ints, Ints]:
    """The nearest marked party above each node, other than itself, and its distance in arcs: int64[nodes]
    each, -1 for none. Of two equally near, the one with the smaller number.
    """
    label, depth = _two_nearest(held, np.flatnonzero(marked))
    own = label[:, 0] == np.arange(held.n)
    return np.where(own, label[:, 1], label[:, 0]), np.where(own, depth[:, 1], depth[:, 0])


def _two_nearest(held: Csr, sources: Ints) -> tuple[Ints, Ints]:
    """The two nearest sources at or above each node and their distance: int64[nodes, 2] each, -1 for none.

    Two are enough: a source that is not among the two nearest at a holder is not among them below it either.
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
    """The distinct offers (node, source) for which the node has room, sorted. If there are too many, the
    smaller sources are kept.
    """
    wanted = (label[node, 1] == NONE) & (label[node, 0] != source)
    key = ascending(node[wanted] * len(label) + source[wanted])
    node, source = np.divmod(key, max(len(label), 1))
    begin = run_starts(node)
    rank = np.arange(len(node)) - np.repeat(begin, np.diff(begin, append=len(node)))
    places = np.where(label[node, 0] == NONE, 2, 1)
    return node[rank < places], source[rank < places]


BITS_BYTES = 64 << 20  # own: one block of bit sets; its working copies take about as much again

type Words = npt.NDArray[np.uint64]


def counts_above(arcs: Arcs, weights: Ints, bits_bytes: int = BITS_BYTES) -> Ints:
    """The sum of the weights of each node and of everything above it, each counted once: int64[nodes, marks].

    `arcs` has no cycle; `weights` int64[nodes, marks] are not negative. `bits_bytes` limits the memory of the
    bit sets, but each has at least one word.
    """
    order = levels(arcs)
    held, holders = arcs.held(), arcs.holders()
    fork = np.diff(held.indptr) >= 2
    weight = _moved_down(order, held, weights)
    below_fork = reachable(held, ascending(neighbours(held, np.flatnonzero(fork))[1]))
    heavy = _only(holders, (fork | below_fork)[holders.indices])
    join = np.asarray(
        (np.diff(heavy.indptr) >= 2) & (np.diff(_only(heavy, below_fork[heavy.indices]).indptr) > 0), np.bool_
    )  # nodes whose holders' sets may overlap
    forks_above = np.zeros_like(weight)
    if join.any():
        _count_joins(heavy, fork, weight, join=join, forks_above=forks_above, bits_bytes=bits_bytes)
    _count_sums(order, heavy, fork, weight, join=join, forks_above=forks_above)
    return weight + forks_above


def _only(csr: Csr, keep: Bools) -> Csr:
    """The same nodes with only the arcs where `keep`, bool[arcs], is true."""
    owner = np.repeat(np.arange(csr.n), np.diff(csr.indptr))
    return grouped(csr.n, owner[keep], csr.indices[keep])


def _moved_down(order: Levels, held: Csr, weights: Ints) -> Ints:
    """Weights after each node with a single holding has added its weight to that holding's. The node keeps
    its own weight for its own count.
    """
    moved = weights.copy()
    single = np.diff(held.indptr) == 1
    for nodes in order:
        givers = nodes[single[nodes]]
        np.add.at(moved, held.indices[held.indptr[givers]], moved[givers])
    return moved


def _count_sums(
    order: Levels, heavy: Csr, fork: Bools, weight: Ints, *, join: Bools, forks_above: Ints
) -> None:
    """Fill `forks_above` where it is a sum over holders, from the top down."""
    for nodes in order:
        plain = nodes[~join[nodes]]
        run, holder = neighbours(heavy, plain)
        np.add.at(
            forks_above,
            plain[run],
            forks_above[holder] + np.where(fork[holder, None], weight[holder], 0),
        )


@dataclass(frozen=True, eq=False)
class _Piece:
    """Pieces with about the same number of forks, processed together: one row of a bit set for each node, and
    nodes are numbered from 0.

    `nodes`: their numbers in the whole graph; `fork`: column of each fork within its piece, -1 for other
    nodes; `piece`: number of the piece; `words`: words of a full row.
    """

    nodes: Ints
    arcs: Arcs
    fork: Ints
    piece: Ints
    words: int


def _count_joins(
    heavy: Csr, fork: Bools, weight: Ints, *, join: Bools, forks_above: Ints, bits_bytes: int
) -> None:
    """Fill `forks_above` of the joins from bit sets."""
    core = reachable(heavy, np.flatnonzero(join))
    nodes = np.flatnonzero(core)
    run, holder = neighbours(heavy, nodes)
    label = weak_labels(heavy.n, holder, nodes[run])
    column, size = _columns(label, np.flatnonzero(core & fork))
    width_class = np.ceil(np.log2(np.maximum(1, -(-size // 64)))).astype(np.int64)[label]
    for width in ascending(width_class[nodes]).tolist():
        part = _part(nodes[width_class[nodes] == width], heavy, column, label, 1 << width)
        wanted = np.flatnonzero(join[part.nodes])
        forks_above[part.nodes[wanted]] = _popcounts(part, weight[part.nodes], wanted, bits_bytes)


def _columns(label: Ints, forks: Ints) -> tuple[Ints, Ints]:
    """Column of each fork within its piece (-1 for other nodes), and the number of forks of each piece."""
    forks = forks[ordering(label[forks])]
    begin = starts(int(label.max()) + 1, label[forks])
    return placed(len(label), forks, np.arange(len(forks)) - begin[label[forks]]), np.diff(begin)


def _part(nodes: Ints, heavy: Csr, column: Ints, label: Ints, words: int) -> _Piece:
    """Number `nodes` from 0, with the arcs among them."""
    run, holder = neighbours(heavy, nodes)
    src = placed(heavy.n, nodes)[holder]
    order = ordering(run, src)
    return _Piece(
        nodes,
        Arcs(len(nodes), src[order], run[order]),
        column[nodes],
        np.unique(label[nodes], return_inverse=True)[1].astype(np.int64),
        words,
    )


def _popcounts(part: _Piece, weight: Ints, wanted: Ints, bits_bytes: int) -> Ints:
    """Weights of the forks above each wanted node, without itself: int64[wanted, marks], in blocks
    of words.
    """
    total = np.zeros((len(wanted), weight.shape[1]), np.int64)
    block = max(1, bits_bytes // (8 * (part.arcs.n + len(part.arcs.src))))
    order, holders = levels(part.arcs), part.arcs.holders()
    for first in range(0, part.words, block):
        rows = _bit_rows(part, order, holders, first, min(block, part.words - first))[wanted]
        for mark in range(weight.shape[1]):
            total[:, mark] += _weighed(part, rows, weight[:, mark], part.piece[wanted], first)
    return total - np.where(part.fork[wanted, None] >= 0, weight[wanted], 0)


def _bit_rows(part: _Piece, order: Levels, holders: Csr, first: int, width: int) -> Words:
    """Bit sets of the forks at or above each node, for the columns of `width` words from `first`:
    uint64[nodes, width].
    """
    rows = np.zeros((part.arcs.n, width), np.uint64)
    _set_bits(rows, np.arange(part.arcs.n), part.fork, first)
    for depth, nodes in enumerate(order):
        if depth > 0:  # every node below the first level has a holder, so no run is empty
            run, holder = neighbours(holders, nodes)
            rows[nodes] |= np.bitwise_or.reduceat(rows[holder], starts(len(nodes), run)[:-1], axis=0)
    return rows


def _weighed(part: _Piece, rows: Words, weight: Ints, piece: Ints, first: int) -> Ints:
    """Sum of the weights of the bits set in each row, computed one binary digit of the weights at a time."""
    total = np.zeros(len(rows), np.int64)
    owner = np.flatnonzero(part.fork >= 0)
    for digit in range(int(weight[owner].max(initial=0)).bit_length()):
        counted = owner[(weight[owner] >> digit) & 1 == 1]
        mask = np.zeros((int(part.piece.max()) + 1, rows.shape[1]), np.uint64)
        _set_bits(mask, part.piece[counted], part.fork[counted], first)
        total += np.bitwise_count(rows & mask[piece]).sum(axis=1, dtype=np.int64) << digit
    return total


def _set_bits(rows: Words, row: Ints, column: Ints, first: int) -> None:
    """Set bit `column` of `row` if it is in the words that `rows` has, which begin at word `first`."""
    word = column // 64 - first
    inside = (column >= 0) & (word >= 0) & (word < rows.shape[1])
    np.bitwise_or.at(
        rows, (row[inside], word[inside]), np.uint64(1) << (column[inside] % 64).astype(np.uint64)
    )
