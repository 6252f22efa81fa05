"""The automations of prefect.yaml: what they wait for, and that their messages arrive."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.flows.prefect_servers import HOST, ROOT, api, environment, running_server, wait_for

ARRIVED_SECONDS_MAX = 60


def _declared() -> list[dict[str, Any]]:
    declared: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text())["automations"]
    return declared


def test_automations_wait_for_the_states_of_a_night() -> None:
    from prefect.events.schemas.automations import AutomationCore, EventTrigger

    triggers = {one["name"]: AutomationCore.model_validate(one).trigger for one in _declared()}
    expected = {
        name: trigger.expect for name, trigger in triggers.items() if isinstance(trigger, EventTrigger)
    }
    assert expected == {
        "undertow-night-crashed": {f"prefect.flow-run.{state}" for state in ("Crashed", "TimedOut")},
        "undertow-night-late": {"prefect.flow-run.Late"},
    }


@contextmanager
def _receiver() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The address of a web server, and the JSON objects that were posted to it."""
    received: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.headers["Content-Type"] != "application/json":
                self.send_error(415)
                return
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

    with HTTPServer((HOST, 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}/", received
        server.shutdown()


@pytest.mark.nightly
def test_a_message_arrives_once_for_each_night_that_needs_one(tmp_path: Path) -> None:
    from flows.operations.notifications import RETIRED

    home = tmp_path / "prefect"
    home.mkdir()
    with _receiver() as (url, received), running_server(home) as port:
        retired = {**_declared()[0], "name": RETIRED[0], "actions": [{"type": "do-nothing"}]}
        api(port, "/automations/", retired)  # of an earlier version
        for _ in range(2):  # as two starts of `undertow serve`
            subprocess.run(
                [sys.executable, "-m", "flows.operations.notifications"],
                env=environment(PREFECT_API_URL=f"http://{HOST}:{port}/api", UNDERTOW_NOTIFY_URL=url),
                cwd=tmp_path,
                check=True,
            )
        names = [one["name"] for one in api(port, "/automations/filter", {})]
        assert sorted(names) == sorted(one["name"] for one in _declared())
        for flow, state_type, name in (
            ("evaluate", "FAILED", "Failed"),
            ("nightly", "COMPLETED", "Completed"),
            ("nightly", "COMPLETED", "PublishedWithBlockedRegister"),
            ("nightly", "FAILED", "Failed"),
            ("nightly", "CRASHED", "Crashed"),
            ("nightly", "SCHEDULED", "Late"),
        ):
            _end_run(port, flow, state_type, name)

        def has_arrived() -> bool:
            return len(received) >= 2

        wait_for(has_arrived, ARRIVED_SECONDS_MAX, lambda: str(received))
    assert sorted(message["text"].split(" is ")[1].split(".")[0] for message in received) == [
        "Crashed",
        "Late",
    ]


def _end_run(port: int, flow: str, state_type: str, state_name: str) -> None:
    """A flow run with this state, as a night reports it."""
    flow_id = api(port, "/flows/", {"name": flow})["id"]
    run = api(port, "/flow_runs/", {"flow_id": flow_id, "state": {"type": "RUNNING"}})
    state = {"type": state_type, "name": state_name}
    api(port, f"/flow_runs/{run['id']}/set_state", {"state": state, "force": True})
