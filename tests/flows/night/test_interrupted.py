"""SIGTERM and SIGINT end what holds the home's lock with RunFailed, and the handler before it is restored."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.home import logs
from flows.home.settings import Home
from flows.journal import diary as nights
from flows.night import runner
from flows.night.night import Counts, Night, Stage, new_night
from flows.night.runner import work_session
from flows.night.stages.release import release
from flows.release import store
from tests.flows.release_tables import build, new_home, publish_one
from transforms.errors import RunFailed


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """SIGINT as Python has it by itself: who runs the tests in the background ignores it, and so do the
    processes that are started there.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_work(tmp_path: Path, number: signal.Signals) -> None:
    home = Home(tmp_path / "home")
    before = signal.getsignal(signal.SIGTERM)
    with (
        pytest.raises(RunFailed, match="interrupted; the release in force stays"),
        work_session(home, "run", home.work / "night"),
    ):
        signal.raise_signal(number)
        raise AssertionError("the signal was lost")
    assert list(home.work.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) == before


def published(
    home: Home, monkeypatch: pytest.MonkeyPatch, *, before: Callable[[], None], then: Callable[[], None]
) -> Night:
    """A night that builds and publishes a small release, and what happens just before the publication and
    after it.
    """

    def built(night: Night) -> Counts:
        build(home, night.run_id)
        (night.work / "report").mkdir()
        before()
        return {}

    def last(_night: Night) -> Counts:
        then()
        return {}

    monkeypatch.setattr(
        runner, "STAGES", (Stage("lake", built), Stage("release", release), Stage("landing", last))
    )
    return runner.run_night(new_night(home, home.root, synthetic=True))


def ended(home: Home) -> list[tuple[int | None, str]]:
    return [(event.exit_code, event.release_id) for event in nights.read(home) if event.kind == "ended"]


@pytest.mark.sample(1)
@pytest.mark.parametrize("arrives_in", ["recovery.prune", "runner.shutil.rmtree", "a later stage", "nothing"])
def test_a_signal_after_the_publication_is_told_and_takes_nothing_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arrives_in: str
) -> None:
    home = new_home(tmp_path / "home")
    publish_one(home, "before", seed=1)
    logs.configure(quiet=True)

    def stop(*_arguments: object, **_named: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    def before() -> None:
        if arrives_in == "recovery.prune":
            monkeypatch.setattr("flows.release.publish.prune", stop)

    def then() -> None:
        if arrives_in == "a later stage":
            stop()
        if arrives_in == "runner.shutil.rmtree":
            monkeypatch.setattr("flows.night.runner.shutil.rmtree", stop)

    night = published(home, monkeypatch, before=before, then=then)
    assert night.exit_code == 0 and night.release_id == store.current_release(home).name != ""
    assert ended(home) == [(0, night.release_id)] and night.report is not None
    stderr = capsys.readouterr().err
    assert (
        f"release {night.release_id} was published and is in force; after that: interrupted" in stderr
    ) == (arrives_in != "nothing")
    assert home.lock.read_bytes() == b""


def test_a_night_that_cannot_make_its_folder_says_where(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with (
        pytest.raises(RunFailed, match=r"work/gone/night: No such file or directory \(errno 2\)"),
        work_session(home, "run", home.work / "gone" / "night"),
    ):
        raise AssertionError("worked nowhere")
