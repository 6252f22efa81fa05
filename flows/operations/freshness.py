"""The freshness of a home's registers: what is held, what is due, and what was permanently missed.

An edition is missed if a publisher that keeps editions only for a time (`Source.kept_days`) published it, the
home has an earlier one, and the edition is neither in the lake nor was it fetched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, pairwise

from flows.fetching import manifest
from flows.fetching.manifest import Attempt, Fetched
from flows.fetching.rounds import chosen
from flows.home.settings import Home
from flows.ingest import lake
from transforms.model.register import Register, registers
from transforms.model.source import Source


@dataclass(frozen=True)
class Missed:
    """Editions that are not held, from `first` to `last`: dates, or numbers where the publisher counts."""

    first: str
    last: str
    why: str


@dataclass(frozen=True)
class Freshness:
    """A register of a home. `newest`: date of the newest edition, landed or in the lake. `fetched_at`: the
    last successful fetch (ISO, UTC). `next_due`: by the register's cadence. `is_overdue`: None if no edition
    is held, or if nobody can say when one is late. `fault`: why the last fetch failed, and what to do; "" if
    it succeeded.
    """

    register: str
    cadence: str
    newest: date | None
    fetched_at: str | None
    next_due: date | None
    is_overdue: bool | None
    missed: tuple[Missed, ...]
    fault: str


def freshness(home: Home, today: date | None = None) -> Sequence[Freshness]:
    """Every register that a home holds, has tried to fetch, or fetches by default, by name. The synthetic
    town does not count.

    Raises UsageError if `sources.toml` is wrong.
    """
    today = today or datetime.now(UTC).date()
    held = [facts for facts in lake.manifests(home) if not facts.synthetic]
    fetched, attempts = manifest.read(home), manifest.attempts(home)
    names = {
        *(facts.register for facts in held),
        *(line.register for line in fetched),
        *(line.register for line in attempts),
        *(wanted.register.name for wanted in chosen(home, [])),
    }
    return [
        _freshness(
            registers()[name],
            {facts.edition_date for facts in held if facts.register == name and facts.edition_date},
            [line for line in fetched if line.register == name],
            [line for line in attempts if line.register == name],
            today,
        )
        for name in sorted(names & registers().keys())
    ]


def _freshness(
    register: Register,
    held: set[date],
    fetched: Sequence[Fetched],
    attempts: Sequence[Attempt],
    today: date,
) -> Freshness:
    days = held | {date.fromisoformat(line.edition) for line in fetched if line.edition}
    newest = max(days, default=None)
    return Freshness(
        register.name,
        register.cadence,
        newest,
        max((line.at for line in attempts if line.state != "failed"), default=None),
        register.next_due(newest) if newest else None,
        register.is_overdue(newest, today) if newest and register.overdue_days is not None else None,
        tuple(_missed(register, sorted(days), fetched, attempts, today)),
        attempts[-1].message if attempts else "",
    )


def _missed(
    register: Register,
    days: Sequence[date],
    fetched: Sequence[Fetched],
    attempts: Sequence[Attempt],
    today: date,
) -> Iterator[Missed]:
    """Missed editions of an archived register, with one entry for each gap and reason."""
    source = register.source
    if source is None or source.kept_days is None:
        return
    if source.numbered:
        gaps = _missing_numbers(source, fetched, attempts)
    else:
        gaps = _missing_days(register, days, timedelta(source.kept_days), attempts, today)
    for gap in gaps:
        for why, same in groupby(gap, key=lambda missing: missing[1]):
            names = [name for name, _ in same]
            yield Missed(names[0], names[-1], why)


type Gap = list[tuple[str, str]]  # what is missing between two editions, and why


def _missing_days(
    register: Register, days: Sequence[date], kept: timedelta, attempts: Sequence[Attempt], today: date
) -> Iterator[Gap]:
    """Expected dates between two editions held, and after the last one up to today."""
    for before, after in pairwise([*days, today - kept]):
        due, gap = register.next_due(before), list[tuple[str, str]]()
        while due and (following := register.next_due(due)) and following <= after:
            gap.append((due.isoformat(), _why(attempts, due.isoformat(), (due + kept).isoformat())))
            due = following
        yield gap


def _missing_numbers(
    source: Source, fetched: Sequence[Fetched], attempts: Sequence[Attempt]
) -> Iterator[Gap]:
    """Missing numbers between two editions held."""
    numbered = {number: line.retrieved_at[:10] for line in fetched if (number := source.number_in(line.name))}
    for before, after in pairwise(sorted(numbered)):
        why = _why(attempts, numbered[before], numbered[after])
        yield [(str(number), why) for number in range(before + 1, after)]


def _why(attempts: Sequence[Attempt], first: str, last: str) -> str:
    """What the fetches between two days recorded."""
    tried = [line for line in attempts if first <= line.at[:10] <= last]
    failed = [line.message for line in tried if line.state == "failed"]
    if failed:
        return failed[-1]
    return "it was not offered then" if tried else "nothing was fetched then"
