"""Editions and indicators side by side: results in order, and what runs is waited for where one fails."""

from threading import Barrier, Event
from time import sleep

import pytest

from flows.home import warehouse
from flows.night.night import at_once, side_by_side

GIBIBYTE = 1 << 30


def machine(monkeypatch: pytest.MonkeyPatch, processors: int, memory_bytes: int) -> None:
    monkeypatch.setattr(warehouse, "processors", lambda: processors)
    monkeypatch.setattr(warehouse, "memory_bytes", lambda: memory_bytes)


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, 2, 8 * GIBIBYTE)


@pytest.mark.parametrize(
    ("processors", "gibibytes", "expected"),
    [(2, 1, 1), (2, 4, 1), (2, 8, 2), (8, 8, 2), (1, 64, 1), (16, 64, 4)],
)
def test_as_many_as_processors_and_memory_allow(
    monkeypatch: pytest.MonkeyPatch, processors: int, gibibytes: int, expected: int
) -> None:
    machine(monkeypatch, processors, gibibytes * GIBIBYTE)
    assert at_once() == expected


def test_two_are_done_at_once_and_results_come_in_the_order_of_the_names() -> None:
    both = Barrier(2, timeout=20)

    def work(name: str) -> str:
        both.wait()  # passes only where two wait together
        return name.upper()

    assert list(side_by_side("edition", ["b", "a", "d", "c"], work)) == ["B", "A", "D", "C"]


def test_where_one_fails_what_runs_is_waited_for_and_the_rest_is_not_begun() -> None:
    running, begun, done = Event(), [], []

    def work(name: str) -> None:
        if name == "first":
            running.wait(20)
            raise ValueError(name)
        begun.append(name)
        running.set()
        sleep(0.05)
        done.append(name)

    with pytest.raises(ValueError, match="first"):
        list(side_by_side("edition", ["first", *(f"later {n}" for n in range(100))], work))
    assert 1 <= len(begun) < 100
    assert sorted(done) == sorted(begun)
