"""The diary of a home: when nights started, how they ended, which scheduled ones never ran. One JSON line an event.

It lies in `state/`, outside every release: equal editions give equal releases, whatever happened on the way. A night that
was killed has a start and no end. Stale registers are counted here, because how many nights a register has been stale is
no property of the editions: a monthly one is a month old on its first stale night.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from flows.home.durable import fsync_dir, write_bytes_durably
from flows.home.settings import Home

FILE_NAME = "nights.jsonl"
SCHEDULE_NAME = "schedule.json"
FILE_MODE = 0o600
ALARM_NIGHTS = 4  # RELIABILITY R12: a source that fails three nights is stale, on the fourth it is an alarm
# A scheduled night that has not started by then is missed: Prefect calls one late after 15 s, and a worker asks every 10 s.
LATE_MAX = timedelta(minutes=10)
SCHEDULE_KEPT = timedelta(days=14)  # (own) how long a start that passed is looked back at
EARLY_MAX = timedelta(minutes=1)  # a worker fetches runs a little before they are due

Kind = Literal["started", "ended", "missed"]


@dataclass(frozen=True)
class Event:
    """`at`: when it happened; of a missed night, when it should have started. `stale`: registers that were stale in a published night."""

    kind: Kind
    at: datetime
    run_id: str = ""
    exit_code: int | None = None
    release_id: str = ""
    stale: tuple[str, ...] = ()
    is_limited: bool = False  # on editions up to a date that was asked for

    @property
    def published(self) -> bool:
        return self.kind == "ended" and self.exit_code in (0, 5)


# --- the file -------------------------------------------------------------------------------------------------------


def path(home: Home) -> Path:
    return home.state / FILE_NAME


def record(home: Home, event: Event) -> None:
    """Append one line; it is on the disk when this returns. A torn last line of a killed writer is closed first."""
    file = path(home)
    is_new = not file.exists()
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, (b"\n" if torn else b"") + _line(event))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        fsync_dir(file.parent)


def _line(event: Event) -> bytes:
    said = {
        name: value
        for name, value in asdict(event).items()
        if value not in (None, "", ()) and value is not False
    }
    return json.dumps({**said, "at": event.at.isoformat()}).encode() + b"\n"


def read(home: Home) -> tuple[Event, ...]:
    """Every event, in order of writing; a line that is none is left out. Empty where there is no diary, or none that may be read."""
    try:
        lines = path(home).read_bytes().splitlines()
    except OSError:
        return ()
    return tuple(event for line in lines if (event := _event(line)) is not None)


def _event(line: bytes) -> Event | None:
    try:
        found = json.loads(line)
        return Event(
            **{**found, "at": datetime.fromisoformat(found["at"]), "stale": tuple(found.get("stale", ()))}
        )
    except (ValueError, TypeError, KeyError):
        return None


# --- stale registers ------------------------------------------------------------------------------------------------


def stale_nights(events: Sequence[Event], register: str, tonight: date) -> int:
    """Nights in a row, tonight's among them, in which what is published holds a stale edition of `register`. Two runs of one day are one night."""
    nights = 1
    for day, stale in reversed(_published_by_day(events)):
        if day >= tonight:
            continue
        if register not in stale:
            break
        nights += 1
    return nights


def _published_by_day(events: Sequence[Event]) -> list[tuple[date, tuple[str, ...]]]:
    """The last published night of each day, by the date it started on. One that was limited to an earlier date does not know what was blocked since."""
    started = {event.run_id: event.at for event in events if event.kind == "started"}
    return sorted(
        {
            started.get(event.run_id, event.at).date(): event.stale
            for event in events
            if event.published and not event.is_limited
        }.items()
    )


# --- missed and killed nights ---------------------------------------------------------------------------------------


def write_schedule(home: Home, expected: Iterable[datetime]) -> None:
    """Keep when the scheduler means to start nights, for a time at which it is not there to be asked."""
    text = json.dumps([moment.astimezone(UTC).isoformat() for moment in sorted(expected)]).encode()
    file = home.state / SCHEDULE_NAME
    if not file.exists() or file.read_bytes() != text:
        write_bytes_durably(file, text, mode=FILE_MODE)


def read_schedule(home: Home) -> tuple[datetime, ...]:
    try:
        return tuple(
            datetime.fromisoformat(moment) for moment in json.loads((home.state / SCHEDULE_NAME).read_bytes())
        )
    except (OSError, ValueError, TypeError):
        return ()


def missed(
    events: Sequence[Event], expected: Iterable[datetime], now: datetime, late_max: timedelta = LATE_MAX
) -> list[datetime]:
    """Scheduled starts that passed without a night, and are not written down yet."""
    told = {event.at for event in events if event.kind == "missed"}
    starts = [event.at for event in events if event.kind == "started"]
    due = [moment for moment in sorted(set(expected)) if moment + late_max < now and moment not in told]
    return [
        moment
        for moment in due
        if not any(moment - EARLY_MAX <= start <= moment + late_max for start in starts)
    ]


def note_missed(home: Home, now: datetime, late_max: timedelta = LATE_MAX) -> list[datetime]:
    """Write down every missed night that is not yet in the diary, so that each is told once. Returns those."""
    found = missed(read(home), read_schedule(home), now, late_max)
    for moment in found:
        record(home, Event("missed", moment))
    return found


def missed_since_published(events: Sequence[Event]) -> list[Event]:
    """Missed nights after which none has been published."""
    return list(_since_published(events, "missed"))


def killed_since_published(events: Sequence[Event]) -> list[Event]:
    """Nights that started, never said how they ended, and after which none has been published. One of them may be running."""
    ended = {event.run_id for event in events if event.kind == "ended"}
    return [event for event in _since_published(events, "started") if event.run_id not in ended]


def _since_published(events: Sequence[Event], kind: Kind) -> Iterator[Event]:
    last = max((number for number, event in enumerate(events) if event.published), default=-1)
    return (event for event in events[last + 1 :] if event.kind == kind)


def ended(
    started: Event, at: datetime, exit_code: int, release_id: str = "", stale: Iterable[str] = ()
) -> Event:
    return replace(
        started, kind="ended", at=at, exit_code=exit_code, release_id=release_id, stale=tuple(sorted(stale))
    )
