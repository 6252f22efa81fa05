"""`undertow check`: whom a number or an id means."""

from pathlib import Path

import pytest

from flows.check.input import Question, bare_number, is_company_number
from flows.check.sheet import lanes_in_words
from flows.cli.app import exit_code
from flows.home.settings import Home
from tests.flows.check.affairs import SOLD_FLAT
from tests.flows.check.asking import checked, each, ids_of, matches_in, meant, one, pages_written, whom
from tests.flows.check_release import (
    ALDER,
    BIRCH,
    CEDAR_ONE,
    CEDAR_TWO,
    DIJK,
    JOHN,
    NUMBERED,
    SOCIETY,
    STRANGER,
    TYPED,
    published,
    rows,
    unit,
)
from tests.flows.pages.releases import Page


def test_a_company_number_in_any_spelling(home: Home) -> None:
    spellings = [
        "GB-COH-09000001",
        "gb-coh-09000001",
        "09000001",
        "9000001",
        " 9 000 001 ",
        "GB-COH-9000001",
        "9000001.0",
    ]
    for written, result in meant(home, spellings):
        assert ids_of(result)[0] == (ALDER, "identifier"), written


BEFORE_A_NUMBER = (
    "GB9000001",
    "GB 09000001",
    "UK09000001",
    "No. 9000001",
    "no 9000001",
    "Company number 09000001",
    "Company No: 09000001",
    "company registration number: 9000001",
    "Co. No. 9000001",
    "CRN 09000001",
    "009000001",
    "0009000001",
    "#9000001",
    "Companies House no. 09000001",
)


@pytest.mark.nightly
def test_what_is_written_before_a_number_is_taken_off(home: Home) -> None:
    both: list[Question | str] = [
        *BEFORE_A_NUMBER,
        *(Question(1, number=written) for written in BEFORE_A_NUMBER),
    ]
    for given, answer in each(home, both):
        match = answer.subjects[0].match
        assert (match.subject_id, match.certainty) == (ALDER, "identifier"), given
        assert (
            isinstance(given, str)
            or f"read as {ALDER}" in match.why
            or match.why == "the number is this party's"
        ), given


def test_a_name_and_a_number_in_one_text(home: Home) -> None:
    texts = [
        "Alder Farm Ltd, 9000001",
        "alder farm (09000001)",
        "Alder Farm Limited 9000001",
        "Alder Farm; company number 9000001",
        "Alder Farm Ltd (Company No. 09000001)",
    ]
    for written, result in meant(home, texts):
        assert ids_of(result)[0] == (ALDER, "identifier_and_name"), written
    for written, result in meant(home, [text.replace("9000001", "9000009") for text in texts]):
        assert ids_of(result) == [(ALDER, "name_of_another_number")], written


def test_the_words_before_a_number_may_be_the_number_itself() -> None:
    assert [
        bare_number(text)
        for text in (
            "NO012345",
            "SC 12345",
            "CH-1",
            "nothing",
            "No answer",
            "GB123456789",
            "ZT100001",
            "00007724",
        )
    ] == ["012345", "SC 12345", "1", "nothing", "No answer", "123456789", "ZT100001", "00007724"]
    assert [
        is_company_number(text)
        for text in ("98254", "SC012345", "IP21143R", "R0000001", "OO098254", "123456789", "")
    ] == [True, True, True, True, False, False, False]


def test_a_number_of_another_form_is_said_to_be_searched_as_written(home: Home) -> None:
    [searched] = one(home, Question(1, number="12-345-678-999")).tried
    assert (
        searched.words
        == "a party of this number, as written: it does not have the form of a UK company number"
    )


def test_a_control_group_is_found_by_its_id_with_what_is_in_it(home: Home, tmp_path: Path) -> None:
    subject = one(home, f"CG-{JOHN}").subjects[0]
    assert (subject.match.subject_type, subject.match.certainty, subject.match.name) == (
        "control_group",
        "identifier",
        "a group under one natural person",
    )
    assert (subject.identity["controller_id"], subject.identity["members_n"]) == (JOHN, 2)
    assert [(row["subject_id"], row["flags_n"]) for row in subject.facts["members"]] == [
        (ALDER, 1),
        (BIRCH, 1),
    ]
    assert [(row["flag_id"], row["scope"]) for row in subject.facts["flags"]] == [
        ("f1", "entity in it"),
        ("f4", "entity in it"),
    ] and lanes_in_words(subject.facts, "own_lanes") == "0"
    pages_written(home, checked(home, f"CG-{JOHN}"), tmp_path)
    assert "Entities in it" in Page((tmp_path / "party-000001.html").read_text(encoding="utf-8")).text


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("UT-C-f1", "this is the id of a case: undertow report --case UT-C-f1"),
        ("f4", "this is the id of a flag: undertow explain f4"),
    ],
)
def test_an_id_of_a_case_or_a_flag_says_which_command_it_is_for(
    home: Home, written: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for given in (written, Question(1, number=written)):
        answer = one(home, given)
        assert (answer.subjects, answer.outcome, answer.tried) == ((), says, ())
    assert exit_code(["check", written, "--home", str(home.root)]) == 0
    assert says in capsys.readouterr().out


def test_an_id_that_is_nobodys_is_no_number(home: Home) -> None:
    [searched] = one(home, "UT-C-0000").tried
    assert searched.words == "a party, title or place of this id"


def test_a_sale_of_no_known_property_is_asked_for_as_its_address(affairs: Home) -> None:
    sales = whom(affairs, "GB-PPD-8", "GB-PPD-9")
    assert sales == [[(unit(SOLD_FLAT), "identifier")], [("UT-U-9", "identifier")]]


def test_an_unpadded_number_is_a_companys_and_may_be_a_societys(home: Home) -> None:
    """Both are shown: the number read as a company's, and the society whose title states those digits."""
    (_, short), (_, padded) = meant(home, ["7724", "00007724"])
    assert ids_of(short) == [(NUMBERED, "identifier"), (SOCIETY, "number_on_title")]
    assert "read as" in short.matches[0].why and "read as" not in padded.matches[0].why


def test_a_foreign_number_without_its_scheme(home: Home) -> None:
    assert whom(home, "27123456", "NL-KVK-27123456") == [[(DIJK, "identifier")]] * 2


def test_a_number_of_a_trade_register_that_is_held_without_its_scheme(affairs: Home) -> None:
    """A Dutch town types a number of the Dutch trade register as it stands on an application."""
    assert whom(affairs, "27123456", "KvK 27123456") == [[(DIJK, "identifier")]] * 2
    both = Question(1, name="Dijk Vastgoed B.V.", number="27123456")
    assert whom(affairs, both) == [[(DIJK, "identifier_and_name")]]


def test_a_placeholder_or_unknown_number_is_nobodys(home: Home) -> None:
    for given, answer in each(
        home,
        [Question(1, number=number) for number in ("0", "00000000", "N/A", "GB-COH-00000000", "12345679")],
    ):
        assert answer.subjects == (), given


def test_number_and_name_that_agree(home: Home) -> None:
    """Its name, a former one, and as a title writes it."""
    names = ("Alder Farm Ltd", "OLD BARN LIMITED", "alder farms")
    for given, result in meant(home, [Question(1, name=name, number="09000001") for name in names]):
        assert ids_of(result)[0] == (ALDER, "identifier_and_name"), given


def test_number_and_name_that_do_not_agree_are_candidates_for_either(home: Home) -> None:
    answer = one(home, Question(1, name="The Birch and Sons (UK) Limited", number="09000001"))
    assert (BIRCH, "name_of_another_number") in matches_in(answer)
    assert (ALDER, "number_of_another_name") in matches_in(answer) and (
        STRANGER,
        "number_of_another_name",
    ) in matches_in(answer)
    assert all(subject.facts == {} for subject in answer.subjects)
    [birch] = [subject.match for subject in answer.subjects if subject.match.subject_id == BIRCH]
    assert birch.is_candidate and f"the number given is not this party's, but that of {ALDER}" in birch.why
    alone = one(home, Question(1, name="Nobody Ever Heard Of Ltd", number="09000001"))
    assert alone.outcome == "candidates only" and alone.matches == () and alone.tried != ()


def test_a_number_that_anybody_types_is_compared_where_somebody_has_it(home: Home) -> None:
    numbers = ["02345678", "2345678", "GB-COH-02345678"]
    for number, result in meant(home, numbers):
        assert ids_of(result) == [(TYPED, "identifier")], number
    for given, result in meant(
        home, [Question(1, name="Runnel Marsh Ltd", number=number) for number in numbers]
    ):
        assert ids_of(result)[0] == (TYPED, "identifier_and_name"), given
    for given, other in each(home, [Question(1, name="Alder Farm Ltd", number=number) for number in numbers]):
        assert {(ALDER, "name_of_another_number"), (TYPED, "number_of_another_name")} <= set(
            matches_in(other)
        ) and other.outcome == "candidates only", given


def beside_its_name(*numbers: str) -> list[Question]:
    return [Question(1, name="Alder Farm Ltd", number=number) for number in numbers]


def test_a_number_that_anybody_types_and_nobody_has_takes_nothing_from_a_name(home: Home) -> None:
    for given, result in meant(home, beside_its_name("07654321", "12345678", "N/A", "1")):
        assert (ALDER, "exact_name") in ids_of(result), given


def test_a_name_beside_a_number_that_is_nobodys_is_a_candidate(home: Home) -> None:
    for given, answer in each(home, beside_its_name("98255", "OO900001", "NL-KVK-99999999")):
        assert answer.outcome == "candidates only" and (ALDER, "name_of_another_number") in matches_in(
            answer
        ), given
        assert (
            "the number given is not this party's, and in this release no party's"
            in answer.subjects[0].match.why
        ), given


def test_what_is_no_number_of_a_party_takes_nothing_from_the_name(home: Home) -> None:
    for given, result in meant(home, beside_its_name("", "N/A", "none", "00000000", "ZT100001")):
        assert (ALDER, "exact_name") in ids_of(result), given


@pytest.mark.nightly
def test_a_number_that_a_title_states_agrees_and_of_two_namesakes_only_its_holder_is_the_match(
    home: Home,
) -> None:
    assert matches_in(one(home, Question(1, name="Poltair Society Limited", number="7724")))[0] == (
        SOCIETY,
        "exact_name",
    )
    assert matches_in(one(home, Question(1, name="Cedar Trading", number="9000003"))) == [
        (CEDAR_ONE, "identifier_and_name"),
        (CEDAR_TWO, "name_of_another_number"),
    ]


def test_two_equal_matches_are_both_shown(home: Home) -> None:
    answer = one(home, "cedar trading")
    assert matches_in(answer) == [(CEDAR_ONE, "exact_name"), (CEDAR_TWO, "exact_name")]
    assert answer.outcome.startswith("2 equal matches") and all(subject.facts for subject in answer.subjects)


@pytest.mark.nightly
def test_a_candidate_by_its_name_is_not_said_to_state_the_number(tmp_path: Path) -> None:
    given = rows()
    given["resolution"] = [
        {"party_id": STRANGER, "statement_id": "p4", "method": "record", "candidate_id": ALDER, "score": 0.0},
        {"party_id": SOCIETY, "statement_id": "p5", "method": "record", "candidate_id": ALDER, "score": 1.0},
        {"party_id": DIJK, "statement_id": "p6", "method": "record", "candidate_id": ALDER, "score": 0.5},
    ]
    answer = one(published(tmp_path / "home", given), "GB-COH-09000001")
    assert matches_in(answer) == [
        (ALDER, "identifier"),
        (STRANGER, "number_of_another_name"),
        (DIJK, "similar_name"),
        (SOCIETY, "similar_name"),
    ]
    assert ["gives this party the number" in subject.match.why for subject in answer.subjects] == [
        False,
        True,
        False,
        False,
    ]
    assert all("states no number" in subject.match.why for subject in answer.subjects[2:])
