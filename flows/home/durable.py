"""Writes that survive a kill and a power cut: first the bytes, then the name, then the folder of the name.

The temporary name is `.<name>.part` beside the target, so a killed writer leaves one file, which the next
writer overwrites and no reader mistakes for a whole one. Errors are OSError; the caller says what was being
written.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flows.home.settings import STATE_DIRECTORY_MODE


def fsync(path: Path) -> None:
    """Flush a file's bytes, or a folder's names, to the disk. A rename is only durable after the latter.

    Works on a file without write bits.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with _naming(path):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_below(path: Path) -> None:
    """Flush a file, or a folder with all that is below it."""
    for below in sorted(path.rglob("*")):
        if not below.is_symlink():
            fsync(below)
    fsync(path)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Give an error the path that was being written; the system leaves it out for an open file."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def write_bytes_durably(
    path: Path, data: bytes, *, mode: int = 0o640, is_flushed_later: bool = False
) -> None:
    """Put `data` at `path` whole or not at all. The folder must exist.

    `is_flushed_later`: together with its folder, because each flush waits for the disk.
    """
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with _naming(part), os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        if not is_flushed_later:
            os.fsync(file.fileno())
    part.replace(path)
    if not is_flushed_later:
        fsync(path.parent)


def replace_durably(source: Path, target: Path) -> None:
    """Rename a file or folder within one file system, with its bytes on the disk first. Flushes both changed
    folders.

    If `source` is a folder, `target` must not exist or be an empty folder.
    """
    fsync_below(source)
    source.replace(target)
    fsync(target.parent)
    if source.parent != target.parent:
        fsync(source.parent)


def symlink_durably(link: Path, target: str) -> None:
    """Make `link` point to `target` (relative to its folder); at every instant it points to the old or to the
    new one.
    """
    part = link.with_name(f".{link.name}.part")
    with _naming(link):
        part.unlink(missing_ok=True)
        part.symlink_to(target)
        part.replace(link)
    fsync(link.parent)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- files of JSON lines ------------------------------------------------------------------------------------


def append_line(path: Path, values: Mapping[str, object]) -> None:
    """Add a line, on the disk when this returns. An incomplete line left by a kill is ended first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        line = (b"\n" if torn else b"") + json.dumps(values).encode() + b"\n"
        while line:  # a full disk may take a part only, and say so with the next write
            line = line[os.write(descriptor, line) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        fsync(path.parent)


def read_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """The lines; none without a file. An incomplete line left by a kill is skipped."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            with suppress(ValueError):
                yield json.loads(line)
