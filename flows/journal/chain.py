"""Append-only files in which each line holds the hash of the line before: audit log, ledger and judgements.

A line is one *entry*: the canonical JSON object `{"body":…,"hash":…,"n":…,"prev":…}` and a line feed.
Canonical means sorted keys, no spaces, UTF-8 without unnecessary escapes, whole numbers only. `n` counts from
1. `prev` is the hash of the entry before; for the first it is SHA-256 of `undertow <name> 1`. `hash` is
SHA-256 of the object without `hash`. Because there is one way to write an entry, a changed byte is a changed
hash. Whoever may write the file may also rewrite all of it; a head (the last hash) kept elsewhere proves it:
in manifests, on pages, in a copy.

A line is written by one O_APPEND write under an flock of the file and is on the disk before `append` returns;
then `<name>.head` says how long the chain is. What a kill or a full disk leaves of a line is never removed.
If the rest of the next line can complete it, the rest is written. Otherwise the next entry says in `torn` how
many bytes were there, and their SHA-256. A line that lacks only its line feed counts as written.

If `<name>.head` states an entry that the chain does not have, the end was cut off or one of the two was
changed. Then an entry `{"kind":"gap","expected":…}` records it before anything else is added.

Errors are RunFailed with the path and what to do. Callers keep names out of the bodies.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Final

import orjson

from flows.home.durable import fsync, write_bytes_durably
from flows.journal.entries import (
    Body,
    Chain,
    Entry,
    Head,
    canonical,
    entry_after,
    following,
    head_of_line,
    records_torn,
    torn_digest,
)
from transforms.errors import RunFailed

FILE_MODE: Final = 0o600
TAIL_BYTES: Final = 1 << 16  # read from the end at first, then doubled until a whole line is in it
LINE_BEGINS: Final = b'{"body":{'
GAP: Final = "gap"


@dataclass(frozen=True)
class Fault:
    """What is wrong, and in which line (0: the file as a whole)."""

    what: str
    line_no: int = 0


@dataclass
class Walk:
    """What `walk` has seen so far: faults, notes on torn lines, and the head reached."""

    head: Head
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    last_line_is_torn: bool = False


@dataclass(frozen=True)
class _Tail:
    """The end of a file.

    head: of the last entry. torn: lines after it that are no entries. open_end: bytes after the last line
    feed.
    is_open: the last entry lacks only its line feed.
    """

    head: Head
    torn: tuple[bytes, ...]
    open_end: bytes
    is_open: bool = False


# --- writing ----------------------------------------------------------------------------------------------


def head(chain: Chain) -> Head:
    """The head by the last entry of the file."""
    with _opened(chain, os.O_RDONLY) as descriptor:
        return chain.origin if descriptor is None else _tail(chain, descriptor).head


def append(chain: Chain, body: Body) -> Head:
    """Add one entry; it is on the disk when this returns. Raises RunFailed if it cannot be written."""
    with _locked(chain) as descriptor:
        _reconcile(chain, descriptor)
        written = _add(chain, descriptor, body)
        _state(chain, written)
    return written


def restate(chain: Chain) -> None:
    """Reconcile `<name>.head` and the chain after a kill between the two. Raises RunFailed."""
    if chain.path.exists() or stated_head(chain) is not None:
        with _locked(chain) as descriptor:
            _reconcile(chain, descriptor)


def end_torn(chain: Chain, body: Body) -> None:
    """Add `body` if something torn ends the file, so that the next entry is as `following` makes it. Raises
    RunFailed.
    """
    with _opened(chain, os.O_RDONLY) as descriptor:
        tail = None if descriptor is None else _tail(chain, descriptor)
    if tail is not None and (tail.torn or tail.open_end):
        append(chain, body)


def _reconcile(chain: Chain, descriptor: int) -> None:
    tail, stated = _tail(chain, descriptor), stated_head(chain)
    last = tail.head
    if tail.is_open:
        _write_all(descriptor, b"\n")
        os.fsync(descriptor)
    if stated == last or (stated is None and last.n == 0):
        return
    was_killed_before_first_head = stated is None and last.n == 1
    if not was_killed_before_first_head and not accounts_for(chain, stated):
        expected_head = None if stated is None else {"n": stated.n, "hash": stated.hash}
        last = _add(chain, descriptor, {"kind": GAP, "expected": expected_head})
    _state(chain, last)


def accounts_for(chain: Chain, stated: Head | None) -> bool:
    """Whether the chain has this entry, or a gap that says that it is gone."""
    return any(
        Head(entry.n, entry.hash) == stated or (is_gap(entry.body) and expected(entry.body) == stated)
        for entry in walk(chain)
    )


def is_gap(body: Body) -> bool:
    return body.get("kind") == GAP


def expected(gap: Body) -> Head | None:
    """The head that a gap is about; None if there was no head file."""
    stated = gap.get("expected")
    return Head(int(stated["n"]), str(stated["hash"])) if isinstance(stated, dict) else None


def _add(chain: Chain, descriptor: int, body: Body) -> Head:
    tail = _tail(chain, descriptor)
    written, line = following(tail.head, _with_torn(body, tail.torn))
    if line.startswith(tail.open_end):
        missing = line[len(tail.open_end) :] + b"\n"
    else:
        written, line = following(tail.head, _with_torn(body, (*tail.torn, tail.open_end)))
        missing = b"\n" + line + b"\n"
    _write_all(descriptor, missing)
    os.fsync(descriptor)
    if tail.head.n == 0:
        fsync(chain.folder)
    return written


def _with_torn(body: Body, torn: Sequence[bytes]) -> Body:
    return {**body, "torn": torn_digest(torn)} if torn else body


def _state(chain: Chain, written: Head) -> None:
    write_bytes_durably(
        chain.head_path, canonical({"hash": written.hash, "n": written.n}) + b"\n", mode=FILE_MODE
    )


@contextmanager
def _locked(chain: Chain) -> Iterator[int]:
    """The file's descriptor for adding, with an exclusive lock."""
    with _opened(chain, os.O_RDWR | os.O_CREAT | os.O_APPEND) as descriptor:
        assert descriptor is not None
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor


@contextmanager
def _opened(chain: Chain, flags: int) -> Iterator[int | None]:
    """The file's descriptor; None if it is opened for reading and does not exist. Turns OSError into
    RunFailed.
    """
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
            f"{chain.path}: {error.strerror} (errno {error.errno}); "
            f"nothing is done that cannot be recorded there. {CANNOT_WRITE}"
        ) from None
    finally:
        if descriptor is not None:
            os.close(descriptor)


CANNOT_WRITE = "Free disk space, or run as the user of the nightly run (sudo records who asked)"


def _write_all(descriptor: int, data: bytes) -> None:
    """One write; the rest follows if the system takes only a part, which would be a torn line."""
    while data:
        data = data[os.write(descriptor, data) :]


def _tail(chain: Chain, descriptor: int) -> _Tail:
    size, taken = os.fstat(descriptor).st_size, TAIL_BYTES
    while True:
        start = max(0, size - taken)
        *lines, open_end = os.pread(descriptor, size - start, start).split(b"\n")
        whole = lines if start == 0 else lines[1:]  # the first may be the end of a longer one
        torn = tuple(reversed([*takewhile(lambda line: head_of_line(line) is None, reversed(whole))]))
        if len(torn) < len(whole) or start == 0:
            break
        taken *= 2
    last = (head_of_line(whole[-len(torn) - 1]) if len(torn) < len(whole) else None) or chain.origin
    entry = entry_after(open_end, last, 0) if open_end else None
    if entry is not None and records_torn(entry, torn):
        return _Tail(Head(entry.n, entry.hash), (), b"", is_open=True)
    return _Tail(last, torn, open_end)


# --- reading ----------------------------------------------------------------------------------------------


def walk(chain: Chain, result: Walk | None = None) -> Iterator[Entry]:
    """Every valid entry in order, in bounded memory; `result`, for those who ask, is filled meanwhile.

    After a fault the walk continues from the faulty line if that is an entry, so one change gives one or two
    faults."""
    result = result or Walk(chain.origin)
    torn: list[bytes] = []
    torn_at = 0
    try:
        for line_no, line in enumerate(_lines(chain.path), start=1):
            result.last_line_is_torn = not line.endswith(b"\n")
            entry = entry_after(line.rstrip(b"\n"), result.head, line_no) if line.endswith(b"\n") else None
            if entry is not None and records_torn(entry, torn):
                if torn:
                    result.notes.append(Fault(f"{_cut_short(torn)}; the next entry says so", torn_at))
                torn = []
                result.head = Head(entry.n, entry.hash)
                yield entry
            elif entry is None and (result.last_line_is_torn or head_of_line(line) is None):
                torn_at = torn_at if torn else line_no
                torn.append(line.rstrip(b"\n"))
            else:
                is_after_no_entry = entry is not None and bool(torn)
                not_an_entry = Fault("this line is not an entry", torn_at)
                result.faults.append(
                    not_an_entry if is_after_no_entry else Fault(_why_not(line, result.head), line_no)
                )
                result.head, torn = head_of_line(line) or result.head, []
    except OSError as error:
        raise RunFailed(
            f"{chain.path}: {error.strerror} (errno {error.errno}); run as the user of the nightly run"
        ) from None
    if torn and not result.last_line_is_torn and not all(map(_begins_as_entry, torn)):
        result.faults.append(Fault("this line is not an entry", torn_at))
    elif torn:
        result.notes.append(
            Fault(f"{_cut_short(torn)}; no entry follows yet, and the next one will say so", torn_at)
        )


def _cut_short(torn: Sequence[bytes]) -> str:
    """In words: how many lines and bytes a kill or a full disk cut short."""
    bytes_n = torn_digest(torn)["bytes"]
    subject = (
        f"a line of {bytes_n} bytes was" if len(torn) == 1 else f"{len(torn)} lines of {bytes_n} bytes were"
    )
    return f"{subject} cut short by a kill or a full disk"


def _begins_as_entry(line: bytes) -> bool:
    return line != b"" and line[: len(LINE_BEGINS)] == LINE_BEGINS[: len(line)]


def _lines(path: Path) -> Iterator[bytes]:
    if not path.exists():
        return
    with path.open("rb") as file:
        yield from file


def _why_not(line: bytes, head: Head) -> str:
    if head_of_line(line) is None:
        return "this line is not an entry"
    read = orjson.loads(line)
    if read["n"] != head.n + 1:
        return (
            f"entry {read['n']} stands where entry {head.n + 1} belongs: an entry was removed, added or moved"
        )
    return (
        "the hash of this entry does not match its content"
        if read["prev"] == head.hash
        else "this entry does not follow from the one before it"
    )


def stated_head(chain: Chain) -> Head | None:
    """The head that the head file states; None without a file. Raises RunFailed if it cannot be read."""
    try:
        read = orjson.loads(chain.head_path.read_bytes())
        return Head(int(read["n"]), str(read["hash"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunFailed(
            f"{chain.head_path}: {error.strerror} (errno {error.errno}); run as the user of the nightly run"
        ) from None
    except (ValueError, TypeError, KeyError):
        return Head(-1, "")
