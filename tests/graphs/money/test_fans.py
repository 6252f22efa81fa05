"""Fans against loops by their definition, and at the bounds."""

from collections.abc import Sequence

import numpy as np
import pytest

from graphs.money.fans import Bounds, fans
from tests.graphs.money import by_hand
from tests.graphs.money.by_hand import Row, bundles, drawn, euro, patterns, stacked, together


@pytest.mark.sample(4)
@pytest.mark.parametrize("batch", range(20))
@pytest.mark.parametrize(("n", "days", "quiet", "windows_min"), [(2, 8, 12, 3), (3, 20, 30, 20)])
def test_random_graphs_against_the_definition(
    batch: int, n: int, days: int, quiet: int, windows_min: int
) -> None:
    graphs = [drawn(seed) for seed in range(30 * batch, 30 * batch + 30)]
    rows, places = stacked(graphs)
    draw = np.random.default_rng(batch)
    counts = [(draw.random(len(graph)) < 0.8).tolist() for graph in graphs]
    counted = np.zeros(len(rows), np.bool_)
    for place, counts_here in zip(places, counts, strict=True):
        counted[place] = counts_here
    bounds = {"n": n, "days": days, "quiet": quiet, "windows_min": windows_min}
    expected = together(
        (
            by_hand.fans(graph, counted_rows, **bounds)
            for graph, counted_rows in zip(graphs, counts, strict=True)
        ),
        places,
    )
    result = fans(bundles(rows), Bounds(**bounds), counted)
    assert patterns(result) == expected, f"batch {batch}"
    assert len(result.kind) == len(expected) > 0


def _fan(n: int, first: int = 1_000, step: int = 5, party: int = 50) -> list[Row]:
    return [euro(0, party + k, first + step * k, 100) for k in range(n)]


def fans_in(rows: list[Row], rent: Sequence[Row] = ()) -> list[str]:
    """`rent`: those of the rows that are dealings, and do not count."""
    rows.sort(key=lambda row: row.day)
    counts = np.array([row not in rent for row in rows])
    return sorted(kind for kind, _ in patterns(fans(bundles(rows), Bounds(n=5, days=20), counts)))


def test_the_bounds_are_within() -> None:
    assert fans_in(_fan(5)) == ["fan_out"]
    assert fans_in([euro(b, a, day, cents) for a, b, day, cents, *_ in _fan(5)]) == ["fan_in"]
    assert fans_in(_fan(4)) == []
    assert fans_in([*_fan(4), euro(0, 60, 1_021, 100)]) == []  # a day too late
    assert fans_in([*_fan(5), euro(54, 0, 1_020 - 180, 100)]) == []  # dealt with it before
    assert fans_in([*_fan(5), euro(54, 0, 1_020 - 181, 100)]) == ["fan_out"]
    rent = euro(0, 54, 1_020 - 180, 7)
    assert fans_in([*_fan(5), rent], [rent]) == []
    rent = euro(0, 54, 1_020, 7)  # on the day itself
    assert fans_in([rent, *_fan(5)], [rent]) == ["fan_out"]


@pytest.mark.parametrize(("earlier", "size", "flagged"), [(20, 5, False), (20, 6, True), (19, 5, True)])
def test_more_than_the_fence_of_its_earlier_windows(earlier: int, size: int, flagged: bool) -> None:
    """Windows of 21 days before with 1 and 2 new ones in turn: Q1 1, Q3 2, fence 5."""
    rows = [
        euro(0, 100 + 2 * k + j, 1_000 - 21 * (earlier - k), 100)
        for k in range(earlier)
        for j in range(1 + k % 2)
    ]
    assert fans_in([*rows, *_fan(size, step=4)]) == (["fan_out"] if flagged else [])
