"""Pass-through against a loop by its definition, and at the bounds."""

import numpy as np
import pytest

from graphs.money.passing import Bounds, pass_through
from tests.graphs.money import by_hand
from tests.graphs.money.by_hand import Row, bundles, drawn, euro, patterns, stacked, together


@pytest.mark.sample(4)
@pytest.mark.parametrize("batch", range(20))
@pytest.mark.parametrize("times", [1, 2])
def test_random_graphs_against_the_definition(batch: int, times: int) -> None:
    graphs = [drawn(seed) for seed in range(50 * batch, 50 * batch + 50)]
    rows, places = stacked(graphs)
    expected = together((by_hand.pass_through(graph, times=times, days=5) for graph in graphs), places)
    result = pass_through(bundles(rows), np.ones(500, np.bool_), Bounds(times, 5))
    assert patterns(result) == expected, f"batch {batch}"
    assert len(result.kind) == len(expected) > 0


def passing(**change: int) -> list[Row]:
    """Three sums come in and leave; `change` the last payment."""
    rows = [euro(10 + k, 0, 20 * k, 100) for k in range(3)] + [
        euro(0, 20 + k, 20 * k + 5, 90 + k) for k in range(2)
    ]
    rows.append(euro(0, 22, 45, 100)._replace(**change))
    return sorted(rows, key=lambda row: row.day)


@pytest.mark.parametrize(
    ("change", "flagged"),
    [
        ({}, True),
        ({"day": 46}, False),  # a day too late
        ({"day": 40}, True),
        ({"paid": 89}, False),  # too little
        ({"paid": 101}, False),  # more than came in
        ({"payee": 12}, False),  # back to where it came from
    ],
)
def test_the_bounds_are_within(change: dict[str, int], flagged: bool) -> None:
    result = pass_through(bundles(passing(**change)), np.ones(30, np.bool_), Bounds(3, 5))
    assert len(result.kind) == flagged


def test_a_sum_may_leave_in_parts() -> None:
    rows = sorted([*passing(paid=60), euro(0, 23, 41, 35)], key=lambda row: row.day)
    result = pass_through(bundles(rows), np.ones(30, np.bool_), Bounds(3, 5))
    assert len(result.kind) == 1 and len(result.members.bundle) == 7


def test_only_parties_all_of_whose_payments_are_held() -> None:
    held = np.ones(30, np.bool_)
    held[0] = False
    assert not len(pass_through(bundles(passing()), held, Bounds(3, 5)).kind)


def test_a_dense_set_is_named() -> None:
    rows = sorted([*passing(), *(euro(0, 24 + k, 43, 1) for k in range(4))], key=lambda row: row.day)
    result = pass_through(bundles(rows), np.ones(30, np.bool_), Bounds(3, 5, work_max=4))
    assert not len(result.kind)
    assert [column.tolist() for column in vars(result.dense).values()] == [[0], [40], [45], [5]]
