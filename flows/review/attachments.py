"""Files that belong to a case, and its reference in the authority's own case system.

A file is in `state/review-files/` under its SHA-256, readable by this user only. An event in the store says
which case and purpose it belongs to and what it is called, so it is kept as long as the event has its
content: `sweep` deletes a file without such an event. Everybody who may read the case sees its files, except
those whose purpose has its own secrecy, which are shown under that purpose only. Who added a file, and when,
is not shown: that would tell a second reader about a first.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from flows.home.durable import write_bytes_durably
from flows.home.settings import STATE_DIRECTORY_MODE, Home
from flows.journal import reviews
from flows.journal.chain import FILE_MODE
from flows.release.case_ids import cases_by_id
from flows.review import rules
from flows.review.acts import By, append
from flows.review.desk import Desk
from transforms.errors import RunFailed, UsageError
from transforms.language import translated

FILE, REFERENCE = "file", "reference"
FOLDER = "review-files"
BYTES_MAX = 20_000_000  # (own) a scanned contract
NAME_CHARS_MAX = 120
NAME = re.compile(r"^.*[/\\]")


@dataclass(frozen=True)
class Paper:
    """A file of a case. `sha256`: of its bytes."""

    name: str
    sha256: str
    bytes_n: int
    purpose: str


def add_file(desk: Desk, by: By, case_id: str, name: str, data: bytes) -> Paper:
    """Keep a file with a case, under the purpose for which the case is open. Raises UsageError."""
    by.user.require("judge")
    name = rules.check_line(translated("the name of the file"), NAME.sub("", name), NAME_CHARS_MAX)
    if not 0 < len(data) <= BYTES_MAX:
        raise UsageError(translated("a file has from 1 to %(n)s million bytes", n=BYTES_MAX // 1_000_000))
    paper = Paper(name, hashlib.sha256(data).hexdigest(), len(data), by.purpose)
    with reviews.writing(desk.home) as log:
        if log.written(by.key, by.user.name, case_id) is None:
            # Within the transaction, so that no `sweep` runs between the file and its event.
            _write(_path(desk.home, paper.sha256), data)
            append(log, by, case_id, FILE, {"name": name, "sha256": paper.sha256, "bytes": len(data)})
    return paper


def papers(desk: Desk, user: rules.User, case_id: str, *, purpose: str) -> list[Paper]:
    """The files of a case that the user may see for a purpose, by name."""
    user.require("read")
    seen_under = {*desk.settings.purposes_open, purpose}
    by_hash = {
        (event.body["sha256"], event.purpose): Paper(
            event.body["name"], event.body["sha256"], event.body["bytes"], event.purpose
        )
        for event in _events(desk, case_id, FILE)
        if event.body is not None and event.purpose in seen_under
    }
    return sorted(by_hash.values(), key=lambda paper: (paper.name, paper.sha256))


def read_file(
    desk: Desk, user: rules.User, case_id: str, sha256: str, *, purpose: str
) -> tuple[Paper, bytes]:
    """A file of the case. Raises UsageError if the user may not see it, RunFailed if it is damaged."""
    for paper in papers(desk, user, case_id, purpose=purpose):
        if paper.sha256 == sha256:
            path = _path(desk.home, sha256)
            try:
                data = path.read_bytes()
            except OSError as error:
                raise RunFailed(f"{path}: {error.strerror}; restore it from a backup") from None
            if hashlib.sha256(data).hexdigest() != sha256:
                raise RunFailed(f"{path}: it was changed; restore it from a backup")
            return paper, data
    raise UsageError("this case has no such file")


def set_reference(desk: Desk, by: By, case_id: str, reference: str) -> None:
    """Record the case's reference in the authority's own case system. Raises UsageError."""
    by.user.require("judge")
    line = rules.check_line(translated("the reference"), reference, NAME_CHARS_MAX)
    with reviews.writing(desk.home) as log:
        if log.written(by.key, by.user.name, case_id) is None:
            append(log, by, case_id, REFERENCE, {"reference": line})


def reference_of(desk: Desk, user: rules.User, case_id: str) -> str:
    """The last recorded reference; "" if there is none."""
    user.require("read")
    noted = [event.body["reference"] for event in _events(desk, case_id, REFERENCE) if event.body is not None]
    return str(noted[-1]) if noted else ""


def sweep(home: Home) -> int:
    """Delete the files that no event refers to any more; returns how many."""
    folder = home.state / FOLDER
    if not folder.is_dir():
        return 0
    with reviews.writing(home) as log:
        kept = {event.body["sha256"] for event in log.events(kinds=[FILE]) if event.body is not None}
        gone = [path for path in sorted(folder.iterdir()) if path.name not in kept]
        for path in gone:
            path.unlink()
    return len(gone)


def _events(desk: Desk, case_id: str, kind: str) -> list[reviews.Event]:
    """Events of a case by its present id, including those under an earlier id."""
    with reviews.reading(desk.home) as log:
        events = log.events(kinds=[kind]) if log is not None else []
    others = sorted({event.case_id for event in events} - {case_id})
    led = cases_by_id(desk.connection, others) if others else {}
    return [event for event in events if led.get(event.case_id, event.case_id) == case_id]


def _path(home: Home, sha256: str) -> Path:
    return home.state / FOLDER / sha256


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(mode=STATE_DIRECTORY_MODE, exist_ok=True)
        if not path.exists():
            write_bytes_durably(path, data, mode=FILE_MODE)
    except OSError as error:
        raise RunFailed(
            f"{path}: {error.strerror}; make room, or run as the user of the nightly run"
        ) from None
