"""The state of a case, against a plain model of it under any order of acts."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from flows.journal.reviews import Event
from flows.review import rules
from flows.review.evidence import stated
from flows.review.fold import CLOSE, OUTCOMES, REOPEN, SEEN, VERDICT, Flag, State, Walked, state_of, walk
from flows.review.rules import User
from transforms.errors import UsageError

CASE = "UT-C-1"
PEOPLE = ("ann", "bob", "cleo", "dan")
FLAG = Flag("f0", "PRP-010", "v1", "UT-E-1", frozenset({"p0.a"}))


class Events(list[Event]):
    """Events as the acts write them."""

    def add(self, kind: str, by: str, body: dict[str, object], case_id: str = CASE) -> int:
        n = len(self) + 1
        self.append(Event(n, f"2026-01-01T00:00:{n:02}", by, "supervisor", "permits", case_id, kind, body))
        return n

    def judge(self, by: str, outcome: str, flags: list[Flag], *, second: str = "", first: int = 0) -> int:
        reading = 1 if not first else 1 + sum(_first(event) == first for event in self)
        body: dict[str, object] = {
            "reading": reading,
            "first": first,
            "outcome": outcome,
            "outcomes": {flag.indicator: outcome for flag in flags},
            "reason": "other",
            "second": second,
            "flags": [stated(flag, outcome) for flag in flags],
        }
        return self.add(VERDICT, by, body)

    def close(self, flags: list[Flag], case_id: str = CASE) -> None:
        self.add(CLOSE, "dan", {"reason": "too-old", "flags": [stated(flag) for flag in flags]}, case_id)

    def reopen(self, flags: list[Flag]) -> None:
        self.add(REOPEN, "dan", {"reason": "mistake", "flag_ids": [flag.flag_id for flag in flags]})


def _first(event: Event) -> int:
    return int((event.body or {}).get("first") or event.n) if event.kind == VERDICT else 0


class Cases(RuleBasedStateMachine):
    """One case. The model keeps what was judged of each flag, and who read what in the open round."""

    @initialize()
    def begin(self) -> None:
        self.events = Events()
        self.flags = [FLAG]
        self.judged: dict[str, Flag] = {}
        self.closed = False
        self.round: list[tuple[str, str]] = []
        self.round_flags: list[Flag] = []
        self.round_n = 0
        self.seen: set[str] = set()

    # What the model says ------------------------------------------------------------------------------------

    def is_new(self, flag: Flag) -> bool:
        before = self.judged.get(flag.flag_id)
        return before is None or before.version != flag.version or not flag.facts <= before.facts

    def round_stands(self) -> bool:
        read = {flag.flag_id: flag for flag in self.round_flags}
        return bool(self.round) and all(
            flag.flag_id in read
            and read[flag.flag_id].version == flag.version
            and flag.facts <= read[flag.flag_id].facts
            for flag in self.flags
            if self.is_new(flag)
        )

    def stage(self) -> str:
        if not any(map(self.is_new, self.flags)):
            return "closed" if self.closed else "decided"
        if not self.round_stands():
            return "open"
        return "first-read" if len(self.round) == 1 else "second-read"

    # Acts ---------------------------------------------------------------------------------------------------

    @rule(by=st.sampled_from(PEOPLE), outcome=st.sampled_from(OUTCOMES), drawn=st.booleans())
    def judge(self, by: str, outcome: str, drawn: bool) -> None:
        state = self.state()
        refused = (
            self.stage() in ("decided", "closed")
            or (self.round_stands() and by in [reader for reader, _ in self.round])
            or (self.stage() == "first-read" and by in self.seen)
        )
        try:
            reading, first = rules.next_reading(state, User(by, "reviewer"), self.seen)
        except UsageError:
            assert refused
            return
        assert not refused
        if not self.round_stands():
            self.round, self.seen = [], set()
        assert reading == len(self.round) + 1 and bool(first) == bool(self.round)
        needs_second = drawn or outcome == "confirmed"
        n = self.events.judge(
            by, outcome, self.flags, second="drawn" if needs_second and not first else "", first=first
        )
        self.round_n = first or n
        self.round.append((by, outcome))
        self.round_flags = list(self.flags)
        outcomes = [one for _, one in self.round]
        if (
            (len(self.round) == 1 and not needs_second)
            or (len(self.round) == 2 and outcomes[0] == outcomes[1])
            or len(self.round) == 3
        ):
            self.decide(closed=False)

    def decide(self, *, closed: bool) -> None:
        self.judged.update({flag.flag_id: flag for flag in self.flags})
        self.closed = closed
        self.round, self.seen = [], set()

    @precondition(lambda self: self.stage() == "first-read")
    @rule(by=st.sampled_from(PEOPLE))
    def look_at_the_first(self, by: str) -> None:
        if by not in [reader for reader, _ in self.round]:
            self.events.add(SEEN, by, {"first": self.round_n})
            self.seen.add(by)

    @rule()
    def close(self) -> None:
        self.events.close(self.flags)
        self.decide(closed=True)

    @precondition(lambda self: self.judged)
    @rule()
    def reopen(self) -> None:
        self.events.reopen(self.flags)
        for flag in self.flags:
            self.judged.pop(flag.flag_id, None)
        self.round, self.seen = [], set()

    # What a night brings ------------------------------------------------------------------------------------

    @rule(fact=st.sampled_from(["p0.b", "p1.a", "p2.a", "p3.a"]), which=st.integers(0, 9))
    def another_fact(self, fact: str, which: int) -> None:
        which %= len(self.flags)
        self.flags[which] = replace(self.flags[which], facts=self.flags[which].facts | {fact})

    @rule(which=st.integers(0, 9))
    def fact_gone(self, which: int) -> None:
        which %= len(self.flags)
        self.flags[which] = replace(self.flags[which], facts=frozenset({"p0.a"}))

    @rule()
    def another_flag(self) -> None:
        self.flags.append(replace(FLAG, flag_id=f"f{len(self.flags)}"))

    @rule(version=st.sampled_from(["v1", "v2", "v3"]))
    def another_rule(self, version: str) -> None:
        self.flags = [replace(flag, version=version) for flag in self.flags]

    # What is compared ---------------------------------------------------------------------------------------

    def state(self) -> State:
        return state_of(walk(self.events), CASE, self.flags)

    @invariant()
    def agrees(self) -> None:
        state = self.state()
        assert state.stage == self.stage()
        new = {flag.flag_id for flag in self.flags if self.is_new(flag)}
        if state.decision is not None:
            assert {one.flag_id for one in state.new} == new
        if state.round is not None:
            assert state.round.readers == [by for by, _ in self.round]

    @invariant()
    def no_second_reader_sees_the_first(self) -> None:
        walked = walk(self.events)
        for round_ in walked.rounds.values():
            seen = walked.seen.get(round_.verdicts[0].n, set())
            for person in PEOPLE:
                if rules.may_see(round_, User(person, "supervisor"), seen) and not round_.decided:
                    assert len(round_.verdicts) > 1 or person in round_.readers or person in seen


Cases.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestCases = Cases.TestCase
TestCases.__doc__ = "Any order of acts and nights."


@pytest.mark.nightly
class TestManyCases(Cases.TestCase):  # type: ignore[misc]
    """The same, many more."""

    settings = settings(max_examples=500, stateful_step_count=50, deadline=None)


# --- what cases do to each other ----------------------------------------------------------------------------


def _judged(*flags: Flag) -> Walked:
    events = Events()
    events.judge("ann", "no-concern", list(flags))
    return walk(events)


def test_an_erased_verdict_says_nothing() -> None:
    events = Events()
    events.judge("ann", "no-concern", [FLAG])
    assert state_of(walk([replace(events[0], body=None)]), CASE, [FLAG]).stage == "open"


def test_a_part_of_a_split_case_carries_the_verdict() -> None:
    other = replace(FLAG, flag_id="f1", subject_id="UT-E-2")
    walked = _judged(FLAG, other)
    for case_id, flag in ((CASE, FLAG), ("UT-C-2", other)):
        state = state_of(walked, case_id, [flag])
        assert (state.stage, state.outcome) == ("decided", "no-concern")
        assert state.came_from == (() if case_id == CASE else (CASE,))


def test_a_merged_case_of_which_a_part_was_confirmed_is_confirmed() -> None:
    other = replace(FLAG, flag_id="f1", subject_id="UT-E-2")
    events = Events()
    for reader, first in (("ann", 0), ("bob", 1)):
        events.judge(reader, "confirmed", [FLAG], second="confirmed", first=first)
    events.judge("eve", "no-concern", [other])
    merged = state_of(walk(events), "UT-C-2", [FLAG, other])
    assert merged.outcome == "confirmed"
    assert merged.decision is not None and merged.decision.n == 2  # to which what is done about it belongs
    assert state_of(walk(events), "UT-C-3", [other]).outcome == "no-concern"


@pytest.mark.parametrize(
    "new_id", ["e0", "g0"]
)  # before and after the judged one, in whatever order they come
def test_a_case_closed_with_a_flag_that_nobody_judged_keeps_its_decision(new_id: str) -> None:
    new = replace(FLAG, flag_id=new_id, subject_id="UT-E-2")
    for flags in ([FLAG, new], [new, FLAG]):
        events = Events()
        for reader, first in (("ann", 0), ("bob", 1)):
            events.judge(reader, "confirmed", [FLAG], second="confirmed", first=first)
        events.close(flags)
        state = state_of(walk(events), CASE, flags)
        assert (state.stage, state.outcome) == ("closed", "confirmed")
        assert state.decision is not None and state.decision.round is not None


def test_a_merged_case_is_back_for_what_nobody_judged() -> None:
    other = replace(FLAG, flag_id="f1", subject_id="UT-E-2")
    state = state_of(_judged(FLAG), "UT-C-2", [FLAG, other])
    assert state.stage == "open" and state.came_from == (CASE,)
    assert [(one.flag_id, one.kind) for one in state.new] == [("f1", "flag")]


def test_a_subject_under_another_id_keeps_its_verdict() -> None:
    renamed = replace(FLAG, flag_id="f9", subject_id="UT-E-9")
    assert state_of(_judged(FLAG), CASE, [renamed]).stage == "open"
    state = state_of(_judged(FLAG), CASE, [renamed], earlier_subjects={"UT-E-9": ["UT-E-1"]})
    assert state.stage == "decided" and state.judged == (FLAG.flag_id,)  # what reopening withdraws


def test_what_is_new_is_named() -> None:
    walked = _judged(FLAG)
    new = {
        "grown": replace(FLAG, facts=FLAG.facts | {"p1.a", "p2.a"}),
        "changed": replace(FLAG, facts=frozenset({"p0.b"})),
        "rule": replace(FLAG, version="v2"),
    }
    for kind, flag in new.items():
        [one] = state_of(walked, CASE, [flag]).new
        assert (one.kind, one.facts_n) == (kind, {"grown": 2, "changed": 1, "rule": 0}[kind])
    assert state_of(walked, CASE, [replace(FLAG, facts=frozenset())]).stage == "decided"


def test_a_flag_that_came_into_lane_stop_is_to_be_judged_anew() -> None:
    judged = _judged(replace(FLAG, lane="act"))
    assert state_of(judged, CASE, [replace(FLAG, lane="look")]).stage == "decided"
    state = state_of(judged, CASE, [replace(FLAG, lane="stop")])
    assert state.stage == "open" and [one.kind for one in state.new] == ["rule"]
    # Of an earlier version no event says in which lane the flag was.
    assert state_of(_judged(FLAG), CASE, [replace(FLAG, lane="stop")]).stage == "decided"


def test_an_explained_flag_needs_no_verdict() -> None:
    other = replace(FLAG, flag_id="f1", subject_id="UT-E-2")
    assert state_of(_judged(FLAG), CASE, [FLAG, other], explained={"f1"}).stage == "decided"
    alone = state_of(Walked(), CASE, [other], explained={"f1"})
    assert alone.explained and alone.stage == "open"


def test_readers_who_differ_on_one_indicator_differ() -> None:
    events = Events()
    other = replace(FLAG, flag_id="f1", indicator="OWN-010")
    events.judge("ann", "confirmed", [FLAG, other], second="confirmed")
    second = events.judge("bob", "confirmed", [FLAG, other], first=1)
    assert state_of(walk(events), CASE, [FLAG, other]).stage == "decided"
    body = {**(events[second - 1].body or {}), "outcomes": {"PRP-010": "confirmed", "OWN-010": "no-concern"}}
    events[second - 1] = replace(events[second - 1], body=body)
    assert state_of(walk(events), CASE, [FLAG, other]).stage == "second-read"
