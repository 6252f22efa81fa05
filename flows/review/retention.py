"""How long the reviewers' records are kept, and what is deleted earlier.

Retention works by case and purpose. What was done about a case for a purpose is deleted `keep_days` after the
last of it, a period that the authority sets for each purpose; without one it stays, and `undertow doctor`
says so. A case that nobody decided is dropped after `unjudged_days` without new evidence: it leaves the
queue, and what was begun is deleted. The content of events and their notes are deleted; the events stay as
tombstones, with the case's id, which is a hash, and an event that says why. `undertow purge` deletes texts
that name the person.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from flows.facts.rows import query_rows
from flows.home.authority import Authority, authority
from flows.home.settings import Home
from flows.journal import reviews
from flows.journal.reviews import ARRIVAL, BODY, CONTENT, ERASED, NOTE, Draft, Event
from flows.release import store
from flows.release.case_ids import case_by_id, cases_by_id
from flows.review import attachments
from flows.review.desk import Desk, arrivals
from flows.review.fold import DONE, EXPLAIN, Walked, walk
from flows.review.rules import User

RETENTION, ERASURE = "retention", "erasure"
CASES_SQL = "select case_id, newest_flag_on from v_case order by case_id"


def note_arrivals(desk: Desk) -> None:
    """Record since when each case of the release has had its newest evidence. Once for each release is
    enough.
    """
    with reviews.reading(desk.home) as log:
        if (
            log is not None
            and log.connection.execute(sa.select(ARRIVAL.c.release_id).limit(1)).scalar() == desk.release_id
        ):
            return
    cases = query_rows(desk.connection, CASES_SQL)
    with reviews.writing(desk.home) as log:
        rows = {row.case_id: row for row in log.connection.execute(ARRIVAL.select())}
        log.connection.execute(ARRIVAL.delete())
        values = []
        for case in cases:
            before = rows.get(str(case["case_id"]))
            evidence = str(case["newest_flag_on"])
            since = before.since if before and before.evidence >= evidence else desk.today.isoformat()
            values.append(
                {
                    "case_id": case["case_id"],
                    "evidence": evidence,
                    "since": since,
                    "release_id": desk.release_id,
                }
            )
        # Includes cases that the release does not have: they come back after a rollback.
        here = {case["case_id"] for case in cases}
        values += [
            {**row._asdict(), "release_id": desk.release_id}
            for case_id, row in rows.items()
            if case_id not in here
        ]
        if values:
            log.connection.execute(sa.insert(ARRIVAL), values)


def expire(home: Home, today: date | None = None) -> int:
    """Delete what is older than its period; returns the number of texts. Without a store, nothing."""
    if not reviews.path(home).exists():
        return 0
    day = today or datetime.now(UTC).date()
    with reviews.writing(home) as log:
        events = log.events()
        walked = walk(events)
        led = _led(home, {*(event.case_id for event in events), *walked.covered} - {""})
        judged = _judged(events, walked, led)
        events = [replace(event, case_id=led.get(event.case_id, event.case_id)) for event in events]
        expired = set(_expired(events, judged, authority(home), arrivals(log), day))
        # A round stays whole, as long as the longest period of its readings.
        for round_ in walked.rounds.values():
            read = {verdict.n for verdict in round_.verdicts}
            expired -= set() if read <= expired else read
        gone = log.erase(sorted(expired), (BODY, NOTE), _tombstone(RETENTION)) if expired else 0
    reviews.compact(home)
    return gone


def _tombstone(ground: str) -> Draft:
    return Draft(ground, "", "", "", ERASED, {"ground": ground})


def _led(home: Home, ids: Iterable[str]) -> dict[str, str]:
    """Id of a case or flag → the case of the current release to which it leads, if it leads to one."""
    if store.current_target(home) is None:
        return {}
    with store.open_current(home) as connection:
        return cases_by_id(connection, ids)


def _judged(events: Iterable[Event], walked: Walked, led: Mapping[str, str]) -> set[str]:
    """Cases that somebody decided, by their present ids. Includes those of a decision that a later one on the
    same flags replaced, or that was reopened, and those that have the flags now.
    """
    decided = {
        verdict.n: verdict.case_id
        for round_ in walked.rounds.values()
        if round_.decided
        for verdict in round_.verdicts
    }
    done = {
        event.case_id
        for event in events
        if event.kind == DONE and event.body is not None and event.body["verdict"] in decided
    }
    named = {*decided.values(), *done, *(covered.case_id for covered in walked.covered.values())}
    return {led.get(case_id, case_id) for case_id in named} | {
        led[flag_id] for flag_id in walked.covered if flag_id in led
    }


def _expired(
    events: Iterable[Event], judged: Collection[str], rules: Authority, came: dict[str, date], today: date
) -> Iterator[int]:
    """Numbers of the events whose content expires. `events`: with the cases' present ids, as `judged`."""
    keep_days = {purpose.code: purpose.keep_days for purpose in rules.purpose}
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.body is None:
            continue
        if event.case_id:
            # An undecided case has one period, for whatever purpose it was begun.
            groups.setdefault((event.case_id, event.purpose if event.case_id in judged else ""), []).append(
                event
            )
        elif event.kind == EXPLAIN and event.body["until"] < today.isoformat():
            yield event.n
    for (case_id, purpose), group in groups.items():
        last = date.fromisoformat(group[-1].at[:10])
        if case_id not in judged:
            last, days = max(last, came.get(case_id, last)), rules.unjudged_days
        elif (of_purpose := keep_days.get(purpose)) is not None:
            days = of_purpose
        else:
            continue
        if today - last > timedelta(days=days):
            yield from (event.n for event in group)


def forget(home: Home, terms: Iterable[str]) -> int:
    """Delete every text that contains one of the terms; returns how many. For `undertow purge`."""
    folded = [words for term in terms if (words := folded_words(term))]
    if not folded or not reviews.path(home).exists():
        return 0
    gone = 0
    with reviews.writing(home) as log:
        for part in (NOTE, BODY):
            rows = log.connection.execute(sa.select(CONTENT).where(CONTENT.c.part == part)).all()
            naming = [row.event_n for row in rows if any(term in folded_words(row.text) for term in folded)]
            # When an event loses its content, its note goes too.
            parts = (NOTE,) if part == NOTE else (BODY, NOTE)
            gone += log.erase(naming, parts, _tombstone(ERASURE)) if naming else 0
    reviews.compact(home)
    return gone


def forget_files(home: Home, digests: Collection[str]) -> int:
    """Delete these case files, by their hashes, with the content of their events, and files that no event
    refers to any more; returns how many. For `undertow purge`, after `forget`.
    """
    if digests:
        with reviews.writing(home) as log:
            files = log.events(kinds=[attachments.FILE])
            numbers = [event.n for event in files if event.body and event.body["sha256"] in digests]
            log.erase(numbers, (BODY, NOTE), _tombstone(ERASURE))
        reviews.compact(home)
    return attachments.sweep(home)


def folded_words(text: str) -> str:
    """In which a term is looked for, itself folded."""
    return " ".join(text.split()).casefold()


def erase_notes(desk: Desk, user: User, case_id: str, purpose: str) -> int:
    """Remove the notes on a case, for a subject who has a right to it; returns how many."""
    user.require("close")
    current = case_by_id(desk.connection, case_id)
    flag_ids = {flag.flag_id for flag in desk.flags([current])[current].flags}
    with reviews.writing(desk.home) as log:
        numbers = [
            event.n
            for event in log.events()
            if event.case_id in (case_id, current)
            or not flag_ids.isdisjoint(flag["flag_id"] for flag in (event.body or {}).get("flags", ()))
        ]
        draft = Draft(user.name, user.role, purpose, current, ERASED, {"ground": ERASURE})
        gone = log.erase(numbers, (NOTE,), draft) if numbers else 0
    if gone:
        reviews.compact(desk.home)
    return gone
