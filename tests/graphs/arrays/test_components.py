"""Buckets, levels and labels on graphs whose answer is known."""

import numpy as np
import pytest

from graphs.arrays.components import buckets, condense, levels, weak_labels
from graphs.arrays.edges import Arcs, distinct


def drawn(seed: int, n: int = 400, m: int = 300) -> Arcs:
    draw = np.random.default_rng(seed)
    return distinct(n, draw.integers(0, n, m), draw.integers(0, n, m))


@pytest.mark.parametrize("target", [1, 7, 50, 10_000])
def test_buckets_hold_every_node_and_whole_components(target: int) -> None:
    arcs = drawn(3)
    bucket, label = buckets(arcs.n, arcs.src, arcs.dst, target), weak_labels(arcs.n, arcs.src, arcs.dst)
    assert (bucket[arcs.src] == bucket[arcs.dst]).all()
    size = np.bincount(bucket) + np.bincount(bucket[arcs.src])
    assert (size > 0).all()
    assert all(len(np.unique(label[bucket == k])) == 1 for k in np.flatnonzero(size >= 2 * target))


def test_levels_are_longest_ways_from_a_source() -> None:
    arcs = distinct(5, np.array([0, 0, 1, 2, 3]), np.array([1, 3, 2, 3, 4]))
    assert [level.tolist() for level in levels(arcs)] == [[0], [1], [2], [3], [4]]
    assert levels(arcs).of_node().tolist() == [0, 1, 2, 3, 4]


def test_levels_of_nothing_are_none() -> None:
    assert list(levels(distinct(0, np.zeros(0, np.int64), np.zeros(0, np.int64)))) == []


def test_parallel_arcs_do_not_cancel_out() -> None:
    """256 parallel arcs would sum to 0 in one byte."""
    label = weak_labels(2, np.zeros(256, np.int64), np.ones(256, np.int64))
    assert label[0] == label[1]


def test_condensation_joins_sets_without_cycles() -> None:
    sets = condense(distinct(4, np.array([0, 1, 1, 2, 3]), np.array([1, 0, 2, 3, 2])))
    assert sets.label[0] == sets.label[1] != sets.label[2] == sets.label[3]
    assert (sets.arcs.src.tolist(), sets.arcs.dst.tolist()) == ([sets.label[0]], [sets.label[2]])
    assert sets.sources()[sets.label[0]]
    assert not sets.sources()[sets.label[2]]
