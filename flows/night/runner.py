"""Run the stages of a night in this process: the lock, the order, the clean-up, and errors that carry no
data.
"""

import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import structlog

from flows.home import disk, progress
from flows.home.lock import held
from flows.home.settings import Home
from flows.journal import diary
from flows.night.memory import Memory
from flows.night.night import Counts, Night, Stage, run_stage
from flows.night.steps import STAGES
from flows.release import alarms, recovery
from transforms.errors import RunFailed, RunUnderWay, UndertowError, place

log = structlog.get_logger()


def run_night(
    night: Night,
    run: Callable[[Stage, Night], Counts] = run_stage,
    stages: Sequence[Stage] | None = None,
) -> Night:
    """Run all stages (STAGES) under the home's lock. `run` runs one stage; the orchestrator passes its own.

    Raises only UndertowError, and nothing once the release is published. Whatever happens, `current` points
    to the old or the new release, and the work folder is removed. Steps that the last run finished with the
    same inputs are not run again, also if it was killed (`flows.night.memory`).
    """
    command = "demo" if night.synthetic else "run"
    try:
        with (
            work_session(night.home, command, night.work) as damage,
            _diary_entries(night),
            disk.saying_room(night.home.root, lambda: night.room_needed),
        ):
            night.damage = damage
            night.memory = Memory(night.kept, night.output)
            for stage in stage_steps(stages or STAGES):
                with safe_errors(stage.name):
                    run(stage, night)
            if night.memory.reuse_message:
                log.info("memory", message=night.memory.reuse_message)
            night.memory.forget_others()
            if night.known_at is not None:
                shutil.rmtree(night.kept, ignore_errors=True)
    except RunUnderWay:
        with suppress(OSError):
            diary.record(
                night.home, diary.Event("refused", night.started_at.replace(tzinfo=UTC), night.run_id)
            )
        raise
    except UndertowError as error:
        if not night.release_id:
            raise
        log.error(
            "published",
            release=night.release_id,
            message=f"release {night.release_id} was published and is in force; after that: {error}",
        )
    return night


def stage_steps(stages: Sequence[Stage]) -> Iterator[Stage]:
    """The stages, shown while they run."""
    total = sum(stage.share for stage in stages)
    return progress.steps("run", stages, total, name=lambda stage: stage.name, size=lambda stage: stage.share)


@contextmanager
def _diary_entries(night: Night) -> Iterator[None]:
    """Record that the run started, and how it ended.

    Only the first record may fail the run: nothing may fail it after publication.
    """
    started = diary.Event(
        "started", night.started_at.replace(tzinfo=UTC), night.run_id, is_limited=night.known_at is not None
    )
    with safe_errors("diary"):
        night.missed = tuple(diary.note_missed(night.home, started.at))
        for moment in night.missed:
            log.warning("missed", message=f"the run of {moment:%Y-%m-%d %H:%M} UTC was missed")
        diary.record(night.home, started)
    exit_code = RunFailed.exit_code
    try:
        yield
        exit_code = night.exit_code
    except UndertowError as error:
        exit_code = error.exit_code
        raise
    finally:
        _record_end(night, started, night.exit_code if night.release_id else exit_code)


def _record_end(night: Night, started: diary.Event, exit_code: int) -> None:
    stale = alarms.stale_names(night.editions) if exit_code in (0, 5) else ()
    now = datetime.now(UTC)
    events = [diary.ended(started, now, exit_code, night.release_id, stale)]
    if night.bytes_read:
        seconds = round(night.seconds_reading, 1)
        events.insert(0, diary.Event("read", now, night.run_id, bytes_n=night.bytes_read, seconds=seconds))
    try:
        for event in events:
            diary.record(night.home, event)
    except OSError as error:
        file = diary.path(night.home).name
        log.warning("diary", message=f"{file}: {error.strerror}; the end of this run is not recorded")


def release_stays() -> str:
    return "the release in force stays"


@contextmanager
def work_session(
    home: Home,
    command: str,
    work: Path,
    *,
    consequence: Callable[[], str] = release_stays,
) -> Iterator[alarms.Damage | None]:
    """Hold the home's lock with a new folder `work`, which is removed at the end. Raises only UndertowError.

    Leftovers of killed runs are removed first. `consequence` says which release is in force after an
    interruption. Yields what is wrong with the current release.
    """
    with safe_errors("home"):
        home.prepare()
    with held(home, command), _interruptible(consequence):
        damage = recovery.clean_leftovers(home)
        with safe_errors("home"):
            work.mkdir(mode=0o700)
        try:
            yield damage
        finally:
            shutil.rmtree(work, ignore_errors=True)


@contextmanager
def safe_errors(stage: str, consequence: Callable[[], str] = release_stays) -> Iterator[None]:
    """Turn an unexpected exception into RunFailed with its kind and place only.

    Its text may hold a record.
    """
    try:
        yield
    except UndertowError:
        raise
    except (Exception, SystemExit, pl.exceptions.PanicException) as error:  # a library may end the process
        if (fault := disk.fault(error)) is not None:
            raise RunFailed(
                f"stage {stage}: {fault}; {consequence()}. Put that right and run again"
            ) from None
        raise RunFailed(
            f"stage {stage}: unexpected {type(error).__name__} at {place(error)}; {consequence()}. "
            "Please report this line"
        ) from None


@contextmanager
def _interruptible(consequence: Callable[[], str]) -> Iterator[None]:
    """SIGINT and SIGTERM end the run in order, with exit code 4.

    Only the main thread receives signals; an orchestrator's process handles its own.
    """
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    except KeyboardInterrupt:
        raise RunFailed(f"interrupted; {consequence()}, and the next run starts clean") from None
    finally:
        signal.signal(signal.SIGTERM, before)
