"""Notify every receiver of what is due: one message each, nothing twice.

A message that a receiver did not accept is not recorded, and so is due the next time. Notifying never changes
the result of a night: `telling` turns every error into a warning in the log.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import structlog

from flows.home.settings import Home, secret
from flows.operations.telling.matters import End, Matters, Section, in_force, whose
from flows.operations.telling.message import Message
from flows.operations.telling.message import message as message_about
from flows.operations.telling.receivers import NOTIFY_FILE, Notify, Receiver, notify
from flows.operations.telling.record import Record, held
from flows.operations.telling.send import send
from transforms.errors import UndertowError, place

log = structlog.get_logger()

State = Literal["sent", "nothing due", "failed"]


@dataclass(frozen=True)
class Outcome:
    """The result of a receiver's message. `reason`: why it failed."""

    receiver: str
    state: State
    reason: str = ""


@dataclass
class Run:
    """The night to report; `run_id` is set once it has one."""

    run_id: str


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
def telling(
    home: Home, run_id: str = "", tell: Callable[[Home, End | None], None] = tell_or_warn
) -> Iterator[Run]:
    """Send what is due when the night in this block has ended, successfully or not. `tell` must not raise."""
    run = Run(run_id)
    try:
        yield run
    except UndertowError as error:
        now = datetime.now(UTC)
        tell(home, End(run.run_id or now.isoformat(), now, error.exit_code))
        raise
    tell(home, None)
