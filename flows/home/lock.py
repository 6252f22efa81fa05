"""One writer a home: run, rollback and purge hold `lock`, an flock(2), and one on the home's folder.

The kernel frees an flock when its holder dies, however it dies, so there is no stale lock to find out about. What
stands in the file (pid, command, start) is for the message only and decides nothing. A lock file that is removed while it is held gives
way to another one, which a second writer could hold; the folder is the same for both.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.home.settings import Home
from transforms.errors import LockHeld, RunFailed

# How long a refused caller looks for a living holder's name: one that took over from a killed one writes it within milliseconds.
NAME_WAIT_SECONDS = 1.0
NAME_POLL_SECONDS = 0.02

_held: set[int] = set()


def _forget_in_child() -> None:
    """A forked child shares the lock and would keep it after its parent's death; closing its copy frees nothing early."""
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_forget_in_child)


@dataclass(frozen=True)
class Holder:
    """Who holds the lock. `since` is ISO 8601, UTC."""

    pid: int
    command: str
    since: str

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


@contextmanager
def held(home: Home, command: str) -> Iterator[None]:
    """Hold the lock of this home, or raise LockHeld, naming the holder. Creates the home's folder.

    Raises LockHeld where another process, or this one already, holds it; RunFailed where the file cannot be opened.
    """
    file, folder = _open(home.lock, os.O_RDWR | os.O_CREAT), _open(home.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _take(file, folder, home)
        try:
            with _told(home.lock):
                _write(
                    file,
                    json.dumps(
                        asdict(Holder(os.getpid(), command, datetime.now(UTC).isoformat(timespec="seconds")))
                    ).encode(),
                )
            yield
        finally:
            with suppress(
                OSError
            ):  # a name that stays there decides nothing, and what was done under the lock is done
                _write(file, b"")
    finally:
        _close(folder)
        _close(file)


def _open(path: Path, flags: int) -> int:
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, flags | os.O_CLOEXEC, 0o640)
    _held.add(descriptor)
    return descriptor


def _close(descriptor: int) -> None:
    """Closing is what unlocks. A forked child that leaves the block has closed its copy already."""
    if descriptor in _held:
        _held.discard(descriptor)
        os.close(descriptor)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunFailed(
            f"{path}: {error.strerror} (errno {error.errno}); --home must name a folder that this user may write to"
        ) from None


def _take(file: int, folder: int, home: Home) -> None:
    """Lock both. Refused: look who holds them, for at most NAME_WAIT_SECONDS, and take them if the holder goes meanwhile."""
    deadline = time.monotonic() + NAME_WAIT_SECONDS
    while not (_try(file) and _try(folder)):
        holder = _read(file)
        if holder is not None and holder.alive:
            raise LockHeld(
                f"{home.lock}: held by pid {holder.pid} (undertow {holder.command}, since {holder.since}); wait for it to end, or stop that process and try again"
            )
        if time.monotonic() > deadline:
            raise LockHeld(
                f"{home.lock}: held by a process that has not written its name; find it with `fuser {home.lock} {home.root}`, or wait and try again"
            )
        time.sleep(NAME_POLL_SECONDS)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return stat.S_ISDIR(
            os.fstat(descriptor).st_mode
        )  # a file system that locks no folders: the file alone is held there
    return True


def _write(descriptor: int, data: bytes) -> None:
    if descriptor in _held:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, data, 0)


def _read(descriptor: int) -> Holder | None:
    try:
        return Holder(**json.loads(os.pread(descriptor, 4096, 0)))
    except (ValueError, TypeError):
        return None  # empty or half written: the holder has only just taken it, or was killed
