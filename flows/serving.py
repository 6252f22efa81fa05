"""`undertow serve`: a Prefect server on loopback, the deployment of prefect.yaml, and a worker that runs its nights.

Server and worker are children, each in a process group of its own, so that Ctrl-C reaches them through `serve` only, in
order, and a night that is running is in the worker's group and ends with it. After `kill -9` of `serve` the children
live on and go on running nights, and the next `serve` says that the port is taken: end the two `prefect` processes first.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import files
from pathlib import Path
from threading import Event

from flows.settings import PREFECT_ENVIRONMENT, STATE_DIRECTORY_MODE, Home
from transforms.errors import RunFailed, UsageError

HOST = "127.0.0.1"
WORK_POOL = "undertow"
AUTH_FILE = "prefect-auth"  # in secrets/: `<user>:<secret>` of the API
WORKER_OPTIONS = ("--name", "undertow", "--pool", WORK_POOL, "--type", "process", "--limit", "1", "--install-policy", "never")
# The first start makes the database, which takes a slow disk a while.
HEALTHY_SECONDS_MAX = 120.0
DEPLOYED_SECONDS_MAX = 120.0
# A running night leaves its query and removes its work folder in this time; else it is killed, and the next run cleans up.
STOPPED_SECONDS_MAX = 30.0
POLL_SECONDS = 0.2

# Kept in memory, Prefect's default, the slot of a night that died with the server is never given back, and no night runs again.
# On disk it runs out after 5 minutes.
LEASES_ON_DISK = {"PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem"}
CSRF_ON = {"PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true"}

Child = subprocess.Popen[bytes]


def serve(home: Home, port: int) -> int:
    """Serve until SIGTERM or SIGINT (returns 0). The dashboard and API are on 127.0.0.1:`port`; nights read <home>/landing.

    Raises UsageError where the port is taken; RunFailed where server or worker do not start, or end by themselves.
    """
    _refuse_taken(port)
    home.prepare()
    home.prefect.chmod(STATE_DIRECTORY_MODE)
    environment = _environment(home, port)
    children: list[Child] = []
    with _asked_to_stop() as stop, _ended(children):
        children.append(server := _start(environment, home, "server", "start", "--host", HOST, "--port", str(port)))
        if _wait_until_healthy(server, port, stop):
            _deploy(environment, home)
            children.append(_start(environment, home, "worker", "start", *WORKER_OPTIONS))
            print(f"undertow: http://{HOST}:{port} is up; the nightly of {home.landing} is scheduled. Ctrl-C stops it", file=sys.stderr, flush=True)
            _watch(children, stop)
    return 0


def prefect_file() -> Path:
    """prefect.yaml: beside the package in a checkout, else where the wheel put it. Raises RunFailed."""
    installed = (Path(str(file.locate())) for file in files("undertow") or () if file.name == "prefect.yaml")
    found = next((path for path in (Path(__file__).parents[1] / "prefect.yaml", *installed) if path.is_file()), None)
    if found is None:
        raise RunFailed("prefect.yaml is neither beside the package nor among the installed files; install the package again")
    return found


def _environment(home: Home, port: int) -> Mapping[str, str]:
    """For every Prefect process of this home. UNDERTOW_HOME fills in the deployment's parameters."""
    ours = {"PREFECT_HOME": str(home.prefect), "PREFECT_API_URL": f"http://{HOST}:{port}/api", "PREFECT_SERVER_API_HOST": HOST, "UNDERTOW_HOME": str(home.root)}
    return {**os.environ, **PREFECT_ENVIRONMENT, **CSRF_ON, **LEASES_ON_DISK, **ours}


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UsageError(f"--port {port}: {error.strerror}; another `undertow serve` may be running. Stop it, or give another --port") from None


# --- processes ------------------------------------------------------------------------------------------------------


def _prefect(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *arguments]


def _start(environment: Mapping[str, str], home: Home, *arguments: str) -> Child:
    """Its working folder is the home's, so that nothing is read from wherever `serve` was typed."""
    return subprocess.Popen(_prefect(*arguments), env=environment, cwd=home.prefect, stdin=subprocess.DEVNULL, start_new_session=True)


def _wait_until_healthy(server: Child, port: int, stop: Event) -> bool:
    """False where a stop was asked for meanwhile. Raises RunFailed."""
    deadline = time.monotonic() + HEALTHY_SECONDS_MAX
    while not stop.wait(POLL_SECONDS):
        if server.poll() is not None:
            raise RunFailed(f"the Prefect server ended while starting (exit code {server.returncode}); its own lines above say why")
        if _is_healthy(port):
            return True
        if time.monotonic() > deadline:
            raise RunFailed(f"the Prefect server did not answer within {HEALTHY_SECONDS_MAX:.0f} s; look at its lines above and try again")
    return False


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/api/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _deploy(environment: Mapping[str, str], home: Home) -> None:
    """The work pool, which is refused where there is one already (so a paused one stays so), and the deployment. Raises RunFailed.

    The job's command is given, because Prefect's own way of starting it puts a night beyond the reach of the worker's group.
    """
    night = f"{shlex.quote(sys.executable)} -m prefect.engine"
    _ran(environment, home, "work-pool", "create", WORK_POOL, "--type", "process")
    deployed = _ran(environment, home, "deploy", "--all", "--prefect-file", str(prefect_file()), "--job-variable", f"command={night}")
    if deployed.returncode:
        raise RunFailed(f"the deployment of prefect.yaml failed:\n{deployed.stdout.decode(errors='replace').strip()}")


def _ran(environment: Mapping[str, str], home: Home, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            _prefect(*arguments), env=environment, cwd=home.prefect, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=DEPLOYED_SECONDS_MAX, check=False, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise RunFailed(f"`prefect {arguments[0]}` took longer than {DEPLOYED_SECONDS_MAX:.0f} s; try again") from None


def _watch(children: Sequence[Child], stop: Event) -> None:
    """Until a stop is asked for. Raises RunFailed where a child ends by itself: a schedule without a worker runs nothing."""
    while not stop.wait(POLL_SECONDS):
        if ended := next((child for child in children if child.poll() is not None), None):
            name = "server" if ended is children[0] else "worker"
            raise RunFailed(f"the Prefect {name} ended by itself (exit code {ended.returncode}); start `undertow serve` again")


@contextmanager
def _asked_to_stop() -> Iterator[Event]:
    """An event that SIGTERM, SIGINT and a closed terminal set."""
    stop = Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _ended(children: list[Child]) -> Iterator[None]:
    """On leaving, however: the children end, the last started first, so that a night can tell the server how it ended."""
    try:
        yield
    finally:
        for child in reversed(children):
            _end(child)


def _end(child: Child) -> None:
    """SIGTERM to a night that is running, then to the child, which would kill it; SIGKILL to what is left of its group after STOPPED_SECONDS_MAX each."""
    for pid in _others(child.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPPED_SECONDS_MAX
    while _others(child.pid) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(STOPPED_SECONDS_MAX)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _others(group: int) -> list[int]:
    """Processes of a group but its leader. Empty where there is no /proc: then a running night is killed, and the next run cleans up after it."""
    found = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in found if pid != group and _group(pid) == group]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None
