"""Running a night in this process: the lock, the stages in order, the clean-up, and errors that carry no data."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog

from flows.home import disk
from flows.home.lock import held
from flows.home.settings import Home
from flows.journal import diary as nights
from flows.night.night import Counts, Night, Stage, run_stage
from flows.night.resume import Resumption, left
from flows.night.steps import STAGES
from flows.release import alarms, recovery
from flows.release.alarms import Damage
from transforms.errors import RunFailed, UndertowError, place

log = structlog.get_logger()


def run_night(night: Night, each: Callable[[Stage, Night], Counts] = run_stage) -> Night:
    """All stages under the home's lock; `each` runs one (the orchestrator gives its own). Raises UndertowError only, and nothing once it has published.

    Whatever happens, `current` is the old release whole or the new one whole, and the run's work folder is removed. What a killed run had
    finished over the same inputs is not done again (`flows.night.resume`).
    """
    try:
        with (
            at_work(
                night.home,
                "demo" if night.synthetic else "run",
                night.work,
                goes_on=True,
                damaged=night.found_damage,
            ) as killed,
            _in_the_diary(night),
            disk.saying_room(night.home.root, lambda: night.room_needed),
        ):
            for stage in Resumption(killed).stages(STAGES):
                with said_safely(stage.name):
                    each(stage, night)
    except UndertowError as error:
        if not night.release_id:
            raise
        log.error(
            "published",
            release=night.release_id,
            message=f"release {night.release_id} was published and is in force; after that: {error}",
        )
    return night


@contextmanager
def _in_the_diary(night: Night) -> Iterator[None]:
    """Write down that the night started, and how it ended. Only the first may fail it: after a publication nothing does."""
    started = nights.Event(
        "started", night.started_at.replace(tzinfo=UTC), night.run_id, is_limited=night.known_at is not None
    )
    with said_safely("diary"):
        night.missed = tuple(nights.note_missed(night.home, started.at))
        for moment in night.missed:
            log.warning("missed", message=f"the night of {moment:%Y-%m-%d %H:%M} UTC did not run")
        nights.record(night.home, started)
    exit_code = RunFailed.exit_code
    try:
        yield
        exit_code = night.exit_code
    except UndertowError as error:
        exit_code = error.exit_code
        raise
    finally:
        _end_in_the_diary(night, started, night.exit_code if night.release_id else exit_code)


def _end_in_the_diary(night: Night, started: nights.Event, exit_code: int) -> None:
    stale = alarms.stale_names(night.editions) if exit_code in (0, 5) else ()
    try:
        nights.record(
            night.home, nights.ended(started, datetime.now(UTC), exit_code, night.release_id, stale)
        )
    except OSError as error:
        log.warning(
            "diary",
            message=f"{nights.path(night.home).name}: {error.strerror}; how this night ended is not written down",
        )


def old_release_stays() -> str:
    return "the release in force stays"


@contextmanager
def at_work(
    home: Home,
    command: str,
    work: Path,
    *,
    goes_on: bool = False,
    standing: Callable[[], str] = old_release_stays,
    damaged: Callable[[Damage], None] = lambda _: None,
) -> Iterator[Path | None]:
    """Hold the home's lock with a fresh folder `work` under `home.work`, which is removed whatever happens. Raises UndertowError only.

    goes_on: gives the folder of a killed run that had finished something, which is removed as well in the end; else it is removed at once.
    standing: says which release is in force when the work is interrupted. damaged: is told what is wrong with the one in force at the beginning.
    """
    with said_safely("home"):
        home.prepare()
    with held(home, command), _interruptible(standing):
        killed = left(home) if goes_on else None
        if (damage := recovery.clean_leftovers(home, keeping=killed)) is not None:
            damaged(damage)
        with said_safely("home"):
            work.mkdir(mode=0o700)
        try:
            yield killed
        finally:
            shutil.rmtree(work, ignore_errors=True)
            if killed is not None:
                shutil.rmtree(killed, ignore_errors=True)


@contextmanager
def said_safely(where: str, standing: Callable[[], str] = old_release_stays) -> Iterator[None]:
    """Turn an unexpected exception into RunFailed that names its kind and place, and which release is in force. Its text may hold a record: it is dropped."""
    try:
        yield
    except UndertowError:
        raise
    except Exception as error:
        if (fault := disk.fault(error)) is not None:
            raise RunFailed(f"stage {where}: {fault}; {standing()}. Put that right and run again") from None
        raise RunFailed(
            f"stage {where}: unexpected {type(error).__name__} at {place(error)}; {standing()}. Please report this line"
        ) from None


class _Interrupted(KeyboardInterrupt):
    """A SIGTERM, as Python shows a SIGINT."""


AGAIN_AFTER_SECONDS = (
    0.05  # long enough for the interpreter to have left the callback that swallowed the signal
)


@contextmanager
def _interruptible(standing: Callable[[], str]) -> Iterator[None]:
    """SIGINT and SIGTERM end the night in an orderly way, with exit code 4. Only in the main thread, where signals arrive.

    A signal is an exception raised wherever the program stands. In a callback of the interpreter (a weak reference, a finaliser) Python hands
    it to `sys.unraisablehook` and goes on: there the signal is sent once more, from a thread, as it would be swallowed again in the hook.
    """

    def stop(_number: int, _frame: object) -> None:
        raise _Interrupted

    def swallowed(unraisable: sys.UnraisableHookArgs) -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            hook(unraisable)
            return
        again.append(threading.Timer(AGAIN_AFTER_SECONDS, signal.pthread_kill, (main, signal.SIGTERM)))
        again[-1].daemon = True
        again[-1].start()

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: an orchestrator's process handles its own signals
        yield
        return
    main, again = threading.get_ident(), list[threading.Timer]()
    hook, sys.unraisablehook = sys.unraisablehook, swallowed
    try:
        yield
    except KeyboardInterrupt:
        raise RunFailed(f"interrupted; {standing()}, and the next run starts clean") from None
    finally:
        sys.unraisablehook = hook
        for timer in again:
            timer.cancel()
        signal.signal(signal.SIGTERM, before)
