"""Exact counts above a node, where sums would count twice."""

import networkx as nx
import numpy as np
import pytest

from graphs.arrays.edges import Arcs, distinct
from graphs.arrays.reach import counts_above


def drawn(seed: int) -> Arcs:
    """A random graph without cycles: trees, laces, hubs, and up to 160 nodes, so that a bit set has three
    words.
    """
    draw = np.random.default_rng(seed)
    n = int(draw.integers(2, 160))
    m = int(draw.integers(1, 3 * n))
    reach = int(draw.choice([3, 12, n]))
    dst = draw.integers(1, n, m)
    src = np.maximum(0, dst - draw.integers(1, reach + 1, m))
    order = draw.permutation(n)
    return distinct(n, order[src], order[dst])


def by_networkx(arcs: Arcs, weights: np.ndarray) -> np.ndarray:
    graph: nx.DiGraph[int] = nx.DiGraph(list(zip(arcs.src.tolist(), arcs.dst.tolist(), strict=True)))
    graph.add_nodes_from(range(arcs.n))
    return np.array(
        [weights[sorted(nx.ancestors(graph, node) | {node})].sum(axis=0) for node in range(arcs.n)]
    )


@pytest.mark.sample(1)
@pytest.mark.parametrize("bits_bytes", [1, 1 << 12, 1 << 26])
def test_counts_are_those_of_ancestors(bits_bytes: int) -> None:
    """Also in blocks of one word."""
    for seed in range(120):
        arcs = drawn(seed)
        weights = np.random.default_rng(seed).choice([0, 1, 1, 1, 9], (arcs.n, 2))
        assert (counts_above(arcs, weights, bits_bytes) == by_networkx(arcs, weights)).all(), f"seed {seed}"


def test_two_laced_chains_are_counted_exactly() -> None:
    """Every pair of rungs holds both of the next: sums would double at each step. All 4,000 forks
    need sets.
    """
    rungs = 2_000
    left = np.repeat(np.arange(0, 2 * rungs - 2, 2), 4)
    src, dst = left + np.tile([0, 0, 1, 1], rungs - 1), left + np.tile([2, 3, 2, 3], rungs - 1)
    counts = counts_above(distinct(2 * rungs, src, dst), np.ones((2 * rungs, 1), np.int64))
    assert counts[:, 0].tolist() == [1 + 2 * (node // 2) for node in range(2 * rungs)]


def test_a_holder_that_also_holds_through_another_counts_once() -> None:
    """0 holds 1 and 2, 1 holds 2 and 3, 2 holds 3."""
    arcs = distinct(4, np.array([0, 0, 1, 1, 2]), np.array([1, 2, 2, 3, 3]))
    assert counts_above(arcs, np.ones((4, 1), np.int64))[:, 0].tolist() == [1, 2, 3, 4]
