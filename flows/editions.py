"""Which edition of each register is in force on a date, and what the others are: history, superseded, blocked.

Pure functions over what the lake holds and what tonight blocked; the rules are DESIGN.md "Editions".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from flows.lake import EditionFacts


@dataclass(frozen=True)
class EditionInUse:
    """An edition with its status at the night's date."""

    facts: EditionFacts
    status: str
    stale_since: date | None = None


@dataclass(frozen=True)
class Editions:
    """All editions of the night. `usable`: in force and history, what the marts read."""

    all: tuple[EditionInUse, ...]

    def with_status(self, *statuses: str) -> tuple[EditionFacts, ...]:
        return tuple(edition.facts for edition in self.all if edition.status in statuses)

    @property
    def usable(self) -> tuple[EditionFacts, ...]:
        return self.with_status("in_force", "history")

    @property
    def any_blocked(self) -> bool:
        return any(edition.status == "blocked" for edition in self.all)


def newest_date(editions: Iterable[EditionFacts]) -> date | None:
    return max((facts.edition_date for facts in editions if facts.edition_date is not None), default=None)


def select(held: Iterable[EditionFacts], blocked: Iterable[EditionFacts], as_of: date) -> Editions:
    """Status of every edition dated up to `as_of` or undated. Later ones are not part of this night."""
    known = sorted((facts for facts in held if _by(facts, as_of)), key=_series)
    chosen = [edition for _, group in groupby(known, key=_series) for edition in _statuses(list(group))]
    tonight = [EditionInUse(facts, "blocked") for facts in blocked if _by(facts, as_of)]
    everything = _with_staleness([*chosen, *tonight])
    return Editions(tuple(sorted(everything, key=lambda e: (*_series(e.facts), _order(e.facts), e.status, e.facts.key))))


def _by(facts: EditionFacts, as_of: date) -> bool:
    return facts.edition_date is None or facts.edition_date <= as_of


def _series(facts: EditionFacts) -> tuple[str, str]:
    return facts.register, facts.dataset


def _order(facts: EditionFacts) -> tuple[date, str, int]:
    """Undated ones are older than every dated one."""
    return facts.edition_date or date.min, facts.label, facts.arrival


def _statuses(editions: Sequence[EditionFacts]) -> list[EditionInUse]:
    """One data set: the newest complete edition is in force; without one, the newest extract."""
    ordered = sorted(editions, key=_order)
    last = {facts.label: facts for facts in ordered}
    superseded = [EditionInUse(facts, "superseded") for facts in ordered if last[facts.label] is not facts]
    standing = list(last.values())
    complete = [facts for facts in standing if facts.completeness == "complete"]
    in_force = (complete or standing)[-1]
    return superseded + [_status(facts, in_force, bool(complete)) for facts in standing]


def _status(facts: EditionFacts, in_force: EditionFacts, have_complete: bool) -> EditionInUse:
    if facts is in_force:
        return EditionInUse(facts, "in_force")
    if have_complete and facts.completeness == "extract" and _order(facts) > _order(in_force):
        message = f"{facts.register} {facts.label}: {facts.completeness_reason}; the complete edition {in_force.label} stays in force. Fetch the whole file."
        return EditionInUse(replace(facts, blocked_code="extract", blocked_message=message), "blocked")
    return EditionInUse(facts, "history")


def _with_staleness(editions: list[EditionInUse]) -> list[EditionInUse]:
    """The edition in force is stale since its own date where a newer one was blocked."""
    newest_blocked: dict[tuple[str, str], tuple[date, str, int]] = {}
    for edition in editions:
        if edition.status == "blocked":
            series = _series(edition.facts)
            newest_blocked[series] = max(_order(edition.facts), newest_blocked.get(series, _order(edition.facts)))
    return [replace(edition, stale_since=edition.facts.edition_date) if _is_stale(edition, newest_blocked) else edition for edition in editions]


def _is_stale(edition: EditionInUse, newest_blocked: dict[tuple[str, str], tuple[date, str, int]]) -> bool:
    blocked = newest_blocked.get(_series(edition.facts))
    return edition.status == "in_force" and blocked is not None and blocked[:2] > _order(edition.facts)[:2]
