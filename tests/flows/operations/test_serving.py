"""`undertow serve`: the deployment is there, a worker runs its night, and nothing is left when it stops."""

import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import proxy_bypass, urlopen

import pytest
import yaml

from flows.home import processes
from flows.home.settings import Home
from flows.operations import deployments, serving
from flows.operations.sweeper import Api
from flows.release.store import releases
from tests import landings
from tests.flows.prefect_servers import HOST, api, environment, free_port, secret_of, wait_for

UP_SECONDS_MAX = 180
NIGHT_SECONDS_MAX = 240
ENDED_SECONDS_MAX = 60
SERVE = (
    "import sys; from flows.cli.app import main; main(['serve', '--home', sys.argv[1], '--port', "
    "sys.argv[2]])"
)

# As the worker does it: on SIGTERM it kills the night that it runs. The night needs a moment to end in an
# orderly way.
WORKER_WITH_NIGHT = """
import signal, subprocess, sys, time
night = subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]])
def stop(*_):
    night.kill()
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
night.wait()
while True:
    time.sleep(0.1)
"""
NIGHT = """
import signal, sys, time
from pathlib import Path
def stop(*_):
    time.sleep(0.5)
    Path(sys.argv[1]).write_text("ended orderly")
    sys.exit(1)
signal.signal(signal.SIGTERM, {handler})
Path(sys.argv[1]).write_text("running")
while True:
    time.sleep(0.1)
"""


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[bytes]
    home: Home
    port: int
    log: Path

    def api(self, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
        return api(self.port, path, body, {**secret_of(self.home.root), **(headers or {})})


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    home, port, log = Home(tmp_path / "home"), free_port(), tmp_path / "serve.log"
    landings.write(home.landing)
    with log.open("wb") as output:
        command = [sys.executable, "-c", SERVE, str(home.root), str(port)]
        behind_a_proxy = dict.fromkeys(("http_proxy", "HTTPS_PROXY"), f"http://{HOST}:{free_port()}")
        settings = environment(
            PREFECT_WORKER_QUERY_SECONDS="1", PREFECT_SERVER_UI_ENABLED="false", **behind_a_proxy
        )
        process = subprocess.Popen(
            command, env=settings, cwd=tmp_path, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield Served(process, home, port, log)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDED_SECONDS_MAX)
        process.kill()
        process.wait()


@pytest.mark.nightly
def test_serve_runs_the_night_that_it_schedules_and_stops_without_a_trace(served: Served) -> None:
    wait_for(
        lambda: b"is up" in served.log.read_bytes() or served.process.poll() is not None,
        UP_SECONDS_MAX,
        served.log.read_text,
    )
    assert served.process.poll() is None, served.log.read_text()
    _check_deployment(served)
    state = wait_for(_finished(served, _start_night(served)), NIGHT_SECONDS_MAX, served.log.read_text)
    assert (state, len(releases(served.home))) == ("Completed", 1), served.log.read_text()
    wait_for(lambda: _signs_in(served.port + 2), UP_SECONDS_MAX, served.log.read_text)
    children = _children(served.process.pid)
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(ENDED_SECONDS_MAX) == 0, served.log.read_text()
    assert len(children) == 4  # server, worker, pages of health, review app
    assert [pid for pid in children if _lives(pid)] == []
    with pytest.raises(OSError):
        api(served.port, "/health")


def _check_deployment(served: Served) -> None:
    deployment = served.api("/deployments/name/nightly/nightly")
    (schedule,) = deployment["schedules"]
    assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"], schedule["active"]) == (
        "30 2 * * *",
        "Europe/Amsterdam",
        True,
    )
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["entrypoint"] == "flows.nightly.nightly"
    assert deployment["parameters"] == {"landing": str(served.home.landing), "home": str(served.home.root)}
    assert served.api("/work_pools/undertow")["type"] == "process"
    # A night is in its worker's process group, and outlives its worker.
    command = f"{sys.executable} -m prefect.engine"
    of_nights = {"command": command, "env": {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}}
    for flow in ("evaluate", "fetch", "maintain", "nightly"):
        assert served.api(f"/deployments/name/{flow}/{flow}")["job_variables"] == of_nights, flow
    assert served.home.prefect.stat().st_mode & 0o777 == 0o700


def _start_night(served: Served) -> str:
    """Ask for one now, as the dashboard does: with a token against forged requests."""
    client = str(uuid.uuid4())
    token = served.api(f"/csrf-token?client={client}")["token"]
    deployment_id = served.api("/deployments/name/nightly/nightly")["id"]
    headers = {"Prefect-Csrf-Client": client, "Prefect-Csrf-Token": token}
    return str(
        served.api(
            f"/deployments/{deployment_id}/create_flow_run", {"state": {"type": "SCHEDULED"}}, headers
        )["id"]
    )


def _finished(served: Served, run_id: str) -> Callable[[], str | None]:
    def state() -> str | None:
        run = served.api(f"/flow_runs/{run_id}")
        return (
            run["state_name"]
            if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
            else None
        )

    return state


def _signs_in(port: int) -> bool:
    """Whether the review app there answers with its page for signing in."""
    with suppress(OSError), urlopen(f"http://{HOST}:{port}/sign-in", timeout=10) as answer:
        return b"password" in answer.read()
    return False


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _worker_with_night(report: Path, handler: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WORKER_WITH_NIGHT, NIGHT.format(handler=handler), str(report)]
    worker = subprocess.Popen(command, start_new_session=True)
    wait_for(
        lambda: report.exists() and report.read_text() == "running", 30, lambda: "the night does not start"
    )
    return worker


def test_a_running_night_ends_in_an_orderly_way_before_its_worker(tmp_path: Path) -> None:
    worker = _worker_with_night(tmp_path / "told", "stop")
    processes.end_child(worker)
    assert (tmp_path / "told").read_text() == "ended orderly"
    assert worker.returncode == 0
    assert processes._group_members(worker.pid) == []


def test_a_night_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOPPED_SECONDS_MAX", 0.5)
    worker = _worker_with_night(tmp_path / "told", "signal.SIG_IGN")
    before = processes._group_members(worker.pid)
    processes.end_child(worker)
    assert len(before) == 1
    # It was sent SIGKILL; on a busy machine it takes a moment to be gone.
    wait_for(lambda: processes._group_members(worker.pid) == [], 30, lambda: f"{before[0]} lives on")


def test_a_taken_port_is_a_usage_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-c", SERVE, str(tmp_path / "home"), str(port)]
        ran = subprocess.run(
            command, env=environment(), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
    assert ran.returncode == 2, ran.stderr
    assert f"--port {port}" in ran.stderr
    assert not (tmp_path / "home").exists()


def test_old_runs_leave_the_database_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in serving._environment(Home(tmp_path), Api(4200), 600.0).items():
        monkeypatch.setenv(name, value)
    from prefect.settings import Settings  # reads the environment

    vacuum = Settings().server.services.db_vacuum
    assert vacuum.enabled_vacuum_types >= {"events", "flow_runs"} and vacuum.retention_period.days == 90


def test_a_proxy_for_the_internet_is_not_between_serve_and_its_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "intranet.example")
    for name, value in serving._environment(Home(tmp_path), Api(4200, host="server"), 600.0).items():
        monkeypatch.setenv(name, value)
    assert all(proxy_bypass(host) for host in (HOST, "server", "intranet.example"))
    assert not proxy_bypass("publisher.example")


def test_prefect_yaml_is_found() -> None:
    assert "flows.nightly.nightly" in deployments.prefect_file().read_text()


def test_no_run_of_a_deployment_writes_to_its_worker() -> None:
    declared = yaml.safe_load(deployments.prefect_file().read_text(encoding="utf-8"))["deployments"]
    quiet = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}
    assert {each["name"] for each in declared if each["work_pool"]["job_variables"]["env"] == quiet} == {
        *("evaluate", "fetch", "maintain", "nightly")
    }
