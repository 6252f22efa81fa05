"""What a check says of earlier decisions: only what is decided, and only for the purpose that it was made
for.
"""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.check.input import Question
from flows.check.sheet import Answer, Sheet, Subject
from flows.facts.certainty import CERTAINTIES, Match
from flows.facts.powers import Powers
from flows.home.settings import Home
from flows.review import acts, known
from flows.review.acts import By, Given
from flows.review.desk import Desk
from tests.flows.review.world import Raised, desk, new_home, night, user

CASE = Raised("a1", "UT-C-a1")
STOP = Raised("s1", "UT-C-s1", subject_id="GB-COH-3", lane="stop")


def sheet(subject_id: str) -> Sheet:
    match = Match(subject_id, "legal_entity", "A LTD", next(iter(CERTAINTIES)), "by its number")
    answer = Answer(Question(1, name="A Ltd"), (Subject(match, {"identity": ()}, ()),), {}, ())
    return Sheet({}, date(2026, 6, 2), (), (), (), (), (answer,), {}, {}, Powers({}, frozenset()), {})


def decisions(at: Desk, subject_id: str, purpose: str = "demo") -> list[dict[str, Any]]:
    [answer] = known.with_decisions(sheet(subject_id), at, purpose=purpose).answers
    rows = answer.subjects[0].facts["decisions"]
    assert answer.subjects[0].searched[-1].found_n == len(rows)
    return [dict(row) for row in rows]


@pytest.fixture(scope="module")
def one_night(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Copied, never changed."""
    made = new_home(tmp_path_factory.mktemp("known") / "home")
    night(made, [CASE, STOP])
    return made


@pytest.fixture
def at(tmp_path: Path, one_night: Home) -> Desk:
    opened = desk(Home(shutil.copytree(one_night.root, tmp_path / "home", symlinks=True)))
    opened.__dict__["key"] = b"k" * 32  # nothing here is drawn for a second reading
    return opened


def test_a_decision_is_told_for_its_own_purpose_with_what_was_asked(at: Desk) -> None:
    assert decisions(at, CASE.subject_id) == []
    given = replace(Given("no-concern", "explained", "They sent the deed."), done=("question",))
    acts.judge(at, By(user("ann"), "demo", ""), CASE.case_id, given)
    [row] = decisions(at, CASE.subject_id)
    assert (row["case_id"], row["indicators"], row["note"]) == (
        CASE.case_id,
        [CASE.indicator],
        ["They sent the deed."],
    )
    assert row["done"] == ["A question to the applicant."] and row["outcome"] == "Not a concern."
    assert decisions(at, CASE.subject_id, "other") == [] == decisions(at, STOP.subject_id)


def test_nobody_learns_of_a_first_verdict_before_the_second(at: Desk) -> None:
    given = Given("confirmed", "unexplained", "a secret of the first reader")
    first = replace(given, done=("question",))
    acts.judge(at, By(user("ann"), "demo", ""), STOP.case_id, first)
    assert decisions(at, STOP.subject_id) == []
    acts.judge(at, By(user("bob"), "demo", ""), STOP.case_id, given)
    [row] = decisions(at, STOP.subject_id)
    assert row["case_id"] == STOP.case_id and row["done"] == ["A question to the applicant."]
