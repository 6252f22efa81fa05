"""The sweeper and the restarts of `serve`, with an API and a clock of the test's own."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from flows.home import processes
from flows.home.lock import held
from flows.home.processes import FLOW_RUN_ID, PROCESS_TAG, SERVED_BY
from flows.home.settings import Home
from flows.journal import diary as nights
from flows.night.night import new_night
from flows.night.runner import run_night
from flows.operations import serving
from flows.operations.sweeper import NIGHTLY, PENDING_SECONDS_MAX, Api, Run, Sweeper, is_alive
from transforms.errors import RunFailed, RunUnderWay

GONE_SECONDS = 30.0


@dataclass(frozen=True)
class Server(Api):
    """Says which runs there are, and keeps what it was told to end. `fetches`: ids of those of `fetch`."""

    fetches: tuple[str, ...] = ()
    listed: list[Run] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)

    def runs(self, *states: str, before: datetime | None = None, flows: Sequence[str] = NIGHTLY) -> list[Run]:
        matching = [
            run
            for run in self.listed
            if run.state in states
            and (before is None or run.expected < before)
            and ("fetch" if run.id in self.fetches else "nightly") in flows
        ]
        return sorted(matching, key=lambda run: run.expected)

    def end(self, run: Run, state: str, message: str) -> None:
        assert message
        self.ended.append((run.id, state))
        self.listed.remove(run)

    def end_tasks_of_crashed_runs(self) -> None:
        """Nights here have no tasks."""


def _run(name: str, state: str, *tags: str, minutes: float = 0) -> Run:
    return Run(name, state, datetime.now(UTC) + timedelta(minutes=minutes), tags)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], env={FLOW_RUN_ID: "lives"}
    )
    time.sleep(0.2)
    yield process
    process.kill()
    process.wait()


def test_a_run_is_crashed_once_its_process_was_gone_for_so_long(
    home: Home, sleeper: subprocess.Popen[bytes]
) -> None:
    tagged = f"{PROCESS_TAG}{processes.find(sleeper.pid)}"
    server, clock = Server(1), Clock()
    server.listed.extend(
        [
            _run("lives", "RUNNING"),
            _run("tagged", "RUNNING", tagged),
            _run("gone", "RUNNING"),
            _run("was", "RUNNING", f"{PROCESS_TAG}1:1"),
            _run("soon", "PENDING"),
        ]
    )
    sweeper = Sweeper(home, server, GONE_SECONDS, clock=clock)
    sweeper.sweep()
    clock.now = GONE_SECONDS - 1
    sweeper.sweep()
    assert server.ended == []
    clock.now = GONE_SECONDS
    sweeper.sweep()
    assert sorted(server.ended) == [("gone", "CRASHED"), ("was", "CRASHED")]
    clock.now = PENDING_SECONDS_MAX
    sweeper.sweep()
    assert server.ended[2:] == [("soon", "CRASHED")]
    assert [run.id for run in server.listed] == ["lives", "tagged"]


def test_a_process_id_that_came_back_is_another_process(sleeper: subprocess.Popen[bytes]) -> None:
    process = processes.find(sleeper.pid)
    assert process is not None and process.alive
    assert is_alive(_run("a", "RUNNING", f"{PROCESS_TAG}{process}"))
    assert not is_alive(_run("a", "RUNNING", f"{PROCESS_TAG}{process.pid}:{process.started + 1}"))
    assert not is_alive(_run("a", "RUNNING", f"{PROCESS_TAG}nonsense"))
    sleeper.kill()
    time.sleep(0.2)
    assert not process.alive, "a zombie is not alive"


def test_of_the_runs_of_a_flow_that_came_due_meanwhile_the_newest_is_made_up_for(home: Home) -> None:
    server = Server(1, fetches=("early", "noon"))
    due = {"first": -3000, "early": -2800, "second": -1500, "noon": -700, "third": -60, "coming": 1380}
    server.listed.extend(_run(name, "SCHEDULED", minutes=minutes) for name, minutes in due.items())
    Sweeper(home, server, GONE_SECONDS).drop_late_runs()
    assert server.ended == [("first", "CANCELLED"), ("second", "CANCELLED"), ("early", "CANCELLED")]


def test_the_schedule_is_kept_and_a_missed_night_told_once(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    server, late = Server(1), timedelta(seconds=1)
    server.listed.append(_run("coming", "SCHEDULED", minutes=600))
    past = datetime.now(UTC) - timedelta(hours=2)
    nights.write_schedule(home, [past, past - nights.SCHEDULE_KEPT])
    nights.record(home, nights.Event("missed", past - nights.SCHEDULE_KEPT))  # told long ago
    sweeper = Sweeper(home, server, GONE_SECONDS, late)
    for _ in range(3):
        sweeper.sweep()
    assert nights.read_schedule(home) == (past, server.listed[0].expected)
    assert capsys.readouterr().err.count("MISSED") == 1


def test_a_night_that_another_one_keeps_out_is_not_missed(home: Home) -> None:
    with held(home, "run"), pytest.raises(RunUnderWay):
        run_night(new_night(home, home.landing))
    due = datetime.now(UTC)
    assert nights.missed(nights.read(home), [due], due + timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("minutes", "is_missed"), [(-0.5, False), (0, False), (9, False), (11, True), (-30, True)]
)
def test_a_night_is_missed_where_none_started_about_then(minutes: float, is_missed: bool) -> None:
    due = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
    started = nights.Event("started", due + timedelta(minutes=minutes), "r")
    assert nights.missed([started], [due], due + timedelta(hours=1)) == ([due] if is_missed else [])
    assert nights.missed([], [due], due + timedelta(minutes=5)) == [], "it may still start"


# --- restarts and orphans ---------------------------------------------------------------------------------


NO_MODULE = "no_such_module"  # ends at once


def _service(home: Home, monkeypatch: pytest.MonkeyPatch) -> serving.Service:
    monkeypatch.setattr(serving, "RESTART_PAUSE_SECONDS", 0.01)
    api = Server(1)
    return serving.Service(home, api, {}, Sweeper(home, api, GONE_SECONDS), Event())


def test_a_worker_that_ends_time_after_time_ends_serve(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    service = _service(home, monkeypatch)
    monkeypatch.setattr(serving, "POLL_SECONDS", 0.01)
    serving._start(service, "worker", NO_MODULE)
    with pytest.raises(
        RunFailed, match=f"worker ended by itself .* {serving.RESTARTS_MAX + 1} times within an hour"
    ):
        serving._watch(service, None)
    assert capfd.readouterr().err.count("restarting it") == serving.RESTARTS_MAX


def test_restarts_of_an_hour_ago_do_not_count(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    service = _service(home, monkeypatch)
    serving._start(service, "worker", NO_MODULE)
    (child,) = service.children
    child.restarts += [time.monotonic() - serving.RESTARTS_SECONDS - 1] * 100
    child.process.wait()
    serving._restart(service, child)
    assert len(child.restarts) == 1
    child.process.wait()


def test_what_a_killed_serve_left_is_ended_but_a_night(home: Home) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    left = {"UNDERTOW_HOME": str(home.root), SERVED_BY: "1:1"}
    mine = {"UNDERTOW_HOME": str(home.root), SERVED_BY: str(processes.this_process())}
    others = {"UNDERTOW_HOME": str(home.root) + "-other", SERVED_BY: "1:1"}
    started = [
        subprocess.Popen(command, env=environment)
        for environment in (left, {**left, FLOW_RUN_ID: "night"}, mine, others)
    ]
    time.sleep(0.3)
    try:
        processes.end_orphans(home)
        assert started[0].wait(10) != 0
        assert [process.poll() for process in started[1:]] == [None, None, None]
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_children_die_with_their_parent() -> None:
    code = (
        "import signal, subprocess, sys, time; from flows.home.processes import dies_with_its_parent; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], "
        "preexec_fn=dies_with_its_parent(signal.SIGKILL)); "
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    )
    assert parent.stdout is not None
    child = processes.find(int(parent.stdout.readline()))
    assert child is not None and child.alive
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while child.alive and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.alive


LOGS_TO_A_CLOSED_PIPE = """
import sys, time
import structlog
from flows.home import logs
logs.configure()
sys.stdin.readline()
for _ in range(3):
    structlog.get_logger().error("stage", stage="lake")
open(sys.argv[1], "w").write("went on")
"""


def test_a_night_goes_on_when_nobody_reads_its_log(tmp_path: Path) -> None:
    """A worker reads a night's output; after its kill -9 every line written is a broken pipe."""
    command = [sys.executable, "-c", LOGS_TO_A_CLOSED_PIPE, str(tmp_path / "told")]
    night = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    )
    assert night.stdin is not None and night.stderr is not None
    night.stderr.close()
    night.stdin.write("go\n")
    night.stdin.flush()
    night.wait(60)
    assert (tmp_path / "told").read_text() == "went on"
