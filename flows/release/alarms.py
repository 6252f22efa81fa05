"""What needs somebody: a register that is not renewed, on the fourth night that its deliveries are blocked or when none comes at all; a damaged release; a list
that may have taken the place of another one.

An alarm is about the night, not about the editions: it stands in `v_alarm`, outside the content hash of a release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from flows.ingest.editions import Editions, stale_series
from flows.ingest.lake import EditionFacts
from flows.journal.diary import ALARM_NIGHTS, Event, stale_nights
from transforms.model.register import Register

Kind = Literal["blocked", "overdue", "damaged", "other_lists"]
ABOUT_RELEASE = "release"  # in the place of a register


@dataclass(frozen=True)
class Damage:
    """What a run found of the release that was in force when it began: it is not as it was published."""

    release_id: str
    what: str


@dataclass(frozen=True)
class Alarm:
    """A `v_alarm` row. `since`: date of the edition in force; None where none is dated. `nights_n`: of a blocked register only.

    Of a damaged release `register` is ABOUT_RELEASE and `dataset` its id.
    """

    register: str
    dataset: str
    kind: Kind
    since: date | None
    nights_n: int | None
    message: str


def stale_names(editions: Editions) -> tuple[str, ...]:
    """The registers and data sets that the diary counts: `register/dataset`."""
    return tuple("/".join(series) for series in sorted(stale_series(editions)))


def raised(
    editions: Editions,
    as_of: date,
    events: Sequence[Event],
    tonight: date,
    known: Mapping[str, Register],
    *,
    damage: Damage | None = None,
) -> tuple[Alarm, ...]:
    """All alarms of a night, in order. `tonight`: the day of the run, by which nights are counted; `as_of`: of the facts, by which days are."""
    return (
        *_damaged(damage),
        *_blocked(editions, events, tonight),
        *_overdue(editions.with_status("in_force"), as_of, known),
        *_other_lists(editions),
    )


def _damaged(damage: Damage | None) -> Iterator[Alarm]:
    if damage is not None:
        yield Alarm(
            ABOUT_RELEASE,
            damage.release_id,
            "damaged",
            None,
            None,
            f"release {damage.release_id}, in force until this night, was not as it was published: {damage.what}; do not rely on what was read from it, run "
            f"`undertow audit verify`, and find out who could write to it",
        )


def _blocked(editions: Editions, events: Sequence[Event], tonight: date) -> Iterator[Alarm]:
    for (register, dataset), since in sorted(stale_series(editions).items()):
        nights_n = stale_nights(events, f"{register}/{dataset}", tonight)
        if nights_n >= ALARM_NIGHTS:
            holds = f"what is in force is of {since}" if since else "no dated edition is in force"
            yield Alarm(
                register,
                dataset,
                "blocked",
                since,
                nights_n,
                f"{register} {dataset}: its newest delivery has been blocked for {nights_n} nights, and {holds}; fetch a good file, or correct the register's module",
            )


def _overdue(in_force: Iterable[EditionFacts], as_of: date, known: Mapping[str, Register]) -> Iterator[Alarm]:
    """Of a register with a cadence: its newest edition is older than that cadence allows, beside what the others have."""
    dated = sorted(
        ((facts.register, facts.edition_date, facts.dataset) for facts in in_force if facts.edition_date),
        reverse=True,
    )
    for name, group in groupby(sorted(dated, key=lambda one: one[0]), key=lambda one: one[0]):
        _, newest, dataset = max(group)
        register, days = known.get(name), (as_of - newest).days
        if register is not None and register.overdue_days is not None and days > register.overdue_days:
            yield Alarm(
                name,
                dataset,
                "overdue",
                newest,
                None,
                f"{name} ({register.cadence}): no edition since {newest}, {days} days before the facts of tonight; land a newer one, or find out why none comes",
            )


def _other_lists(editions: Editions) -> Iterator[Alarm]:
    """Of a data set that is told by its path: the edition in force names other lists than the one before it, so the operator may have put two lists in one place."""
    told = [
        facts
        for facts in (*editions.with_status("history"), *editions.with_status("in_force"))
        if facts.contains
    ]
    for (name, dataset), group in groupby(
        sorted(told, key=lambda facts: (facts.register, facts.dataset)),
        key=lambda facts: (facts.register, facts.dataset),
    ):
        *before, last = sorted(group, key=lambda facts: (facts.edition_date or date.min, facts.arrival))
        if before and not set(before[-1].contains) & set(last.contains):
            yield Alarm(
                name,
                dataset,
                "other_lists",
                last.edition_date,
                None,
                f"{name} {dataset}: {last.file_name} of {last.label} has taken the place of {before[-1].label} and names none of its lists ({', '.join(before[-1].contains)}); "
                f"if it is another list, put each into a folder that has the list's name",
            )
