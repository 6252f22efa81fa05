"""The pages /health and /metrics of `undertow serve`, as a process of their own.

Run as `python -m flows.operations.health HOST PORT`, with UNDERTOW_HOME and PREFECT_API_URL set. /health
answers 200 if the release in force is young enough and the Prefect server and its worker are alive, otherwise
503 with one line that says why. Neither page says anything about a subject, and neither needs a secret.
"""

import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from flows.home import settings
from flows.home.settings import Home
from flows.operations import metrics
from flows.operations.deployments import WORK_POOL
from flows.operations.sweeper import HOST, UNANSWERED, Api
from transforms.errors import UndertowError


def problems(home: Home, api: Api, now: datetime) -> list[str]:
    """Problems of the installation, one line each; empty if it is healthy. `now` has a time zone."""
    hours = settings.health_hours()
    current = metrics.current_release(home)
    if current is None:
        faults = ["no release is in force"]
    elif (age := now - current.built_at) > timedelta(hours=hours):
        faults = [
            f"the release in force is {age / timedelta(hours=1):.0f} hours old, and {hours} are allowed"
        ]
    else:
        faults = []
    if not api.is_healthy():
        return [*faults, "the Prefect server does not answer"]
    return faults if _worker_is_online(api) else [*faults, "no worker is online"]


def _worker_is_online(api: Api) -> bool:
    """Whether a worker has sent a heartbeat lately, by the server's own rule."""
    try:
        workers = api.post(f"/work_pools/{WORK_POOL}/workers/filter", {})
    except UNANSWERED:
        return False
    return any(worker["status"] == "ONLINE" for worker in workers)


def pages(home: Home, api: Api) -> Starlette:
    """The app of the two pages."""

    def health(_request: Request) -> Response:
        faults = problems(home, api, datetime.now(UTC))
        return PlainTextResponse(f"{'; '.join(faults) or 'well'}\n", status_code=503 if faults else 200)

    def prometheus(_request: Request) -> Response:
        return Response(metrics.text(home), media_type=CONTENT_TYPE_LATEST)

    def failed(_request: Request, error: Exception) -> Response:
        return PlainTextResponse(f"{type(error).__name__}; `undertow doctor` says more\n", status_code=500)

    routes = [Route("/health", health), Route("/metrics", prometheus)]
    return Starlette(routes=routes, exception_handlers={UndertowError: failed, OSError: failed})


def main(host: str, port: int) -> None:
    home = settings.home(None)
    served = urlsplit(settings.prefect_api_url() or "")
    api = Api(
        served.port or 0, home.prefect_auth.read_text(encoding="utf-8").strip(), host=served.hostname or HOST
    )
    uvicorn.run(
        pages(home, api), host=host, port=port, log_level="warning", access_log=False, server_header=False
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
