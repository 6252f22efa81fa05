"""Round trips against a search of all paths, and at the bounds."""

from itertools import pairwise

import numpy as np
import pytest

from graphs.money.round_trips import Bounds, round_trips
from tests.graphs.money import by_hand
from tests.graphs.money.by_hand import Row, bundles, drawn, euro, patterns, stacked

BOUNDS = Bounds(days=30, share=80, amount=80)


@pytest.mark.sample(5)
@pytest.mark.parametrize("batch", range(25))
def test_random_graphs_against_all_paths(batch: int) -> None:
    graphs = [drawn(seed) for seed in range(40 * batch, 40 * batch + 40)]
    rows, places = stacked(graphs)
    draw = np.random.default_rng(batch)
    groups = [draw.integers(-1, 3, 10) for _ in graphs]
    group = np.concatenate([np.where(one < 0, -1, one + 3 * k) for k, one in enumerate(groups)])
    expected = {
        places[k][first]: home
        for k, graph in enumerate(graphs)
        for first, home in by_hand.round_trips(
            graph, groups[k].tolist(), days=30, share=80, amount=80
        ).items()
    }
    result = patterns(round_trips(bundles(rows), group, BOUNDS))
    returns = {hops[0][1]: (rows[hops[-1][1]].day, len(hops)) for _, hops in result}
    assert returns == expected and len(result) == len(expected) > 0, f"batch {batch}"
    for _, hops in result:
        _check(rows, group, [k for _, k in hops])


def _check(rows: list[Row], group: np.ndarray, hops: list[int]) -> None:
    """One path of hops is a round trip by the definition."""
    path = [rows[k] for k in hops]
    home = group[path[0].payer]
    assert home >= 0 and group[path[-1].payee] == home
    assert all(group[row.payee] != home for row in path[:-1])
    assert all(a.payee == b.payer and a.day < b.day for a, b in pairwise(path))
    assert path[-1].day <= path[0].day + 30 and path[0].paid_eur and path[0].paid_eur >= 80
    assert all(by_hand.per_cent(path[0], row, 80) for row in path[1:])


TRIP = [euro(0, 2, 5, 100), euro(2, 3, 9, 90), euro(3, 1, 35, 80)]
GROUP = np.array([0, 0, -1, -1])


@pytest.mark.parametrize(
    ("hop", "change", "is_found"),
    [
        (0, {}, True),
        (2, {"day": 36}, False),  # a day too late
        (2, {"paid": 79}, False),  # a hop too small
        (0, {"paid": 79, "paid_eur": 79}, False),  # too little leaves
        (1, {"day": 5}, False),  # on one day: the order is not known
        (1, {"paid": 5_000}, True),  # a hop may be larger
        (0, {"paid_eur": None}, False),
    ],
)
def test_the_bounds_are_within(hop: int, change: dict[str, int | None], is_found: bool) -> None:
    rows = [*TRIP]
    rows[hop] = rows[hop]._replace(**change)
    result = round_trips(bundles(rows), GROUP, BOUNDS)
    assert patterns(result) == ({("round_trip", (("hop", 0), ("hop", 1), ("hop", 2)))} if is_found else set())
    assert result.without_rate == (change.get("paid_eur", 0) is None)


def test_two_hops_back_to_the_payer_itself_are_a_return() -> None:
    back = [euro(0, 2, 5, 100), euro(2, 0, 9, 90)]
    assert patterns(round_trips(bundles(back), GROUP, BOUNDS)) == set()
    [(_, hops)] = patterns(round_trips(bundles([*back, euro(2, 1, 11, 90)]), GROUP, BOUNDS))
    assert [row for _, row in hops] == [0, 2]


def test_no_number_of_hops_is_a_bound() -> None:
    rows = [euro(k, k + 1, k, 100) for k in range(29)] + [euro(29, 0, 29, 100)]
    group = np.where(np.arange(30) == 0, 0, -1)
    [(_, hops)] = patterns(round_trips(bundles(rows), group, BOUNDS))
    assert [row for _, row in hops] == list(range(30))


def test_a_dense_set_is_named() -> None:
    rows = [euro(0, 2, 1, 100)] + [euro(2, 3 + k, 2, 100) for k in range(9)] + [euro(7, 1, 4, 100)]
    group = np.array([0, 0, *[-1] * 11])
    result = round_trips(bundles(rows), group, Bounds(30, 80, 80, work_max=8))
    assert not len(result.kind)
    assert [column.tolist() for column in vars(result.dense).values()] == [[0], [1], [31], [9]]
    assert len(round_trips(bundles(rows), group, Bounds(30, 80, 80, work_max=9)).kind) == 1
