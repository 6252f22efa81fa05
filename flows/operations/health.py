"""The pages /health and /metrics of `undertow serve`, as a process of their own.

Run as `python -m flows.operations.health HOST PORT`, with UNDERTOW_HOME and PREFECT_API_URL set. /health
answers 200 where the release in force is young enough and the Prefect server and its worker are alive, else
503 with one line that says why. Neither page says anything about a subject, and neither needs a secret.
"""

import sys
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST

from flows.home import settings
from flows.home.settings import Home
from flows.operations import metrics
from flows.operations.deployments import WORK_POOL
from flows.operations.sweeper import HOST, UNANSWERED, Api
from transforms.errors import UndertowError

TEXT = "text/plain; charset=utf-8"
REQUEST_SECONDS_MAX = 10.0


def problems(home: Home, api: Api, now: datetime) -> list[str]:
    """Why the installation is not well, a line each; empty where it is. `now` has a time zone."""
    hours = settings.health_hours()
    current = metrics.current_release(home)
    if current is None:
        found = ["no release is in force"]
    elif (age := now - current.built_at) > timedelta(hours=hours):
        found = [f"the release in force is {age / timedelta(hours=1):.0f} hours old, and {hours} are allowed"]
    else:
        found = []
    if not api.is_healthy():
        return [*found, "the Prefect server does not answer"]
    return found if _worker_is_online(api) else [*found, "no worker is online"]


def _worker_is_online(api: Api) -> bool:
    """Whether a worker has sent a sign of life lately, by the server's own rule."""
    try:
        workers = api.post(f"/work_pools/{WORK_POOL}/workers/filter", {})
    except UNANSWERED:
        return False
    return any(worker["status"] == "ONLINE" for worker in workers)


def answer(path: str, home: Home, api: Api) -> tuple[HTTPStatus, str, bytes]:
    """Status, type and contents of a page."""
    if path == "/metrics":
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, metrics.text(home)
    if path == "/health":
        found = problems(home, api, datetime.now(UTC))
        status = HTTPStatus.SERVICE_UNAVAILABLE if found else HTTPStatus.OK
        return status, TEXT, f"{'; '.join(found) or 'well'}\n".encode()
    return HTTPStatus.NOT_FOUND, TEXT, b"/health and /metrics\n"


def pages(home: Home, api: Api, host: str, port: int) -> ThreadingHTTPServer:
    """A server of the pages. Raises OSError if the port is taken."""

    class Pages(BaseHTTPRequestHandler):
        timeout = REQUEST_SECONDS_MAX

        def do_GET(self) -> None:
            try:
                status, kind, contents = answer(urlsplit(self.path).path, home, api)
            except (UndertowError, OSError) as error:
                reason = f"{type(error).__name__}; `undertow doctor` says more\n"
                status, kind, contents = HTTPStatus.INTERNAL_SERVER_ERROR, TEXT, reason.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(contents)))
            self.end_headers()
            self.wfile.write(contents)

        def log_message(self, format: str, *args: object) -> None:
            """A line for each look would fill the journal."""

    return ThreadingHTTPServer((host, port), Pages)


def main(host: str, port: int) -> None:
    home = settings.home(None)
    served = urlsplit(settings.prefect_api_url() or "")
    api = Api(
        served.port or 0, home.prefect_auth.read_text(encoding="utf-8").strip(), host=served.hostname or HOST
    )
    pages(home, api, host, port).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
