"""What was fetched, in `state/fetched.jsonl`: a line of JSON for each file that was admitted; and how each
fetch of a register ended, in `state/fetch-attempts.jsonl`.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flows.home.durable import fsync_dir
from flows.home.settings import STATE_DIRECTORY_MODE, Home

MANIFEST_FILE = "fetched.jsonl"
ATTEMPTS_FILE = "fetch-attempts.jsonl"


@dataclass(frozen=True)
class Fetched:
    """A file in the landing folder. `url` has no query, which may hold a secret. Times are ISO, UTC."""

    register: str
    name: str
    url: str
    sha256: str
    size_bytes: int
    etag: str | None
    last_modified: str | None
    edition: str | None
    licence: str
    retrieved_at: str

    @property
    def day(self) -> str:
        """Date of the edition, as far as its publisher says; else the day on which it was fetched."""
        return self.edition or self.retrieved_at[:10]


@dataclass(frozen=True)
class Attempt:
    """How a fetch of a register ended. `state`: new, unchanged or failed. `message`: why it failed."""

    register: str
    at: str
    state: str
    message: str = ""


def read(home: Home) -> Sequence[Fetched]:
    """Every file that was admitted, oldest first."""
    return [Fetched(**line) for line in lines(home.state / MANIFEST_FILE)]


def add(home: Home, fetched: Fetched) -> None:
    append(home.state / MANIFEST_FILE, asdict(fetched))


def attempts(home: Home) -> Sequence[Attempt]:
    """How every fetch ended, oldest first."""
    return [Attempt(**line) for line in lines(home.state / ATTEMPTS_FILE)]


def add_attempt(home: Home, attempt: Attempt) -> None:
    append(home.state / ATTEMPTS_FILE, asdict(attempt))


def last_of(fetched: Sequence[Fetched], register: str) -> Mapping[str, Fetched]:
    """The newest line of each file of a register, by name."""
    return {line.name: line for line in fetched if line.register == register}


def lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of a file of JSON lines. What a kill left of a line is left out."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            with suppress(ValueError):
                yield json.loads(line)


def append(path: Path, line: Mapping[str, object]) -> None:
    """Add a line, on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
    is_new = not path.exists()
    with path.open("a+b") as file:
        if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
            file.write(b"\n")
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        fsync_dir(path.parent)
