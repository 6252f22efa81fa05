"""Append-only files in which each line holds the hash of the line before: the audit log and the ledger.

A line is one *entry* in canonical JSON and a line feed: the object `{"body":…,"hash":…,"n":…,"prev":…}` with its keys sorted,
no space, UTF-8 with no escape that JSON does not demand, whole numbers only. `n` counts from 1; `prev` is the `hash` of the entry
before, for the first SHA-256 of `undertow <name> 1`; `hash` is SHA-256 of the canonical JSON of the same object without it.
As there is one way to write an entry, a changed byte is a changed hash. Whoever may write the file may also write all of it anew: what
convicts them is a head (the last hash) that stands elsewhere: in release manifests, on report pages, in a copy that is kept away.

A line is written by one O_APPEND write under an flock of the file, and is on the disk before `append` returns; then `<name>.head`
says how long the chain is. What a kill or a full disk leaves of a line is never removed: where it is how the next line begins, the
rest of that is written; else the next writer ends it with a line feed, and its own entry says in `torn` what it found there: bytes and
SHA-256 of all lines since the entry before, without the last line feed. A line that was whole but for its line feed counts as written.
Where `<name>.head` tells of an entry that the chain has not, its end was cut off, or one of the two was changed: before anything else
is entered, an entry `{"kind":"gap","expected":…}` says so, and with it what the head file told, for ever.
Errors: RunFailed, with the path and what to do. There are no names here: what is in a body is the caller's to keep free of them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Final

import orjson

from flows.home.durable import fsync_dir, write_bytes_durably
from transforms.errors import RunFailed

type Body = Mapping[str, object]

FILE_MODE: Final = 0o600
TAIL_BYTES: Final = (
    1 << 16
)  # (own) read at first from the end, and twice as much again while no whole line is in it
CANONICAL: Final = orjson.OPT_SORT_KEYS
LINE_BEGINS: Final = b'{"body":{'
GAP: Final = "gap"


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
class _Tail:
    """How a file ends. head: by the last entry. torn: lines after it that are none. open_end: what follows the last line feed.

    is_open: the last entry is whole but for its line feed, and nothing follows it.
    """

    head: Head
    torn: tuple[bytes, ...]
    open_end: bytes
    is_open: bool = False


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
    for part in (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    ):
        _no_floats(part)


def following(head: Head, body: Body) -> tuple[Head, bytes]:
    """The entry after `head`, as its line without the line feed, and the head it makes."""
    open_entry = {"body": body, "n": head.n + 1, "prev": head.hash}
    digest = hashlib.sha256(canonical(open_entry)).hexdigest()
    return Head(head.n + 1, digest), canonical({**open_entry, "hash": digest})


# --- writing --------------------------------------------------------------------------------------------------------


def head(chain: Chain) -> Head:
    """The head by the file's own last entry."""
    with _opened(chain, os.O_RDONLY) as descriptor:
        return chain.origin if descriptor is None else _tail(chain, descriptor).head


def append(chain: Chain, body: Body) -> Head:
    """Add one entry; it is on the disk when this returns. Raises RunFailed where it cannot be."""
    with _locked(chain) as descriptor:
        _bring_in_line(chain, descriptor)
        made = _add(chain, descriptor, body)
        _state(chain, made)
    return made


def restate(chain: Chain) -> None:
    """Bring `<name>.head` and the chain in line: the one is behind where a kill came between an entry and it, the other has a gap. Raises RunFailed."""
    if chain.path.exists() or stated_head(chain) is not None:
        with _locked(chain) as descriptor:
            _bring_in_line(chain, descriptor)


def end_torn(chain: Chain, body: Body) -> None:
    """Add `body` where something torn ends the file; the entry after that is as `following` makes it. Raises RunFailed."""
    with _opened(chain, os.O_RDONLY) as descriptor:
        tail = None if descriptor is None else _tail(chain, descriptor)
    if tail is not None and (tail.torn or tail.open_end):
        append(chain, body)


def _bring_in_line(chain: Chain, descriptor: int) -> None:
    tail, stated = _tail(chain, descriptor), stated_head(chain)
    last = tail.head
    if tail.is_open:
        _write_all(descriptor, b"\n")
        os.fsync(descriptor)
    if stated == last or (stated is None and last.n == 0):
        return
    if not (stated is None and last.n == 1) and not tells_of(
        chain, stated
    ):  # 1: killed before there was a head file
        last = _add(
            chain,
            descriptor,
            {"kind": GAP, "expected": None if stated is None else {"n": stated.n, "hash": stated.hash}},
        )
    _state(chain, last)


def tells_of(chain: Chain, stated: Head | None) -> bool:
    """The chain has this entry, or says that it has it no more."""
    return any(
        Head(entry.n, entry.hash) == stated or (is_gap(entry.body) and expected(entry.body) == stated)
        for entry in walk(chain, Walk(chain.origin))
    )


def is_gap(body: Body) -> bool:
    return body.get("kind") == GAP


def expected(gap: Body) -> Head | None:
    """The head that a gap is about; None where there was no head file."""
    told = gap.get("expected")
    return Head(int(told["n"]), str(told["hash"])) if isinstance(told, dict) else None


def _add(chain: Chain, descriptor: int, body: Body) -> Head:
    tail = _tail(chain, descriptor)
    made, line = following(tail.head, _telling(body, tail.torn))
    if line.startswith(tail.open_end):
        missing = line[len(tail.open_end) :] + b"\n"
    else:
        made, line = following(tail.head, _telling(body, (*tail.torn, tail.open_end)))
        missing = b"\n" + line + b"\n"
    _write_all(descriptor, missing)
    os.fsync(descriptor)
    if tail.head.n == 0:
        fsync_dir(chain.folder)
    return made


def _telling(body: Body, torn: Sequence[bytes]) -> Body:
    return {**body, "torn": _told(torn)} if torn else body


def _told(torn: Sequence[bytes]) -> dict[str, object]:
    """What an entry says of the torn lines before it."""
    joined = b"\n".join(torn)
    return {"bytes": len(joined), "sha256": hashlib.sha256(joined).hexdigest()}


def _state(chain: Chain, made: Head) -> None:
    write_bytes_durably(chain.head_path, canonical({"hash": made.hash, "n": made.n}) + b"\n", mode=FILE_MODE)


@contextmanager
def _locked(chain: Chain) -> Iterator[int]:
    """The file's descriptor, to add to; nobody else adds meanwhile."""
    with _opened(chain, os.O_RDWR | os.O_CREAT | os.O_APPEND) as descriptor:
        assert descriptor is not None
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor


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
        raise RunFailed(
            f"{chain.path}: {error.strerror} (errno {error.errno}); nothing is done that cannot be written down there. {CANNOT_WRITE}"
        ) from None
    finally:
        if descriptor is not None:
            os.close(descriptor)


CANNOT_WRITE = "Free disk space, or act as the user that the nightly runs as (sudo keeps who asked)"


def _write_all(descriptor: int, data: bytes) -> None:
    """One write where the system takes it whole; what is left of a short one would be a torn line, so the rest follows."""
    while data:
        data = data[os.write(descriptor, data) :]


def _tail(chain: Chain, descriptor: int) -> _Tail:
    size, taken = os.fstat(descriptor).st_size, TAIL_BYTES
    while True:
        start = max(0, size - taken)
        *lines, open_end = os.pread(descriptor, size - start, start).split(b"\n")
        whole = lines if start == 0 else lines[1:]  # the first may be the end of a longer one
        torn = tuple(reversed([*takewhile(lambda line: not _is_entry(line), reversed(whole))]))
        if len(torn) < len(whole) or start == 0:
            break
        taken *= 2
    last = _stated_by(whole[-len(torn) - 1]) if len(torn) < len(whole) else chain.origin
    entry = _entry(open_end, last, 0) if open_end else None
    if entry is not None and _explains(entry, torn):
        return _Tail(Head(entry.n, entry.hash), (), b"", is_open=True)
    return _Tail(last, torn, open_end)


# --- reading --------------------------------------------------------------------------------------------------------


def walk(chain: Chain, found: Walk) -> Iterator[Entry]:
    """Every entry that follows from the one before, in order; `found` is filled meanwhile. In bounded memory.

    After a fault the walk goes on from the line at fault, if that is an entry at all, so that one change is one fault or two.
    """
    torn: list[bytes] = []
    torn_at = 0
    try:
        lines = _lines(chain.path)
        for line_no, line in enumerate(lines, start=1):
            found.last_line_is_torn = not line.endswith(b"\n")
            entry = _entry(line.rstrip(b"\n"), found.head, line_no) if line.endswith(b"\n") else None
            if entry is not None and _explains(entry, torn):
                if torn:
                    found.notes.append(Fault(f"{_cut_short(torn)}; the next entry says so", torn_at))
                torn = []
                found.head = Head(entry.n, entry.hash)
                yield entry
            elif entry is None and (found.last_line_is_torn or not _is_entry(line)):
                torn_at = torn_at if torn else line_no
                torn.append(line.rstrip(b"\n"))
            else:
                is_after_no_entry = entry is not None and bool(torn)
                found.faults.append(
                    Fault("this line is no entry", torn_at)
                    if is_after_no_entry
                    else Fault(_why_not(line, found.head), line_no)
                )
                found.head, torn = _taken_up(line, found.head), []
    except OSError as error:
        raise RunFailed(
            f"{chain.path}: {error.strerror} (errno {error.errno}); act as the user that the nightly runs as"
        ) from None
    if torn and not found.last_line_is_torn and not all(map(_begins_as_entry, torn)):
        found.faults.append(Fault("this line is no entry", torn_at))
    elif torn:
        found.notes.append(
            Fault(f"{_cut_short(torn)}; it was never answered, and the next entry will say so", torn_at)
        )


def _cut_short(torn: Sequence[bytes]) -> str:
    """A line feed that follows a torn line is the beginning of the next writer's line, which may be all that there is of it."""
    lines = "a line of" if len(torn) == 1 else f"{len(torn)} lines of together"
    return f"{lines} {_told(torn)['bytes']} bytes {'was' if len(torn) == 1 else 'were'} cut short by a kill or a full disk"


def _begins_as_entry(line: bytes) -> bool:
    return line != b"" and line[: len(LINE_BEGINS)] == LINE_BEGINS[: len(line)]


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
    if (
        hashlib.sha256(orjson.dumps(read, option=CANONICAL)).hexdigest() != digest
        or orjson.dumps({**read, "hash": digest}, option=CANONICAL) != line
    ):
        return None
    return Entry(head.n + 1, line_no, digest, body)


def _explains(entry: Entry, torn: Sequence[bytes]) -> bool:
    """An entry tells of the torn lines before it, and of none where there are none."""
    return entry.body.get("torn") == (_told(torn) if torn else None)


def _is_entry(line: bytes) -> bool:
    try:
        read = orjson.loads(line)
        return (
            isinstance(read, dict)
            and {"body", "prev"} <= set(read)
            and isinstance(read["n"], int)
            and isinstance(read["hash"], str)
        )
    except (ValueError, KeyError):
        return False


def _stated_by(line: bytes) -> Head:
    """The head that an entry says it makes."""
    read = orjson.loads(line)
    return Head(read["n"], read["hash"])


def _why_not(line: bytes, head: Head) -> str:
    if not _is_entry(line):
        return "this line is no entry"
    read = orjson.loads(line)
    if read["n"] != head.n + 1:
        return f"entry {read['n']} stands where entry {head.n + 1} belongs: one was removed, added or moved"
    return (
        "the hash of this entry is not that of what it says"
        if read["prev"] == head.hash
        else "this entry does not follow from the one before it"
    )


def _taken_up(line: bytes, head: Head) -> Head:
    """Where to go on from after a fault: from what the line says of itself, where it says anything."""
    return _stated_by(line) if _is_entry(line) else head


def stated_head(chain: Chain) -> Head | None:
    """What the head file says; None where there is none. Raises RunFailed where it cannot be read."""
    try:
        read = orjson.loads(chain.head_path.read_bytes())
        return Head(int(read["n"]), str(read["hash"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunFailed(
            f"{chain.head_path}: {error.strerror} (errno {error.errno}); act as the user that the nightly runs as"
        ) from None
    except (ValueError, TypeError, KeyError):
        return Head(-1, "")
