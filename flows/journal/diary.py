"""The log of nights in a home, `state/nights.jsonl`: when they started or were refused, how long
they read new editions, how they ended, which scheduled ones never ran, and how each upkeep ended.

One JSON line for each event, outside every release, because equal editions give equal releases whatever
happened on the way. A killed night has a start and no end. Stale registers are counted here, because the
number of nights for which a register has been stale does not depend on the editions.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal

from flows.home.durable import append_line, read_lines, write_bytes_durably
from flows.home.settings import Home

FILE_NAME = "nights.jsonl"
SCHEDULE_NAME = "schedule.json"
FILE_MODE = 0o600
ALARM_NIGHTS = 4  # own rule: a register that is stale for four nights is an alarm
# A scheduled night that has not started by then is missed. Prefect calls a run late after 15 s; a worker
# polls every 10 s.
LATE_MAX = timedelta(minutes=10)
SCHEDULE_KEPT = timedelta(days=14)  # own bound: how far back missed starts are looked for
EARLY_MAX = timedelta(minutes=1)  # a worker fetches runs a little before they are due

Kind = Literal["started", "refused", "read", "ended", "missed", "upkept"]


@dataclass(frozen=True)
class Event:
    """One event. `at`: when it happened, or when a missed night should have started (UTC).

    `exit_code`: of a night, or an upkeep (5 with findings, 4 if it failed). `stale`: registers that were
    stale in a published night. `is_limited`: the run used editions up to a given date only. `bytes_n`,
    `seconds`: of new editions read, and how long that took."""

    kind: Kind
    at: datetime
    run_id: str = ""
    exit_code: int | None = None
    release_id: str = ""
    stale: tuple[str, ...] = ()
    is_limited: bool = False
    bytes_n: int | None = None
    seconds: float | None = None

    @property
    def published(self) -> bool:
        return self.kind == "ended" and self.exit_code in (0, 5)


FIELDS = frozenset(field.name for field in fields(Event))


# --- the file ---------------------------------------------------------------------------------------------


def path(home: Home) -> Path:
    return home.state / FILE_NAME


def record(home: Home, event: Event) -> None:
    """Append one line; it is on the disk when this returns."""
    append_line(path(home), {**asdict(event), "at": event.at.isoformat()})


def read(home: Home) -> tuple[Event, ...]:
    """Every event in order of writing, without unreadable lines. Empty if there is no diary that may be
    read.
    """
    try:
        return tuple(event for line in read_lines(path(home)) if (event := _event(line)) is not None)
    except OSError:
        return ()


def _event(line: Mapping[str, Any]) -> Event | None:
    try:
        values = {name: value for name, value in line.items() if name in FIELDS}
        stale = tuple(values.get("stale", ()))
        return Event(**{**values, "at": datetime.fromisoformat(values["at"]), "stale": stale})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


# --- stale registers --------------------------------------------------------------------------------------


def stale_nights(events: Sequence[Event], register: str, tonight: date) -> int:
    """Consecutive nights up to tonight in which the release holds a stale edition. Runs of one day are one
    night.
    """
    earlier = (stale for day, stale in reversed(_published_by_day(events)) if day < tonight)
    return 1 + len(list(takewhile(lambda stale: register in stale, earlier)))


def _published_by_day(events: Sequence[Event]) -> list[tuple[date, tuple[str, ...]]]:
    """Day → stale registers of its last published night, without runs limited to an earlier date."""
    started = {event.run_id: event.at for event in events if event.kind == "started"}
    return sorted(
        {
            started.get(event.run_id, event.at).date(): event.stale
            for event in events
            if event.published and not event.is_limited
        }.items()
    )


# --- missed and killed nights -----------------------------------------------------------------------------


def write_schedule(home: Home, expected: Iterable[datetime]) -> None:
    """Keep the scheduler's planned starts, for when it cannot be asked."""
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
    """Scheduled starts that passed without a night and are not recorded yet. A night that was refused because
    another was running is not missed.
    """
    recorded = {event.at for event in events if event.kind == "missed"}
    starts = [event.at for event in events if event.kind in ("started", "refused")]
    due = [moment for moment in sorted(set(expected)) if moment + late_max < now and moment not in recorded]
    return [
        moment
        for moment in due
        if not any(moment - EARLY_MAX <= start <= moment + late_max for start in starts)
    ]


def note_missed(home: Home, now: datetime, late_max: timedelta = LATE_MAX) -> list[datetime]:
    """Record every missed night that is not yet in the diary, and return those: each is reported once."""
    moments = missed(read(home), read_schedule(home), now, late_max)
    for moment in moments:
        record(home, Event("missed", moment))
    return moments


def killed_since_published(events: Sequence[Event]) -> list[Event]:
    """Nights since the last published one that started and have no end. One of them may be running."""
    ended = {event.run_id for event in events if event.kind == "ended"}
    return [event for event in since_published(events, "started") if event.run_id not in ended]


def since_published(events: Sequence[Event], kind: Kind) -> Iterator[Event]:
    """Events of a kind since the last published night."""
    last = max((number for number, event in enumerate(events) if event.published), default=-1)
    return (event for event in events[last + 1 :] if event.kind == kind)


def ended(
    started: Event, at: datetime, exit_code: int, release_id: str = "", stale: Iterable[str] = ()
) -> Event:
    return replace(
        started, kind="ended", at=at, exit_code=exit_code, release_id=release_id, stale=tuple(sorted(stale))
    )
