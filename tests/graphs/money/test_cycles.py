"""Cycles against networkx, on random temporal graphs, on the example of the paper, and at the bounds."""

import numpy as np
import pytest

from graphs.money.bundles import Bundles
from graphs.money.cycles import Bounds, cycles
from tests.graphs.money import by_hand
from tests.graphs.money.by_hand import bundles, drawn, euro, patterns, stacked, together

BOUNDS = Bounds(days=20, keep=80, over=105)


@pytest.mark.sample(10)  # 1,000 graphs
@pytest.mark.parametrize("batch", range(50))
def test_random_graphs_against_networkx(batch: int) -> None:
    graphs = [drawn(seed) for seed in range(100 * batch, 100 * batch + 100)]
    rows, places = stacked(graphs)
    expected = together((by_hand.cycles(graph, days=20, keep=80, over=105) for graph in graphs), places)
    result = cycles(bundles(rows), BOUNDS)
    assert patterns(result) == expected, f"batch {batch}"
    assert len(result.kind) == len(expected) > 0 and not len(result.dense.party)


# data/sample.txt of github.com/IBM/parallel-cycle-enumeration: payer, payee, time; five simple cycles.
SAMPLE = "1 2 0, 1 5 1, 2 3 2, 3 1 3, 3 2 4, 3 4 5, 3 6 6, 4 5 7, 5 2 8, 6 4 9, 4 7 10"


def test_the_example_of_parallel_cycle_enumeration() -> None:
    rows = [euro(*map(int, line.split()), 100) for line in SAMPLE.split(", ")]
    result = patterns(cycles(bundles(rows), BOUNDS))
    around = {(kind, tuple(f"{rows[k].payer}{rows[k].payee}" for _, k in hops)) for kind, hops in result}
    assert around == {
        ("return", ("23", "32")),
        ("ordered", ("12", "23", "31")),
        ("ordered", ("23", "34", "45", "52")),
        ("windowed", ("15", "52", "23", "31")),
        ("windowed", ("23", "36", "64", "45", "52")),
    }


CYCLE = [euro(0, 1, 3, 10_000), euro(1, 2, 9, 8_000), euro(2, 0, 23, 6_400)]


@pytest.mark.parametrize(
    ("hop", "change", "kind"),
    [
        (0, {}, "ordered"),
        (2, {"day": 24}, None),  # a day too late
        (2, {"paid": 6_399}, None),  # a hop too small
        (1, {"paid": 10_500, "received": 10_000}, "ordered"),
        (1, {"paid": 10_501, "received": 10_000}, None),  # a hop too large
        (1, {"day": 3}, "windowed"),  # two hops on one day
        (1, {"day": 23}, "windowed"),
        (0, {"day": 22}, "windowed"),  # out of order
    ],
)
def test_the_bounds_are_within(hop: int, change: dict[str, int], kind: str | None) -> None:
    rows = [*CYCLE]
    row = rows[hop]._replace(**change)
    rows[hop] = row if "received" in change else row._replace(received=row.paid)
    if hop == 1 and "received" in change:
        rows[2] = rows[2]._replace(paid=8_000)
    rows.sort(key=lambda row: row.day)
    assert {kind for kind, _ in patterns(cycles(bundles(rows), BOUNDS))} == ({kind} if kind else set())


def test_a_hop_goes_on_in_the_currency_received_and_else_in_euro() -> None:
    other = {"paid_in": 1, "received_in": 1, "paid": 900, "received": 900}
    exchanged = [CYCLE[0]._replace(received_in=1, received=900), CYCLE[1]._replace(**other), CYCLE[2]]
    in_euro = [CYCLE[0], CYCLE[1]._replace(**other), CYCLE[2]]
    lacking = [CYCLE[0], CYCLE[1]._replace(**other, paid_eur=None), CYCLE[2]]
    for rows, n, without_rate in ((exchanged, 1, 0), (in_euro, 1, 0), (lacking, 0, 1)):
        result = cycles(bundles(rows), BOUNDS)
        assert (len(result.kind), result.without_rate) == (n, without_rate)


@pytest.mark.parametrize("work_max", [3, 10, 40])
def test_a_dense_set_is_named_and_nothing_else_is_lost(work_max: int) -> None:
    """A ring that is not found has a hop by or to a party that is named, on one of its days."""
    draw = np.random.default_rng(work_max)
    ends = draw.integers(0, 6, (90, 2))
    rows = [euro(a, b, k // 4, 100) for k, (a, b) in enumerate(ends.tolist()) if a != b]
    quiet = [row._replace(payer=row.payer + 10, payee=row.payee + 10, day=row.day + 40) for row in CYCLE]
    rows = sorted([*rows, *quiet], key=lambda row: row.day)
    everything = by_hand.cycles(rows, days=20, keep=80, over=105, hops_max=4)
    result = cycles(bundles(rows), Bounds(20, 80, 105, hops_max=4, work_max=work_max))
    dense = list(zip(*(column.tolist() for column in vars(result.dense).values()), strict=True))
    assert patterns(result) < everything and dense
    assert all(size > work_max for *_, size in dense) and len({party for party, *_ in dense}) == len(dense)
    for _, hops in everything - patterns(result):
        assert any(
            party in (rows[k].payer, rows[k].payee) and first <= rows[k].day <= last
            for _, k in hops
            for party, first, last, _ in dense
        )
    assert any(rows[hops[0][1]].payer >= 10 for _, hops in patterns(result))


def test_nothing_comes_of_nothing() -> None:
    none = np.zeros(0, np.int64)
    result = cycles(Bundles.in_euro(none, none, none, none), BOUNDS)
    assert not len(result.kind) and not len(result.members.bundle) and not len(result.dense.party)
