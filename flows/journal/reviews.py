"""The reviewers' actions, `state/review.sqlite`: append-only events in a chain of hashes, apart from
releases.

`event` records who did what to which case, when and for which purpose; triggers refuse to change or delete a
row. An event's content (`body`: outcome, reason, the flags judged) and its `note` are separate texts in
`content`, each with a salt; the event holds only the hash of its body, and the body that of the note.
Retention and a right to erasure can therefore delete either text, and the chain stays whole. An event of kind
`erased` says which texts are gone and why; a text that is gone without one is a fault.

Hashes are made as in the other chains (`flows.journal.entries`): `prev` of the first event is SHA-256 of
`undertow review 1`. The head stands in the manifest of every release. A transaction is one `writing`: it
reads, checks and appends, and is on the disk or did not happen. Errors are RunFailed with the path.
"""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from flows.home.settings import STATE_DIRECTORY_MODE, Home
from flows.journal import audit
from flows.journal.chain import FILE_MODE
from flows.journal.entries import Chain, Head, canonical, following
from transforms.errors import RunFailed, UsageError
from transforms.language import translated

FILE: Final = "review.sqlite"
ERASED: Final = "erased"
BUSY_SECONDS: Final = 30.0  # (own) how long a writer waits for the one before it
SALT_BYTES: Final = 16
BODY, NOTE = "body", "note"

metadata = sa.MetaData()
EVENT = sa.Table(
    "event",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("body_hash", sa.Text, nullable=False),
    sa.Column("prev", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
CONTENT = sa.Table(
    "content",
    metadata,
    sa.Column("event_n", sa.Integer, primary_key=True),
    sa.Column("part", sa.Text, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
# `flows.review.users` reads and writes these two. `code_hash`: of a code with which the user sets a password.
USER = sa.Table(
    "user",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("code_hash", sa.Text),
    sa.Column("code_until", sa.Text),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("disabled_at", sa.Text),
)
# When a case came with the evidence that it has now: from then its time runs. Follows from the releases.
ARRIVAL = sa.Table(
    "arrival",
    metadata,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("release_id", sa.Text, nullable=False),
)
TRIGGERS: Final = (
    "create trigger if not exists event_is_not_changed before update on event "
    "begin select raise(abort, 'an event is never changed'); end",
    "create trigger if not exists event_is_not_removed before delete on event "
    "begin select raise(abort, 'an event is never removed'); end",
    "create trigger if not exists content_is_not_changed before update on content "
    "begin select raise(abort, 'what an event says is never changed'); end",
)


@dataclass(frozen=True)
class Draft:
    """An event to be written. `body`: JSON values without floats. `key`: of the form that asks for it; the
    same form sent twice is one event.
    """

    by: str
    role: str
    purpose: str
    case_id: str
    kind: str
    body: Mapping[str, object]
    note: str = ""
    key: str = ""


@dataclass(frozen=True)
class Event:
    """An event as it was written. `at`: UTC, ISO 8601. `body`: None if it was erased."""

    n: int
    at: str
    by: str
    role: str
    purpose: str
    case_id: str
    kind: str
    body: Mapping[str, Any] | None


def path(home: Home) -> Path:
    return home.state / FILE


def chain_of(home: Home) -> Chain:
    """For the first `prev` only; the chain has no file of lines."""
    return Chain(home.state, "review")


# --- transactions -------------------------------------------------------------------------------------------


class Log:
    """The store within one transaction. Get one from `reading` or `writing`."""

    def __init__(self, home: Home, connection: sa.Connection) -> None:
        self._home, self.connection = home, connection

    def head(self) -> Head:
        row = self.connection.execute(
            sa.select(EVENT.c.n, EVENT.c.hash).order_by(EVENT.c.n.desc()).limit(1)
        ).first()
        return Head(row.n, row.hash) if row else chain_of(self._home).origin

    def has(self, head: Head) -> bool:
        """Whether the chain went through this head."""
        row = self.connection.execute(sa.select(EVENT.c.hash).where(EVENT.c.n == head.n)).first()
        return head == chain_of(self._home).origin or (row is not None and row.hash == head.hash)

    def about(self, case_ids: Collection[str], numbers: Collection[int]) -> list[Event]:
        """Events on these cases, and those of these numbers, in order."""
        return self._events(EVENT.c.case_id.in_(list(case_ids)) | EVENT.c.n.in_(list(numbers)))

    def events(self, *, after: int = 0, kinds: Collection[str] = ()) -> list[Event]:
        """Events in order, those with a number above `after`."""
        condition = EVENT.c.n > after
        return self._events(condition & EVENT.c.kind.in_(list(kinds)) if kinds else condition)

    def _events(self, condition: sa.ColumnElement[bool]) -> list[Event]:
        query = (
            sa.select(EVENT, CONTENT.c.text)
            .outerjoin(CONTENT, (CONTENT.c.event_n == EVENT.c.n) & (CONTENT.c.part == BODY))
            .where(condition)
            .order_by(EVENT.c.n)
        )
        return [
            Event(
                row.n,
                row.at,
                row.by,
                row.role,
                row.purpose,
                row.case_id,
                row.kind,
                None if row.text is None else orjson.loads(row.text),
            )
            for row in self.connection.execute(query)
        ]

    def notes(self, numbers: Iterable[int]) -> dict[int, str]:
        """Number of an event → its note, where it has one that was not erased."""
        query = sa.select(CONTENT.c.event_n, CONTENT.c.text).where(
            CONTENT.c.part == NOTE, CONTENT.c.event_n.in_(list(numbers))
        )
        return {row.event_n: row.text for row in self.connection.execute(query)}

    def written(self, key: str, by: str, case_id: str) -> int | None:
        """Number of the event that this form made already. Raises UsageError where another made it."""
        row = self.connection.execute(sa.select(EVENT).where(EVENT.c.key == key)).first() if key else None
        if row is not None and (row.by, row.case_id) != (by, case_id):
            raise UsageError(translated("this form was used for something else already; open the page again"))
        return row.n if row is not None else None

    def append(self, draft: Draft) -> int:
        """Add an event; returns its number."""
        head, salt = self.head(), secrets.token_bytes(SALT_BYTES)
        body = dict(draft.body)
        if draft.note:
            note_salt = secrets.token_bytes(SALT_BYTES)
            body["note_hash"] = salted(note_salt, draft.note)
            self._keep(head.n + 1, NOTE, note_salt, draft.note)
        text = canonical(body).decode()
        signed = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            **{name: getattr(draft, name) for name in ("by", "role", "purpose", "case_id", "kind")},
            "key": draft.key or secrets.token_hex(16),
            "body_hash": salted(salt, text),
        }
        made = following(head, signed)[0]
        self.connection.execute(sa.insert(EVENT).values(n=made.n, **signed, prev=head.hash, hash=made.hash))
        self._keep(made.n, BODY, salt, text)
        return made.n

    def _keep(self, event_n: int, part: str, salt: bytes, text: str) -> None:
        self.connection.execute(sa.insert(CONTENT).values(event_n=event_n, part=part, salt=salt, text=text))

    def erase(self, numbers: Collection[int], parts: Collection[str], draft: Draft) -> int:
        """Remove the texts of these events, and append `draft` (its kind: ERASED) that says so.

        Returns how many texts went.
        """
        where = CONTENT.c.event_n.in_(list(numbers)) & CONTENT.c.part.in_(list(parts))
        gone = self.connection.execute(sa.delete(CONTENT).where(where)).rowcount
        if gone:
            body = {**draft.body, "events": sorted(numbers), "parts": sorted(parts)}
            self.append(
                Draft(draft.by, draft.role, draft.purpose, draft.case_id, ERASED, body, key=draft.key)
            )
        return gone


def salted(salt: bytes, text: str) -> str:
    return hashlib.sha256(salt + text.encode()).hexdigest()


@contextmanager
def writing(home: Home) -> Iterator[Log]:
    """One transaction that nobody else writes beside: all of it is on the disk after the `with`, or nothing.

    The store is made at first use, for this user only.
    """
    where = path(home)
    with _errors(where):
        where.parent.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
        audit.subject_key(home)  # events hold hashes made with it
        os.close(os.open(where, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE))
        with _connection(where, "begin immediate") as connection:
            if not sa.inspect(connection).has_table(EVENT.name):
                metadata.create_all(connection)
                for trigger in TRIGGERS:
                    connection.exec_driver_sql(trigger)
            yield Log(home, connection)
            connection.commit()


@contextmanager
def reading(home: Home) -> Iterator[Log | None]:
    """The store as it is now; None where nobody has reviewed anything yet."""
    where = path(home)
    if not where.exists() or where.stat().st_size == 0:
        yield None
        return
    with _errors(where), _connection(where, "begin") as connection:
        yield Log(home, connection) if sa.inspect(connection).has_table(EVENT.name) else None


def events(home: Home) -> list[Event]:
    """All events, oldest first."""
    with reading(home) as log:
        return log.events() if log is not None else []


def head(home: Home) -> Head | None:
    """The head of the chain; None without a store."""
    with reading(home) as log:
        return log.head() if log is not None else None


@contextmanager
def _connection(where: Path, begin: str) -> Iterator[sa.Connection]:
    """A connection of SQLite's own transactions: the driver begins none by itself.

    Write-ahead log, so that readers and one writer do not wait for each other; every commit reaches the disk.
    """
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(where)),
        poolclass=NullPool,
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
    )
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _set_up(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode = wal", "synchronous = full", "secure_delete = on"):
        connection.execute(f"pragma {pragma}")


@contextmanager
def _errors(where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"{error.strerror} (errno {error.errno})"
    except sa.exc.DBAPIError as error:
        reason = str(error.orig)
    else:
        return
    raise RunFailed(f"{where}: {reason}; run as the user of the nightly run, or restore it from a backup")


def compact(home: Home) -> None:
    """Take what was removed out of the file's bytes too. Waits for readers, as far as BUSY_SECONDS. Raises
    RunFailed where one is still there: the removed text is in the file until the next call.
    """
    with _errors(path(home)), closing(sqlite3.connect(path(home), timeout=BUSY_SECONDS)) as connection:
        is_busy, *_ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
    if is_busy:
        raise RunFailed(
            f"{path(home)}: somebody reads it, so what was removed is still in the file's bytes; "
            "wait for it, or stop the review app, and do the same again"
        )


# --- copying ----------------------------------------------------------------------------------


def copy_to(home: Home, target: Path) -> bool:
    """Write a whole copy of the store to a new file, while others may write.

    False where there is no store.
    """
    where = path(home)
    if not where.exists():
        return False
    with _errors(where), closing(sqlite3.connect(where)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("pragma journal_mode = delete")
        target.chmod(FILE_MODE)
    return True
