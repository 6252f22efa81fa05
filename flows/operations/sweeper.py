"""The runs that `undertow serve` shows: the few calls to the Prefect server's API that it needs, without
importing Prefect, and the checks that keep the runs' states correct: no run or task stays Running without
a process, and no missed run goes unreported.

Prefect learns of a night's end from the night or its worker; after `kill -9` of both, a run would stay
Running for ever. Everything runs on this machine, so the processes can be looked up: a deployed run's process
has FLOW_RUN_ID in its environment, and `undertow run` puts its process into the run's tags.
"""

import sys
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from flows.home import processes
from flows.home.processes import FLOW_RUN_ID, PROCESS_TAG, Process
from flows.home.settings import Home
from flows.journal import diary as nights

HOST = "127.0.0.1"
ANSWER_SECONDS_MAX = 10.0
RUNS_MAX = 200  # Prefect's limit for one answer
NIGHTLY = ("nightly",)
FLOWS = (*NIGHTLY, "fetch", "evaluate", "maintain")  # those of prefect.yaml
# The server is away, starting, or refuses: the caller tries again later.
UNANSWERED = (OSError, httpx2.HTTPError, ValueError)


@dataclass(frozen=True)
class Run:
    """A flow run. `expected`: when it is, or was, to start."""

    id: str
    state: str
    expected: datetime
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Api:
    """`secret`: `<user>:<secret>`, or "" if the server needs none. Methods raise the errors of UNANSWERED."""

    port: int
    secret: str = field(default="", repr=False)
    client: str = field(default_factory=lambda: str(uuid.uuid4()))
    host: str = HOST

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/api"

    def is_healthy(self) -> bool:
        try:
            return bool(self.get("/health"))
        except UNANSWERED:
            return False

    def runs(self, *states: str, before: datetime | None = None, flows: Sequence[str] = NIGHTLY) -> list[Run]:
        """Runs of the flows in these states, the earliest expected first; `before`: expected by then."""
        wanted: dict[str, object] = {"state": {"type": {"any_": list(states)}}}
        if before is not None:
            wanted["expected_start_time"] = {"before_": before.isoformat()}
        body = {
            "flows": {"name": {"any_": list(flows)}},
            "flow_runs": wanted,
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": RUNS_MAX,
        }
        return [_run(flow_run) for flow_run in self.post("/flow_runs/filter", body)]

    def end(self, run: Run, state: str, message: str) -> None:
        """Force a final state (CRASHED, CANCELLED) on a run."""
        self._end(f"/flow_runs/{run.id}", state, message)

    def end_tasks_of_crashed_runs(self) -> None:
        """What a killed run was working on would stay Running."""
        left = {
            "flow_runs": {"state": {"type": {"any_": ["CRASHED"]}}},
            "task_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING"]}}},
        }
        for task_run in self.post("/task_runs/filter", left):
            self._end(f"/task_runs/{task_run['id']}", "CRASHED", "its run has crashed")

    def _end(self, path: str, state: str, message: str) -> None:
        final = {"type": state, "name": state.capitalize(), "message": message}
        self.post(f"{path}/set_state", {"state": final, "force": True})

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def post(self, path: str, body: object) -> Any:
        """POST with a CSRF token, which every change needs."""
        token = self.get(f"/csrf-token?client={self.client}")["token"]
        headers = {"Prefect-Csrf-Client": self.client, "Prefect-Csrf-Token": token}
        return self._ask("POST", path, headers=headers, json=body)

    def _ask(self, method: str, path: str, **given: Any) -> Any:
        user, _, password = self.secret.partition(":")
        answer = httpx2.request(
            method,
            f"{self.url}{path}",
            auth=(user, password) if self.secret else None,
            timeout=ANSWER_SECONDS_MAX,
            trust_env=False,  # there is no proxy in between
            **given,
        )
        return answer.raise_for_status().json()


def _run(flow_run: dict[str, Any]) -> Run:
    expected = datetime.fromisoformat(flow_run["expected_start_time"] or flow_run["created"])
    return Run(
        str(flow_run["id"]),
        str(flow_run["state_type"]),
        expected if expected.tzinfo else expected.replace(tzinfo=UTC),
        tuple(flow_run["tags"]),
    )


# --- keeping the runs true ----------------------------------------------------------------------------------


# A run has no process yet for a moment after its start, and none any more for a moment before its end is
# reported.
PENDING_SECONDS_MAX = 120.0
LATE_SECONDS = 60.0  # a run that is later than this came due while the server was away


@dataclass
class Sweeper:
    """`gone_seconds`: how long a run's process must be gone before the run is marked as crashed."""

    home: Home
    api: Api
    gone_seconds: float
    late_max: timedelta = nights.LATE_MAX
    clock: Callable[[], float] = time.monotonic
    _gone_since: dict[str, float] = field(default_factory=dict)

    def sweep(self) -> None:
        """One sweep. Raises the errors of UNANSWERED."""
        self.note_missed()
        self._end_dead_runs()
        self.api.end_tasks_of_crashed_runs()
        self._keep_schedule()

    def note_missed(self) -> None:
        """Report each missed night once."""
        for moment in nights.note_missed(self.home, _now(), self.late_max):
            print(
                f"undertow: MISSED: the night of {moment:%Y-%m-%d %H:%M:%S} UTC did not start",
                file=sys.stderr,
                flush=True,
            )

    def drop_late_runs(self) -> None:
        """Of the runs of a flow that came due while the server was away, keep only the newest: all would do
        the same.
        """
        before = _now() - timedelta(seconds=LATE_SECONDS)
        for flow in FLOWS:
            for run in self.api.runs("SCHEDULED", before=before, flows=(flow,))[:-1]:
                self.api.end(run, "CANCELLED", "missed: the server was away, and a later run does its work")

    def _end_dead_runs(self) -> None:
        unended = self.api.runs("RUNNING", "PENDING", "CANCELLING", flows=FLOWS)
        dead = [run for run in unended if not is_alive(run)]
        now = self.clock()
        self._gone_since = {run.id: self._gone_since.get(run.id, now) for run in dead}
        for run in dead:
            if now - self._gone_since[run.id] >= (
                max(PENDING_SECONDS_MAX, self.gone_seconds) if run.state == "PENDING" else self.gone_seconds
            ):
                self.api.end(run, "CRASHED", "its process is gone without reporting an end")
                print(
                    f"undertow: flow run {run.id} has no process any more and is now Crashed",
                    file=sys.stderr,
                    flush=True,
                )

    def _keep_schedule(self) -> None:
        """Store the coming starts, and past ones that the diary may still lack."""
        past = [
            moment
            for moment in nights.read_schedule(self.home)
            if _now() - nights.SCHEDULE_KEPT < moment <= _now()
        ]
        coming = [run.expected for run in self.api.runs("SCHEDULED") if run.expected > _now()]
        nights.write_schedule(self.home, {*past, *coming})


def is_alive(run: Run) -> bool:
    tagged = next(
        (Process.parse(tag.removeprefix(PROCESS_TAG)) for tag in run.tags if tag.startswith(PROCESS_TAG)),
        None,
    )
    if tagged is not None:
        return tagged.alive

    return bool(processes.with_environment(lambda environment: environment.get(FLOW_RUN_ID) == run.id))


def _now() -> datetime:
    return datetime.now(UTC)
