"""A home with its release in force, for reviewing: flags, states, locks, dates; nothing is hidden.

This module serves the rules; `flows.review.cases` decides what may be shown to whom.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from flows.facts.rows import Kept, made_anew, query_rows
from flows.home.authority import Authority, authority
from flows.home.local_indicators import known_indicators
from flows.home.settings import Home
from flows.journal import audit, reviews
from flows.journal.entries import Head
from flows.review import evidence, rules
from flows.review.fold import OUTCOMES, Explanation, Flag, State, Walked, state_of, walk
from transforms.model.indicator import Indicator
from transforms.model.sql import Connection, frame, read_sql


@dataclass(frozen=True)
class Desk:
    """A home and a connection to its release in force. `today`: for locks, due dates and expiry.

    `kept`: caches what depends only on the release, where one process answers many requests.
    """

    home: Home
    connection: Connection
    today: date
    kept: Kept = made_anew

    @cached_property
    def settings(self) -> Authority:
        return authority(self.home)

    @cached_property
    def key(self) -> bytes:
        return audit.subject_key(self.home)

    @cached_property
    def earlier(self) -> Mapping[str, Collection[str]]:
        return self.kept("earlier_subjects", lambda: evidence.earlier_subjects(self.connection))

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        return known_indicators(self.home)

    @cached_property
    def release_id(self) -> str:
        return str(query_rows(self.connection, "select release_id from v_release")[0]["release_id"])

    def flags(self, case_ids: Iterable[str]) -> dict[str, evidence.CaseFlags]:
        return evidence.flags_of_cases(self.connection, self.key, case_ids)

    def reasons(self, codes: Iterable[str]) -> dict[str, dict[str, str]]:
        """Outcome → code → words of its reasons, for flags of these indicators."""
        known = [self.indicators[code] for code in codes if code in self.indicators]
        return {outcome: rules.reasons(outcome, known) for outcome in OUTCOMES}

    def takes_two(self, lanes: Collection[str]) -> bool:
        """Whether two people decide on flags of these lanes, whatever they decide."""
        return self.settings.four_eyes == "always" or "stop" in lanes

    def is_sampled(self, case_id: str) -> bool:
        """Whether the case is in the random sample. Nobody is shown this."""
        return rules.draw(self.key, "sample", case_id) * 100 < self.settings.sample_percent

    def is_out_of_turn(self, case_id: str) -> bool:
        """Whether the queue shows the case among graver ones. These are the sample and about as many others
        (own), so that standing out does not tell that a case is in the sample.
        """
        return rules.draw(self.key, "sample", case_id) * 100 < 2 * self.settings.sample_percent


@dataclass(frozen=True)
class Standing:
    """A case's flags and state, with nothing hidden: for rules, never to be shown.

    `holder`: who has the case now, or "". `seen`: who has seen the first verdict of the open round without
    being its author.
    """

    case_id: str
    flags: evidence.CaseFlags
    state: State
    explained: Mapping[str, Explanation]
    holder: str
    seen: Collection[str]


# --- all events ---------------------------------------------------------------------------------------------

# Home → a head of its chain, and the state after the events up to it: computed once in a process, then
# extended.
_known: dict[Path, tuple[Head, Walked]] = {}


def walked(home: Home, log: reviews.Log | None) -> Walked:
    """The state after all events of the store. Call it before anything is appended in the transaction."""
    if log is None:
        return Walked()
    head, before = _known.get(home.root, (None, Walked()))
    if head is None or not log.has(head):
        before = Walked()
    added = log.events(after=before.last_n)
    if any(event.kind == reviews.ERASED for event in added):  # earlier events have lost their content
        before, added = Walked(), log.events()
    result = walk(added, before) if added else before
    _known[home.root] = (log.head(), result)
    return result


# --- state --------------------------------------------------------------------------------------------------


def standing(desk: Desk, all_events: Walked, flags: Mapping[str, evidence.CaseFlags]) -> dict[str, Standing]:
    """Case → its state. `flags`: of the cases wanted (`Desk.flags`)."""
    return {case_id: _standing(desk, all_events, case_id, of_case) for case_id, of_case in flags.items()}


def _standing(desk: Desk, all_events: Walked, case_id: str, of_case: evidence.CaseFlags) -> Standing:
    explained = {
        flag.flag_id: known
        for flag in of_case.flags
        if (known := _explanation(desk, all_events, flag, of_case.values[flag.flag_id]))
    }
    state = state_of(
        all_events, case_id, of_case.flags, earlier_subjects=desk.earlier, explained=explained.keys()
    )
    seen = all_events.seen.get(state.round.verdicts[0].n, set()) if state.round is not None else ()
    return Standing(case_id, of_case, state, explained, locked_by(all_events, case_id), seen)


def _explanation(desk: Desk, all_events: Walked, flag: Flag, value: str) -> Explanation | None:
    """The known explanation of a flag: the last one recorded for its value. Where two people decide, it
    applies only if both have recorded one.
    """
    of_flag = all_events.explanations.get((flag.indicator, flag.subject_id), ())
    of_person = {one.by: one for one in of_flag if one.value == value}  # a later one replaces the earlier
    last = max(of_person.values(), key=lambda one: one.n, default=None)
    if last is None or last.until < desk.today.isoformat():
        return None
    holding = [one for one in of_person.values() if one.until >= desk.today.isoformat()]
    return last if len(holding) > 1 or not desk.takes_two([flag.lane]) else None


def touched(desk: Desk, all_events: Walked) -> dict[str, Standing]:
    """The cases of the release with an event about their flags or subjects. All others are open."""
    flag_ids = {*all_events.covered, *all_events.undecided}
    subjects = {subject_id for _, subject_id in all_events.by_subject}
    later = {now for now, before in desk.earlier.items() if not subjects.isdisjoint(before)}
    explained = {subject_id for _, subject_id in all_events.explanations}
    case_ids = evidence.cases_with(desk.connection, flag_ids, later | explained)
    return standing(desk, all_events, desk.flags(case_ids))


def locked_by(all_events: Walked, case_id: str) -> str:
    """Who has the case now; "" if nobody has it, or the lock has expired."""
    assigned = all_events.assigned.get(case_id)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return assigned.to if assigned is not None and assigned.until > now else ""


# --- time ---------------------------------------------------------------------------------------------------


def arrivals(log: reviews.Log | None, case_id: str | None = None) -> dict[str, date]:
    """Case → the day since which it has had its present evidence; for all cases, or one."""
    if log is None:
        return {}
    one = sa.true() if case_id is None else reviews.ARRIVAL.c.case_id == case_id
    rows = log.connection.execute(reviews.ARRIVAL.select().where(one))
    return {row.case_id: date.fromisoformat(row.since) for row in rows}


def timed(desk: Desk, came: Mapping[str, date]) -> pl.DataFrame:
    """Cases with `is_aged`, and `due_on`: a number of working days after the case arrived, or the legal term
    of its members' first open application, whichever is earlier. With a flag that cannot wait, the number is
    smaller.
    """

    def read(name: str) -> pl.DataFrame:
        return desk.kept(name, lambda: frame(desk.connection, read_sql(__package__, name)))

    cases = pl.DataFrame([*came.items()], {"case_id": pl.String, "came": pl.Date}, orient="row")
    days = pl.min_horizontal("urgent_days", pl.lit(desk.settings.due_days))
    due = pl.col("came").dt.add_business_days(days, roll="forward")
    term = pl.col("applied_on") + timedelta(days=desk.settings.legal_term_days)
    for name in ("open_applications", "urgent_flags"):
        cases = cases.join(read(name), "case_id", how="left")
    return cases.select(
        "case_id",
        due_on=pl.min_horizontal(due, term),
        is_aged=pl.lit(desk.today) - pl.col("came") > timedelta(days=desk.settings.unjudged_days),
    )
