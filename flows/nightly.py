"""The night as a Prefect flow: one task for each stage of `undertow run`, with a mapped task for each edition
and each indicator.

The entrypoint is dotted, `flows.nightly.nightly`; a path entrypoint would put `flows/` on sys.path.
Parameters and results are paths, dates and counts; data stays on the home's disk. Errors lose their text
inside the task (`flows.night.runner.safe_errors`), because Prefect stores it.
"""

from collections.abc import Callable, Generator, Iterable
from contextvars import ContextVar
from threading import Event

from flows.home import logs, settings
from flows.journal import diary

settings.set_prefect_environment()

import structlog  # noqa: E402  (the environment has to be set first)
from prefect import State, flow, tags, task, unmapped  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.futures import wait  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402
from prefect.states import Cancelled, Completed  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402
from prefect.utilities.annotations import quote  # noqa: E402

from flows.home.processes import PROCESS_TAG, keep_private, this_process  # noqa: E402
from flows.home.progress import steps  # noqa: E402
from flows.night import artifacts  # noqa: E402
from flows.night.night import Counts, Night, Stage, at_once, new_night, run_stage  # noqa: E402
from flows.night.runner import run_night, safe_errors  # noqa: E402
from flows.night.steps import STAGES  # noqa: E402
from flows.night.telling import tell_as_task  # noqa: E402
from flows.operations.deployments import absolute, day  # noqa: E402
from flows.operations.telling.tell import telling  # noqa: E402
from transforms.errors import RunFailed, UndertowError  # noqa: E402

# The name of the state of a run that published although a register was blocked (exit code 5).
BLOCKED_REGISTER = "PublishedWithBlockedRegister"
Facts = dict[str, str | int]

log = structlog.get_logger()

# The run that `undertow run` made in this process and needs back with its counts. A deployed run makes its
# own.
_prepared: ContextVar[Night | None] = ContextVar("prepared", default=None)


# Prefect always writes a failed flow run's exception to PREFECT_HOME/storage, so the serializer is set here:
# a worker imports Prefect before it reads the environment above.
@flow(
    name="nightly",
    # Stages run in the flow's own thread, the editions and indicators of a stage in these.
    task_runner=ThreadPoolTaskRunner(max_workers=at_once()),  # type: ignore[arg-type]
    persist_result=False,
    result_serializer="json",
    validate_parameters=True,
    log_prints=False,
)
def nightly(
    landing: str,
    home: str,
    as_of: str | None = None,
    areas: list[str] | None = None,
    known_at: str | None = None,
) -> Facts | State[Facts]:
    """Run one night and publish to `home`. Returns release id, date, report path and exit code (0 or 5).

    `landing`: folder of the publishers' files. Both folders are absolute: a worker runs in a temporary
    folder. `as_of`: ISO date; default the newest edition's. `known_at`: ISO date; only editions up to it are
    used; default `as_of` where that is given. `areas`: districts that the report is limited to. Raises
    UndertowError as `undertow run` does: the flow run fails, and the release in force stays. The state of a
    run with a blocked register is named BLOCKED_REGISTER.
    """
    with safe_errors("flow"):
        where = settings.Home(absolute("home", home))
    with telling(where, tell=tell_as_task) as this_run, safe_errors("flow"):
        night = _prepared.get() or _night(landing, home, as_of, areas, known_at)
        this_run.run_id = night.run_id
        night.each = _each
        night = run_night(night, _as_task)
    facts: Facts = {
        "release_id": night.release_id,
        "as_of": night.as_of.isoformat(),
        "exit_code": night.exit_code,
        "report": str(night.report),
    }
    get_run_logger().info("release %(release_id)s, as of %(as_of)s, exit code %(exit_code)d", facts)
    if not night.editions.any_blocked:
        return facts
    blocked = sorted({facts.register for facts in night.editions.with_status("blocked")})
    message = f"release {night.release_id} is published; blocked: {', '.join(blocked)}"
    return Completed(name=BLOCKED_REGISTER, message=message, data=facts)


@task(persist_result=False, result_serializer="json", cache_policy=NO_CACHE)
def run_one_stage(stage: Stage, night: Night) -> dict[str, int | str]:
    """Run a stage. Its run is named after it, and shows what it wrote."""
    with safe_errors(stage.name):
        try:
            counts = dict(run_stage(stage, night))
        finally:
            artifacts.show(stage.name, night)
    get_run_logger().info(", ".join(f"{name} {count}" for name, count in counts.items()))
    return counts


@task(task_run_name="{name}", persist_result=False, result_serializer="json", cache_policy=NO_CACHE)
def run_one_of_each[T](name: str, work: Callable[[str], T], stopped: Event) -> T:
    """Read one edition, or run one indicator."""
    if stopped.is_set():
        return Cancelled(message="another one failed")  # type: ignore[return-value]
    with safe_errors(name):
        return work(name)


def _as_task(stage: Stage, night: Night) -> Counts:
    named = run_one_stage.with_options(name=stage.name, task_run_name=stage.name)
    # Quoted: Prefect looks into every other parameter.
    counts: Counts = named(quote(stage), quote(night))  # type: ignore[call-overload]
    return counts


def _each[T](what: str, names: Iterable[str], work: Callable[[str], T], /) -> Generator[T, None, None]:
    """A mapped task for each name. Where one fails, running ones are waited for: they use the work folder."""
    in_order, stopped = list(names), Event()
    mapped = run_one_of_each.with_options(name=what)
    futures = mapped.map(in_order, unmapped(work), unmapped(stopped))
    progress = artifacts.Progress(what, len(in_order))
    try:
        for future in steps(what, futures, len(in_order)):
            yield future.result()  # type: ignore[misc]  # mapping loses the type variable
            progress.step()
    finally:
        stopped.set()
        wait(futures)


def _night(
    landing: str, home: str, as_of: str | None, areas: list[str] | None, known_at: str | None
) -> Night:
    """The run for a deployment's parameters. Raises UsageError."""
    logs.configure()
    keep_private()
    return new_night(
        settings.Home(absolute("home", home)),
        absolute("landing", landing),
        as_of=day("as_of", as_of),
        known_at=day("known_at", known_at),
        areas=areas or (),
        engine="prefect",
    )


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
        any_size=night.any_size,
        synthetic=night.synthetic,
    )
