"""The archive of a home: files that their publisher replaces or keeps only for a time.

Each content is kept once, in `archive/<SHA-256>`, as a hard link if the landing folder has it too, so that
its bytes are on the disk once. `archive/editions.jsonl` says which file of which edition it is: a line for
each that is kept, and another for each that is deleted. The archive stays within `archive_gib` in
`undertow.toml`: it deletes whole editions, the oldest first, those that are not the first of their month
before those that are, and never the newest of a register.
"""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from flows.fetching.manifest import Fetched
from flows.fetching.updates import is_update_of
from flows.home.durable import append_line, file_sha256, fsync, read_lines
from flows.home.lock import alone, held
from flows.home.settings import Home
from transforms.errors import LockHeld, RunFailed

EDITIONS_FILE, LOCK_FILE = "editions.jsonl", "lock"
READ_ONLY = 0o444
GIB = 1 << 30


@dataclass(frozen=True)
class Archived:
    """A file of an edition. `day`: as `Fetched.day`. `state`: kept or removed, at this time (ISO, UTC)."""

    register: str
    day: str
    name: str
    sha256: str
    size_bytes: int
    at: str
    state: str = "kept"
    reason: str = ""


def keep(home: Home, fetched: Fetched, path: Path) -> None:
    """Archive the file at `path`; nobody should write to it after that."""
    line = Archived(
        fetched.register, fetched.day, fetched.name, fetched.sha256, fetched.size_bytes, fetched.retrieved_at
    )
    with alone(home.archive / LOCK_FILE):  # registers are fetched in parallel
        if not any(_same(known, line) for known in archived(home)):
            target = home.archive / fetched.sha256
            if not target.exists():
                _link(path, target)
            append_line(home.archive / EDITIONS_FILE, asdict(line))


def archived(home: Home) -> Sequence[Archived]:
    """The files that are kept, by register, day and name."""
    last = {(line.register, line.name, line.sha256): line for line in _lines(home)}
    kept = (line for line in last.values() if line.state == "kept")
    return sorted(kept, key=lambda line: (line.register, line.day, line.name))


def thin(home: Home, bytes_max: int) -> Sequence[Archived]:
    """Delete editions until the others take at most `bytes_max`. Returns the lines for what was deleted.

    The newest edition of each register stays, however large.
    """
    if not home.archive.is_dir():
        return ()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with alone(home.archive / LOCK_FILE):  # registers are fetched in parallel
        kept, gone = list(archived(home)), list[Archived]()
        for edition in _in_order_of_leaving(kept):
            if sum({line.sha256: line.size_bytes for line in kept}.values()) <= bytes_max:
                break
            kept = [line for line in kept if line not in edition]
            gone += [replace(line, at=now, state="removed", reason="budget of disk") for line in edition]
        for line in gone:
            append_line(home.archive / EDITIONS_FILE, asdict(line))
        _remove_all_but({line.sha256 for line in kept}, home)
    return gone


def lay_out(home: Home, day: date, folder: Path, landing: Path) -> None:
    """Put the archive's files for `day` into `folder`, laid out like a landing folder: for each register the
    newest edition up to that day, an update with the full file before it and those between, except files that
    `landing` has. Raises RunFailed.
    """
    until = [line for line in archived(home) if line.day <= day.isoformat()]
    full_days = _full_days(until)
    newest = {line.register: full_days[line] for line in until}
    for line in until:
        name = Path(line.register) / line.name
        if full_days[line] != newest[line.register] or _has(landing / name, line.size_bytes):
            continue
        content = home.archive / line.sha256
        if not content.is_file() or file_sha256(content) != line.sha256:
            raise RunFailed(
                f"{line.register}: {content} ({line.name} of {line.day}) is missing or not what "
                "was archived; restore it from a backup"
            )
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _link(content, folder / name)


def remove_landed(home: Home, fetched: Iterable[Fetched]) -> None:
    """Remove archived files from the landing folder, but not while a night reads there."""
    known = {(line.register, line.name, line.sha256) for line in _lines(home)}
    paths = [
        path
        for line in fetched
        if (line.register, line.name, line.sha256) in known
        and _has(path := home.landing / line.register / line.name, line.size_bytes)
    ]
    if paths:
        with suppress(LockHeld), held(home, "fetch"):
            for path in paths:
                path.unlink()


def _lines(home: Home) -> Iterator[Archived]:
    return (Archived(**line) for line in read_lines(home.archive / EDITIONS_FILE))


def _same(one: Archived, other: Archived) -> bool:
    return (one.register, one.name, one.sha256) == (other.register, other.name, other.sha256)


def _has(path: Path, size_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == size_bytes


def _full_days(kept: Sequence[Archived]) -> Mapping[Archived, str]:
    """Line → the day of the full file with which it is read; for anything but an update its own day. `kept`
    is in order.
    """
    days: dict[Archived, str] = {}
    full: dict[str, str] = {}
    for line in sorted(kept, key=lambda line: (line.day, is_update_of(line.register, line.name))):
        if not is_update_of(line.register, line.name):
            full[line.register] = line.day
        days[line] = full.get(line.register, line.day)
    return days


def _in_order_of_leaving(kept: Sequence[Archived]) -> Sequence[Sequence[Archived]]:
    """Whole editions, with the updates to each, except the newest of each register."""
    full_days = _full_days(kept)
    editions = [list(files) for _, files in groupby(kept, key=lambda line: (line.register, full_days[line]))]
    newest = {edition[0].register: edition[0].day for edition in editions}
    first = {(line.register, line.day[:7]): line.day for line in reversed(kept)}

    def order(edition: Sequence[Archived]) -> tuple[bool, str, str]:
        line = edition[0]
        return first[line.register, line.day[:7]] == line.day, line.day, line.register

    older = (edition for edition in editions if edition[0].day != newest[edition[0].register])
    return sorted(older, key=order)


def _remove_all_but(contents: set[str], home: Home) -> None:
    """Remove all others, including what a killed run left."""
    for path in home.archive.iterdir():
        if path.name not in {*contents, EDITIONS_FILE, LOCK_FILE} and path.is_file():
            path.unlink()
    fsync(home.archive)


def _link(source: Path, target: Path) -> None:
    """A hard link, or a copy on another file system; on the disk when this returns."""
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.link(source, part)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copyfile(source, part)
    part.chmod(part.stat().st_mode & READ_ONLY)
    fsync(part)
    part.replace(target)
    fsync(target.parent)
