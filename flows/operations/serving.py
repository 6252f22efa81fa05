"""`undertow serve`: a Prefect server on loopback, the deployments and automations of prefect.yaml, a worker
that runs the nights, the pages /health and /metrics, and the review app.

With `--server-only` and `--server HOST` these are two services, as in containers: the server alone, and the
rest for a server elsewhere. Server, worker and pages are children in their own process groups, so Ctrl-C
reaches them through `serve` in order, and a running night is in the worker's group and ends with it. A child
that ends by itself is restarted, at most RESTARTS_MAX times an hour. After `kill -9` of `serve` the kernel
ends them; a running night continues to its end, holds the home's lock until then, and is found by the next
`serve`. The API needs a secret, because loopback is open to every user of the machine.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
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
from flows.operations.deployments import WORK_POOL, deploy, notify
from flows.operations.sweeper import HOST, UNANSWERED, Api, Sweeper
from transforms.errors import RunFailed, UsageError

SERVER = "server"
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
CSRF_ON = {"PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true"}
# Runs with their logs go after 90 days; by default only events go, and the database grows for ever.
OLD_RUNS_GO = {"PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs"}

Popen = subprocess.Popen[bytes]


@dataclass
class Child:
    """Server, worker or pages, with the arguments of `python -m` and the times of its restarts (monotonic
    seconds).
    """

    name: str
    arguments: tuple[str, ...]
    process: Popen
    restarts: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Service:
    """State of a running `serve`. `database`: environment variables for the server only."""

    home: Home
    api: Api
    environment: Mapping[str, str]
    sweeper: Sweeper
    stop: Event
    database: Mapping[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)


@dataclass(frozen=True)
class Ports:
    """Where a `serve` listens: the server on `api`, /health and /metrics on `pages`, both on the address
    `host`; the review app on `review` of the loopback address (None: it is served elsewhere, or not at all).
    """

    api: int
    pages: int
    host: str = HOST
    review: int | None = None


def serve(home: Home, ports: Ports, *, server_only: bool = False, server: str = "") -> int:
    """Serve until SIGTERM or SIGINT; returns 0. Nights read <home>/landing.

    `server_only`: start the server and nothing else. `server`: host of a server that runs already; it has the
    port `ports.api`. Raises UsageError if a port is taken; RunFailed if server, worker or pages do not start,
    or end by themselves too often."""
    gone, late = (
        settings.seconds("UNDERTOW_GONE_SECONDS", GONE_SECONDS),
        settings.seconds("UNDERTOW_LATE_SECONDS", LATE_SECONDS),
    )
    end_orphans(home)
    if not server:
        _refuse_taken("--port", ports.host, ports.api)
    if not server_only:
        _refuse_taken("--health-port", ports.host, ports.pages)
    if ports.review:
        _refuse_taken("--review-port", HOST, ports.review)
    home.prepare()
    api = Api(ports.api, _secret(home), host=server or HOST)
    sweeper = Sweeper(home, api, gone, timedelta(seconds=late))
    with _stop_event() as stop:
        service = Service(home, api, _environment(home, api, late), sweeper, stop, _database(home))
        with _ended(service):
            if not server:
                where = ("--host", ports.host, "--port", str(ports.api))
                _start(service, SERVER, "prefect", "server", "start", *where)
            if _wait_until_healthy(service) and not server_only:
                _start_nights(service, ports)
            _print_address(service, ports.review)
            _watch(service, ports.review)
    return 0


def _start_nights(service: Service, ports: Ports) -> None:
    service.sweeper.note_missed()
    _if_answered(service.sweeper.drop_late_runs)
    deploy(service.environment, service.home)
    notify(service.environment, service.home)
    _start(service, "worker", "prefect", "worker", "start", *WORKER_OPTIONS)
    _start(service, "pages", "flows.operations.health", ports.host, str(ports.pages))


def _print_address(service: Service, review: int | None) -> None:
    nights = any(child.name == "worker" for child in service.children)
    print(
        f"undertow: http://{service.api.host}:{service.api.port} is up; "
        + (f"nights on {service.home.landing} are scheduled. " if nights else "")
        + "Ctrl-C stops it\n"
        f"undertow: the dashboard asks for the text in {service.home.prefect_auth}"
        + (
            f"\nundertow: the review app is on http://{HOST}:{review} once there is a release"
            if review
            else ""
        ),
        file=sys.stderr,
        flush=True,
    )


def _environment(home: Home, api: Api, late_seconds: float) -> Mapping[str, str]:
    """Environment of every Prefect process of this home. UNDERTOW_HOME and UNDERTOW_BACKUP fill in the
    deployments' parameters. Prefect and the diary agree on when a night is late.
    """
    ours = {
        "PREFECT_HOME": str(home.prefect),
        "PREFECT_API_URL": api.url,
        "PREFECT_SERVER_API_HOST": HOST,
        # Prefect's default is the folder of the package, which nobody should be able to write to.
        "PREFECT_UI_STATIC_DIRECTORY": str(home.prefect / "ui"),
        "UNDERTOW_HOME": str(home.root),
        "PREFECT_SERVER_API_AUTH_STRING": api.secret,
        "PREFECT_API_AUTH_STRING": api.secret,
        "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": str(late_seconds),
        SERVED_BY: str(this_process()),
        **settings.without_proxy(api.host),
    }
    return {**os.environ, **PREFECT_ENVIRONMENT, **CSRF_ON, **LEASES_ON_DISK, **OLD_RUNS_GO, **ours}


def _secret(home: Home) -> str:
    """The secret of this home's API, created once."""
    if not home.prefect_auth.exists():
        write_bytes_durably(home.prefect_auth, f"{new_secret()}\n".encode(), mode=0o600)
    return home.prefect_auth.read_text().strip()


def new_secret() -> str:
    return f"undertow:{secrets.token_urlsafe(SECRET_BYTES)}"


def _database(home: Home) -> dict[str, str]:
    """Settings for the server only: the address of its database holds a password."""
    file = home.prefect_database
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": file.read_text().strip()} if file.exists() else {}


def _refuse_taken(option: str, host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"{option} {port}: {error.strerror}; another `undertow serve` may be running. "
                f"Stop it, or give another {option}"
            ) from None


# --- processes --------------------------------------------------------------------------------------------


def _start(service: Service, name: str, *arguments: str) -> None:
    service.children.append(Child(name, arguments, _start_process(service, name, arguments)))


def _start_process(service: Service, name: str, arguments: Sequence[str]) -> Popen:
    """Start a child that does not outlive this process. Its working folder is the home's, not the
    caller's.
    """
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env={**service.environment, **(service.database if name == SERVER else {})},
        cwd=service.home.prefect,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dies_with_its_parent(signal.SIGKILL),  # noqa: PLW1509  (one system call, and there are no threads)
    )


def _wait_until_healthy(service: Service) -> bool:
    """Whether the server answers; False if a stop was requested meanwhile. Raises RunFailed."""
    server = next((child for child in service.children if child.name == SERVER), None)
    deadline = time.monotonic() + HEALTHY_SECONDS_MAX
    while not service.stop.wait(POLL_SECONDS):
        if server is not None and server.process.poll() is not None:
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


def _watch(service: Service, review: int | None) -> None:
    """Until a stop is requested: restart children that ended, start the review app on port `review` once
    there is a release to review, and sweep. Raises RunFailed.
    """
    every = settings.seconds("UNDERTOW_SWEEP_SECONDS", SWEEP_SECONDS)
    swept = -every
    while not service.stop.wait(POLL_SECONDS):
        for child in service.children:
            if child.process.poll() is not None:
                _restart(service, child)
        if review and service.home.current.exists():
            _start(service, "review app", "flows.cli.app", "review", "--port", str(review))
            review = None
        if len(service.children) > 1 and time.monotonic() - swept >= every:
            _if_answered(service.sweeper.sweep)
            swept = time.monotonic()


def _restart(service: Service, child: Child) -> None:
    """Restart a child after a pause; raises RunFailed if it ends too often."""
    now = time.monotonic()
    child.restarts[:] = [*(moment for moment in child.restarts if now - moment < RESTARTS_SECONDS), now]
    what = f"the {child.name} ended by itself (exit code {child.process.returncode})"
    if len(child.restarts) > RESTARTS_MAX:
        raise RunFailed(
            f"{what}, {len(child.restarts)} times within an hour; find the cause, then start `undertow "
            f"serve` again"
        )
    print(f"undertow: {what}; restarting it", file=sys.stderr, flush=True)
    if not service.stop.wait(RESTART_PAUSE_SECONDS):
        child.process = _start_process(service, child.name, child.arguments)
        if child.name == SERVER:
            _wait_until_healthy(service)


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
