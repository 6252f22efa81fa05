"""Disk errors from any library, damaged files, and the disk space that a night needs.

Python, polars, Arrow and DuckDB report a failed write in their own classes and texts. `fault` finds the error
number and the path in each, and takes nothing else from the text, because the text may hold a record.
"""

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from transforms.errors import RunFailed, UndertowError, UsageError

# "(os error 28)" by polars, "[errno 28]" by Arrow, '"errno":"28"' by DuckDB's asynchronous writer.
NUMBER = re.compile(r'(?:\(os error |\[errno |"errno": ?")(\d+)', re.IGNORECASE)
PATH = re.compile(r'file \\?["\'](/[^"\'\\\n]+)|\(os error \d+\): (/[^\n]+)$')
DISK_ERRORS = (
    errno.ENOSPC,
    errno.EIO,
    errno.EACCES,
    errno.EROFS,
    errno.EDQUOT,
    errno.EMFILE,
    errno.EFBIG,
    errno.EPERM,
)
# DuckDB's other writers give only the words.
NUMBER_BY_WORDS = {os.strerror(number): number for number in DISK_ERRORS}
# Two calls do not even give those: DuckDB's flush, and the end of a Parquet file that polars could not write.
CAUSE_UNKNOWN = {
    "fsync failed": "fsync failed, and DuckDB does not say why",
    "Invalid thrift: transport error": "write failed, and polars does not say why",
}
FULL_OR_BROKEN = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EMFILE)


@dataclass(frozen=True)
class Fault:
    """A failed call to the disk.

    number: the errno, or 0 if the cause is unknown; then `words` is a key of CAUSE_UNKNOWN.
    path: "" if the error names none.
    """

    number: int
    path: str
    words: str = ""

    def __str__(self) -> str:
        if not self.number:
            place = f"{self.path}: " if self.path else ""
            return f"{place}{CAUSE_UNKNOWN[self.words]}: the disk is full or broken, or its quota is used up"
        return f"{self.path or 'a file without a name'}: {os.strerror(self.number)} (errno {self.number})"


def fault(error: BaseException, file: Path | None = None) -> Fault | None:
    """The failed call to the disk that an error reports; None if the error is about something else. `file`:
    what was being written or read, for an error that names none.
    """
    text = str(error)
    match = PATH.search(text)
    path = str(getattr(error, "filename", None) or (match and (match[1] or match[2])) or file or "")
    if isinstance(error, OSError) and error.errno:
        return Fault(error.errno, path)
    if words := next((words for words in CAUSE_UNKNOWN if words in text), ""):
        return Fault(0, path, words)
    if number := NUMBER.search(text):
        return Fault(int(number[1]), path)
    by_words = next((number for words, number in NUMBER_BY_WORDS.items() if f": {words}" in text), None)
    return Fault(by_words, path) if by_words else None


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Raise disk errors as OSError with a path: `path` if they name none."""
    try:
        yield
    except UndertowError:
        raise
    except Exception as error:
        if (failed := fault(error, path)) is None:
            raise
        text = os.strerror(failed.number) if failed.number else failed.words
        raise OSError(failed.number, text, failed.path) from None


@contextmanager
def written_to(folder: Path | None, option: str = "--to") -> Iterator[None]:
    """Turn an error about the folder that the caller named into UsageError, or RunFailed if the disk is full
    or broken.
    """
    try:
        yield
    except OSError as error:
        if folder is None or error.filename is None:
            raise
        path = Path(os.fsdecode(error.filename))
        if not (path.is_relative_to(folder) or folder.is_relative_to(path)):
            raise
        kind = RunFailed if error.errno in FULL_OR_BROKEN else UsageError
        raise kind(
            f"{option} {folder}: {error.strerror}; give a folder that may be written to, or a new name in one"
        ) from None


# --- room -------------------------------------------------------------------------------------------------

# Measured, home and work folder together at their fullest: a first night took 1.64 bytes for each byte of the
# files plus 26 MB on the synthetic town (seed 1), and 2.15 on a country of 25 GB within 8 GiB of memory,
# which spills; a night that parsed nothing took up to 2.2 times its database. A fifth is added.
BYTES_AT_LEAST = 32 << 20
PER_UNREAD_BYTE = 2.6
PER_RELEASE_BYTE = 2.7
PACKED_RATIO = 7  # deflate on the town's two largest files: 6.0 and 7.5


def unpacked_bytes(path: Path, size_bytes: int) -> int:
    """Estimated size of a landed file once unpacked. An archive's own statement is not trusted."""
    from transforms.readers import archives  # slow to import, and only a night needs it

    return size_bytes * (PACKED_RATIO if archives.is_archive(path) else 1)


def needed_bytes(unread_bytes: int, release_bytes: int) -> int:
    """Estimated disk space that a night needs.

    unread_bytes: size of the files not parsed before, unpacked. release_bytes: size of the database in force,
    0 on a first night.
    """
    return int(BYTES_AT_LEAST + PER_UNREAD_BYTE * unread_bytes + PER_RELEASE_BYTE * release_bytes)


def free_bytes(folder: Path) -> int:
    """Disk space that this user may still fill."""
    return shutil.disk_usage(folder).free


def require(folder: Path, needed: int, *, by: str = "this night") -> None:
    """Raise RunFailed, before anything is written, if fewer than `needed` bytes are free for `by`."""
    if (free := free_bytes(folder)) < needed:
        raise RunFailed(
            f"{folder}: {free:,} bytes free, and {by} needs about {needed:,}; "
            "make room, or give --home on a larger disk. Nothing was changed"
        )


@contextmanager
def saying_room(folder: Path, needed: Callable[[], int]) -> Iterator[None]:
    """On a full disk, say how much is free and how much the night needs."""
    try:
        yield
    except RunFailed as error:
        if not any(words in str(error) for words in (os.strerror(errno.ENOSPC), *CAUSE_UNKNOWN.values())):
            raise
        raise RunFailed(
            f"{error} ({free_bytes(folder):,} bytes free on {folder}; a night needs about {needed():,})"
        ) from None


@lru_cache(maxsize=1 << 16)
def columns_of(path: Path, _written_ns: int) -> frozenset[str]:
    """Names of a Parquet file's columns, cached: every stage of a night opens the same files of the lake.
    `_written_ns`, the file's time of writing, is only part of the cache's key, for a file that is replaced.

    Raises RunFailed if the file is not whole.
    """
    from pyarrow import ArrowInvalid, parquet  # slow to import, and no question to a release reads a file

    try:
        return frozenset(parquet.read_schema(path).names)
    except ArrowInvalid:
        raise RunFailed(
            f"{path}: is damaged: it cannot be read as Parquet; restore it from a backup, or remove it and "
            "run again, which then says how its edition is read anew"
        ) from None
