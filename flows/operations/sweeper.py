"""Keeps the runs that `undertow serve` shows true: none is Running without a process, none is missed in
silence.

Prefect learns of a night's end from the night or its worker; after `kill -9` of both a run would stay Running
for ever. Everything runs on this machine, so the processes are looked up: a deployed run's process has
FLOW_RUN_ID in its environment, and `undertow run` puts its process into the run's tags."""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flows.home import processes
from flows.home.processes import FLOW_RUN_ID, PROCESS_TAG, Process
from flows.home.settings import Home
from flows.journal import diary as nights
from flows.operations.serving_api import Api, Run

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
        """One sweep. Raises the errors of `serving_api.UNANSWERED`."""
        self.note_missed()
        self._end_dead_runs()
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
        """Of the nights that came due while the server was away, run only the newest: all would read the same
        files.
        """
        for run in self.api.runs("SCHEDULED", before=_now() - timedelta(seconds=LATE_SECONDS))[:-1]:
            self.api.end(run, "CANCELLED", "missed: the server was away, and a later night runs instead")

    def _end_dead_runs(self) -> None:
        unended = self.api.runs("RUNNING", "PENDING", "CANCELLING")
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

    def works_on_it(environment: Mapping[str, str]) -> bool:
        return environment.get(FLOW_RUN_ID) == run.id

    return bool(processes.with_environment(works_on_it))


def _now() -> datetime:
    return datetime.now(UTC)
