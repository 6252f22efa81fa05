"""`undertow check`: what is said of who is found, and of nothing found."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from flows.check.answer import check
from flows.check.columns import columns, identity_pairs, summary
from flows.check.input import Question
from flows.check.ownership import owners
from flows.check.sheet import Subject, as_json, lanes_in_words
from flows.cli.app import exit_code
from flows.facts.certainty import CANDIDATES, CERTAINTIES
from flows.facts.rows import as_int
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.release.store import current_release, open_current
from tests.flows.check.affairs import (
    APPLICANT,
    ASSESSED,
    ATTACHED,
    BORROWER,
    DISSOLVED,
    HALL,
    IN_ADMINISTRATION,
    IN_LIQUIDATION,
    INSOLVENT,
    LAND,
    LEFT,
    LOSER,
    MORTGAGED,
    MORTGAGED_TOO,
    OF_A_BODY,
    OF_OWN_INDICATOR,
    RECEIVER,
    SHOP,
    TO_BE_DISSOLVED,
    WINNER,
    WORDS,
)
from tests.flows.check.asking import ON, checked, one, pages_written
from tests.flows.check_release import (
    ALDER,
    ALDER_TITLE,
    BIRCH,
    BIRCH_TITLE,
    CEDAR_TWO,
    JOHN,
    MARY,
    published,
    rows,
)
from tests.flows.pages.releases import Page
from transforms.language import in_language


def test_every_flag_of_a_party_and_of_what_is_around_it(home: Home) -> None:
    facts = one(home, ALDER).subjects[0].facts
    assert [(row["flag_id"], row["scope"]) for row in facts["flags"]] == [
        ("f1", "itself"),
        ("f2", "title it holds"),
        ("f5", "its registered office"),
        ("f4", "entity it controls"),
    ]
    assert lanes_in_words(facts, "own_lanes") == "2 act, 1 look"
    assert [(row["indicator"], row["reason"]) for row in facts["not_assessable"]] == [
        ("DEC-010", "no_number")
    ]
    assert [row["case_id"] for row in facts["cases"]] == ["UT-C-f1"]
    assert [(row["party_id"], row["relation"], row["listed_name"]) for row in facts["watch_list"]] == [
        (JOHN, "owner or holder", "SMITH, John Paul")
    ]
    assert lanes_in_words(one(home, BIRCH).subjects[0].facts, "own_lanes") == "1 act"


def test_flags_on_what_companies_bid_for_direct_and_have_permits_for_reach_them(affairs: Home) -> None:
    """A contracting process has other bidders too, so its flag is the winner's own, and around the others."""
    loser, winner = (one(affairs, company_id).subjects[0].facts for company_id in (LOSER, WINNER))
    assert [(row["flag_id"], row["scope"], row["is_around"]) for row in loser["flags"]] == [
        ("b3", "premises of a permit it is part of", False),
        ("b2", "set of entities with one of its directors", False),
        ("b1", "contracting process it bid in", True),
    ]
    assert loser["not_assessable"] == ()
    assert [(row["flag_id"], row["scope"], row["is_around"]) for row in winner["flags"]] == [
        ("b1", "contracting process it was awarded", False),
        ("b3", "premises of a permit it is part of", False),
        ("b4", "premises of a permit it is part of", False),
        ("b2", "set of entities with one of its directors", False),
    ]
    assert [row["indicator"] for row in winner["not_assessable"]] == ["PUB-100"]


def test_a_list_says_which_companies_have_ended_or_are_in_liquidation(affairs: Home, tmp_path: Path) -> None:
    ids = (DISSOLVED, LEFT, IN_LIQUIDATION, TO_BE_DISSOLVED, LAND)
    sheet = checked(affairs, [Question(n, number=number) for n, number in enumerate(ids, start=1)])
    states = [row["status"] for answer in sheet.answers for row in summary(answer)]
    assert states == ["dissolved 2026-02-10", "left the register 2026-03-01", "Liquidation", "Active", ""]
    index = Page(pages_written(affairs, sheet, tmp_path / "out").read_text(encoding="utf-8"))
    assert "dissolved 2026-02-10" in index.text
    assert summary(one(affairs, "nobody of this name"))[0]["status"] == ""


def test_a_company_that_has_ended_is_not_active_at_its_address(affairs: Home) -> None:
    seated = one(affairs, HALL).matches[0].facts["seated"]
    assert {row["company_id"]: columns("seated", row)["status"] for row in seated} == {
        DISSOLVED: "dissolved 2026-02-10",
        LEFT: "left the register 2026-03-01",
    }


def test_a_company_in_liquidation_is_said_to_be_without_a_case_held(affairs: Home) -> None:
    def shown(company_id: str) -> list[tuple[object, object]]:
        sections = [
            columns("insolvency", row) for row in one(affairs, company_id).matches[0].facts["insolvency"]
        ]
        return [(row["what"], row["insolvent"]) for row in sections]

    aside = "as the company register states it; no case or day held"
    assert shown(INSOLVENT) == [(f"insolvent, {aside}", "yes")]
    assert shown(IN_LIQUIDATION) == [(f"liquidation, {aside}", "kind not known")]
    assert [what for what, _ in shown(IN_ADMINISTRATION)] == ["administration"]
    assert shown(TO_BE_DISSOLVED) == []
    searched = {each.section: each for each in one(affairs, IN_LIQUIDATION).matches[0].searched}
    assert searched["insolvency"].found_n == 1 and "gb_coh_companies" in searched["insolvency"].where


def test_titles_are_those_of_the_area_and_flags_are_all(home: Home) -> None:
    everywhere, here = one(home, ALDER).subjects[0].facts, one(home, ALDER, ["harrowmere"]).subjects[0].facts
    assert [(row["title_id"], row["through"]) for row in everywhere["titles"]] == [
        (ALDER_TITLE, None),
        (BIRCH_TITLE, BIRCH),
    ]
    assert (
        [row["title_id"] for row in here["titles"]]
        == [ALDER_TITLE]
        == [row["title_id"] for row in one(home, ALDER, ["e07000001"]).subjects[0].facts["titles"]]
    )
    assert len(here["flags"]) == len(everywhere["flags"])


def test_2_an_unknown_area_is_refused_in_the_words_of_a_report_and_nothing_is_shown(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for area in ("Harowmere", "Zedzedzed", " "):
        assert (
            exit_code(["report", "--area", area, "--to", str(tmp_path / "report"), "--home", str(home.root)])
            == 2
        )
        refused = capsys.readouterr()
        assert (
            exit_code(
                [
                    "check",
                    ALDER,
                    "--area",
                    "harrowmere",
                    "--area",
                    area,
                    "--to",
                    str(tmp_path / "to"),
                    "--json",
                    "--home",
                    str(home.root),
                ]
            )
            == 2
        )
        assert capsys.readouterr() == refused and refused.out == "" and not (tmp_path / "to").exists()


@pytest.mark.nightly
def test_titles_outside_the_area_are_counted_and_a_district_has_many_spellings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = rows()  # only somebody else has a title in the district asked for
    others["title"].append(
        {
            "title_id": LAND,
            "address_text": "3 High Street, Bristol",
            "area_name": "CITY OF BRISTOL",
            "area_code": "E06000023",
        }
    )
    home = published(tmp_path / "others", others)
    many = rows()
    many["title"] = [
        {**many["title"][0], "area_name": "CITY OF BRISTOL", "area_code": "E06000023"},
        {**many["title"][1], "area_name": None},
    ]
    made = published(tmp_path / "home", many)
    nothing = {
        searched.section: searched.words
        for searched in one(home, ALDER, ["bristol"]).subjects[0].searched
        if searched.found_n == 0
    }
    assert (
        nothing["titles"]
        == "titles that it, or what it controls, holds or held, in bristol (2 in other districts)"
    )
    none = {
        searched.section: searched.words
        for searched in one(home, CEDAR_TWO, ["bristol"]).subjects[0].searched
        if searched.found_n == 0
    }
    assert none["titles"].endswith("in bristol (none elsewhere)")
    assert exit_code(["check", ALDER, "--area", "Bristol", "--home", str(made.root)]) == 0
    captured = capsys.readouterr()
    assert (
        captured.err == "" and "Titles in Bristol (1)\nbeside these: 1 in no known district" in captured.out
    )
    pages_written(made, checked(made, BIRCH, ["Bristol"]), tmp_path / "to")
    assert (
        "Titles that it, or what it controls, holds or held, in Bristol (1 in no known district): none."
        in Page((tmp_path / "to" / "party-000001.html").read_text()).text
    )


@pytest.mark.nightly
def test_an_ended_listing_says_so_and_comes_after_those_in_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The nearest party first, whatever its relation is called."""
    given = rows()
    listed = {**given["listing"][0], "party_kind": "entity", "party_id": ALDER, "statement_id": "l2"}
    given["listing"] += [
        {**listed, "listed_name": "OLD BARN", "is_open": False, "valid_to": date(2026, 1, 31)},
        {
            **listed,
            "listed_name": "OLD BARN",
            "is_open": False,
            "list_name": "Withdrawn",
            "statement_id": "l3",
        },
        {**listed, "party_id": BIRCH, "listed_name": "BIRCH", "statement_id": "l4"},
    ]
    made = published(tmp_path / "home", given)
    listings = [
        (row["relation"], row["listed_name"], row["standing"])
        for row in one(made, ALDER).subjects[0].facts["watch_list"]
    ]
    assert listings == [
        ("owner or holder", "SMITH, John Paul", "in force"),
        ("entity it controls", "BIRCH", "in force"),
        ("itself", "OLD BARN", "ended 2026-01-31"),
        ("itself", "OLD BARN", "not in force"),
    ]
    assert exit_code(["check", ALDER, "--home", str(made.root)]) == 0
    assert "ended 2026-01-31" in capsys.readouterr().out


def test_nothing_found_is_said_with_the_editions_searched(home: Home) -> None:
    sheet = checked(home, CEDAR_TWO)
    subject = sheet.answers[0].subjects[0]
    assert {searched.section for searched in subject.searched if searched.found_n == 0} >= {
        "interests",
        "titles",
        "flags",
        "not_assessable",
        "cases",
        "watch_list",
    }
    limits = " ".join(sheet.cannot_be_said)
    for part in (
        "Not held here, and so not searched: ",
        "Titles of overseas companies",
        "only an extract is held (the publisher's total is 5 and the file has 2 records)",
        "3 records could not be read",
        "stale since 2026-05-01",
        "not a clearance",
    ):
        assert part in limits, part
    assert sheet.checked_on == ON and sheet.release["as_of"] == date(2026, 6, 1)
    with in_language("nl"):
        in_dutch = " ".join(checked(home, CEDAR_TWO).cannot_be_said)
    assert "(het totaal van de bronhouder is 5 en het bestand heeft 2 records)" in in_dutch


@pytest.mark.nightly
def test_its_own_titles_and_those_still_held_say_so(home: Home, affairs: Home, tmp_path: Path) -> None:
    own, through = [columns("titles", row) for row in one(home, ALDER).subjects[0].facts["titles"]]
    assert (own["through"], own["ended"]) == ("itself", "still held") and through[
        "through"
    ] == "THE BIRCH & SONS (UK) LTD"
    assert [columns("titles", row)["ended"] for row in one(affairs, ALDER).subjects[0].facts["titles"]] == [
        date(2026, 5, 1),
        "still held",
    ]
    assert [
        columns("proprietors", row)["ended"] for row in one(home, "ZT100002").subjects[0].facts["proprietors"]
    ][:1] == ["still held"]
    pages_written(home, checked(home, ALDER), tmp_path)
    assert (
        "itself" in (text := Page((tmp_path / "party-000001.html").read_text(encoding="utf-8")).text)
        and "still held" in text
    )


def test_json_holds_all_of_it_and_the_evidence(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["check", "alder farm", "--json", "--home", str(home.root)]) == 0
    printed = json.loads(capsys.readouterr().out)
    [answer] = printed["answers"]
    [subject] = answer["subjects"]
    assert (subject["subject_id"], subject["certainty"], subject["is_candidate"]) == (
        ALDER,
        "exact_name",
        False,
    )
    assert [fact["field"] for fact in subject["flags"][0]["evidence"]] == ["interest_statement.share_min"] * 2
    assert (
        printed["not_held"] == ["gb_hmlr_ocod"]
        and printed["cannot_be_said"]
        and printed["indication"].startswith("A flag is an indication")
    )
    assert not {"all_n", "row_no", "id"} & set(subject["flags"][0])


def test_a_page_has_the_words_of_an_own_indicator_as_the_release_stores_them(
    affairs: Home, tmp_path: Path
) -> None:
    pages_written(affairs, checked(affairs, OF_OWN_INDICATOR), tmp_path / "to")
    page = (tmp_path / "to" / "party-000001.html").read_text(encoding="utf-8")
    for text in (*WORDS.values(), "A by-law may forbid it.", "Where is the lease?"):
        assert text in page


@pytest.mark.nightly
def test_sections_are_bounded_and_say_how_many_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = rows()
    many["flag"] += [{**many["flag"][0], "flag_id": f"g{n:04d}", "indicator": "OWN-030"} for n in range(150)]
    many["indicator"].append({**many["indicator"][0], "code": "OWN-030"})
    many["evidence"] = [
        {
            **many["evidence"][0],
            "position": position,
            "role": "step" if position < 15 else "end",
            "flag_id": "f1",
        }
        for position in range(1, 17)
    ]
    owner_row = many["graph_ubo"][0]
    many["graph_ubo"] = [
        {**owner_row, "party_id": f"UT-P-{n}", "verdict": "EXCLUDED"} for n in range(150)
    ] + [{**owner_row, "verdict": "POSSIBLE", "regime": "UK"}]
    made = published(tmp_path / "home", many)
    sheet = checked(made, ALDER)
    facts = sheet.answers[0].subjects[0].facts
    assert (
        len(facts["flags"]) == 100
        and facts["flags"][0]["all_n"] == 154
        and lanes_in_words(facts, "own_lanes") == "152 act, 1 look"
    )
    assert facts["beneficial_owners"][0]["verdict"] == "POSSIBLE", "a cut loses the weakest verdicts"
    assert {fact["role"] for fact in sheet.evidence["f1"]} == {"step", "end"} and len(
        sheet.evidence["f1"]
    ) == 10, "every role is seen"
    pages_written(made, sheet, tmp_path / "to")
    text = Page((tmp_path / "to" / "party-000001.html").read_text(encoding="utf-8")).text
    for part in (
        "54 more are on no sheet: undertow sql has them, in v_flag",
        "verdicts on who is a beneficial owner: 51 more are on no sheet",
        "6 more facts: undertow explain f1",
    ):
        assert part in text, part
    assert exit_code(["check", ALDER, "--home", str(made.root)]) == 0
    output = capsys.readouterr().out
    assert (
        "80 more rows: --json or --to DIR" in output
        and "54 more are on no sheet" in output
        and "verdicts on who is a beneficial owner: 51 more are on no sheet" in output
    )
    assert exit_code(["check", ALDER, "--json", "--home", str(made.root)]) == 0
    subject = json.loads(capsys.readouterr().out)["answers"][0]["subjects"][0]
    assert subject["left_out"] == {"flags": 54, "beneficial_owners": 51}
    assert [len(one["evidence"]) for one in subject["flags"] if one["flag_id"] == "f1"] == [10]
    assert [one["evidence_n"] for one in subject["flags"] if one["flag_id"] == "f1"] == [16]


def test_it_only_reads_and_answers_the_same_twice(home: Home) -> None:
    database = current_release(home) / "undertow.duckdb"
    before = (database.read_bytes(), sorted(path.name for path in home.root.rglob("*")))
    first = json.dumps(as_json(checked(home, "cedar trading")), default=str)
    assert first == json.dumps(as_json(checked(home, "cedar trading")), default=str)
    assert (database.read_bytes(), sorted(path.name for path in home.root.rglob("*"))) == before


def test_every_certainty_has_words_and_candidates_say_so() -> None:
    assert {
        certainty for certainty, words in CERTAINTIES.items() if words.startswith("CANDIDATE")
    } == CANDIDATES


def test_what_the_authority_and_the_registers_know_of_an_applicant_is_on_its_sheet(
    affairs: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = one(affairs, APPLICANT).matches[0]
    permits = {(row["part"], row["state"]) for row in subject.facts["permits"]}
    assert permits == {("applicant", "refused"), ("manager", "granted")}
    assert [row["kind"] for row in subject.facts["insolvency"]] == ["administration"]
    assert [row["lender_name"] for row in subject.facts["attachments"]] == ["A Creditor Ltd"]
    assert [row["verification_due_on"] for row in subject.facts["identity_checks"]] == [date(2026, 8, 1)]
    title = one(affairs, ATTACHED).matches[0]
    assert [row["charge_id"] for row in title.facts["attachments"]] == ["a1"]
    place = one(affairs, SHOP).matches[0]
    assert {row["permit"] for row in place.facts["permits_at"]} == {"2024-17"}
    clean = one(affairs, CEDAR_TWO).matches[0]
    assert {searched.section for searched in clean.searched if searched.found_n == 0} >= {
        "permits",
        "insolvency",
        "attachments",
        "identity_checks",
    }
    assert exit_code(["check", APPLICANT, "--home", str(affairs.root)]) == 0
    output = capsys.readouterr().out
    for part in ("2024-17", "administration", "A Creditor Ltd", "Leases are in no register"):
        assert part in output, part


def test_editions_of_many_bodies_that_look_alike_are_one_row_with_their_number(
    affairs: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(checked(affairs, ALDER).editions) == len(rows()["edition"]) + 2
    assert exit_code(["check", ALDER, "--home", str(affairs.root)]) == 0
    output = capsys.readouterr().out
    [row] = [line for line in output.splitlines() if line.startswith("Significant control (3 editions)")]
    assert row.split()[-1] == str(3 * as_int(OF_A_BODY["rows_rejected"])) == "9"
    assert output.count("Significant control, edition 2026-06-01: only an extract is held") == 1
    assert "Significant control 2026-06-01, extract (3 editions)" in output


def test_the_certificate_counts_what_was_assessed_and_shows_how_complete_each_edition_is(
    affairs: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of one indicator that flags the company, and one that could not be assessed."""
    [count] = query(current_release(affairs), "select count(*) as n from v_indicator").to_pylist()
    answer = as_json(checked(affairs, ASSESSED))["answers"][0]  # type: ignore[index]
    assert answer["subjects"][0]["assessed"] == (
        f"Of {count['n']} indicators for companies and other legal entities, 1 flag it, 1 could "
        f"not be assessed, and {count['n'] - 2} found nothing or do not concern it."
    )
    assert exit_code(["check", ASSESSED, "--home", str(affairs.root)]) == 0
    output = capsys.readouterr().out
    assert "Searched and not found, 20" in output
    assert output.index("Editions searched") < output.index("rows_rejected")


def on_the_day_after(home: Home, company_id: str) -> Subject:
    """Of the release, after which a payment is still planned."""
    with open_current(home) as connection:
        sheet = check(connection, [Question(1, number=company_id)], checked_on=date(2026, 6, 2))
    return sheet.answers[0].subjects[0]


def test_lenders_that_are_no_known_companies_are_not_one(affairs: Home) -> None:
    money = [columns("money", row) for row in on_the_day_after(affairs, BORROWER).facts["money"]]
    assert [(row["counterparty"], row["lines"], row["sum"]) for row in money] == [
        ("B Bank plc", 1, "90.00"),
        ("A Bank plc", 1, "60.00"),
    ]


def test_money_that_is_only_planned_and_a_mortgage_without_a_borrower(affairs: Home) -> None:
    """Dutch mortgages name no borrower: what they secure is said of who holds the title, once a deed. What
    several lenders lent together counts once.
    """
    subject = on_the_day_after(affairs, RECEIVER)
    money = [columns("money", row) for row in subject.facts["money"]]
    assert [(row["what"], row["year"], row["sum"], row["currency"]) for row in money] == [
        ("is to receive", "2026", "7.00", "GBP"),
        ("received", "2026", "5.00", "GBP"),
        ("secured on its titles", None, "90.00", "EUR"),
        ("borrowed against security", None, "60.00", "EUR"),
    ]
    assert ("price paid, GBP", "250,000.00") in identity_pairs({"price_paid_gbp": Decimal("250000.00")})
    titles = {str(row["title_id"]): columns("titles", row) for row in subject.facts["titles"]}
    assert titles[MORTGAGED]["price, EUR"] == "80.00"
    assert titles[MORTGAGED_TOO]["price, GBP"] == "250,000.00"
    assert "together with others" not in str(owners(subject.facts))


def test_a_persons_sheet_says_what_they_direct(affairs: Home) -> None:
    """In office today, once for each company; whoever only directs it owns nothing of it."""
    subject = one(affairs, MARY).subjects[0]
    shown = {row["subject_id"]: columns("holdings", row) for row in subject.facts["holdings"]}
    assert {company_id: row["office"] for company_id, row in shown.items()} == {
        ALDER: "board chair, board member, since 2015-03-01",
        RECEIVER: "senior managing official",
    }
    assert {row[held] for row in shown.values() for held in ("shares", "votes", "control")} <= {"", None}
    [searched] = [one for one in subject.searched if one.section == "holdings"]
    assert searched.found_n == 2
