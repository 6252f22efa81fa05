"""Which edition of each register is in force on a date, and which others are history, superseded or blocked.

Pure functions over what the lake holds and what this run blocked:

* The newest complete edition of a dataset up to the date is in force; without a complete one, the newest
  extract. Older ones are history; for a register with `monthly_history`, only the very first and the last of
  each month are. In a series, editions of different periods are in force beside each other.
* Undated editions are older than all dated ones. Of two undated editions the later arrival is newer: an
  address without a date always has what is known now.
* A second file of an edition replaces the first one, which is superseded. An extract never replaces a
  complete edition: it is blocked until the complete file is back in the landing folder.
* A file that is back in the landing folder without the one that replaced it has arrived again.
* An edition in force is stale if a blocked one would have replaced or followed it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, groupby

from flows.ingest.lake import EditionFacts, is_read_as_today
from transforms.model.register import registers

type Series = tuple[str, str]  # register and data set
type File = tuple[str, str, str, str]  # register, data set, label and SHA-256
type Place = tuple[str, str, str, date]  # one of whose files replaces the others


@dataclass(frozen=True)
class EditionInUse:
    """An edition with its status at the date of the run."""

    facts: EditionFacts
    status: str
    stale_since: date | None = None


@dataclass(frozen=True)
class Editions:
    """All editions of a run. `usable`: in force and history, which the marts read."""

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


def select(
    held: Iterable[EditionFacts],
    blocked: Iterable[EditionFacts],
    known_at: date | None,
    mappings: Collection[str] = (),
) -> Editions:
    """Status of every edition that is undated or dated up to `known_at`; later ones are left out.

    `known_at` None: every edition counts. The date of the run is then `newest_date` of the usable ones, so a
    newer edition that is blocked does not move it.

    `mappings`: SHA-256 of the home's mappings of today.
    """
    held = tuple(held)
    todays = frozenset(
        facts.key
        for facts in held
        if is_read_as_today(facts) and (not facts.mapping or facts.mapping in mappings)
    )
    names = _new_names(held)
    renamed = {facts.key: facts.dataset for facts in held if facts.key in names}
    held = tuple(replace(facts, dataset=names.get(facts.key, facts.dataset)) for facts in held)
    refused = [facts for facts in blocked if _is_known(facts, known_at)]
    # An edition that the current parser refuses is not used as an earlier parser read it.
    refused_files = {_file(facts) for facts in refused}
    known = [
        facts
        for facts in _one_reading_each(held, todays)
        if _is_known(facts, known_at) and _file(facts) not in refused_files
    ]
    chosen = [
        edition
        for _, group in groupby(sorted(known, key=_period), key=_period)
        for edition in _statuses(list(group))
    ]
    editions = _with_staleness([*chosen, *(EditionInUse(facts, "blocked") for facts in refused)])
    restored = [
        _under_old_name(edition, renamed[edition.facts.key]) if edition.facts.key in renamed else edition
        for edition in editions
    ]
    return Editions(
        tuple(sorted(restored, key=lambda e: (*_series(e.facts), _order(e.facts), e.status, e.facts.key)))
    )


# --- files that are put back --------------------------------------------------------------------------------


def put_back(held: Collection[EditionFacts], landed: Set[File]) -> list[EditionFacts]:
    """Editions that arrived again, with new arrival numbers: their file is in the landing folder, and a later
    one of the same date (or an undated one), which had replaced it, is not.
    """
    ordered = sorted(held, key=lambda facts: facts.arrival)
    first = {_file(facts): facts.arrival for facts in reversed(ordered)}  # arrival of its first reading
    there = [facts for facts in ordered if _file(facts) in landed]
    gone: dict[Place, int] = {}
    for facts in ordered:
        if _file(facts) not in landed:
            gone[_place(facts)] = max(first[_file(facts)], gone.get(_place(facts), 0))
    again = {_place(facts) for facts in there if first[_file(facts)] < gone.get(_place(facts), 0)}
    arrivals = count(1 + max((facts.arrival for facts in ordered), default=0))
    return [replace(facts, arrival=next(arrivals)) for facts in there if _place(facts) in again]


# --- data sets that were renamed ----------------------------------------------------------------------------


def _new_names(held: Iterable[EditionFacts]) -> dict[str, str]:
    """Key of an edition under an earlier name of its dataset → the current name.

    Only where paths distinguish datasets. A folder or mapping counts as renamed if the last file of its
    dataset arrived again later, with the same bytes, under another name. Where a dataset accumulates, so does
    each file by itself. Without this, the records would stay in force under the old name too.
    """
    known = registers()
    by_path = [facts for facts in held if facts.register in known and known[facts.register].dataset_of]
    by_path.sort(key=lambda facts: facts.arrival)
    last_names = {content_of(facts): facts.dataset for facts in by_path}
    last_files = {_series(facts): facts for facts in by_path}
    moved = {
        series: last_names[content_of(facts)]
        for series, facts in last_files.items()
        if last_names[content_of(facts)] != facts.dataset
    }
    names: dict[str, str] = {}
    for facts in by_path:
        is_alone = known[facts.register].accumulates(facts.dataset)
        dataset = last_names[content_of(facts)] if is_alone else facts.dataset
        names[facts.key] = _last_name((facts.register, dataset), moved)
    return {facts.key: names[facts.key] for facts in by_path if names[facts.key] != facts.dataset}


def content_of(facts: EditionFacts) -> tuple[str, str, str]:
    """What names the same bytes of a register, whatever series they are of."""
    return facts.register, facts.label, facts.file_sha256


def _last_name(series: Series, moved: Mapping[Series, str]) -> str:
    """Follow a series that was renamed several times.

    Each name came later than the one before, so this ends.
    """
    register, dataset = series
    while (register, dataset) in moved:
        dataset = moved[register, dataset]
    return dataset


def _under_old_name(edition: EditionInUse, dataset: str) -> EditionInUse:
    """The edition as it is in the lake. Under another name it is not history of the same records, so it is
    superseded.
    """
    status = "superseded" if edition.status == "history" else edition.status
    return replace(edition, facts=replace(edition.facts, dataset=dataset), status=status)


# --- order and groups ---------------------------------------------------------------------------------------


def _is_known(facts: EditionFacts, known_at: date | None) -> bool:
    return known_at is None or facts.edition_date is None or facts.edition_date <= known_at


def _series(facts: EditionFacts) -> Series:
    return facts.register, facts.dataset


def _date(facts: EditionFacts) -> date:
    return facts.edition_date or date.min


def _period(facts: EditionFacts) -> tuple[str, str, str]:
    """What one edition in force covers: the dataset or, if the dataset accumulates, the period."""
    register = registers().get(facts.register)
    return (
        *_series(facts),
        facts.label if register is not None and register.accumulates(facts.dataset) else "",
    )


def _place(facts: EditionFacts) -> Place:
    return *_period(facts), _date(facts)


def _file(facts: EditionFacts) -> File:
    return facts.register, facts.dataset, facts.label, facts.file_sha256


def _order(facts: EditionFacts) -> tuple[date, int, str]:
    return _date(facts), facts.arrival, facts.label


def _one_reading_each(held: Iterable[EditionFacts], todays: Set[str]) -> list[EditionFacts]:
    """One reading of the same bytes, in the place of the first: the current parser's (`todays`: keys),
    otherwise the last.
    """
    ordered = sorted(held, key=lambda facts: (_file(facts), facts.arrival))
    readings = [list(group) for _, group in groupby(ordered, key=_file)]
    return [
        replace(next((facts for facts in group if facts.key in todays), group[-1]), arrival=group[0].arrival)
        for group in readings
    ]


# --- status -------------------------------------------------------------------------------------------------


def _statuses(editions: Sequence[EditionFacts]) -> list[EditionInUse]:
    """Status of the editions of one data set, or of one period of a series."""
    ordered = sorted(editions, key=_order)
    standing = [_last_file(list(group)) for _, group in groupby(ordered, key=lambda facts: facts.label)]
    in_force = _last_file(standing)
    return [_status(facts, in_force, standing) for facts in ordered]


def _last_file(ordered: Sequence[EditionFacts]) -> EditionFacts:
    """The last complete edition; without one, the last."""
    return ([facts for facts in ordered if facts.completeness == "complete"] or ordered)[-1]


def _status(facts: EditionFacts, in_force: EditionFacts, standing: Sequence[EditionFacts]) -> EditionInUse:
    if facts is in_force:
        return EditionInUse(facts, "in_force")
    is_extract = facts.completeness == "extract" and in_force.completeness == "complete"
    # Newer, or a later file of the same day, or of an undated edition.
    if is_extract and (_date(facts), facts.arrival) >= (_date(in_force), in_force.arrival):
        message = (
            f"{facts.register} {facts.label} ({facts.file_name}): {facts.completeness_reason}; "
            f"the complete edition {in_force.label} stays in force. Fetch the whole file."
        )
        return EditionInUse(replace(facts, blocked_code="extract", blocked_message=message), "blocked")
    is_history = any(facts is other for other in standing) and not _is_between(facts, standing)
    return EditionInUse(facts, "history" if is_history else "superseded")


def _is_between(facts: EditionFacts, standing: Sequence[EditionFacts]) -> bool:
    """Whether a later edition of the same month is enough for the history of its register."""
    register = registers().get(facts.register)
    if register is None or not register.monthly_history or facts is standing[0]:
        return False
    of_month = (_date(other) for other in standing if _month(other) == _month(facts))
    return max(of_month) > _date(facts)


def _month(facts: EditionFacts) -> tuple[int, int, str]:
    day = _date(facts)
    return day.year, day.month, facts.completeness


# --- staleness ----------------------------------------------------------------------------------------------


def _with_staleness(editions: list[EditionInUse]) -> list[EditionInUse]:
    """Set `stale_since`, the date of the edition itself, on editions in force that are stale.

    In a series a blocked edition follows only the newest one; an older one is stale if another file of its
    own is blocked.
    """
    blocked = [edition.facts for edition in editions if edition.status == "blocked"]
    last = _newest_in_force(editions)

    def is_stale(edition: EditionInUse) -> bool:
        facts = edition.facts
        is_last = last[_series(facts)].label == facts.label
        return any(
            _series(other) == _series(facts)
            and (is_last or other.label == facts.label)
            and _date(other) >= _date(facts)
            for other in blocked
        )

    return [
        replace(edition, stale_since=edition.facts.edition_date)
        if edition.status == "in_force" and is_stale(edition)
        else edition
        for edition in editions
    ]


def _newest_in_force(editions: Iterable[EditionInUse]) -> dict[Series, EditionFacts]:
    in_force = [edition.facts for edition in editions if edition.status == "in_force"]
    return {_series(facts): facts for facts in sorted(in_force, key=_order)}


def stale_series(editions: Editions) -> dict[Series, date | None]:
    """Series whose newest delivery is not used → date of what is in force.

    The date is None if the edition in force has none, or if nothing is in force.
    """
    newest = _newest_in_force(editions.all)
    blocked: dict[Series, date | None] = {
        _series(facts): None
        for facts in editions.with_status("blocked")
        if facts.edition_date is None
        or _series(facts) not in newest
        or _date(facts) >= _date(newest[_series(facts)])
    }
    in_force = (edition for edition in editions.all if edition.status == "in_force")
    return blocked | {_series(each.facts): each.stale_since for each in in_force if each.stale_since}
