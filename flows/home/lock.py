"""One writer for each home: run, rollback and purge hold an flock(2) on the `lock` file and one on the home's
folder.

The kernel frees a lock when its holder dies, so there are no stale locks. The text in the file (pid, command,
start) is for messages only and decides nothing. The folder is locked too because a lock file can be deleted
while it is held; a second writer would then lock a new file, but still not the folder.

filelock is not used: it truncates the file that names the holder before it has the lock, and locks no folder.
"""

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

from flows.home.settings import STATE_DIRECTORY_MODE, Home
from transforms.errors import LockHeld, RunFailed, RunUnderWay

# How long a refused caller waits for the holder's name: whoever has just taken the lock writes it within
# milliseconds.
NAME_WAIT_SECONDS = 1.0
NAME_POLL_SECONDS = 0.02
RUNS = ("run", "demo")  # commands that report their own result


@dataclass(frozen=True)
class Holder:
    """Who holds the lock. `since` is ISO 8601 in UTC."""

    pid: int
    command: str
    since: str

    @property
    def is_alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True


@contextmanager
def held(home: Home, command: str) -> Iterator[None]:
    """Hold the lock of a home; its folder is created if needed.

    Raises LockHeld, naming the holder, if another process or this one holds it; RunFailed if the file cannot
    be opened."""
    file = _open(home.lock, os.O_RDWR | os.O_CREAT)
    folder = _open(home.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _take(file, folder, home)
        try:
            with _naming(home.lock):
                _write(file, _holder_text(command))
            yield
        finally:
            with suppress(OSError):  # a name that stays decides nothing
                _write(file, b"")
    finally:
        os.close(folder)
        os.close(file)


def _holder_text(command: str) -> bytes:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps(asdict(Holder(os.getpid(), command, now))).encode()


def _open(path: Path, flags: int) -> int:
    with _naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags | os.O_CLOEXEC, 0o640)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise RunFailed(
            f"{path}: {error.strerror} (errno {error.errno}): this user (uid {os.geteuid()}) may not write "
            "it; run as the user of the nights, or give --home a folder that this user may write to"
        ) from None
    except OSError as error:
        raise RunFailed(
            f"{path}: {error.strerror} (errno {error.errno}); "
            "free disk space, or give --home a folder that this user may write to"
        ) from None


def _take(file: int, folder: int, home: Home) -> None:
    """Lock both. If refused, wait up to NAME_WAIT_SECONDS for the holder's name, or for the holder to end."""
    deadline = time.monotonic() + NAME_WAIT_SECONDS
    while not (_try_lock(file) and _try_lock(folder)):
        holder = holder_in(os.pread(file, 4096, 0))
        if holder is not None and holder.is_alive:
            refusal = RunUnderWay if holder.command in RUNS else LockHeld
            raise refusal(
                f"{home.lock}: held by pid {holder.pid} (undertow {holder.command}, since {holder.since}); "
                "wait for it to end, or stop that process and try again"
            )
        if time.monotonic() > deadline:
            raise LockHeld(
                f"{home.lock}: held by a process that has not written its name; "
                f"find it with `fuser {home.lock} {home.root}`, or wait and try again"
            )
        time.sleep(NAME_POLL_SECONDS)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some file systems lock no folders: there the file alone is the lock.
        return stat.S_ISDIR(os.fstat(descriptor).st_mode)
    return True


def is_locked(lock: Path) -> bool:
    """Tries a shared lock for a moment; a run that starts in that moment tries again."""
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _write(descriptor: int, data: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, data, 0)


def holder_in(text: bytes) -> Holder | None:
    """Who the file says holds it; None if it is empty or half written."""
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return None


@contextmanager
def alone(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a separate lock file, for work beside a night that only one process may do at a time.

    Raises BlockingIOError if another process holds it and `wait` is False.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
