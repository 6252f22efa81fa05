"""The night as a Prefect flow: the same stage list as `undertow run`, one task a stage.

The entrypoint is dotted, `flows.nightly.nightly`; a path entrypoint would put `flows/` on sys.path. Parameters and
results are paths, dates and counts; what a stage works on stays on the home's disk. Errors are made safe inside the
task (`flows.runner.said_safely`), because Prefect stores an exception's text.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from flows import settings

# Before the import: Prefect reads its settings then. A deployment's own values win.
for _name, _value in settings.PREFECT_ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

from prefect import flow, task  # noqa: E402  (the environment has to be set first)

from flows.runner import run_night, said_safely  # noqa: E402
from flows.stages import Counts, Night, Stage, new_night, run_stage  # noqa: E402
from transforms.errors import UndertowError  # noqa: E402

SUMMARY_KEYS = ("release_id", "as_of", "exit_code", "report")


def _as_task(stage: Stage, night: Night) -> Counts:
    """One stage as a task named after it. The night is closed over: a parameter would be stored."""

    @task(name=stage.name, persist_result=False, retries=0)
    def stage_task() -> dict[str, int | str]:
        with said_safely(stage.name):
            return dict(run_stage(stage, night))

    return stage_task()


@flow(name="nightly", persist_result=False, validate_parameters=True, log_prints=False)
def nightly(landing: str, home: str = "data", as_of: str | None = None, areas: list[str] | None = None) -> dict[str, str | int]:
    """One night, published to `home`. Returns release id, date, report path and the contract's exit code.

    landing: folder of the publishers' files. as_of: ISO date; default the newest edition's. areas: filter of reports.
    Raises UndertowError as `undertow run` does: the flow run fails, and the release in force stays.
    """
    asked = date.fromisoformat(as_of) if as_of else None
    night = new_night(settings.home(Path(home)), Path(landing), as_of=asked, areas=areas or (), engine="prefect")
    return _facts(run_night(night, _as_task))


def _facts(night: Night) -> dict[str, str | int]:
    return {"release_id": night.release_id, "as_of": night.as_of.isoformat(), "exit_code": night.exit_code, "report": str(night.report)}


def run_through_prefect(night: Night) -> Night:
    """Run this very night as a flow run on the server of PREFECT_API_URL. Raises UndertowError."""

    @flow(name="nightly", persist_result=False, log_prints=False)
    def nightly_here() -> dict[str, str | int]:
        return _facts(run_night(night, _as_task))

    state = nightly_here(return_state=True)
    if state.is_failed() or state.is_crashed():
        failure = state.result(raise_on_failure=False)
        if isinstance(failure, UndertowError):
            raise failure
        with said_safely("flow"):
            raise failure if isinstance(failure, BaseException) else RuntimeError("the flow run ended without a result")
    return night
