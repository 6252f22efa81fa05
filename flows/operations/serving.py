"""`undertow serve`: a Prefect server on loopback, the deployments and automations of prefect.yaml, and a
worker that runs the nights.

Server and worker are children in process groups of their own, so Ctrl-C reaches them through `serve` in
order, and a running night is in the worker's group and ends with it. A child that ends by itself is
restarted, at most RESTARTS_MAX times an hour. After `kill -9` of `serve` the kernel ends both; a running
night continues to its end, holds the home's lock until then, and is found by the next `serve`. The API needs
a secret, because loopback is open to every user of the machine."""

import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import files
from pathlib import Path
from threading import Event

from flows.home import processes, settings
from flows.home.durable import write_bytes_durably
from flows.home.processes import (
    FLOW_RUN_ID,
    SERVED_BY,
    dies_with_its_parent,
    end_all,
    end_child,
    end_orphans,
    this_process,
)
from flows.home.settings import PREFECT_ENVIRONMENT, Home
from flows.operations.sweeper import HOST, UNANSWERED, Api, Sweeper
from transforms.errors import RunFailed, UsageError

WORK_POOL = "undertow"
WORKER_OPTIONS = (
    "--name",
    "undertow",
    "--pool",
    WORK_POOL,
    "--type",
    "process",
    "--limit",
    "1",
    "--install-policy",
    "never",
)
# The first start creates the database, which takes a while on a slow disk.
HEALTHY_SECONDS_MAX = 120.0
DEPLOYED_SECONDS_MAX = 120.0
POLL_SECONDS = 0.2
SWEEP_SECONDS = 10.0  # UNDERTOW_SWEEP_SECONDS: interval between two looks at the runs
# UNDERTOW_GONE_SECONDS: a run whose process has been gone for so long is marked as crashed
GONE_SECONDS = 30.0
LATE_SECONDS = 600.0  # UNDERTOW_LATE_SECONDS: a night that has not started by then is missed
RESTARTS_MAX = 20
RESTARTS_SECONDS = 3600.0
RESTART_PAUSE_SECONDS = 2.0
SECRET_BYTES = 24

# In memory, Prefect's default, the slot of a night that died with the server is never freed, and no night
# runs again. On disk it expires after 5 minutes.
LEASES_ON_DISK = {
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem"
}
QUIET = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}
CSRF_ON = {"PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true"}

Popen = subprocess.Popen[bytes]


@dataclass
class Child:
    """Server or worker, with its arguments and the times of its restarts (monotonic seconds)."""

    name: str
    arguments: tuple[str, ...]
    process: Popen
    restarts: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Service:
    """State of a running `serve`."""

    home: Home
    api: Api
    environment: Mapping[str, str]
    sweeper: Sweeper
    stop: Event
    children: list[Child] = field(default_factory=list)


def serve(home: Home, port: int) -> int:
    """Serve until SIGTERM or SIGINT; returns 0. Dashboard and API are on 127.0.0.1:`port`; nights read
    <home>/landing.

    Raises UsageError if the port is taken; RunFailed if server or worker do not start, or end by themselves
    too often."""
    gone, late = (
        settings.seconds("UNDERTOW_GONE_SECONDS", GONE_SECONDS),
        settings.seconds("UNDERTOW_LATE_SECONDS", LATE_SECONDS),
    )
    end_orphans(home)
    _refuse_taken(port)
    home.prepare()
    api = Api(port, _secret(home))
    with _stop_event() as stop:
        service = Service(
            home, api, _environment(home, api, late), Sweeper(home, api, gone, timedelta(seconds=late)), stop
        )
        with _ended(service):
            _start(service, "server", "server", "start", "--host", HOST, "--port", str(port))
            if _wait_until_healthy(service, service.children[0]):
                service.sweeper.note_missed()
                _if_answered(service.sweeper.drop_late_runs)
                _deploy(service.environment, home)
                _notify(service.environment, home)
                _start(service, "worker", "worker", "start", *WORKER_OPTIONS)
                _print_address(service)
                _watch(service)
    return 0


def _print_address(service: Service) -> None:
    print(
        f"undertow: http://{HOST}:{service.api.port} is up; nights on {service.home.landing} are scheduled. "
        f"Ctrl-C stops it\n"
        f"undertow: the dashboard asks for the text in {service.home.prefect_auth}",
        file=sys.stderr,
        flush=True,
    )


def prefect_file() -> Path:
    """Path of prefect.yaml: beside the package in a checkout, else where the wheel put it. Raises
    RunFailed.
    """
    packaged = (file for file in files("undertow") or () if file.name == "prefect.yaml")
    installed = (Path(str(file.locate())) for file in packaged)
    candidates = (Path(__file__).parents[2] / "prefect.yaml", *installed)
    if (file := next((path for path in candidates if path.is_file()), None)) is None:
        raise RunFailed(
            "prefect.yaml is neither beside the package nor among the installed files; reinstall the package"
        )
    return file


def _environment(home: Home, api: Api, late_seconds: float) -> Mapping[str, str]:
    """Environment of every Prefect process of this home. UNDERTOW_HOME and UNDERTOW_BACKUP fill in the
    deployments' parameters. Prefect and the diary agree on when a night is late.
    """
    ours = {
        "PREFECT_HOME": str(home.prefect),
        "PREFECT_API_URL": f"http://{HOST}:{api.port}/api",
        "PREFECT_SERVER_API_HOST": HOST,
        "UNDERTOW_HOME": str(home.root),
        "PREFECT_SERVER_API_AUTH_STRING": api.secret,
        "PREFECT_API_AUTH_STRING": api.secret,
        "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": str(late_seconds),
        SERVED_BY: str(this_process()),
    }
    return {**os.environ, **PREFECT_ENVIRONMENT, **CSRF_ON, **LEASES_ON_DISK, **ours}


def _secret(home: Home) -> str:
    """The secret of this home's API, created once."""
    if not home.prefect_auth.exists():
        write_bytes_durably(
            home.prefect_auth, f"undertow:{secrets.token_urlsafe(SECRET_BYTES)}\n".encode(), mode=0o600
        )
    return home.prefect_auth.read_text().strip()


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UsageError(
                f"--port {port}: {error.strerror}; another `undertow serve` may be running. "
                "Stop it, or give another --port"
            ) from None


# --- processes --------------------------------------------------------------------------------------------


def _prefect(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *arguments]


def _start(service: Service, name: str, *arguments: str) -> None:
    service.children.append(Child(name, arguments, _start_process(service, arguments)))


def _start_process(service: Service, arguments: Sequence[str]) -> Popen:
    """Start a child that does not outlive this process. Its working folder is the home's, not the
    caller's.
    """
    return subprocess.Popen(
        _prefect(*arguments),
        env=service.environment,
        cwd=service.home.prefect,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dies_with_its_parent(signal.SIGKILL),  # noqa: PLW1509  (one system call, and there are no threads)
    )


def _wait_until_healthy(service: Service, server: Child) -> bool:
    """Whether the server answers; False if a stop was requested meanwhile. Raises RunFailed."""
    deadline = time.monotonic() + HEALTHY_SECONDS_MAX
    while not service.stop.wait(POLL_SECONDS):
        if server.process.poll() is not None:
            raise RunFailed(
                f"the Prefect server ended while starting (exit code {server.process.returncode}); "
                "its output above says why"
            )
        if service.api.is_healthy():
            return True
        if time.monotonic() > deadline:
            raise RunFailed(
                f"the Prefect server did not answer within {HEALTHY_SECONDS_MAX:.0f} s; "
                "look at its output above and try again"
            )
    return False


def _deploy(environment: Mapping[str, str], home: Home) -> None:
    """Create the work pool if there is none (a paused one stays paused), and the deployments. Raises
    RunFailed.

    The job's command is given, because Prefect's default puts a night outside the worker's process group.
    Prefect's console log is off in a night, because writing to a killed worker would end the night; the
    server has the log."""
    night = f"{shlex.quote(sys.executable)} -m prefect.engine"
    _run_prefect(environment, home, "work-pool", "create", WORK_POOL, "--type", "process")
    variables = json.dumps({"command": night, "env": QUIET})
    deployed = _run_prefect(
        environment,
        home,
        "deploy",
        "--all",
        "--prefect-file",
        str(prefect_file()),
        "--job-variable",
        variables,
    )
    if deployed.returncode:
        raise RunFailed(
            f"the deployment of prefect.yaml failed:\n{deployed.stdout.decode(errors='replace').strip()}"
        )


def _notify(environment: Mapping[str, str], home: Home) -> None:
    """Put the automations on the server where there is an address for their messages. Raises RunFailed."""
    if settings.notify_url() is not None:
        put = _run_module(environment, home, "flows.operations.notifications")
        if put.returncode:
            raise RunFailed(
                "the automations of prefect.yaml cannot be put on the server:\n"
                f"{put.stdout.decode(errors='replace').strip()}"
            )


def _run_prefect(
    environment: Mapping[str, str], home: Home, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    return _run_module(environment, home, "prefect", *arguments)


def _run_module(
    environment: Mapping[str, str], home: Home, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            env=environment,
            cwd=home.prefect,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEPLOYED_SECONDS_MAX,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise RunFailed(
            f"`python -m {' '.join(arguments[:2])}` took longer than {DEPLOYED_SECONDS_MAX:.0f} s; try again"
        ) from None


def _watch(service: Service) -> None:
    """Until a stop is requested: restart children that ended, and sweep. Raises RunFailed."""
    every = settings.seconds("UNDERTOW_SWEEP_SECONDS", SWEEP_SECONDS)
    swept = -every
    while not service.stop.wait(POLL_SECONDS):
        for child in service.children:
            if child.process.poll() is not None:
                _restart(service, child)
        if time.monotonic() - swept >= every:
            _if_answered(service.sweeper.sweep)
            swept = time.monotonic()


def _restart(service: Service, child: Child) -> None:
    """Restart a child after a pause; raises RunFailed if it ends too often."""
    now = time.monotonic()
    child.restarts[:] = [*(moment for moment in child.restarts if now - moment < RESTARTS_SECONDS), now]
    what = f"the Prefect {child.name} ended by itself (exit code {child.process.returncode})"
    if len(child.restarts) > RESTARTS_MAX:
        raise RunFailed(
            f"{what}, {len(child.restarts)} times within an hour; find the cause, then start `undertow "
            f"serve` again"
        )
    print(f"undertow: {what}; restarting it", file=sys.stderr, flush=True)
    if not service.stop.wait(RESTART_PAUSE_SECONDS):
        child.process = _start_process(service, child.arguments)
        if child.name == "server":
            _wait_until_healthy(service, child)


def _if_answered(ask: Callable[[], None]) -> None:
    """Call the server; if it does not answer, the next sweep tries again."""
    try:
        ask()
    except UNANSWERED as error:
        print(
            f"undertow: the Prefect server does not answer ({type(error).__name__}); trying again",
            file=sys.stderr,
            flush=True,
        )


@contextmanager
def _stop_event() -> Iterator[Event]:
    """An event that SIGTERM, SIGINT and SIGHUP set."""
    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _ended(service: Service) -> Iterator[None]:
    """On leaving, end nights first, so that they can report to the server, then the children in reverse
    order.
    """
    try:
        yield
    finally:
        end_all(
            processes.with_environment(
                lambda environment: (
                    environment.get("UNDERTOW_HOME") == str(service.home.root) and FLOW_RUN_ID in environment
                )
            )
        )
        for child in reversed(service.children):
            end_child(child.process)
