"""Entries of a chained log: their one canonical form, the head they make, and what the bytes of a line
are.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

type Body = Mapping[str, object]

CANONICAL: Final = orjson.OPT_SORT_KEYS


@dataclass(frozen=True)
class Head:
    """How long a chain is, and its last hash (hex)."""

    n: int
    hash: str


@dataclass(frozen=True)
class Entry:
    """One entry of the file. `line_no` counts from 1 and exceeds `n` if torn lines stand before it."""

    n: int
    line_no: int
    hash: str
    body: Body


@dataclass(frozen=True)
class Chain:
    """A chain by its file `<folder>/<name>.jsonl`."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        return self.folder / f"{self.name}.jsonl"

    @property
    def head_path(self) -> Path:
        return self.folder / f"{self.name}.head"

    @property
    def origin(self) -> Head:
        return Head(0, hashlib.sha256(f"undertow {self.name} 1".encode()).hexdigest())


def canonical(value: object) -> bytes:
    """The one way to write a value. Raises TypeError if it holds a float or anything JSON does not have."""
    _no_floats(value)
    return orjson.dumps(value, option=CANONICAL)


def _no_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a chained entry cannot hold a float: its text differs between systems")
    if isinstance(value, Mapping):
        value = list(value.values())
    for part in value if isinstance(value, list | tuple) else ():
        _no_floats(part)


def following(head: Head, body: Body) -> tuple[Head, bytes]:
    """The head that an entry after `head` makes, and its line without the line feed."""
    open_entry = {"body": body, "n": head.n + 1, "prev": head.hash}
    digest = hashlib.sha256(canonical(open_entry)).hexdigest()
    return Head(head.n + 1, digest), canonical({**open_entry, "hash": digest})


def entry_after(line: bytes, head: Head, line_no: int) -> Entry | None:
    """The entry in `line` if it follows `head` and is canonical; else None."""
    try:
        read = orjson.loads(line)
        digest, body = read.pop("hash"), read["body"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if not isinstance(body, dict) or (read.get("n"), read.get("prev")) != (head.n + 1, head.hash):
        return None
    open_entry = orjson.dumps(read, option=CANONICAL)
    is_canonical = orjson.dumps({**read, "hash": digest}, option=CANONICAL) == line
    if not is_canonical or hashlib.sha256(open_entry).hexdigest() != digest:
        return None
    return Entry(head.n + 1, line_no, digest, body)


def records_torn(entry: Entry, torn: Sequence[bytes]) -> bool:
    """Whether an entry records exactly the torn lines before it."""
    return entry.body.get("torn") == (torn_digest(torn) if torn else None)


def head_of_line(line: bytes) -> Head | None:
    """The head that a line states for itself; None where it has not the form of an entry."""
    try:
        read = orjson.loads(line)
        is_entry = (
            isinstance(read, dict)
            and {"body", "prev"} <= set(read)
            and isinstance(read["n"], int)
            and isinstance(read["hash"], str)
        )
        return Head(read["n"], read["hash"]) if is_entry else None
    except (ValueError, KeyError):
        return None


def torn_digest(torn: Sequence[bytes]) -> dict[str, object]:
    """What an entry records about the torn lines before it."""
    joined = b"\n".join(torn)
    return {"bytes": len(joined), "sha256": hashlib.sha256(joined).hexdigest()}
