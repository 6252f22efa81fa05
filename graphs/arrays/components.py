"""Weak components, strongly connected sets, their condensation, its levels, and buckets of components of
about equal size.

Labels come from scipy.sparse.csgraph (strong components: Pearce 2005, without recursion). Cost is linear in
nodes and arcs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from graphs.arrays.edges import (
    Arcs,
    Bools,
    Ints,
    Numbers,
    ascending,
    distinct,
    neighbours,
    placed,
)


@dataclass(frozen=True, eq=False)
class Condensation:
    """The graph of strongly connected sets. `label` int64[nodes]: the set of each node. `arcs` joins
    different sets and has no cycle.
    """

    label: Ints
    arcs: Arcs

    def sources(self) -> Bools:
        """Sets that no other set holds (the tops): bool[sets]."""
        return np.equal(np.bincount(self.arcs.dst, minlength=self.arcs.n), 0)


@dataclass(frozen=True, eq=False)
class Levels:
    """Nodes of a graph without cycles by the longest path from a source: level k is `order[begin[k]:begin[k +
    1]]`.
    """

    order: Ints
    begin: Ints

    def __iter__(self) -> Iterator[Ints]:
        return (
            self.order[a:b] for a, b in zip(self.begin[:-1].tolist(), self.begin[1:].tolist(), strict=True)
        )

    def of_node(self) -> Ints:
        """Level of each node: int64[nodes]."""
        level = np.repeat(np.arange(len(self.begin) - 1), np.diff(self.begin))
        return placed(len(self.order), self.order, level)


def weak_labels(n: int, src: Ints | Numbers, dst: Ints | Numbers) -> Ints:
    """Weak component of each node: int64[n]. Arcs may repeat and come in any order."""
    return _labels(n, src, dst, "weak")


def strong_labels(n: int, src: Ints, dst: Ints) -> Ints:
    """Strongly connected set of each node: int64[n]. Arcs may repeat and come in any order."""
    return _labels(n, src, dst, "strong")


def condense(arcs: Arcs) -> Condensation:
    """Make every strongly connected set one node."""
    label = strong_labels(arcs.n, arcs.src, arcs.dst)
    src, dst = label[arcs.src], label[arcs.dst]
    between = src != dst
    return Condensation(label, distinct(int(label.max(initial=-1)) + 1, src[between], dst[between]))


def levels(arcs: Arcs) -> Levels:
    """Topological levels of a graph without cycles (Kahn 1962, one level at a time). Nodes of a
    level ascend.
    """
    waiting = np.bincount(arcs.dst, minlength=arcs.n)
    held = arcs.held()
    frontier = np.flatnonzero(waiting == 0)
    by_level = [frontier]
    while len(frontier):
        _, below = neighbours(held, frontier)
        np.subtract.at(waiting, below, 1)
        frontier = ascending(below[waiting[below] == 0])
        by_level.append(frontier)
    sizes = np.array([len(nodes) for nodes in by_level[:-1]], np.int64)
    return Levels(np.concatenate(by_level), np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes))))


def buckets(n: int, src: Ints, dst: Ints, target: int) -> Ints:
    """Bucket of each node: int64[n], numbered from 0. A bucket has whole weak components with about `target`
    nodes and arcs together, at most twice that, or a larger one alone.

    Arcs may come in any order; a repeated one counts again.
    """
    label = weak_labels(n, src, dst)
    size = np.bincount(label) + np.bincount(label[src], minlength=label.max(initial=-1) + 1)
    small, large = np.where(size <= target, size, 0), np.flatnonzero(size > target)
    number = (np.cumsum(small) - small) // max(target, 1)
    number[large] = number.max(initial=-1) + 1 + np.arange(len(large))
    return np.unique(number, return_inverse=True)[1][label]  # without gaps


def _labels(n: int, src: Ints | Numbers, dst: Ints | Numbers, connection: Literal["weak", "strong"]) -> Ints:
    if n == 0:
        return np.zeros(0, np.int64)
    matrix = csr_array((np.ones(len(src), np.int8), (src, dst)), shape=(n, n))
    matrix.data[:] = 1  # parallel arcs are summed on the way in: 256 of them would wrap to 0
    _, label = connected_components(matrix, directed=True, connection=connection)
    return label.astype(np.int64)
