"""What was fetched: one line of JSON for each file that was admitted, in `state/fetched.jsonl`."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.home.durable import fsync_dir
from flows.home.settings import Home

MANIFEST_FILE = "fetched.jsonl"


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


def _path(home: Home) -> Path:
    return home.state / MANIFEST_FILE


def read(home: Home) -> Sequence[Fetched]:
    """Every line, oldest first. A line that a kill cut off is left out."""
    try:
        lines = _path(home).read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return []
    return [Fetched(**json.loads(line)) for line in lines if line.endswith("\n")]


def append(home: Home, fetched: Fetched) -> None:
    """Add a line, on the disk when this returns."""
    path = _path(home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not path.exists()
    with path.open("a+b") as file:
        if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
            file.write(b"\n")
        file.write(json.dumps(asdict(fetched), ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        fsync_dir(path.parent)


def last_of(fetched: Sequence[Fetched], register: str) -> Mapping[str, Fetched]:
    """The newest line of each file of a register, by name."""
    return {line.name: line for line in fetched if line.register == register}
