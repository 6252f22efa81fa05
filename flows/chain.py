"""Append-only files in which each line holds the hash of the line before: the audit log and the ledger.

A line is one *entry* in canonical JSON and a line feed: the object `{"body":…,"hash":…,"n":…,"prev":…}` with its keys sorted,
no space, UTF-8 with no escape that JSON does not demand, whole numbers only. `n` counts from 1; `prev` is the `hash` of the entry
before, for the first SHA-256 of `undertow <name> 1`; `hash` is SHA-256 of the canonical JSON of the same object without it.
As there is one way to write an entry, a changed byte is a changed hash. Whoever may write the file may also write all of it anew: what
convicts them is a head (the last hash) that stands elsewhere: in release manifests, on report pages, in a copy that is kept away.

A line is written by one O_APPEND write under an flock of the file, and is on the disk before `append` returns; then `<name>.head`
says how long the chain is. What a kill or a full disk leaves of a line is never removed: the next writer ends it with a line feed,
and its own entry says in `torn` what it found there. A line that was whole but for its line feed counts as written.
Errors: RunFailed, with the path and what to do. There are no names here: what is in a body is the caller's to keep free of them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson

from flows.durable import fsync_dir, write_bytes_durably
from transforms.errors import RunFailed

type Body = Mapping[str, object]

FILE_MODE: Final = 0o600
TAIL_BYTES: Final = 1 << 16  # (own) read at first from the end, and twice as much again while no whole line is in it
CANONICAL: Final = orjson.OPT_SORT_KEYS


@dataclass(frozen=True)
class Head:
    """How long a chain is, and its last hash (hex)."""

    n: int
    hash: str


@dataclass(frozen=True)
class Entry:
    """One entry, read. `line_no` from 1: more than `n` where torn lines stand before it."""

    n: int
    line_no: int
    hash: str
    body: Body


@dataclass(frozen=True)
class Fault:
    """What is wrong, where (`line_no` 0: the file as a whole), and what to do."""

    what: str
    line_no: int = 0


@dataclass
class Walk:
    """What `walk` has met so far: faults, notes on torn lines, and the head reached."""

    head: Head
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    last_line_is_torn: bool = False


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
    """The one way to write a value. Raises TypeError where it holds a float or anything JSON has not."""
    _no_floats(value)
    return orjson.dumps(value, option=CANONICAL)


def _no_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a chained entry holds no float: its text is not the same everywhere")
    for part in value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ():
        _no_floats(part)


def following(head: Head, body: Body) -> tuple[Head, bytes]:
    """The entry after `head`, as its line without the line feed, and the head it makes."""
    open_entry = {"body": body, "n": head.n + 1, "prev": head.hash}
    digest = hashlib.sha256(canonical(open_entry)).hexdigest()
    return Head(head.n + 1, digest), canonical({**open_entry, "hash": digest})


# --- writing --------------------------------------------------------------------------------------------------------


def head(chain: Chain) -> Head:
    """The head by the file's own last entry. Raises RunFailed where that is none."""
    with _opened(chain, os.O_RDONLY) as descriptor:
        return chain.origin if descriptor is None else _tail(chain, descriptor)[0]


def append(chain: Chain, body: Body) -> Head:
    """Add one entry; it is on the disk when this returns. Raises RunFailed where it cannot be."""
    with _opened(chain, os.O_RDWR | os.O_CREAT | os.O_APPEND) as descriptor:
        assert descriptor is not None
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        last, rest = _tail(chain, descriptor)
        if rest and (whole := _entry(rest, last, 0)) is not None:
            last, rest, ending = Head(whole.n, whole.hash), b"", b"\n"
        else:
            ending = b"\n" if rest else b""
        torn = {"torn": {"bytes": len(rest), "sha256": hashlib.sha256(rest).hexdigest()}} if rest else {}
        made, line = following(last, {**body, **torn})
        _write_all(descriptor, ending + line + b"\n")
        os.fsync(descriptor)
        if last.n == 0:
            fsync_dir(chain.folder)
        _state(chain, made)
    return made


def restate(chain: Chain) -> None:
    """Bring `<name>.head` up to the chain, where a kill came between an entry and it. Raises RunFailed."""
    last = head(chain)
    stated = stated_head(chain)
    if last.n and stated != last and (stated is None or stated.n < last.n):
        with _opened(chain, os.O_RDWR | os.O_APPEND) as descriptor:
            if descriptor is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                _state(chain, last)


def _state(chain: Chain, made: Head) -> None:
    write_bytes_durably(chain.head_path, canonical({"hash": made.hash, "n": made.n}) + b"\n", mode=FILE_MODE)


@contextmanager
def _opened(chain: Chain, flags: int) -> Iterator[int | None]:
    """The file's descriptor; None where it is to be read and is not there. Turns OSError into RunFailed."""
    descriptor = None
    try:
        try:
            descriptor = os.open(chain.path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
        except FileNotFoundError:
            if flags & os.O_CREAT:
                raise
        yield descriptor
    except OSError as error:
        raise RunFailed(f"{chain.path}: {error.strerror} (errno {error.errno}); nothing is done that cannot be written down there. {CANNOT_WRITE}") from None
    finally:
        if descriptor is not None:
            os.close(descriptor)


CANNOT_WRITE = "Free disk space, or act as the user that the nightly runs as (sudo keeps who asked)"


def _write_all(descriptor: int, data: bytes) -> None:
    """One write where the system takes it whole; what is left of a short one would be a torn line, so the rest follows."""
    while data:
        data = data[os.write(descriptor, data) :]


def _tail(chain: Chain, descriptor: int) -> tuple[Head, bytes]:
    """(head by the last line that ends, bytes after it)."""
    size, taken = os.fstat(descriptor).st_size, TAIL_BYTES
    while True:
        start = max(0, size - taken)
        data = os.pread(descriptor, size - start, start)
        lines = data.split(b"\n")
        if start == 0 or len(lines) > 2:
            break
        taken *= 2
    if len(lines) < 2:
        return chain.origin, data
    return _last_head(chain, lines[-2]), lines[-1]


def _last_head(chain: Chain, line: bytes) -> Head:
    try:
        entry = orjson.loads(line)
        return Head(int(entry["n"]), str(entry["hash"]))
    except (ValueError, TypeError, KeyError):
        raise RunFailed(
            f"{chain.path}: its last line is no entry, so nothing can be added after it; see `undertow audit verify`, then move the file "
            "aside (keep it) or restore it from a backup"
        ) from None


# --- reading --------------------------------------------------------------------------------------------------------


def walk(chain: Chain, found: Walk) -> Iterator[Entry]:
    """Every entry that follows from the one before, in order; `found` is filled meanwhile. In bounded memory.

    After a fault the walk goes on from the line at fault, if that is an entry at all, so that one change is one fault or two.
    """
    torn: tuple[int, bytes] | None = None
    try:
        lines = _lines(chain.path)
        for line_no, line in enumerate(lines, start=1):
            found.last_line_is_torn = not line.endswith(b"\n")
            entry = _entry(line.rstrip(b"\n"), found.head, line_no) if line.endswith(b"\n") else None
            if entry is not None and _explains(entry, torn):
                if torn is not None:
                    found.notes.append(Fault(f"a line of {len(torn[1])} bytes was cut short by a kill or a full disk; the next entry says so", torn[0]))
                torn = None
                found.head = Head(entry.n, entry.hash)
                yield entry
            elif entry is None and torn is None and (found.last_line_is_torn or not _is_entry(line)):
                torn = (line_no, line.rstrip(b"\n"))
            else:
                found.faults.append(Fault(_why_not(line, found.head), line_no))
                found.head, torn = _taken_up(line, found.head), None
    except OSError as error:
        raise RunFailed(f"{chain.path}: {error.strerror}; act as the user that the nightly runs as") from None
    if torn is not None and not found.last_line_is_torn:
        found.faults.append(Fault("this line is no entry", torn[0]))
    elif torn is not None:
        found.notes.append(Fault("the last line was cut short by a kill or a full disk; it was never answered, and the next entry will say so", torn[0]))


def _lines(path: Path) -> Iterator[bytes]:
    if not path.exists():
        return
    with path.open("rb") as file:
        yield from file


def _entry(line: bytes, head: Head, line_no: int) -> Entry | None:
    """The entry in `line`, where it is the one after `head` and written canonically; else None."""
    try:
        read = orjson.loads(line)
        digest, body = read.pop("hash"), read["body"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if not isinstance(body, dict) or (read.get("n"), read.get("prev")) != (head.n + 1, head.hash):
        return None
    if hashlib.sha256(orjson.dumps(read, option=CANONICAL)).hexdigest() != digest or orjson.dumps({**read, "hash": digest}, option=CANONICAL) != line:
        return None
    return Entry(head.n + 1, line_no, digest, body)


def _explains(entry: Entry, torn: tuple[int, bytes] | None) -> bool:
    """An entry tells of the torn line before it, and of none where there is none."""
    told = entry.body.get("torn")
    return told == (None if torn is None else {"bytes": len(torn[1]), "sha256": hashlib.sha256(torn[1]).hexdigest()})


def _is_entry(line: bytes) -> bool:
    try:
        return {"body", "hash", "n", "prev"} <= set(orjson.loads(line))
    except (ValueError, TypeError):
        return False


def _why_not(line: bytes, head: Head) -> str:
    if not _is_entry(line):
        return "this line is no entry"
    read = orjson.loads(line)
    if read["n"] != head.n + 1:
        return f"entry {read['n']} stands where entry {head.n + 1} belongs: one was removed, added or moved"
    return "the hash of this entry is not that of what it says" if read["prev"] == head.hash else "this entry does not follow from the one before it"


def _taken_up(line: bytes, head: Head) -> Head:
    """Where to go on from after a fault: from what the line says of itself, where it says anything."""
    if not _is_entry(line):
        return head
    read = orjson.loads(line)
    return Head(read["n"] if isinstance(read["n"], int) else head.n + 1, str(read["hash"]))


def stated_head(chain: Chain) -> Head | None:
    """What the head file says; None where there is none. Raises RunFailed where it cannot be read."""
    try:
        read = orjson.loads(chain.head_path.read_bytes())
        return Head(int(read["n"]), str(read["hash"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunFailed(f"{chain.head_path}: {error.strerror}; act as the user that the nightly runs as") from None
    except (ValueError, TypeError, KeyError):
        return Head(-1, "")
