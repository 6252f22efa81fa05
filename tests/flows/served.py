"""An `undertow serve` that is started, killed and started again, and the nights that it runs, for tests.

Its bounds are made short by settings, and a "night" is one scheduled run after the other.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.home import processes
from flows.home.processes import FLOW_RUN_ID, Process
from flows.home.settings import Home
from flows.operations.sweeper import UNANSWERED, Api
from tests.flows.prefect_servers import environment, wait_for

SERVE = "import sys; from flows.cli.app import main; main(['serve', *sys.argv[1:]])"
GONE_SECONDS, SWEEP_SECONDS = 3, 1
SETTINGS = {
    "UNDERTOW_GONE_SECONDS": str(GONE_SECONDS),
    "UNDERTOW_SWEEP_SECONDS": str(SWEEP_SECONDS),
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_SERVER_UI_ENABLED": "false",
}
UP_SECONDS_MAX = 240
ENDED_SECONDS_MAX = 180  # the promise is 600
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass
class Served:
    """A `serve` and what it started; `start` again after a kill."""

    home: Home
    port: int
    log: Path
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    late_max: list[float] = field(default_factory=list)
    ended_max: list[float] = field(default_factory=list)

    @property
    def api(self) -> Api:
        return Api(self.port, self.home.prefect_auth.read_text().strip())

    def start(self) -> None:
        last_log = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            where = ("--home", str(self.home.root), "--port", str(self.port))
            command = [sys.executable, "-c", SERVE, *where, *self.options]
            self.process = subprocess.Popen(
                command,
                env=environment(**SETTINGS),
                cwd=self.home.root.parent,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_for(
            lambda: b"is up" in self.log.read_bytes()[last_log:] or self._ended(),
            UP_SECONDS_MAX,
            self.last_log,
        )
        assert not self._ended(), self.last_log()

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(ENDED_SECONDS_MAX)
        self.process.kill()
        self.process.wait()

    def kill_all(self) -> None:
        """As when the power fails: `serve`, server, worker, pages and night at once."""
        assert self.process is not None
        for process in of_home(self.home):
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        wait_for(lambda: of_home(self.home) == [], 30, self.last_log)

    def last_log(self) -> str:
        return self.log.read_text(errors="replace")[-6000:]

    def night(self, in_seconds: float = 0.5) -> str:
        """A run that is scheduled for then; its id."""
        moment = datetime.now(UTC) + timedelta(seconds=in_seconds)
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": moment.isoformat()}}

        def answer() -> str:
            deployment = self.api.get("/deployments/name/nightly/nightly")["id"]
            return str(self.api.post(f"/deployments/{deployment}/create_flow_run", {"state": state})["id"])

        return str(self.until(answer, 60))

    def run(self, run_id: str) -> dict[str, Any]:
        flow_run: dict[str, Any] = self.api.get(f"/flow_runs/{run_id}")
        return flow_run

    def until(self, what: Callable[[], object], seconds: float) -> object:
        """The first true answer; a server that is away counts as not yet."""

        def answer() -> object:
            try:
                return what()
            except UNANSWERED:
                return None

        return wait_for(answer, seconds, self.last_log)

    def at_work(self, run_id: str) -> Process:
        """The process of a night that is running."""

        def flow_run() -> object:
            working = processes.with_environment(lambda variables: variables.get(FLOW_RUN_ID) == run_id)
            return working if working and self.run(run_id)["state_type"] == "RUNNING" else None

        working = self.until(flow_run, ENDED_SECONDS_MAX)
        assert isinstance(working, list)
        return Process(working[0].pid, working[0].started)

    def ended(self, run_id: str) -> str:
        return str(
            self.until(
                lambda: self.run(run_id)["state_type"] if self.run(run_id)["state_type"] in FINAL else None,
                ENDED_SECONDS_MAX,
            )
        )

    def starts(self, run_id: str) -> None:
        run = self.until(
            lambda: self.run(run_id) if self.run(run_id)["start_time"] else None, ENDED_SECONDS_MAX
        )
        assert isinstance(run, dict)
        late = (
            datetime.fromisoformat(run["start_time"]) - datetime.fromisoformat(run["expected_start_time"])
        ).total_seconds()
        self.late_max.append(late)

    def child(self, word: str) -> Process:
        """`server` or `worker`."""

        def flow_run() -> object:
            assert self.process is not None
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            return next(
                (
                    process
                    for pid in children
                    if word in _command(int(pid)) and (process := processes.find(int(pid)))
                ),
                None,
            )

        process = self.until(flow_run, UP_SECONDS_MAX)
        assert isinstance(process, Process)
        return process


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


def of_home(home: Home) -> list[Process]:
    return processes.with_environment(lambda variables: variables.get("UNDERTOW_HOME") == str(home.root))
