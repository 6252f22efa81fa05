"""`undertow check`: owners, and why nobody is declared."""

from pathlib import Path

import pytest

from flows.check.columns import columns
from flows.check.ownership import nobody_found, owners, per_cent
from flows.cli.app import exit_code
from flows.home.settings import Home
from tests.flows.check.asking import one
from tests.flows.check_release import ALDER, BIRCH, CEDAR_ONE, JOHN, MARY, published, rows


def test_owners_with_bounds_and_verdicts(home: Home) -> None:
    direct, through = owners(one(home, BIRCH).subjects[0].facts)
    assert (direct.party_id, direct.kind) == (ALDER, "legal_entity") and (through.party_id, through.kind) == (
        JOHN,
        "person",
    )
    assert direct.lines == (
        "declared: shareholding more than 50, at most 75 %",
        "comes to more than 50, at most 75 % of the shares",
        "CERTAIN: controls it",
    )
    assert through.lines == (
        "comes to at least 37.5, at most 75 % of the shares; at most 90 % if what nobody declared is added",
    )


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ((100, 100), "100 %"),
        ((25, 50, True, False), "more than 25, at most 50 %"),
        ((0, 25), "at least 0, at most 25 %"),
        ((None, None), "a share that is not stated"),
        ((10, None), "at least 10, at most 100 %"),
        ((100, 100, False, True), "at least 100, less than 100 %"),
        (("33.333333333", 50), "at least 33.33, at most 50 %"),
    ],
)
def test_bounds_in_words(bounds: tuple[object, ...], words: str) -> None:
    assert per_cent(*bounds) == words


@pytest.mark.nightly
def test_verdicts_on_persons_say_what_they_do_not_show(tmp_path: Path) -> None:
    """Who holds a fifth is no owner by a regime that is not for every entity, and whom only the undeclared
    could make one is not shown to be one.
    """
    given = rows()
    owner_row = given["graph_ubo"][0]
    given["graph_ubo"] = [
        {
            **owner_row,
            "party_id": MARY,
            "regime": regime,
            "verdict": verdict,
            "share_min": 20,
            "share_max": 30,
        }
        for regime, verdict in (("AMLR", "UNDECLARED"), ("UK", "UNDECLARED"), ("STRICT", "CERTAIN"))
    ]
    made = published(tmp_path / "home", given)
    [lines] = [owner.lines for owner in owners(one(made, ALDER).subjects[0].facts) if owner.party_id == MARY]
    assert lines == (
        "CERTAIN: beneficial owner (ownership) by STRICT (at least 15 %, only where an act "
        "names the class of entity)",
        "UNDECLARED: not shown to be a beneficial owner by AMLR, UK; only what nobody declared "
        "could make this person one",
    )
    [shown] = [columns("owner_of", row) for row in one(made, MARY).subjects[0].facts["owner_of"]]
    assert shown["by"] == "STRICT (at least 15 %, only where an act names the class of entity)"


def test_nobody_declared_and_why(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["check", CEDAR_ONE, "--home", str(home.root)]) == 0
    output = capsys.readouterr().out
    assert "declared instead of a holder: no individual or entity with significant control" in output
    assert "no beneficial owner found: nothing declared (by AMLR, UK)" in output


@pytest.mark.parametrize(
    ("reason", "why"),
    [("state", ""), ("nothing_declared", ", and nothing says why"), (None, ", and nothing says why")],
)
def test_nobody_declared_is_said_once_and_does_not_contradict_the_reason(
    reason: str | None, why: str
) -> None:
    verdicts = (
        [{"verdict": "NONE_FOUND", "reason": reason, "regime": "UK", "party_id": None, "basis": None}]
        if reason
        else []
    )
    reasons = nobody_found({"beneficial_owners": verdicts})
    assert reasons[0] == f"nobody is declared as holder, owner or controller{why}" and len(
        reasons
    ) == 1 + len(verdicts)


def test_where_no_register_covers_owners_nobody_failed_to_declare_one() -> None:
    none = {"verdict": "NONE_FOUND", "reason": "nothing_declared", "regime": "AMLR", "party_id": None}
    reasons = nobody_found(
        {
            "beneficial_owners": [none | {"basis": None}],
            "not_assessable": [{"reason": "not_published:owners"}],
        }
    )
    assert reasons == (
        "nobody is declared as holder, owner or controller",
        "no beneficial owner found: no register that Undertow reads covers owners there in full (by AMLR)",
    )
