"""The layered drawing: holders above, room for everybody, arcs that pass every layer, the same each time, and
soon enough.
"""

import random
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from graphs.drawing.layout import Layout, layered

SEEDS = range(40)


def laid(n: int, arcs: list[tuple[int, int]], room: list[float] | None = None) -> Layout:
    src, dst = (np.array(column, np.int64) for column in (list(zip(*arcs, strict=True)) or [(), ()]))
    return layered(n, src, dst, np.array(room if room is not None else [1.0] * n))


def drawn(seed: int, *, cycles: bool) -> tuple[int, list[tuple[int, int]], list[float]]:
    draw = random.Random(seed)
    n = draw.randint(1, 30)
    arcs = [(draw.randrange(n), draw.randrange(n)) for _ in range(draw.randint(0, 2 * n))]
    if not cycles:
        arcs = [(min(arc), max(arc)) for arc in arcs if arc[0] != arc[1]]
    return n, arcs, [draw.choice((1.0, 1.0, 3.5, 8.0)) for _ in range(n)]


@pytest.mark.parametrize("seed", SEEDS)
def test_holders_stand_above_what_they_hold_where_there_is_no_ring(seed: int) -> None:
    n, arcs, room = drawn(seed, cycles=False)
    layout = laid(n, arcs, room)
    assert all(layout.layer[start] < layout.layer[end] for start, end in arcs), f"seed {seed}"
    assert layout.layer.min() == 0
    graph = nx.DiGraph(arcs)
    for node in graph:
        if graph.in_degree(node) == 0:  # a top stands right above the first that it holds
            assert layout.layer[node] == min(layout.layer[held] for held in graph[node]) - 1, f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_has_room_in_its_layer(seed: int) -> None:
    n, arcs, room = drawn(seed, cycles=True)
    layout = laid(n, arcs, room)
    for layer in set(layout.layer.tolist()):
        row = sorted((layout.across[node], room[node]) for node in range(n) if layout.layer[node] == layer)
        assert all(right - left >= (a + b) / 2 - 1e-9 for (left, a), (right, b) in pairwise(row)), (
            f"seed {seed}"
        )
    assert (layout.across - np.array(room) / 2).min() >= -1e-9 and (
        layout.across + np.array(room) / 2
    ).max() <= layout.extent + 1e-9, f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS)
def test_arcs_pass_each_layer_between_their_ends_once(seed: int) -> None:
    n, arcs, room = drawn(seed, cycles=True)
    layout = laid(n, arcs, room)
    assert len(layout.bends) == len(arcs)
    for (start, end), bends in zip(arcs, layout.bends, strict=True):
        first, last = int(layout.layer[start]), int(layout.layer[end])
        passed = range(first + 1, last) if first < last else range(first - 1, last, -1)
        assert [layer for _, layer in bends] == list(passed) or start == end, f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_the_same_each_time(seed: int) -> None:
    n, arcs, room = drawn(seed, cycles=True)
    one, other = laid(n, arcs, room), laid(n, arcs, room)
    assert (
        one.layer.tolist() == other.layer.tolist()
        and one.across.tolist() == other.across.tolist()
        and one.bends == other.bends
    )


def test_a_single_holder_stands_over_the_middle_of_what_it_holds() -> None:
    layout = laid(4, [(0, 1), (0, 2), (0, 3)])
    assert layout.across[0] == pytest.approx(sorted(layout.across[1:])[1])


@pytest.mark.parametrize(("n", "arcs"), [(0, []), (1, []), (1, [(0, 0)]), (2, []), (2, [(0, 1), (1, 0)])])
def test_small_ones(n: int, arcs: list[tuple[int, int]]) -> None:
    layout = laid(n, arcs)
    assert len(layout.across) == n and layout.extent >= 0
    if n == 2 and arcs:
        assert sorted(layout.layer.tolist()) == [0, 1]


def test_300_nodes_are_laid_out() -> None:
    draw = random.Random(7)
    arcs = [(draw.randrange(max(0, k - 40), k), k) for k in range(1, 300)] + [
        (draw.randrange(300), draw.randrange(300)) for _ in range(150)
    ]
    layout = laid(300, arcs)
    assert len(layout.across) == 300
