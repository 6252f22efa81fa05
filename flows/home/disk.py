"""The disk: what an error says of it, whoever raises it, and how much room a night needs.

Python, polars, Arrow and DuckDB each tell of a failed write in a class and a text of their own. `fault` finds the number and
the path in all of them, and nothing else of the text: it may hold a record.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from transforms.errors import RunFailed, UndertowError, UsageError
from transforms.readers import archives

# "(os error 28)" by polars, "[errno 28]" by Arrow, '"errno":"28"' by DuckDB's asynchronous writer.
NUMBER = re.compile(r'(?:\(os error |\[errno |"errno": ?")(\d+)', re.IGNORECASE)
PATH = re.compile(r'file \\?["\'](/[^"\'\\\n]+)|\(os error \d+\): (/[^\n]+)$')
# DuckDB's other writers give the words only.
WORDS = {
    os.strerror(number): number
    for number in (
        errno.ENOSPC,
        errno.EIO,
        errno.EACCES,
        errno.EROFS,
        errno.EDQUOT,
        errno.EMFILE,
        errno.EFBIG,
        errno.EPERM,
    )
}

# And of some calls not even those, whatever the cause: what DuckDB could not flush, and the end of a Parquet file that polars could not write.
# What they say → what is said of it. Where polars reads a broken file it has other words.
UNTOLD = {
    "fsync failed": "fsync failed, for a cause that DuckDB does not tell",
    "Invalid thrift: transport error": "write failed, for a cause that polars does not tell",
}


@dataclass(frozen=True)
class Fault:
    """A call to the disk that failed. number: 0 where the cause is not told, with `untold`, a key of UNTOLD; path: "" where the error does not say."""

    number: int
    path: str
    untold: str = ""

    def __str__(self) -> str:
        if not self.number:
            return f"{self.path and f'{self.path}: '}{UNTOLD[self.untold]}: the disk is full or broken, or its quota is spent"
        return f"{self.path or 'a file that the system does not name'}: {os.strerror(self.number)} (errno {self.number})"


def fault(error: BaseException) -> Fault | None:
    """What an error says of the disk; None where it is about something else."""
    text = str(error)
    found = PATH.search(text)
    path = str(getattr(error, "filename", None) or (found and (found[1] or found[2])) or "")
    if isinstance(error, OSError) and error.errno:
        return Fault(error.errno, path)
    if untold := next((words for words in UNTOLD if words in text), ""):
        return Fault(0, path, untold)
    if number := NUMBER.search(text):
        return Fault(int(number[1]), path)
    said = next((number for words, number in WORDS.items() if f": {words}" in text), None)
    return Fault(said, path) if said else None


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Errors of the disk leave as OSError with a path: `path` where they have none of their own."""
    try:
        yield
    except UndertowError:
        raise
    except Exception as error:
        if (found := fault(error)) is None:
            raise
        raise OSError(
            found.number, os.strerror(found.number) if found.number else found.untold, found.path or str(path)
        ) from None


FULL_OR_BROKEN = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EMFILE)


@contextmanager
def written_to(folder: Path | None, option: str = "--to") -> Iterator[None]:
    """An error of the folder that was named is for the caller to put right: UsageError; RunFailed where the disk is full or broken. Another stays as it is."""
    try:
        yield
    except OSError as error:
        if (
            folder is None
            or error.filename is None
            or not _is_about(folder, Path(os.fsdecode(error.filename)))
        ):
            raise
        kind = RunFailed if error.errno in FULL_OR_BROKEN else UsageError
        raise kind(
            f"{option} {folder}: {error.strerror}; give a folder that may be written to, or a new name in one"
        ) from None


def _is_about(folder: Path, path: Path) -> bool:
    return path.is_relative_to(folder) or folder.is_relative_to(path)


# --- room -----------------------------------------------------------------------------------------------------------

# Measured on the synthetic town (seed 1, 2,000 and 20,000 companies), home and work together at their fullest: a first night over 8.9 MB of files
# took 40 MB, over 52.9 MB 113 MB, that is 1.64 for a byte and 26 MB for a release almost without rows; a night that parsed nothing took 2.2 and 1.85
# times its database. A fifth more is asked for, as files differ. What DuckDB spills where memory is short is not in it.
BYTES_AT_LEAST = 32 << 20
PER_UNREAD_BYTE = 2.0
PER_RELEASE_BYTE = 2.7
PACKED_RATIO = 7  # deflate on the town's two largest files: 6.0 and 7.5


def unpacked_bytes(path: Path, size_bytes: int) -> int:
    """Of a landed file, about: what an archive says of itself is not believed."""
    return size_bytes * (PACKED_RATIO if archives.is_archive(path) else 1)


def needed_bytes(unread_bytes: int, release_bytes: int) -> int:
    """What a night takes at its fullest, about. unread_bytes: of files not parsed before, unpacked; release_bytes: of the database in force, 0 on a first night."""
    return int(BYTES_AT_LEAST + PER_UNREAD_BYTE * unread_bytes + PER_RELEASE_BYTE * release_bytes)


def free_bytes(folder: Path) -> int:
    """That this user may still fill."""
    return shutil.disk_usage(folder).free


def require(folder: Path, needed: int, *, by: str = "this night") -> None:
    """Raise RunFailed where fewer than `needed` bytes, which `by` needs, are free: before anything is written, and not in the night's last hour."""
    if (free := free_bytes(folder)) < needed:
        raise RunFailed(
            f"{folder}: {free:,} bytes free, and {by} needs about {needed:,}; make room, or give --home on a larger disk. Nothing was changed"
        )


@contextmanager
def room_said(folder: Path, needed: Callable[[], int]) -> Iterator[None]:
    """A night that ran out of room says how much there is and what it needs: others may fill the disk while it runs."""
    try:
        yield
    except RunFailed as error:
        if not any(words in str(error) for words in (os.strerror(errno.ENOSPC), *UNTOLD.values())):
            raise
        raise RunFailed(
            f"{error} ({free_bytes(folder):,} bytes free on {folder}; a night needs about {needed():,})"
        ) from None
