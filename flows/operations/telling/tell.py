"""Notify every receiver of what is due: one message each, nothing twice.

What a receiver accepted is recorded in `state/told.jsonl`, one line for each message, on the disk before the
next message goes out. A line holds no names: `keys` are hashes of the message's subjects. A message is
repeated only after a kill between the message and its line, or if an answer was lost. Notifying never changes
the result of a night: `telling` turns every error into a warning in the log.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import structlog

from flows.home.durable import append_line, read_lines
from flows.home.lock import alone
from flows.home.settings import Home, secret
from flows.operations.telling.matters import End, Matters, Message, Section, in_force, message_about, whose
from flows.operations.telling.receivers import NOTIFY_FILE, Notify, Receiver, notify
from flows.operations.telling.send import send
from transforms.errors import RunFailed, RunUnderWay, UndertowError, place

log = structlog.get_logger()

TOLD_FILE = "told.jsonl"
KEY_CHARACTERS = 20  # of a hash: 80 bits
State = Literal["sent", "nothing due", "failed"]


@dataclass
class Record:
    """The file while it is held, since `at`. By receiver: `keys`, and `last`, when it got its last message.

    Times are UTC.
    """

    path: Path
    at: datetime
    keys: dict[str, set[str]] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)

    def knows(self, receiver: str, keys: Iterable[str]) -> bool:
        """Whether the receiver was notified of it under any of these keys."""
        return not self.keys.get(receiver, set()).isdisjoint(map(hashed, keys))

    def note(self, receiver: str, keys: Iterable[str]) -> None:
        """Add a line, on the disk when this returns."""
        hashes = [hashed(key) for key in keys]
        append_line(self.path, {"at": self.at.isoformat(), "to": receiver, "keys": hashes})
        self._add(receiver, hashes, self.at)

    def read(self) -> None:
        """Read every line. An incomplete line left by a kill is skipped."""
        for line in read_lines(self.path):
            with suppress(ValueError, TypeError, KeyError):
                self._add(line["to"], line["keys"], datetime.fromisoformat(line["at"]))

    def _add(self, receiver: str, hashes: Iterable[str], at: datetime) -> None:
        self.keys.setdefault(receiver, set()).update(hashes)
        self.last[receiver] = at


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:KEY_CHARACTERS]


@contextmanager
def held(home: Home) -> Iterator[Record]:
    """The record, locked for this process so that two never send at once. Raises RunFailed."""
    path = home.state / TOLD_FILE
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(path))
        except OSError as error:
            raise RunFailed(f"{path}: {error.strerror}; let this user write it, or nothing is told") from None
        record = Record(path, datetime.now(UTC))
        record.read()
        yield record


@dataclass(frozen=True)
class Outcome:
    """The result of a receiver's message. `reason`: why it failed."""

    receiver: str
    state: State
    reason: str = ""


@dataclass
class Run:
    """The night to report; `run_id` is set once it has one."""

    run_id: str = ""


def has_receivers(home: Home) -> bool:
    return (home.root / NOTIFY_FILE).exists()


def tell(home: Home, unrecorded: End | None = None) -> Sequence[Outcome]:
    """Send what is due. `unrecorded`: the end of a night that may be missing in the diary.

    Raises UndertowError.
    """
    settings = notify(home)
    if not settings.to:
        return ()
    due = _due(home, settings, unrecorded)
    return [_tell_one(home, record, receiver, message) for receiver, message, record in due]


def would_tell(home: Home) -> Sequence[tuple[str, Message | None]]:
    """Each receiver and the message that it would get now. Sends nothing. Raises UndertowError."""
    settings = notify(home)
    return [(receiver.url_file, message) for receiver, message, _ in _due(home, settings, None)]


def try_receivers(home: Home) -> Sequence[Outcome]:
    """Send a test message to each receiver. Raises UndertowError."""
    text = "This is a test of `undertow notify --test`. Nothing has happened."
    nothing = Message(f"Undertow, {whose(home).name}: test", text, ())
    return [_outcome(home, receiver, nothing) for receiver in notify(home).to]


def _due(
    home: Home, settings: Notify, unrecorded: End | None
) -> Iterator[tuple[Receiver, Message | None, Record]]:
    """Each receiver with its due message, and the record, which is held meanwhile."""
    with held(home) as record, in_force(home) or nullcontext() as release:
        last = dict(record.last)  # an address may stand in two entries
        matters = Matters(home, settings, release, unrecorded)
        sender = whose(home).name + (", SYNTHETIC DATA" if matters.is_synthetic else "")
        for receiver in settings.to:
            name = receiver.url_file
            wanted = matters.wanted_by(receiver, last.get(name))
            sections = [_untold(record, name, section) for section in wanted]
            left = [section for section in sections if section.matters]
            yield receiver, message_about(sender, left) if left else None, record


def _untold(record: Record, name: str, section: Section) -> Section:
    left = tuple(matter for matter in section.matters if not record.knows(name, matter.keys))
    return Section(section.heading, left, section.page)


def _tell_one(home: Home, record: Record, receiver: Receiver, due: Message | None) -> Outcome:
    if due is None:
        return Outcome(receiver.url_file, "nothing due")
    outcome = _outcome(home, receiver, due)
    if outcome.state == "sent":
        record.note(receiver.url_file, due.keys)
    return outcome


def _outcome(home: Home, receiver: Receiver, due: Message) -> Outcome:
    try:
        (url,) = secret(home, receiver.url_file, "the address")
        send(url, due.title, due.text)
    except UndertowError as error:
        return Outcome(receiver.url_file, "failed", str(error))
    return Outcome(receiver.url_file, "sent")


# --- after a night ----------------------------------------------------------------------------------------


def tell_or_warn(home: Home, unrecorded: End | None = None) -> None:
    """Notify. Any error becomes a warning that names the receiver, never its address. So does Ctrl-C: the
    night has ended, and its exit code stands.
    """
    try:
        outcomes = tell(home, unrecorded)
    except KeyboardInterrupt:
        log.warning("notify", message="interrupted; what is due is told the next time")
    except UndertowError as error:
        log.warning("notify", message=f"nobody was told: {error}")
    except Exception as error:
        log.warning("notify", message="nobody was told", kind=type(error).__name__, where=place(error))
    else:
        warn(outcomes)


def warn(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.state == "failed":
            log.warning(
                "notify", message=f"{outcome.receiver}: {outcome.reason}; it is told again the next time"
            )


@contextmanager
def telling(home: Home, tell: Callable[[Home, End | None], None] = tell_or_warn) -> Iterator[Run]:
    """Send what is due when the night in this block has ended, successfully or not. `tell` must not raise.

    Nothing is sent if another run holds the lock: nothing has ended.
    """
    run = Run()
    try:
        yield run
    except RunUnderWay:
        raise
    except UndertowError as error:
        now = datetime.now(UTC)
        tell(home, End(run.run_id or now.isoformat(), now, error.exit_code))
        raise
    tell(home, None)
