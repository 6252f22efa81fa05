"""SIGTERM and SIGINT end what holds the home's lock with RunFailed, wherever they arrive, and what was set for it is put back."""

from __future__ import annotations

import signal
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.runner import at_work
from flows.settings import Home
from transforms.errors import RunFailed

LONGEST_SECONDS = 20


class Thing:
    """Something a weak reference can watch, and a finaliser."""

    def __init__(self, at_the_end: Callable[[], None] = lambda: None) -> None:
        self.at_the_end = at_the_end

    def __del__(self) -> None:
        self.at_the_end()


def in_a_weak_reference(number: signal.Signals) -> None:
    thing = Thing()
    watch = weakref.ref(thing, lambda _: signal.raise_signal(number))
    del thing
    assert watch() is None


def in_a_finaliser(number: signal.Signals) -> None:
    Thing(lambda: signal.raise_signal(number))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("arrives", [signal.raise_signal, in_a_weak_reference, in_a_finaliser])
def test_a_signal_ends_the_work_wherever_it_arrives(tmp_path: Path, arrives: Callable[[signal.Signals], None], number: signal.Signals) -> None:
    home = Home(tmp_path / "home")
    before = signal.getsignal(signal.SIGTERM), sys.unraisablehook
    with pytest.raises(RunFailed, match="interrupted; the release in force stays"), at_work(home, "run", home.work / "night"):
        arrives(number)
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end:
            time.sleep(0.01)
        raise AssertionError("the signal was lost")
    assert list(home.work.iterdir()) == []
    assert (signal.getsignal(signal.SIGTERM), sys.unraisablehook) == before


def test_work_that_ends_before_the_signal_comes_again_is_left_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with at_work(home, "run", home.work / "night"):
        in_a_weak_reference(signal.SIGTERM)
    time.sleep(0.2)  # the default handler would have ended this process
    assert list(home.work.iterdir()) == []


def test_other_exceptions_in_callbacks_are_told_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: told.append(unraisable.exc_type))
    home = Home(tmp_path / "home")

    def fails() -> None:
        raise ValueError

    with at_work(home, "run", home.work / "night"):
        Thing(fails)
    assert told == [ValueError]
