"""What a user may read of the cases under review: the queue, one case with its history, and counts.

Everything here takes the user who asks. A second reader sees neither verdict nor note of the first, nor that
there is one: to everybody but its reader, a case with one reading looks like an unread case.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from flows.facts.rows import as_int, query_rows
from flows.journal import reviews
from flows.release.case_ids import case_by_id
from flows.review import rules
from flows.review.desk import (
    Desk,
    Standing,
    arrivals,
    locked_by,
    standing,
    timed,
    touched,
    walked,
)
from flows.review.evidence import CaseFlags
from flows.review.fold import (
    CLOSE,
    DONE,
    EXPLAIN,
    REOPEN,
    VERDICT,
    Explanation,
    New,
    Walked,
)
from flows.review.retention import note_arrivals
from transforms.errors import UsageError
from transforms.model.sql import frame, read_sql

TO_READ, BACK, THIRD, WAITING = "to read", "back", "third reading", "waiting for another reader"
EXPLAINED = "explained"  # every flag of it, by a known explanation
OUT_OF_TURN_EVERY = 4  # (own) places of the queue, of which one has a case out of turn


@dataclass(frozen=True)
class QueueRow:
    """A case that the user may read next. `shown`: TO_READ, BACK or THIRD. `new`: what is new in a case that
    is back. `due_on`: the day on which it is due.
    """

    case_id: str
    lane: str
    title: str
    area_name: str | None
    due_on: date
    shown: str
    assigned_to: str = ""
    new: tuple[New, ...] = ()


CASES_N_SQL = "select count(*) as n from v_case"
QUEUE_COLUMNS = ("case_id", "lane", "title", "area_name", "due_on")


@dataclass(frozen=True)
class Entry:
    """Something that was done about a case, as shown. `what`: VERDICT, CLOSE, REOPEN, DONE or EXPLAIN.

    `reading`: 1 to 3, of a verdict. `done`: codes of what was done. `indicator`: of an explanation.
    """

    n: int
    at: str
    by: str
    what: str
    reason: str
    reading: int = 0
    outcome: str = ""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    note: str = ""
    case_id: str = ""
    indicator: str = ""


@dataclass(frozen=True)
class CaseView:
    """A case as one user may see it. `shown`: TO_READ, BACK, THIRD, WAITING, EXPLAINED, `decided` or
    `closed`.

    `refusal`: why the user cannot judge it now, "" if they can. `stamp`: to send back with a verdict, so that
    a verdict from a stale page is refused. `came_from`: cases whose verdicts it carries. `explained`: flag →
    its known explanation, without its text if that has its own secrecy.
    """

    case_id: str
    shown: str
    outcome: str
    stamp: str
    refusal: str
    due_on: date
    assigned_to: str
    new: tuple[New, ...]
    came_from: tuple[str, ...]
    history: tuple[Entry, ...]
    explained: Mapping[str, Explanation]
    flags: CaseFlags


# --- the queue ----------------------------------------------------------------------------------------------


def queue(
    desk: Desk, user: rules.User, *, limit: int | None = None, mine: bool = False, theme: str = ""
) -> list[QueueRow]:
    """The cases that the user may judge now, in the order in which to read them.

    The order is review order, with randomly drawn cases mixed in, of which about half are in the sample.
    `mine`: only those assigned to the user. `theme`: only those of the theme.
    """
    return queue_listed(desk, user, limit, mine=mine, theme=theme)[0]


def queue_listed(
    desk: Desk, user: rules.User, most: int | None, *, mine: bool = False, theme: str = ""
) -> tuple[list[QueueRow], int, Counter[str]]:
    """The first `most` cases of the queue, the length of the queue, and `counts`. A country has hundreds of
    thousands of cases; reviewers change a few of them, and everything else is cached for a day.
    """
    user.require("read")
    note_arrivals(desk)
    with reviews.reading(desk.home) as log:
        all_events = walked(desk.home, log)
        key = ("queue", theme, desk.today, desk.settings.model_dump_json())
        cases = desk.kept(key, lambda: _to_judge(desk, arrivals(log), theme))
    reader = rules.User(user.name, "reviewer")  # a reader also sees what there is to judge
    known = touched(desk, all_events)
    refused = [case_id for case_id, one in known.items() if _refusal(one, reader)]
    decided = [case_id for case_id, one in known.items() if one.state.decision is not None]
    holders = {
        case_id: holder for case_id in all_events.assigned if (holder := locked_by(all_events, case_id))
    }
    own = [case_id for case_id, holder in holders.items() if holder == user.name]
    others = [case_id for case_id, holder in holders.items() if holder != user.name]
    case_id = pl.col("case_id")
    free = case_id.is_in(own) if mine else ~case_id.is_in(others)
    chosen = cases.filter(free, ~case_id.is_in(refused), ~pl.col("is_aged") | case_id.is_in(decided))
    rows = [
        QueueRow(
            **row,
            shown=_shown(known[row["case_id"]], user) if row["case_id"] in known else TO_READ,
            assigned_to=holders.get(row["case_id"], ""),
            new=known[row["case_id"]].state.new if row["case_id"] in known else (),
        )
        for row in _mixed(chosen, most).select(QUEUE_COLUMNS).iter_rows(named=True)
    ]
    return rows, chosen.height, _counts(desk, user, known)


def _to_judge(desk: Desk, came: Mapping[str, date], theme: str) -> pl.DataFrame:
    """All cases, or those of a theme, in review order, with `due_on` and `is_aged`. `lot`: the lot of those
    that the queue has out of turn.
    """
    cases = frame(desk.connection, read_sql(__package__, "queue"), {"theme": theme})
    ids = cases["case_id"].to_list()
    lots = [rules.draw(desk.key, "order", one) if desk.is_out_of_turn(one) else None for one in ids]
    times = timed(desk, {one: came.get(one, desk.today) for one in ids})
    drawn = cases.with_columns(lot=pl.Series(lots, dtype=pl.Float64))
    return drawn.join(times, "case_id", how="left", maintain_order="left")


def _mixed(cases: pl.DataFrame, most: int | None) -> pl.DataFrame:
    """The first `most`, with a randomly drawn case at least at every OUT_OF_TURN_EVERY-th place; the
    others keep their order.
    """
    turn = pl.col("lot").rank("ordinal")
    place = pl.min_horizontal(pl.int_range(pl.len()), turn * OUT_OF_TURN_EVERY - 0.5)
    placed = cases.with_columns(place=place)
    # The first have a place below `most` each, and a country has a thousand times as many cases.
    first = placed if most is None else placed.filter(pl.col("place") < most)
    return first.sort("place", maintain_order=True)[:most]


def _refusal(one: Standing, user: rules.User) -> str:
    """Why the user cannot judge the case now; "" if they can."""
    try:
        rules.next_reading(one.state, user, one.seen)
        rules.check_holder(one.holder, user)
    except UsageError as error:
        return str(error)
    return ""


def _shown(one: Standing, user: rules.User) -> str:
    """The stage, in words that do not tell a second reader that there is a first."""
    state = one.state
    if state.stage in ("decided", "closed"):
        return state.stage
    if state.explained:
        return EXPLAINED
    if state.round is not None and rules.may_see(state.round, user, one.seen):
        return WAITING if state.stage == "first-read" else THIRD
    return BACK if state.new else TO_READ


def counts(desk: Desk, user: rules.User) -> Counter[str]:
    """The number of cases of the release in each stage, as far as this user may know it."""
    user.require("read")
    with reviews.reading(desk.home) as log:
        all_events = walked(desk.home, log)
    return _counts(desk, user, touched(desk, all_events))


def _counts(desk: Desk, user: rules.User, known: Mapping[str, Standing]) -> Counter[str]:
    """`known`: the cases that somebody has done something about."""
    shown = Counter(_shown(one, user) for one in known.values())
    every_n = desk.kept("cases_n", lambda: query_rows(desk.connection, CASES_N_SQL)[0]["n"])
    shown[TO_READ] += as_int(every_n) - len(known)
    return shown


# --- one case -----------------------------------------------------------------------------------------------


def case_view(desk: Desk, user: rules.User, case_id: str, *, purpose: str) -> CaseView:
    """One case with its history. `case_id`: may be that of an earlier release. Raises UsageError.

    The caller writes the lookup to the audit log first (`flows.accountability.access.Access.record`).
    """
    user.require("read")
    current = case_by_id(desk.connection, case_id)
    with reviews.reading(desk.home) as log:
        all_events = walked(desk.home, log)
        one = standing(desk, all_events, desk.flags([current]))[current]
        times = timed(desk, {current: desk.today, **arrivals(log, current)})
        seen_under = {*desk.settings.purposes_open, purpose}
        history = _history(user, log, all_events, one, seen_under)
    return CaseView(
        current,
        _shown(one, user),
        one.state.outcome,
        one.flags.stamp,
        _refusal(one, user),
        times["due_on"].item(),
        one.holder,
        one.state.new,
        one.state.came_from,
        history,
        {
            flag_id: known if known.purpose in seen_under else replace(known, scope="", reason="")
            for flag_id, known in one.explained.items()
        },
        one.flags,
    )


def _history(
    user: rules.User, log: reviews.Log | None, all_events: Walked, one: Standing, seen_under: Collection[str]
) -> tuple[Entry, ...]:
    """What the user may see of the actions on the case's flags, oldest first. `seen_under`: the purposes
    whose notes are shown.
    """
    if log is None:
        return ()
    flag_ids = {flag.flag_id for flag in one.flags.flags}
    rounds = [
        verdict.n
        for round_ in all_events.rounds.values()
        for verdict in round_.verdicts
        if not flag_ids.isdisjoint(verdict.flags)
    ]
    explained = [
        known.n
        for of_flag in sorted({(flag.indicator, flag.subject_id) for flag in one.flags.flags})
        for known in all_events.explanations.get(of_flag, ())
    ]
    events = log.about({one.case_id, *one.state.came_from}, [*rounds, *explained])
    shown = [event for event in events if _is_shown(event, user, all_events)]
    notes = log.notes(event.n for event in shown if event.purpose in seen_under)
    entries = [_entry(event, notes.get(event.n, "")) for event in shown]
    # The text of a known explanation counts as a note.
    hidden = {event.n for event in shown if event.kind == EXPLAIN and event.purpose not in seen_under}
    return tuple(replace(entry, reason="") if entry.n in hidden else entry for entry in entries)


def _is_shown(event: reviews.Event, user: rules.User, all_events: Walked) -> bool:
    if event.kind == VERDICT and event.body is not None:
        round_ = all_events.rounds[int(event.body["first"] or event.n)]
        return rules.may_see(round_, user, all_events.seen.get(round_.verdicts[0].n, ()))
    return event.kind in (CLOSE, REOPEN, DONE, EXPLAIN) and event.body is not None


def _entry(event: reviews.Event, note: str) -> Entry:
    body = event.body or {}
    return Entry(
        event.n,
        event.at,
        event.by,
        event.kind,
        body.get("reason", ""),
        body.get("reading", 0),
        body.get("outcome", ""),
        body.get("outcomes", {}),
        tuple(body.get("done", ())),
        note,
        event.case_id,
        body.get("indicator", ""),
    )
