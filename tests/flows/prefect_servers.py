"""Real Prefect processes on loopback for tests: an environment without the caller's Prefect settings, a free
port, the API.
"""

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
HEALTHY_SECONDS_MAX = 240
ASKED_MAX = 30  # (own) times, a second apart: a server that starts on two busy processors


def environment(**settings: str) -> dict[str, str]:
    """This process's, with no Prefect or Undertow setting of its own.

    Children find the packages from any folder.
    """
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "UNDERTOW_"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def secret_of(home: Path) -> dict[str, str]:
    """The header that the API of a served home asks for."""
    secret = (home / "secrets" / "prefect-auth").read_bytes().strip()
    return {"Authorization": f"Basic {base64.b64encode(secret).decode()}"}


def api(port: int, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
    """A GET, or with a body a POST, of the server's API.

    A busy server answers 503, has done nothing, and is asked again.
    """
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://{HOST}:{port}/api{path}",
        data=data,
        headers={"Content-Type": "application/json", **(headers or {})},
    )
    for left in reversed(range(ASKED_MAX)):
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE or not left:
                raise
            time.sleep(1)
    raise AssertionError("never reached: the last time raises or returns")


def wait_for(what: Callable[[], object], seconds: float, message: Callable[[], str]) -> object:
    """The first true answer. Connection refused and not-found count as not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if answer := what():
                return answer
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds:.0f} s: {message()}")


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@contextmanager
def running_server(home: Path) -> Iterator[int]:
    """A server with its database in `home`, without pages; its port."""
    port, log = free_port(), home.with_suffix(".log")
    settings = {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    start = ("server", "start", "--host", HOST, "--port", str(port), "--no-ui")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *start],
            env=environment(**settings),
            cwd=home,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(lambda: process.poll() is None and api(port, "/health"), HEALTHY_SECONDS_MAX, log.read_text)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()
