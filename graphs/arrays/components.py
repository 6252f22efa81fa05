"""Weak components, strongly connected components, the condensation, its levels, and buckets of components of
about equal size.

In `graphs` a strongly connected component is called a *set*, and a *component* is a weak one.

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
    """The graph with one node for each strongly connected set. `label` int64[nodes]: the set of each node.
    `arcs`: those between different sets; they have no cycle.
    """

    label: Ints
    arcs: Arcs

    def sources(self) -> Bools:
        """The tops, which no other set holds: bool[sets]."""
        return np.equal(np.bincount(self.arcs.dst, minlength=self.arcs.n), 0)


@dataclass(frozen=True, eq=False)
class Levels:
    """Nodes of an acyclic graph by level, the length of the longest path to the node. Level k is
    `order[begin[k]:begin[k + 1]]`. `order` int64[nodes], `begin` int64[levels + 1].
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
    """Contract every strongly connected set to one node."""
    label = strong_labels(arcs.n, arcs.src, arcs.dst)
    src, dst = label[arcs.src], label[arcs.dst]
    between = src != dst
    return Condensation(label, distinct(int(label.max(initial=-1)) + 1, src[between], dst[between]))


def levels(arcs: Arcs) -> Levels:
    """Topological levels of an acyclic graph (Kahn 1962, one level at a time). Nodes of a level are in
    ascending order.
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
    sizes = [len(nodes) for nodes in by_level[:-1]]
    return Levels(np.concatenate(by_level), np.cumsum([0, *sizes]))


def buckets(n: int, src: Ints, dst: Ints, target: int) -> Ints:
    """Bucket of each node: int64[n], numbered from 0. A bucket has whole weak components. It has about
    `target` nodes and arcs, at most twice that, unless it is a single larger component.

    Arcs may come in any order; repeated arcs count each time.
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
    matrix.data[:] = 1  # csr_array sums parallel arcs, and 256 of them would overflow to 0
    _, label = connected_components(matrix, directed=True, connection=connection)
    return label.astype(np.int64)
