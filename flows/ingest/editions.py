"""Which edition of each register is in force on a date, and what the others are: history, superseded, blocked.

Pure functions over what the lake holds and what tonight blocked; the rules are DESIGN.md "Editions".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from flows.ingest.lake import EditionFacts, is_read_as_today
from transforms.model.register import registers


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


def select(held: Iterable[EditionFacts], blocked: Iterable[EditionFacts], known_at: date | None) -> Editions:
    """Status of every edition dated up to `known_at` or undated; later ones, blocked or not, are no part of that night.

    `known_at` None: no date was asked for, and every edition counts. The night's date is then `newest_date` of the usable
    ones, so that a newer delivery that is blocked neither moves the date nor goes unseen because of it.
    """
    held = tuple(held)
    todays = frozenset(facts.key for facts in held if is_read_as_today(facts))
    present, earlier = _present_names(held), {facts.key: facts for facts in held}
    held = tuple(replace(facts, dataset=present.get(facts.key, facts.dataset)) for facts in held)
    tonight = [facts for facts in blocked if _by(facts, known_at)]
    refused = {
        _bytes_of(facts) for facts in tonight
    }  # the parser of today refuses what an earlier one let in
    known = sorted(
        (
            facts
            for facts in _one_parse_each(held, todays)
            if _by(facts, known_at) and _bytes_of(facts) not in refused
        ),
        key=_period,
    )
    chosen = [edition for _, group in groupby(known, key=_period) for edition in _statuses(list(group))]
    everything = [
        _under_its_name(edition, earlier[edition.facts.key]) if edition.facts.key in present else edition
        for edition in _with_staleness([*chosen, *(EditionInUse(facts, "blocked") for facts in tonight)])
    ]
    return Editions(
        tuple(sorted(everything, key=lambda e: (*_series(e.facts), _order(e.facts), e.status, e.facts.key)))
    )


def _present_names(held: Sequence[EditionFacts]) -> dict[str, str]:
    """Key of each edition that is held under a name which its data set no longer has → its name of today.

    Until November 2026 records told the data set of a FollowTheMoney file: the one list that the first of them named, else the file's name with its date and
    without its folder. An edition that was named by its file, or by a folder that is a day or a version, has the name that its path says now. One that was named by its list has that too where the data
    set contains the list, else that of another which contains it. What nothing of today contains keeps its name, and stays in force.
    A folder that was renamed has the name under which its last file came again.
    """
    found: dict[str, str] = {}
    for facts in held:
        register = registers().get(facts.register)
        if (
            register is None
            or register.dataset_of is None
            or (by_path := register.dataset_of(facts.file_name, b"")) == facts.dataset
        ):
            continue
        without_date = register.dataset_of(
            facts.dataset, b""
        )  # of a name that is nothing but a day or a version, what names no list
        by_name = facts.dataset == register.dataset_of(Path(facts.file_name).name, b"") or without_date in (
            by_path,
            register.dataset_of("", b""),
        )
        after = sorted(
            {
                other.dataset
                for other in held
                if other.register == facts.register and facts.dataset in other.contains
            }
        )
        if by_name or by_path in after:
            found[facts.key] = by_path
        elif after:
            found[facts.key] = after[0]
    moved = _moved(held)
    return {**{facts.key: moved[_series(facts)] for facts in held if _series(facts) in moved}, **found}


def _moved(held: Sequence[EditionFacts]) -> dict[tuple[str, str], str]:
    """Register and data set, told by a path, whose last file came again under another name after it → that name: what is delivered under it from then on takes its place.

    A data set that was delivered anew since is still there.
    """
    last = {
        _series(facts): facts
        for facts in sorted(held, key=lambda facts: facts.arrival)
        if _is_told_by_path(facts)
    }
    found: dict[tuple[str, str], str] = {}
    for series, facts in last.items():
        later = [
            other
            for other in held
            if _is_same_file(facts, other)
            and other.dataset != facts.dataset
            and other.arrival > facts.arrival
        ]
        if later:
            found[series] = max(later, key=lambda other: other.arrival).dataset
    return {series: _at_last(series, found) for series in found}


def _at_last(series: tuple[str, str], moved: Mapping[tuple[str, str], str]) -> str:
    """Where a name that was given up leads, over all the names between. Each came later than the one before it, so none leads back."""
    register, dataset = series
    while (register, dataset) in moved:
        dataset = moved[register, dataset]
    return dataset


def _is_told_by_path(facts: EditionFacts) -> bool:
    register = registers().get(facts.register)
    return register is not None and register.dataset_of is not None


def _is_same_file(facts: EditionFacts, other: EditionFacts) -> bool:
    return (facts.register, facts.label, facts.file_sha256) == (
        other.register,
        other.label,
        other.file_sha256,
    )


def _under_its_name(edition: EditionInUse, held: EditionFacts) -> EditionInUse:
    """As it is in the lake. What an edition of another name has taken the place of is no history of the same records, which names tell apart too."""
    status = "superseded" if edition.status == "history" else edition.status
    return replace(edition, facts=replace(edition.facts, dataset=held.dataset), status=status)


def _by(facts: EditionFacts, known_at: date | None) -> bool:
    return known_at is None or facts.edition_date is None or facts.edition_date <= known_at


def _series(facts: EditionFacts) -> tuple[str, str]:
    return facts.register, facts.dataset


def _period(facts: EditionFacts) -> tuple[str, str, str]:
    """What one edition in force stands for: the data set; of a series the period, which is the edition unless the data set is one period."""
    return (*_series(facts), facts.label if _accumulates(facts) else "")


def _accumulates(facts: EditionFacts) -> bool:
    register = registers().get(facts.register)
    return register is not None and register.accumulates(facts.dataset)


def _bytes_of(facts: EditionFacts) -> tuple[str, str, str, str]:
    return facts.register, facts.dataset, facts.label, facts.file_sha256


def _order(facts: EditionFacts) -> tuple[date, str, int]:
    """Undated ones are older than every dated one, and among themselves in order of their hashes: no arrival decides."""
    return facts.edition_date or date.min, facts.label, facts.arrival


def _one_parse_each(held: Iterable[EditionFacts], todays: Set[str]) -> list[EditionFacts]:
    """A changed parser reads the same bytes again: the reading of today's code counts (`todays`, keys), else the last, in the place of the first one.

    Code that was taken back finds its own reading in the lake, with that of the withdrawn one behind it.
    """
    ordered = sorted(held, key=lambda facts: (_bytes_of(facts), facts.arrival))
    readings = [list(group) for _, group in groupby(ordered, key=_bytes_of)]
    return [
        replace(next((facts for facts in group if facts.key in todays), group[-1]), arrival=group[0].arrival)
        for group in readings
    ]


def _statuses(editions: Sequence[EditionFacts]) -> list[EditionInUse]:
    """One data set, or one period of a series: the newest complete edition is in force; without one, the newest extract."""
    ordered = sorted(editions, key=_order)
    standing = [_standing(list(group)) for _, group in groupby(ordered, key=lambda facts: facts.label)]
    complete = [facts for facts in standing if facts.completeness == "complete"]
    in_force = (complete or standing)[-1]
    return [_status(facts, in_force, standing) for facts in ordered]


def _standing(files: Sequence[EditionFacts]) -> EditionFacts:
    """Of the files of one edition, in order of arrival: the last that is complete; without one, the last."""
    return ([facts for facts in files if facts.completeness == "complete"] or files)[-1]


def _status(facts: EditionFacts, in_force: EditionFacts, standing: Sequence[EditionFacts]) -> EditionInUse:
    if facts is in_force:
        return EditionInUse(facts, "in_force")
    if (
        facts.completeness == "extract"
        and in_force.completeness == "complete"
        and _would_replace(facts, in_force)
    ):
        message = (
            f"{facts.register} {facts.label} ({facts.file_name}): {facts.completeness_reason}; "
            f"the complete edition {in_force.label} stays in force. Fetch the whole file."
        )
        return EditionInUse(replace(facts, blocked_code="extract", blocked_message=message), "blocked")
    return EditionInUse(facts, "history" if any(facts is one for one in standing) else "superseded")


def _would_replace(facts: EditionFacts, in_force: EditionFacts) -> bool:
    """Of a later date; of the same edition and later arrival; or both are undated."""
    if facts.label == in_force.label:
        return facts.arrival > in_force.arrival
    return (facts.edition_date or date.min) >= (in_force.edition_date or date.min)


def _with_staleness(editions: list[EditionInUse]) -> list[EditionInUse]:
    """The edition in force is stale since its own date where something was blocked that would have replaced or followed it.

    That is a newer edition, or another file of the same one: either way the publisher's last word is not in the release. Of a
    series the newest edition is the one that a newer one follows.
    """
    blocked = [edition.facts for edition in editions if edition.status == "blocked"]
    last = {
        _series(facts): facts.label
        for facts in sorted(
            (edition.facts for edition in editions if edition.status == "in_force"), key=_order
        )
    }
    return [
        replace(edition, stale_since=edition.facts.edition_date)
        if edition.status == "in_force"
        and _is_stale(edition.facts, blocked, is_last=last[_series(edition.facts)] == edition.facts.label)
        else edition
        for edition in editions
    ]


def stale_series(editions: Editions) -> dict[tuple[str, str], date | None]:
    """Register and data set of which the publisher's last word is not used, and the date of what is in force; None where that has none or nothing is."""
    in_force = [edition for edition in editions.all if edition.status == "in_force"]
    stale = {
        _series(edition.facts): edition.stale_since for edition in in_force if edition.stale_since is not None
    }
    held = {
        _series(edition.facts): edition.facts
        for edition in sorted(in_force, key=lambda edition: _order(edition.facts))
    }
    refused = [
        facts
        for facts in editions.with_status("blocked")
        if facts.edition_date is None or _series(facts) not in held or _follows(facts, held)
    ]
    return {**{_series(facts): None for facts in refused}, **stale}


def _follows(facts: EditionFacts, held: Mapping[tuple[str, str], EditionFacts]) -> bool:
    return (facts.edition_date or date.min) >= (held[_series(facts)].edition_date or date.min)


def _is_stale(mine: EditionFacts, blocked: Sequence[EditionFacts], *, is_last: bool) -> bool:
    """`is_last`: no edition in force of its data set is newer. In a series an older one is stale by another file of its own only."""
    of_mine = [
        facts
        for facts in blocked
        if _series(facts) == _series(mine) and (is_last or facts.label == mine.label)
    ]
    return any((facts.edition_date or date.min) >= (mine.edition_date or date.min) for facts in of_mine)
