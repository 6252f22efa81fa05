"""Alarms: what somebody has to look at.

There are three: a register is not renewed (its deliveries are blocked for several nights, or none comes), the
release in force is damaged, or a watch list may have replaced another one. An alarm is about the run: it is
in `v_alarm`, outside the content hash of a release.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from flows.ingest.editions import Editions, stale_series
from flows.journal.diary import ALARM_NIGHTS, Event, stale_nights
from transforms.model.register import Register

Kind = Literal["blocked", "overdue", "damaged", "other_lists", "imprecise"]
ABOUT_RELEASE = "release"  # used instead of a register


@dataclass(frozen=True)
class Damage:
    """The release that was in force when a run began, and how it differs from what was published."""

    release_id: str
    reason: str


@dataclass(frozen=True)
class Alarm:
    """A `v_alarm` row.

    `since`: date of the edition in force; None where it is undated. `nights_n`: for a blocked register only.
    For a damaged release, `register` is ABOUT_RELEASE and `dataset` its id. For an imprecise indicator they
    are its code and version (`flows.review.published`).
    """

    register: str
    dataset: str
    kind: Kind
    since: date | None
    nights_n: int | None
    message: str


def stale_names(editions: Editions) -> tuple[str, ...]:
    """The stale datasets, under the names in the log of nights: `register/dataset`."""
    return tuple("/".join(series) for series in sorted(stale_series(editions)))


def raised(
    editions: Editions,
    as_of: date,
    events: Sequence[Event],
    today: date,
    known: Mapping[str, Register],
    *,
    damage: Damage | None = None,
) -> tuple[Alarm, ...]:
    """All alarms of a run, in order. `today`: day of the run, for counting nights.

    `as_of`: date of the facts.
    """
    return (
        *_damaged(damage),
        *_blocked(editions, events, today),
        *_overdue(editions, as_of, known),
        *_other_lists(editions),
    )


def _damaged(damage: Damage | None) -> Iterator[Alarm]:
    if damage is not None:
        message = (
            f"release {damage.release_id}, in force until this run, was not as it was published: "
            f"{damage.reason}; "
            "do not rely on what was read from it, run `undertow audit verify`, and find out who could write "
            "to it"
        )
        yield Alarm(ABOUT_RELEASE, damage.release_id, "damaged", None, None, message)


def _blocked(editions: Editions, events: Sequence[Event], today: date) -> Iterator[Alarm]:
    for (register, dataset), since in sorted(stale_series(editions).items()):
        nights_n = stale_nights(events, f"{register}/{dataset}", today)
        if nights_n >= ALARM_NIGHTS:
            in_force = f"the edition in force is of {since}" if since else "no dated edition is in force"
            message = (
                f"{register} {dataset}: its newest delivery has been blocked for {nights_n} nights, and "
                f"{in_force}; "
                "fetch a good file, or correct the register's module"
            )
            yield Alarm(register, dataset, "blocked", since, nights_n, message)


def _overdue(editions: Editions, as_of: date, known: Mapping[str, Register]) -> Iterator[Alarm]:
    """At the date of the facts, the newest edition of a register is older than its cadence allows."""
    stale = stale_series(editions)
    dated = sorted(
        (facts.register, facts.edition_date, facts.dataset)
        for facts in editions.with_status("in_force")
        if facts.edition_date
    )
    newest = {name: (edition_date, dataset) for name, edition_date, dataset in dated}
    for name, (edition_date, dataset) in newest.items():
        register, days = known.get(name), (as_of - edition_date).days
        if register is not None and register.is_overdue(edition_date, as_of):
            to_do = (
                "a newer delivery was blocked (`v_edition` says why): fetch a good file"
                if (name, dataset) in stale
                else "land a newer one, or find out why none comes"
            )
            message = (
                f"{name} ({register.cadence}): no edition since {edition_date}, {days} days before the date "
                f"of the facts; {to_do}"
            )
            yield Alarm(name, dataset, "overdue", edition_date, None, message)


def _other_lists(editions: Editions) -> Iterator[Alarm]:
    """The edition in force of a data set contains none of the lists of the one before it.

    The operator may have put two lists in the same folder.
    """
    with_lists = [facts for facts in editions.with_status("history", "in_force") if facts.contains]
    ordered = sorted(
        with_lists,
        key=lambda facts: (facts.register, facts.dataset, facts.edition_date or date.min, facts.arrival),
    )
    for (name, dataset), group in groupby(ordered, key=lambda facts: (facts.register, facts.dataset)):
        *before, last = group
        if before and not set(before[-1].contains) & set(last.contains):
            message = (
                f"{name} {dataset}: {last.file_name} of {last.label} has taken the place of "
                f"{before[-1].label} and contains none of its lists ({', '.join(before[-1].contains)}); if "
                "it is another list, put each into a folder that has the list's name"
            )
            yield Alarm(name, dataset, "other_lists", last.edition_date, None, message)
