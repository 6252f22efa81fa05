"""One natural person's functions in the Dutch trade register: listed for a purpose that allows them only."""

import json

import pytest

from flows.cli.app import exit_code
from flows.home.authority import SETTINGS_FILE
from flows.home.settings import Home
from tests.flows.check_release import ALDER, JOHN, entity, published, rows

ZEEDIJK = "NL-KVK-90012304"
PURPOSES = """
[[purpose]]
code = "permits"
title = "Permits"
legal_basis = "Article 3"

[[purpose]]
code = "integrity"
title = "Integrity screening"
legal_basis = "Article 28"
allows = ["functions"]
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A person with a British company, and a seat on the board of a Dutch one."""
    given = rows()
    seat = {
        "interest_id": "seat",
        "statement_id": "r-seat",
        "subject_id": ZEEDIJK,
        "party_id": JOHN,
        "interest_type": "boardMember",
        "basis": "unknown",
        "is_open": True,
    }
    register = {
        "register": "nl_kvk_dataservice",
        "title": "Dutch registrations",
        "territory": "nl",
        "edition_in_force": "2026-06-01",
    }
    held = {
        "entity": [*given["entity"], entity(ZEEDIJK, "ZEEDIJK OPSLAG B.V.")],
        "interest": [*given["interest"], seat],
        "register": [*given["register"], register],
    }
    made = published(tmp_path_factory.mktemp("functions") / "home", {**given, **held}, synthetic=False)
    (made.root / SETTINGS_FILE).write_text(PURPOSES)
    return made


@pytest.mark.parametrize(("purpose", "lists_functions"), [("permits", False), ("integrity", True)])
def test_a_persons_functions_are_listed_for_a_purpose_that_allows_them(
    home: Home, purpose: str, lists_functions: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["check", JOHN, "--home", str(home.root), "--purpose", purpose, "--json"]) == 0
    output = capsys.readouterr().out
    [subject] = json.loads(output)["answers"][0]["subjects"]
    listed = {row["subject_id"] for row in subject["holdings"]}
    assert (ALDER in listed, ZEEDIJK in listed) == (True, lists_functions)
    assert (ZEEDIJK in output) == lists_functions
    words = {each["what"] for each in subject["searched"]}
    assert any("--allows functions" in word for word in words) != lists_functions


def test_the_board_of_a_company_is_listed_for_any_purpose(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["check", ZEEDIJK, "--home", str(home.root), "--purpose", "permits", "--json"]) == 0
    [subject] = json.loads(capsys.readouterr().out)["answers"][0]["subjects"]
    assert [row["party_id"] for row in subject["interests"]] == [JOHN]
