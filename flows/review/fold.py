"""The state of a case: a fold over the events of the store and the present flags of the release.

`walk` goes once through all events: it pairs the readings of a round, and notes for every flag which decision
covers it. `state_of` then determines, for a case's present flags, whether a decision covers each, what is new
since, and which round is open. A verdict is bound to flags, not to the case's id, so it moves along when
cases merge, split or get another id.

Pure: no clock, store or connection. Facts are `<place>.<value>`, both short keyed hashes (see
`flows.review.evidence`): the place identifies the field of a record, the value what it states.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from flows.journal.reviews import Event

Outcome = Literal["confirmed", "no-concern", "cannot-judge"]
Stage = Literal["open", "first-read", "second-read", "decided", "closed"]
NewKind = Literal["flag", "rule", "grown", "changed"]

OUTCOMES: tuple[Outcome, ...] = ("confirmed", "no-concern", "cannot-judge")
STAGES: tuple[Stage, ...] = ("open", "first-read", "second-read")  # by the readings of the open round
# Kinds of events that the fold reads; `user` and `erased` are about no case's state.
VERDICT, CLOSE, REOPEN, ASSIGN = "verdict", "close", "reopen", "assign"
DONE, SEEN, EXPLAIN = "done", "seen", "explain-away"


@dataclass(frozen=True)
class Flag:
    """A flag with what it rests on. `version`: SHA-256 of its rule. `facts`: `<place>.<value>`. `lane`: "" in
    events of an earlier version.
    """

    flag_id: str
    indicator: str
    version: str
    subject_id: str
    facts: frozenset[str] = frozenset()
    lane: str = ""


@dataclass(frozen=True)
class Verdict:
    """A reading. `outcomes`: indicator → outcome of its flags. `second`: why a second person is needed, or
    "". `done`: what was done. `sampled`: the case was in the random sample.
    """

    n: int
    at: str
    by: str
    purpose: str
    case_id: str
    outcome: str
    outcomes: Mapping[str, str]
    reason: str
    flags: Mapping[str, Flag]
    second: str = ""
    done: tuple[str, ...] = ()
    sampled: bool = False

    def agrees_with(self, other: "Verdict") -> bool:
        """Whether both agree on the case and on each indicator that both judged."""
        shared = self.outcomes.keys() & other.outcomes.keys()
        return self.outcome == other.outcome and all(
            self.outcomes[code] == other.outcomes[code] for code in shared
        )


@dataclass(frozen=True)
class Round:
    """The readings of one round, in order, and whether they decided the case."""

    verdicts: tuple[Verdict, ...]
    decided: bool

    @property
    def readers(self) -> list[str]:
        return [verdict.by for verdict in self.verdicts]

    @property
    def last(self) -> Verdict:
        return self.verdicts[-1]


@dataclass(frozen=True)
class Covered:
    """A flag at the time of a decision. `round` None: the case was closed without a verdict."""

    flag: Flag
    n: int
    round: Round | None
    is_closed: bool
    case_id: str

    @property
    def outcome(self) -> str:
        return self.round.last.outcome if self.round else ""


@dataclass(frozen=True)
class Assigned:
    """`until`: UTC, ISO 8601; then the lock has expired."""

    to: str
    until: str


@dataclass(frozen=True)
class Explanation:
    """A known explanation of an indicator's flags on a subject with this value. `until`: last day, ISO."""

    n: int
    by: str
    purpose: str
    owner: str
    indicator: str
    subject_id: str
    value: str
    scope: str
    reason: str
    until: str


@dataclass
class Walked:
    """The content of all events. `covered`: flag → the last decision on it. `undecided`: flag → the number of
    the first verdict in its last undecided round. `seen`: number of a first verdict → who has seen it without
    being its author. `explanations`: indicator and subject → recorded explanations, oldest first. `done`:
    number of a deciding verdict → what was done later. `reopened`: numbers of the first verdicts of reopened
    rounds. It is never changed once it is made.
    """

    rounds: dict[int, Round] = field(default_factory=dict)
    covered: dict[str, Covered] = field(default_factory=dict)
    by_subject: dict[tuple[str, str], tuple[Covered, ...]] = field(default_factory=dict)
    undecided: dict[str, int] = field(default_factory=dict)
    assigned: dict[str, Assigned] = field(default_factory=dict)
    seen: dict[int, set[str]] = field(default_factory=dict)
    explanations: dict[tuple[str, str], tuple[Explanation, ...]] = field(default_factory=dict)
    done: dict[int, tuple[str, ...]] = field(default_factory=dict)
    reopened: set[int] = field(default_factory=set)
    last_n: int = 0


@dataclass(frozen=True)
class New:
    """Why a case is back: a flag that nobody judged, another rule, facts that were added, or facts that
    changed. `facts_n`: how many.
    """

    flag_id: str
    indicator: str
    subject_id: str
    kind: NewKind
    facts_n: int


@dataclass(frozen=True)
class State:
    """`decision`: the decision on its flags, even if the case is back. Those of a merged case may differ: a
    confirmed one before others, a reading before a closure without one, then the last. `round`: the open one.
    `new`: why it is back, if it was decided before.

    `came_from`: ids of other cases in which its flags were judged. `explained`: every flag is explained.
    `judged`: flags that the decisions in force are on."""

    stage: Stage
    decision: Covered | None = None
    round: Round | None = None
    new: tuple[New, ...] = ()
    came_from: tuple[str, ...] = ()
    explained: bool = False
    judged: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """The outcome of the decision in force; "" if there is none."""
        if self.stage not in ("decided", "closed") or self.decision is None:
            return ""
        return self.decision.outcome


# --- all events ---------------------------------------------------------------------------------------------


def walk(events: Iterable[Event], onto: Walked | None = None) -> Walked:
    """The state after all events, in their order. An erased event has no content.

    `onto`: the state after the events before them.
    """
    before = onto or Walked()
    result = Walked(**{one.name: copy(getattr(before, one.name)) for one in fields(before)})
    for event in events:
        result.last_n = event.n
        if event.body is not None and event.kind in _STEPS:
            _STEPS[event.kind](result, event, event.body)
    return result


def _verdict(result: Walked, event: Event, body: Mapping[str, Any]) -> None:
    verdict = verdict_of(event, body)
    result.assigned.pop(verdict.case_id, None)
    first_n = int(body.get("first") or event.n)
    # If the first verdict was erased, this one begins the round for the fold.
    before = result.rounds[first_n].verdicts if first_n in result.rounds else ()
    agreed = verdict.agrees_with(before[0]) if before else not verdict.second
    decided = agreed or len(before) > 1
    round_ = result.rounds[first_n] = Round((*before, verdict), decided)
    for flag_id in verdict.flags:
        result.undecided[flag_id] = first_n
    if round_.decided:
        _cover(result, event, verdict.flags.values(), round_, is_closed=False)


def verdict_of(event: Event, body: Mapping[str, Any]) -> Verdict:
    return Verdict(
        event.n,
        event.at,
        event.by,
        event.purpose,
        event.case_id,
        body["outcome"],
        body["outcomes"],
        body["reason"],
        flags_of(body),
        body.get("second", ""),
        tuple(body.get("done", ())),
        body.get("sampled", False),
    )


def flags_of(body: Mapping[str, Any]) -> dict[str, Flag]:
    """The flags that an event is about."""
    return {
        flag["flag_id"]: Flag(
            **{name: flag[name] for name in ("flag_id", "indicator", "version", "subject_id")},
            facts=frozenset(flag["facts"]),
            lane=flag.get("lane", ""),
        )
        for flag in body["flags"]
    }


def _cover(
    result: Walked, event: Event, flags: Iterable[Flag], round_: Round | None, *, is_closed: bool
) -> None:
    for flag in flags:
        covered = Covered(flag, event.n, round_, is_closed, event.case_id)
        result.covered[flag.flag_id] = covered
        result.by_subject[flag.indicator, flag.subject_id] = (*_others(result, flag), covered)
        result.undecided.pop(flag.flag_id, None)


def _others(result: Walked, flag: Flag) -> tuple[Covered, ...]:
    """Decisions on other flags of the indicator on the subject."""
    held = result.by_subject.get((flag.indicator, flag.subject_id), ())
    return tuple(one for one in held if one.flag.flag_id != flag.flag_id)


def _close(result: Walked, event: Event, body: Mapping[str, Any]) -> None:
    """A closed case keeps its decision."""
    for flag_id, flag in flags_of(body).items():
        before = result.covered.get(flag_id)
        _cover(result, event, [flag], before.round if before else None, is_closed=True)
    result.assigned.pop(event.case_id, None)


def _reopen(result: Walked, _event: Event, body: Mapping[str, Any]) -> None:
    for flag_id in body["flag_ids"]:
        gone = result.covered.pop(flag_id, None)
        result.undecided.pop(flag_id, None)
        if gone is not None:
            result.by_subject[gone.flag.indicator, gone.flag.subject_id] = _others(result, gone.flag)
            if gone.round is not None:
                result.reopened.add(gone.round.verdicts[0].n)


def _assign(result: Walked, event: Event, body: Mapping[str, Any]) -> None:
    if body["to"]:
        result.assigned[event.case_id] = Assigned(body["to"], body["until"])
    else:
        result.assigned.pop(event.case_id, None)


def _seen(result: Walked, event: Event, body: Mapping[str, Any]) -> None:
    first_n = int(body["first"])
    result.seen[first_n] = {*result.seen.get(first_n, ()), event.by}


def _done(result: Walked, _event: Event, body: Mapping[str, Any]) -> None:
    n = int(body["verdict"])
    result.done[n] = (*result.done.get(n, ()), *body["done"])


def _explain(result: Walked, event: Event, body: Mapping[str, Any]) -> None:
    names = ("owner", "indicator", "subject_id", "value", "scope", "reason", "until")
    one = Explanation(event.n, event.by, event.purpose, *(str(body[name]) for name in names))
    earlier = result.explanations.get((one.indicator, one.subject_id), ())
    result.explanations[one.indicator, one.subject_id] = (*earlier, one)


_STEPS = {
    VERDICT: _verdict,
    CLOSE: _close,
    REOPEN: _reopen,
    ASSIGN: _assign,
    SEEN: _seen,
    DONE: _done,
    EXPLAIN: _explain,
}


# --- one case -----------------------------------------------------------------------------------------------


def state_of(
    walked: Walked,
    case_id: str,
    flags: Sequence[Flag],
    *,
    earlier_subjects: Mapping[str, Collection[str]] | None = None,
    explained: Collection[str] = (),
) -> State:
    """The state of a case with its present flags.

    `earlier_subjects`: subject → ids that it had before, where a register or a judgement gave it another.
    `explained`: flags that a known explanation covers; they need no verdict.
    """
    covers = {flag.flag_id: _covering(walked, flag, earlier_subjects or {}) for flag in flags}
    needing = [flag for flag in flags if flag.flag_id not in explained]
    held = [covered for covered in covers.values() if covered is not None]
    decision = max(held, key=_weight, default=None)
    stage: Stage
    came_from = tuple(sorted({covered.case_id for covered in held} - {case_id}))
    new = tuple(one for flag in needing if (one := _new(flag, covers[flag.flag_id])) is not None)
    if decision is not None and not new:
        judged = tuple(sorted(covered.flag.flag_id for covered in held))
        stage = "closed" if max(held, key=lambda covered: covered.n).is_closed else "decided"
        return State(stage, decision, None, (), came_from, judged=judged)
    if not needing:
        return State("open", decision, None, (), came_from, explained=True)
    open_round = _open_round(walked, [flag for flag in needing if _new(flag, covers[flag.flag_id])])
    stage = STAGES[len(open_round.verdicts) if open_round else 0]
    return State(stage, decision, open_round, new if decision is not None else (), came_from)


def _weight(covered: Covered) -> tuple[bool, bool, int]:
    """Which of several decisions is that of the case: the greatest."""
    return covered.outcome == "confirmed", covered.round is not None, covered.n


def _covering(walked: Walked, flag: Flag, earlier: Mapping[str, Collection[str]]) -> Covered | None:
    """The last decision on the flag, or on one of the indicator's flags on the subject's earlier ids."""
    if (covered := walked.covered.get(flag.flag_id)) is not None:
        return covered
    before = [
        covered
        for subject_id in earlier.get(flag.subject_id, ())
        for covered in walked.by_subject.get((flag.indicator, subject_id), ())
    ]
    return max(before, key=lambda covered: covered.n, default=None)


def _new(flag: Flag, covered: Covered | None) -> New | None:
    """What is new about a flag since it was judged; None if nothing is."""
    named = (flag.flag_id, flag.indicator, flag.subject_id)
    if covered is None:
        return New(*named, "flag", len(flag.facts))
    # By a setting, such as a regime that binds now.
    is_raised = flag.lane == "stop" and covered.flag.lane not in ("", "stop")
    if covered.flag.version != flag.version or is_raised:
        return New(*named, "rule", 0)
    if added := flag.facts - covered.flag.facts:
        places = {fact.split(".")[0] for fact in covered.flag.facts}
        is_grown = any(fact.split(".")[0] not in places for fact in added)
        return New(*named, "grown" if is_grown else "changed", len(added))
    return None


def _open_round(walked: Walked, flags: Sequence[Flag]) -> Round | None:
    """The open round, if its first reader has seen everything to be judged; otherwise a new round begins."""
    for first_n in sorted({walked.undecided.get(flag.flag_id, 0) for flag in flags}, reverse=True):
        round_ = walked.rounds.get(first_n)
        if round_ is not None and not round_.decided and all(_is_read(flag, round_) for flag in flags):
            return round_
    return None


def _is_read(flag: Flag, round_: Round) -> bool:
    read = round_.last.flags.get(flag.flag_id)
    return read is not None and read.version == flag.version and flag.facts <= read.facts
