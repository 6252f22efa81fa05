"""Scatter-gather and gather-scatter against loops by their definitions, and at the bounds."""

import pytest

from graphs.money.scatter import Bounds, gather_scatter, scatter_gather
from tests.graphs.money import by_hand
from tests.graphs.money.by_hand import bundles, drawn, euro, patterns, stacked, together

SMALL = Bounds(n=2, days=12, share=80)  # so that small graphs have many


@pytest.mark.sample(3)
@pytest.mark.parametrize("batch", range(8))
def test_random_graphs_against_the_definitions(batch: int) -> None:
    graphs = [drawn(seed) for seed in range(150 * batch, 150 * batch + 150)]
    rows, places = stacked(graphs)
    for find, expect in (
        (scatter_gather, by_hand.scatter_gather),
        (gather_scatter, by_hand.gather_scatter),
    ):
        expected = together((expect(graph, n=2, days=12, share=80) for graph in graphs), places)
        result = find(bundles(rows), SMALL)
        assert patterns(result) == expected, f"batch {batch}"
        assert len(result.kind) == len(expected) > 0


SCATTER = (
    [euro(0, k, k, 100) for k in (1, 2, 3)] + [euro(k, 4, 20, 80) for k in (1, 2)] + [euro(3, 4, 21, 80)]
)
GATHER = [euro(k, 0, k, 100) for k in (1, 2, 3)] + [euro(0, k, 20, 80) for k in (4, 5)] + [euro(0, 6, 21, 80)]
BOUNDS = Bounds(n=3, days=20, share=80)


@pytest.mark.parametrize(
    ("row", "change", "is_found"),
    [
        (0, {}, True),
        (5, {"day": 22}, False),  # a day too late
        (5, {"paid": 79, "received": 79}, False),  # too little arrives
        (5, {"day": 3}, False),  # not later
    ],
)
@pytest.mark.parametrize("kind", ["scatter_gather", "gather_scatter"])
def test_the_bounds_are_within(kind: str, row: int, change: dict[str, int], is_found: bool) -> None:
    rows = [*(SCATTER if kind == "scatter_gather" else GATHER)]
    rows[row] = rows[row]._replace(**change)
    rows.sort(key=lambda row: row.day)
    result = patterns((scatter_gather if kind == "scatter_gather" else gather_scatter)(bundles(rows), BOUNDS))
    ends = ("out", "in") if kind == "scatter_gather" else ("in", "out")
    assert result == ({(kind, tuple((ends[k > 2], k) for k in range(6)))} if is_found else set())


def test_money_of_its_own_does_not_make_up_for_others() -> None:
    rows = [row._replace(paid=9_000 if row.payer == 3 else 60) for row in SCATTER[3:]]
    assert patterns(scatter_gather(bundles([*SCATTER[:3], *rows]), BOUNDS)) == set()


def test_a_party_that_passes_on_little_is_left_out() -> None:
    rows = sorted([*SCATTER, euro(0, 5, 2, 9_000), euro(5, 4, 19, 10)], key=lambda row: row.day)
    [(_, members)] = patterns(scatter_gather(bundles(rows), BOUNDS))
    assert {rows[k].payer for role, k in members if role == "in"} == {1, 2, 3}


def test_a_dense_set_is_named() -> None:
    rows = SCATTER[:3] + [euro(1, 7 + k, 9, 5) for k in range(6)] + SCATTER[3:]
    result = scatter_gather(bundles(rows), Bounds(3, 20, 80, work_max=6))
    assert not len(result.kind)
    assert [column.tolist() for column in vars(result.dense).values()] == [[1], [1], [21], [7]]
    result = gather_scatter(bundles(GATHER), Bounds(3, 20, 80, work_max=5))
    assert not len(result.kind)
    assert [column.tolist() for column in vars(result.dense).values()] == [[0], [1], [21], [6]]
