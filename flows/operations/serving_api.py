"""The few calls that `undertow serve` makes to the Prefect server's API, without importing Prefect."""

import base64
import http.client
import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

HOST = "127.0.0.1"
ANSWER_SECONDS_MAX = 10.0
RUNS_MAX = 200  # Prefect's limit for one answer
FLOW = "nightly"
# The server is away, starting, or refuses: the caller tries again later.
UNANSWERED = (OSError, urllib.error.URLError, http.client.HTTPException, ValueError)


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

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.port}/api/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except UNANSWERED:
            return False

    def runs(self, *states: str, before: datetime | None = None) -> list[Run]:
        """Runs of the nightly flow in these states, the earliest expected first; `before`: expected by
        then.
        """
        wanted: dict[str, object] = {"state": {"type": {"any_": list(states)}}}
        if before is not None:
            wanted["expected_start_time"] = {"before_": before.isoformat()}
        body = {
            "flows": {"name": {"any_": [FLOW]}},
            "flow_runs": wanted,
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": RUNS_MAX,
        }
        return [_run(found) for found in self.post("/flow_runs/filter", body)]

    def end(self, run: Run, state: str, message: str) -> None:
        """Force a final state (CRASHED, CANCELLED) on a run."""
        self.post(
            f"/flow_runs/{run.id}/set_state",
            {"state": {"type": state, "name": state.capitalize(), "message": message}, "force": True},
        )

    def get(self, path: str) -> Any:
        return self._ask(urllib.request.Request(self._url(path), headers=self._headers()))

    def post(self, path: str, body: object) -> Any:
        """POST with a CSRF token, which every change needs."""
        token = self.get(f"/csrf-token?client={self.client}")["token"]
        headers = {
            **self._headers(),
            "Content-Type": "application/json",
            "Prefect-Csrf-Client": self.client,
            "Prefect-Csrf-Token": token,
        }
        return self._ask(
            urllib.request.Request(self._url(path), data=json.dumps(body).encode(), headers=headers)
        )

    def _url(self, path: str) -> str:
        return f"http://{HOST}:{self.port}/api{path}"

    def _headers(self) -> dict[str, str]:
        return (
            {"Authorization": f"Basic {base64.b64encode(self.secret.encode()).decode()}"}
            if self.secret
            else {}
        )

    def _ask(self, request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS_MAX) as answer:
            return json.load(answer)


def _run(found: dict[str, Any]) -> Run:
    expected = datetime.fromisoformat(found["expected_start_time"] or found["created"])
    return Run(
        str(found["id"]),
        str(found["state_type"]),
        expected if expected.tzinfo else expected.replace(tzinfo=UTC),
        tuple(found["tags"]),
    )
