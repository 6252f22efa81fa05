"""`undertow check`: titles, addresses, postcodes and sales."""

import json
from datetime import date
from pathlib import Path

import pytest

from flows.check.input import Question, read_text
from flows.check.sheet import lanes_in_words
from flows.cli.app import exit_code
from flows.home.settings import Home
from tests.flows.check.affairs import KEYED, LAND, LETTERED, NAMED, QUAY, SHARED, SOLD_AT, SOLD_FLAT
from tests.flows.check.asking import (
    checked,
    each,
    ids_of,
    matches_in,
    meant,
    one,
    pages_written,
    whom,
    write_list,
)
from tests.flows.check_release import ALDER, ALDER_TITLE, CEDAR_ONE, OFFICE, unit
from tests.flows.pages.releases import Page


@pytest.mark.nightly
def test_titles_addresses_and_postcodes(home: Home) -> None:
    assert (
        matches_in(one(home, "ZT100001"))
        == [(ALDER_TITLE, "identifier")]
        == matches_in(one(home, "gb-hmlr-zt100001"))
    )
    assert (
        matches_in(one(home, OFFICE))
        == [(unit(OFFICE), "exact_address")]
        == matches_in(one(home, "4, mill lane,ZT13DB"))
    )
    assert (
        matches_in(one(home, "zt1 3db"))
        == [("ZT1 3DB", "postcode")]
        == matches_in(one(home, "5 Mill Lane, ZT1 3DB"))
    )
    assert one(home, "5 Mill Lane, QQ1 1QQ").subjects == ()
    seated = one(home, OFFICE).subjects[0].facts["seated"]
    assert [row["company_id"] for row in seated] == [ALDER, CEDAR_ONE]


@pytest.mark.nightly
def test_a_title_that_a_company_sold_is_listed_and_the_flagged_sale_is_around_it(
    affairs: Home, tmp_path: Path
) -> None:
    facts = one(affairs, ALDER).subjects[0].facts
    first = facts["titles"][0]
    assert (first["title_id"], first["ended_on"], first["address_text"], first["tenure"]) == (
        ALDER_TITLE,
        date(2026, 5, 1),
        OFFICE,
        None,
    )
    assert [(row["flag_id"], row["scope"]) for row in facts["flags"]] == [
        ("f6", "sale of a property it formerly held")
    ]
    assert lanes_in_words(facts, "own_lanes") == "0" and facts["not_assessable"] == ()
    assert one(affairs, ALDER, ["penwith"]).subjects[0].facts["titles_elsewhere"][0]["no_district_n"] == 1
    pages_written(affairs, checked(affairs, ALDER), tmp_path)
    assert (
        "Flags: 0; on entities around it or on what it formerly held: 1 act"
        in Page((tmp_path / "party-000001.html").read_text(encoding="utf-8")).text
    )


def test_a_dutch_address_is_found_by_its_postcode(affairs: Home) -> None:
    address_id, code = KEYED["a_address_id"], KEYED["a_postcode"]
    question = Question(1, address="Dokstraat 8", postcode="4494 ss")
    spellings = (QUAY, "dokstraat 8, 4494 SS Havermonde", "Dokstraat 8 4494ss", question)
    for written, result in meant(affairs, spellings):
        assert ids_of(result) == [(address_id, "exact_address")], written
    street, whole, apart = whom(affairs, "dokstraat 8, havermonde", "4494SS", "4494 SS")
    assert street == [(address_id, "similar_address")]
    assert whole == [(code, "postcode")] == apart[:1]
    assert read_text("2000AD Limited").name == "2000AD Limited"
    house = one(affairs, "Unit 1200 St Johns Road, Zedton")
    assert "its postcode" not in house.tried[-1].words  # 1200 ST is none


@pytest.mark.nightly
def test_an_address_that_only_sales_know_is_found_with_its_sales_and_flags(affairs: Home) -> None:
    for written, address, flags in (
        ("12 ZED ROW ZT19ZZ", SOLD_AT, ["f10", "f9"]),
        (SOLD_FLAT, SOLD_FLAT, ["f8"]),
    ):
        answer = one(affairs, written)
        assert matches_in(answer) == [(unit(address), "exact_address")]
        facts = answer.subjects[0].facts
        assert (
            answer.subjects[0].identity["name"] == address
            and answer.subjects[0].identity["area_name"] == "HARROWMERE"
        )
        assert [row["flag_id"] for row in facts["flags"]] == flags and len(facts["sales"]) == 1
    assert matches_in(one(affairs, unit(SOLD_AT))) == [(unit(SOLD_AT), "identifier")]


def test_a_postcode_that_only_sales_know_has_all_its_units(affairs: Home) -> None:
    subject = one(affairs, "zt1 9zz").subjects[0]
    assert (subject.match.certainty, subject.identity["units_n"]) == ("postcode", 2)
    assert {row["flag_id"] for row in subject.facts["flags"]} == {"f8", "f9", "f10"} and len(
        subject.facts["sales"]
    ) == 2


IN_A_BUILDING = (
    ("71 Zed Street, ZT1 8ZZ", SHARED, "it is 71-75, and 71 was given"),
    ("9 Zed St, ZT1 8ZZ", LETTERED, "it is 9A, and 9 was given"),
    ("Flat 1, 9a Zed Street, ZT1 8ZZ", LETTERED, "the building of the unit given"),
    ("Zed House, Zed Street, ZT1 8ZZ", NAMED, "a unit of the building given"),
    ("72 Zed Street, ZT1 8ZZ", None, ""),
    ("9B Zed Street, ZT1 8ZZ", None, ""),
    ("Flat 3, Zed Hall, ZT1 8ZZ", None, ""),
    ("14 Zed Row, ZT1 9ZZ", SOLD_FLAT, "a unit of the building given"),
    ("12A Zed Row, ZT1 9ZZ", SOLD_AT, "it is 12, and 12A was given"),
)


@pytest.mark.nightly
def test_the_building_of_an_address_is_a_candidate_beside_the_postcode(affairs: Home) -> None:
    expected = {
        written: [] if found_there is None else [(unit(found_there), why)]
        for written, found_there, why in IN_A_BUILDING
    }
    for written, answer in each(affairs, list(expected)):
        assert answer.subjects[0].match.certainty == "postcode", written
        building = [
            (subject.match.subject_id, subject.match.why)
            for subject in answer.subjects
            if subject.match.certainty == "same_building"
        ]
        assert building == expected[written], written


@pytest.mark.nightly
def test_what_is_known_of_a_postcode_is_said_exactly(affairs: Home, home: Home) -> None:
    texts = [
        one(*given).subjects[0].match.why
        for given in (
            (home, "5 Mill Lane, ZT1 3DB"),
            (home, "ZT1 3DB"),
            (affairs, "5 Zed Row, ZT1 9ZZ"),
            (affairs, "ZT1 9ZZ"),
        )
    ]
    assert texts == [
        "1 unit of this postcode is known, and it is not the one given",
        "1 unit of this postcode is known; no unit was given",
        "2 units of this postcode are known, and the one given is not among them",
        "2 units of this postcode are known; no unit was given",
    ]


STREETS_AND_PLACES = {
    "12 Zed Row, Zedton": unit(SOLD_AT),
    "12, ZED ROW, ZEDTON, England": unit(SOLD_AT),
    "4 Mill Ln Zedton": unit(OFFICE),
    "12 Zed Row, Zedton, QQ1 1QQ": unit(SOLD_AT),
    "12 Zed Row, ZT1 9ZY": unit(SOLD_AT),
    "Land at Zed Road, Kelderby": LAND,
    "Zed Road, Kelderby": LAND,
    "Flat 2, 14 Zed Row, Zedton": unit(SOLD_FLAT),
    "13 Zed Row, Zedton": None,
    "12 Zed Row, Kelderby": None,
    "12 Zed Road, Kelderby": None,
    "12 Zed Row, QQ1 1QQ": None,
}


@pytest.mark.nightly
def test_street_and_place_are_candidates_where_no_postcode_agrees(affairs: Home) -> None:
    both: list[Question | str] = [
        *STREETS_AND_PLACES,
        *(Question(1, address=written) for written in STREETS_AND_PLACES),
    ]
    for given, answer in each(affairs, both):
        expected = STREETS_AND_PLACES[given if isinstance(given, str) else given.address]
        assert matches_in(answer) == ([] if expected is None else [(expected, "similar_address")]), given
        assert (
            answer.outcome == ("nothing found" if expected is None else "candidates only")
            and answer.not_searched == ()
        ), given
        assert any("street and place" in searched.words for searched in answer.tried), given


@pytest.mark.sample(1)
@pytest.mark.parametrize("written", ["12 Zed Row", "The Zedhouse", "Zedton"])
def test_an_address_that_cannot_be_searched_is_not_said_to_be_absent(
    affairs: Home, written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_list(tmp_path / "list.csv", f"address\n{written}\n")
    assert exit_code(["check", str(path), "--home", str(affairs.root)]) == 0
    output = capsys.readouterr().out
    assert (
        "not searched" in output
        and "This address was not searched: a search needs a postcode, or a street and place" in output
    )
    assert "nothing found" not in output.lower()
    assert exit_code(["check", str(path), "--json", "--home", str(affairs.root)]) == 0
    [answer] = json.loads(capsys.readouterr().out)["answers"]
    assert answer["nothing_found"] == [] and len(answer["not_searched"]) == 1
    assert exit_code(["check", str(path), "--to", str(tmp_path / "to"), "--home", str(affairs.root)]) == 0
    assert (
        "This address was not searched"
        in Page((tmp_path / "to" / "party-000001.html").read_text(encoding="utf-8")).text
    )


def test_a_long_list_says_which_addresses_without_a_postcode_it_did_not_search(
    affairs: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.check.addresses.STREETS_MAX", 1)
    first, second = checked(affairs, [Question(row, address="12 Zed Row, Zedton") for row in (1, 2)]).answers
    assert matches_in(first) == [(unit(SOLD_AT), "similar_address")]
    assert second.outcome == "not searched" and "add the postcode" in second.not_searched[0]


def test_a_title_in_no_edition_in_force_is_found_with_who_left_it(affairs: Home) -> None:
    subject = one(affairs, "ZT100001").subjects[0]
    assert (subject.match.subject_id, subject.match.certainty) == (ALDER_TITLE, "identifier")
    assert subject.identity["is_former"] and subject.identity["name"] == OFFICE
    assert [(row["party_id"], row["ended_on"]) for row in subject.facts["proprietors"]] == [
        (ALDER, date(2026, 5, 1))
    ]
    there = one(affairs, OFFICE).subjects[0].facts["titles_at"]
    assert [(row["title_id"], row["party_id"], row["ended_on"]) for row in there] == [
        (ALDER_TITLE, ALDER, date(2026, 5, 1))
    ]
