"""What reviewers do: judge, assign, close, reopen, explain away. Commands and app call the same functions.

Each act is one transaction of the store (`flows.journal.reviews.writing`): it reads the state, checks role,
turn, lock and lists, and appends one event for each case. Errors are UsageError, in words for the user; they
never tell a second reader of the first. The caller writes the lookup to the audit log first
(`flows.accountability.access.Access.record`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from flows.facts.rows import query_rows
from flows.journal import audit, reviews
from flows.release.case_ids import case_by_id
from flows.review import evidence, rules
from flows.review.desk import Desk, Standing, standing
from flows.review.desk import walked as all_events
from flows.review.fold import ASSIGN, CLOSE, DONE, EXPLAIN, OUTCOMES, REOPEN, SEEN, VERDICT, walk
from transforms.errors import UsageError, as_typed
from transforms.language import translated

LOCK_HOURS = 8  # (own) how long a case stays assigned to a user
CASE_SQL = "select indicator, subject_id, case_id from v_flag where flag_id = $id and case_id is not null"
CHANGED = "this case has changed since you opened it; open it again, and see what is new"


@dataclass(frozen=True)
class By:
    """Who acts, and for which purpose. `key`: of the form; a form sent twice does nothing the second time.
    `stamp`: of the case page that was read (`CaseView.stamp`); None if there was no page.
    """

    user: rules.User
    purpose: str
    key: str = ""
    stamp: str | None = None

    def check_page(self, of_case: evidence.CaseFlags) -> None:
        """Raise UsageError if the case has changed since it was read."""
        if self.stamp is not None and self.stamp != of_case.stamp:
            raise UsageError(CHANGED)


@dataclass(frozen=True)
class Given:
    """A verdict from a form. `outcomes`: indicator → its own outcome, if it differs from the case's.

    `done`: codes of what was done.
    """

    outcome: str
    reason: str
    note: str = ""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    done: Sequence[str] = ()


@dataclass(frozen=True)
class Made:
    """The result of an act. `n`: number of the event. `stage`: of the case after it. `outcome`: if
    decided.
    """

    n: int
    case_id: str
    stage: str
    outcome: str = ""

    @property
    def sentence(self) -> str:
        """What happened, for the user."""
        return {
            "first-read": "Recorded. Another person has to read this case too.",
            "second-read": "Recorded. It differs from the first verdict, so a third person decides.",
            "decided": f"Recorded. The case is decided: {self.outcome}.",
        }.get(self.stage, "Recorded.")


def judge(desk: Desk, by: By, case_id: str, given: Given) -> Made:
    """Add the user's verdict on all flags of a case."""

    def body(one: Standing) -> dict[str, object]:
        of_case = one.flags
        done = _checked(desk, of_case, given)
        reading, first = rules.next_reading(one.state, by.user, one.seen)
        rules.check_holder(one.holder, by.user)
        outcomes = {code: given.outcomes.get(code, given.outcome) for code in of_case.indicators}
        return {
            "reading": reading,
            "first": first,
            "outcome": given.outcome,
            "outcomes": outcomes,
            "reason": given.reason,
            "done": list(done),
            "second": _second(desk, one.case_id, of_case, {given.outcome, *outcomes.values()})
            if reading == 1
            else "",
            "sampled": desk.is_sampled(one.case_id),
            "flags": [evidence.stated(flag, outcomes[flag.indicator]) for flag in of_case.flags],
        }

    return _record(desk, by, [case_id], VERDICT, body, note=given.note)[0]


def _checked(desk: Desk, of_case: evidence.CaseFlags, given: Given) -> tuple[str, ...]:
    """What was done, by its codes. Raises UsageError for a code that is on no list."""
    for outcome in (given.outcome, *given.outcomes.values()):
        if outcome not in OUTCOMES:
            raise UsageError(f"--outcome: one of {', '.join(OUTCOMES)}")
    if strange := sorted(set(given.outcomes) - set(of_case.indicators)):
        raise UsageError(f"{strange[0]}: this case has no flag of it, but of {', '.join(of_case.indicators)}")
    known = [desk.indicators[code] for code in of_case.indicators if code in desk.indicators]
    rules.check_reason(given.outcome, given.reason, given.note, known)
    return rules.check_done(given.done)


def _second(desk: Desk, case_id: str, of_case: evidence.CaseFlags, outcomes: Collection[str]) -> str:
    return rules.second_reason(
        lanes=of_case.lanes.values(),
        outcomes=outcomes,
        always=desk.settings.four_eyes == "always",
        drawn=rules.draw(desk.key, "second", f"{case_id} {of_case.stamp}"),
    )


def _record(
    desk: Desk,
    by: By,
    case_ids: Collection[str],
    kind: str,
    body: Callable[[Standing], dict[str, object]],
    *,
    note: str = "",
) -> list[Made]:
    """One event for each case, all in one transaction. `body`: the event's content for a case in its present
    state; raises UsageError if the act is not allowed.
    """
    current = sorted({case_by_id(desk.connection, case_id) for case_id in case_ids})
    flags = desk.flags(current)
    made: dict[str, int] = {}
    with reviews.writing(desk.home) as log:
        walked = all_events(desk.home, log)
        for case_id, one in standing(desk, walked, flags).items():
            form = f"{by.key}/{case_id}" if by.key and len(flags) > 1 else by.key
            n = log.written(form, by.user.name, case_id)
            if n is None:
                by.check_page(one.flags)
                n = append(log, by, case_id, kind, body(one), note=note, key=form)
            made[case_id] = n
        states = standing(desk, walk(log.events(after=walked.last_n), walked), flags)
    return [
        Made(n, case_id, states[case_id].state.stage, states[case_id].state.outcome)
        for case_id, n in made.items()
    ]


def append(
    log: reviews.Log,
    by: By,
    case_id: str,
    kind: str,
    body: Mapping[str, object],
    *,
    note: str = "",
    key: str = "",
) -> int:
    """Add an event, and return its number. `via`: the operating system account that ran the command or the
    app.
    """
    full_body = {**body, "via": audit.who()}
    return log.append(
        reviews.Draft(
            by.user.name, by.user.role, by.purpose, case_id, kind, full_body, note.strip(), key or by.key
        )
    )


# --- around a verdict ---------------------------------------------------------------------------------------


def record_done(desk: Desk, by: By, case_id: str, done: Iterable[str], note: str = "") -> Made:
    """Add what was done about a decided case after its verdict."""
    by.user.require("judge")
    chosen = rules.check_done(done)
    if not chosen:
        raise UsageError(translated("nothing is chosen: say what was done"))

    def body(one: Standing) -> dict[str, object]:
        decision = one.state.decision
        if decision is None or decision.round is None:
            raise UsageError(
                translated("this case is not decided; what was done is recorded with or after the decision")
            )
        return {"verdict": decision.round.last.n, "done": list(chosen)}

    return _record(desk, by, [case_id], DONE, body, note=note)[0]


def assign(desk: Desk, by: By, case_id: str, to: str, hours: int = LOCK_HOURS) -> Made:
    """Give a case to a user for some hours; meanwhile others cannot judge it. `to` "": return it.

    A reviewer takes or returns a case; a supervisor can also do both for others.
    """
    by.user.require("assign")

    def body(one: Standing) -> dict[str, object]:
        if to not in ("", by.user.name):
            by.user.require("assign-others")
        if not by.user.may("assign-others"):
            rules.check_holder(one.holder, by.user)
        if to == by.user.name and one.state.round is not None and to in one.state.round.readers:
            raise UsageError(rules.read_already())
        until = datetime.now(UTC) + timedelta(hours=hours)
        return {"to": to, "until": until.isoformat(timespec="seconds")}

    return _record(desk, by, [case_id], ASSIGN, body)[0]


def see_both(desk: Desk, by: By, case_id: str) -> None:
    """Show a supervisor a first verdict, and record that they can no longer be its second reader."""
    by.user.require("see-both")
    current = case_by_id(desk.connection, case_id)
    with reviews.writing(desk.home) as log:
        walked = all_events(desk.home, log)
        one = standing(desk, walked, desk.flags([current]))[current]
        if one.state.round is not None and not rules.may_see(one.state.round, by.user, one.seen):
            body = {"first": one.state.round.verdicts[0].n}
            append(log, by, current, SEEN, body)


# --- supervisors --------------------------------------------------------------------------------------------


def close(desk: Desk, by: By, case_ids: Collection[str], reason: str, note: str = "") -> list[Made]:
    """Close cases, all for one reason; a later flag or fact reopens a case. Undecided cases can be closed
    too, except those that two people have to read.
    """
    by.user.require("close")
    rules.check_reason("close", reason, note)

    def body(one: Standing) -> dict[str, object]:
        is_decided = one.state.stage in ("decided", "closed")
        if not is_decided and reason == rules.SETTLED:
            raise UsageError(
                translated(
                    "%(case)s is not decided, so it cannot be closed as decided; give another reason",
                    case=one.case_id,
                )
            )
        if not is_decided and desk.takes_two(one.flags.lanes.values()):
            raise UsageError(
                translated(
                    "%(case)s: two persons have to read this case; it is closed once it is decided",
                    case=one.case_id,
                )
            )
        return {"reason": reason, "flags": [evidence.stated(flag) for flag in one.flags.flags]}

    return _record(desk, by, case_ids, CLOSE, body, note=note)


def reopen(desk: Desk, by: By, case_ids: Collection[str], reason: str, note: str = "") -> list[Made]:
    """Withdraw the decisions on cases, so that they are read again from the first reading."""
    by.user.require("reopen")
    rules.check_reason("reopen", reason, note)

    def body(one: Standing) -> dict[str, object]:
        if one.state.decision is None:
            raise UsageError(translated("a case that is neither decided nor closed cannot be reopened"))
        # Includes flags that were judged under an earlier id of the subject.
        flag_ids = {*one.state.judged, *(flag.flag_id for flag in one.flags.flags)}
        return {"reason": reason, "flag_ids": sorted(flag_ids)}

    return _record(desk, by, case_ids, REOPEN, body, note=note)


EXPLAINED_DAYS_MAX = 731  # (own) two years: then somebody looks again


def explain_away(
    desk: Desk, by: By, flag_id: str, *, owner: str, scope: str, reason: str, until: date
) -> bool:
    """Record a known explanation of a flag: of its indicator on its subject with its sub-type and value.
    `until`: its last day, at most EXPLAINED_DAYS_MAX away.

    The flag is still counted and is shown as explained. It needs no verdict until the explanation ends or the
    value changes (`CaseFlags.values`). Where two people decide, this applies once a second person has
    recorded one too. Returns whether the explanation applies.
    """
    by.user.require("explain-away")
    lines = {"owner": owner, "scope": scope, "reason": reason}
    checked = {name: rules.check_line(f"--{name}", line) for name, line in lines.items()}
    if not 0 <= (until - desk.today).days <= EXPLAINED_DAYS_MAX:
        raise UsageError(
            translated(
                "the last day has to be from today on, and at most %(n)s days away", n=EXPLAINED_DAYS_MAX
            )
        )
    rows = query_rows(desk.connection, CASE_SQL, id=flag_id)
    if not rows:
        raise UsageError(f"{as_typed(flag_id)}: no case of the release has a flag of this id; see v_flag")
    indicator, subject_id, case_id = (str(value) for value in rows[0].values())
    of_case = desk.flags([case_id])[case_id]
    body = {
        "indicator": indicator,
        "subject_id": subject_id,
        "value": of_case.values[flag_id],
        **checked,
        "until": until.isoformat(),
    }
    with reviews.writing(desk.home) as log:
        walked = all_events(desk.home, log)
        if log.written(by.key, by.user.name, "") is None:
            by.check_page(of_case)
            append(log, by, "", EXPLAIN, body)
        after = walk(log.events(after=walked.last_n), walked)
        return flag_id in standing(desk, after, {case_id: of_case})[case_id].explained
