"""The night as a Prefect flow: the stages of `undertow run`, one task for each.

The entrypoint is dotted, `flows.nightly.nightly`; a path entrypoint would put `flows/` on sys.path.
Parameters and results are paths, dates and counts; data stays on the home's disk. Errors lose their text
inside the task (`flows.night.runner.safe_errors`), because Prefect stores it.
"""

import os
from contextvars import ContextVar
from datetime import date
from pathlib import Path

from flows.home import logs, settings
from flows.journal import diary

# Before the import: Prefect reads its settings then. A deployment's own values win.
for _name, _value in settings.PREFECT_ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

import structlog  # noqa: E402  (the environment has to be set first)
from prefect import flow, tags, task  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402

from flows.home.processes import PROCESS_TAG, keep_private, this_process  # noqa: E402
from flows.night.night import Counts, Night, Stage, new_night, run_stage  # noqa: E402
from flows.night.runner import run_night, safe_errors  # noqa: E402
from flows.night.steps import STAGES  # noqa: E402
from transforms.errors import RunFailed, UndertowError, UsageError  # noqa: E402

Facts = dict[str, str | int]

log = structlog.get_logger()

# The run that `undertow run` made in this process and needs back with its counts. A deployed run makes its
# own.
_prepared: ContextVar[Night | None] = ContextVar("prepared", default=None)


# Prefect always writes a failed flow run's exception to PREFECT_HOME/storage, so the serializer is set here:
# a worker imports Prefect before it reads the environment above.
@flow(
    name="nightly", persist_result=False, result_serializer="json", validate_parameters=True, log_prints=False
)
def nightly(
    landing: str,
    home: str,
    as_of: str | None = None,
    areas: list[str] | None = None,
    known_at: str | None = None,
) -> Facts:
    """Run one night and publish to `home`. Returns release id, date, report path and exit code (0 or 5).

    `landing`: folder of the publishers' files. Both folders are absolute: a worker runs in a temporary
    folder. `as_of`: ISO date; default the newest edition's. `known_at`: ISO date; only editions up to it are
    used; default `as_of` where that is given. `areas`: districts that the report is limited to. Raises
    UndertowError as `undertow run` does: the flow run fails, and the release in force stays.
    """
    with safe_errors("flow"):
        night = run_night(_prepared.get() or _night(landing, home, as_of, areas, known_at), _as_task)
    facts: Facts = {
        "release_id": night.release_id,
        "as_of": night.as_of.isoformat(),
        "exit_code": night.exit_code,
        "report": str(night.report),
    }
    get_run_logger().info("release %(release_id)s, as of %(as_of)s, exit code %(exit_code)d", facts)
    return facts


def _night(
    landing: str, home: str, as_of: str | None, areas: list[str] | None, known_at: str | None
) -> Night:
    """The run for a deployment's parameters. Raises UsageError."""
    logs.configure()
    keep_private()
    return new_night(
        settings.Home(_absolute("home", home)),
        _absolute("landing", landing),
        as_of=_date("as_of", as_of),
        known_at=_date("known_at", known_at),
        areas=areas or (),
        engine="prefect",
    )


def _absolute(parameter: str, path: str) -> Path:
    if not Path(path).is_absolute():
        raise UsageError(
            f"parameter {parameter}: {path!r} is not an absolute path, and a worker runs in a temporary "
            f"folder; "
            "deploy with absolute paths"
        )
    return Path(path)


def _date(parameter: str, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise UsageError(f"parameter {parameter}: not a date; write it as 2026-01-31") from None


def _as_task(stage: Stage, night: Night) -> Counts:
    """Run a stage as a task named after it. The night is no parameter, which Prefect would store."""

    @task(
        name=stage.name, task_run_name=stage.name, persist_result=False, result_serializer="json", retries=0
    )
    def run() -> dict[str, int | str]:
        with safe_errors(stage.name):
            counts = dict(run_stage(stage, night))
        get_run_logger().info(", ".join(f"{name} {count}" for name, count in counts.items()))
        return counts

    return run()


def run_through_prefect(night: Night) -> Night:
    """Run this night as a flow run on the server of PREFECT_API_URL.

    Raises UndertowError, as without Prefect.

    Where the server fails during the night, the night is run again without it.

    Call `flows.home.settings.prepare_prefect` before importing this module.
    """
    as_of, known_at = (day.isoformat() if day else None for day in (night.as_of_asked, night.known_at_asked))
    token = _prepared.set(night)
    try:
        with tags(f"{PROCESS_TAG}{this_process()}"):
            nightly(str(night.landing_folder), str(night.home.root), as_of, list(night.areas), known_at)
    except UndertowError:
        raise
    except Exception as error:
        if not any(event.run_id == night.run_id for event in diary.read(night.home)):
            raise RunFailed(
                f"the Prefect server of PREFECT_API_URL failed ({type(error).__name__}); the release in "
                f"force stays. "
                "Start it (`undertow serve`), or unset PREFECT_API_URL to run without it"
            ) from None
        if len(night.counts) < len(STAGES):
            log.warning(
                "the Prefect server failed during the night, which is run again without it",
                kind=type(error).__name__,
            )
            return run_night(_again(night))
        # The night is published, and only the server does not know that.
        log.warning("the Prefect server did not record the end of the night", kind=type(error).__name__)
    finally:
        _prepared.reset(token)
    return night


def _again(night: Night) -> Night:
    """The same night from the start. What the first attempt brought into the lake is not parsed again."""
    return new_night(
        night.home,
        night.landing_folder,
        as_of=night.as_of_asked,
        known_at=night.known_at_asked,
        areas=night.areas,
        synthetic=night.synthetic,
    )
