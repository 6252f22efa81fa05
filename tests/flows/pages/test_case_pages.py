"""Case pages: what they say, that nothing in them can change the page, and how large they get."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import get_args

import polars as pl
import pytest

from flows.facts.case.links import CONFIDENCE
from flows.pages import case as case_pages
from flows.pages import night as reporting
from flows.pages.case import PAGE_BYTES_MAX
from graphs.drawing.elements import Kind, Party, Tie
from graphs.drawing.picture import draw
from tests.flows.pages.case_releases import (
    CASE,
    PERSON,
    TITLE,
    A,
    B,
    case_page,
    edge,
    former,
    interest,
    member,
    relation,
    release,
)
from tests.flows.pages.releases import CIRCULAR_PAGE, HOSTILE, SHA, Page, database, fact_row, flag_row
from transforms.language import in_language
from transforms.model.powers import Powers
from transforms.model.statements import Table
from transforms.model.views import PROPRIETORSHIP, RESOLUTION

type Tables = dict[str, list[dict[str, object]]]

type Adds = Callable[[Tables], None]
CROWDED: list[Adds] = []
OTHER: list[Adds] = []


def onto(page: list[Adds]) -> Callable[[Adds], Adds]:
    """What the function adds to a release is on this page, with what others add. Its test stands below it."""

    def kept(adds: Adds) -> Adds:
        page.append(adds)
        return adds

    return kept


def with_all(page: Sequence[Adds]) -> Tables:
    rows = release()
    for adds in page:
        adds(rows)
    return rows


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of `release`."""
    return case_page(release(), tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> str:
    return case_page(with_all(CROWDED), tmp_path_factory.mktemp("crowded"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> str:
    return case_page(with_all(OTHER), tmp_path_factory.mktemp("other"))


def section(html: str, first: str, after: str) -> str:
    """The text from one section to another."""
    return Page(html[html.index(f'<section id="{first}"') : html.index(f'<section id="{after}"')]).text


def test_a_page_has_its_sections_in_order_and_says_what_is_known(plain: str) -> None:
    page = Page(plain)
    assert plain.index("TREVENEN HOLDINGS LIMITED holds itself") < plain.index("number 1 of 1"), (
        "why it is shown first"
    )
    sections = [attributes["id"] for tag, attributes in page.tags if tag == "h2"]
    assert sections == [
        "why-h",
        "picture-h",
        "explained-h",
        "missing-h",
        "ask-h",
        "review-h",
        "flags-h",
        "told-h",
        "timeline-h",
        "sure-h",
        "gaps-h",
        "contest-h",
        "release-h",
    ]
    for phrase in (
        "An indication, not a finding or an accusation",
        "TREVENEN HOLDINGS LIMITED holds itself through 2 companies.",
        "Measured2 companies",
        "Threshold1 companies",
        "(2 of 100 assessed)",
        "Treasury shares: a company bought back its own.",
        "A filing that ends one of the holdings",
        "interest_statement.share_min",
        "The weakest link: TREVENEN HOLDINGS LIMITED holds or belongs with 1 Fore Street (the link: "
        "certain; how its ends were matched: probable, a number that no register held here could "
        "confirm)",
        "Without it the case falls in two",
        "the same name, birth month and address",
        "only an extract of Basic company data is held",
        "became proprietor of 1 Fore Street",
        "incorporated",
        "PENWITH",
        "0001-abcdef",
        f"{PERSON}: owns 25–50 %; votes 75–100 %, certain",
        "ABOVE LTD (Jersey): influence, possible",
        "unknown holder: the company says that nobody holds significant control",
        "OWN-010 (no parameter: its threshold is part of the condition)",
        "PRP-010 (no parameter)",
        f"Versions of the rules (SHA-256)OWN-010 {SHA[:12]}; PRP-010 {SHA[:12]}",
        "act A reviewer should read it.",
        "Lane act, for circular ownership (OWN-010): number 1 of 1. Cases stand by lane",
        "here ownership (OWN), property (PRP)",
    ):
        assert phrase in page.text, phrase


BANDS = (
    (("25", "50", True, False), "owns more than 25 to 50 %"),
    (("25", "50", False, False), "owns 25–50 %"),
    (("75", "100", False, False), "owns 75–100 %"),
    (("25", None, True, None), "owns more than 25 to 100 %"),
    (("50", "75", True, True), "owns more than 50 to less than 75 %"),
    ((None, "25", None, True), "owns 0 to less than 25 %"),
)


@pytest.mark.nightly
@pytest.mark.parametrize(("bounds", "phrase"), BANDS)
def test_a_bound_that_is_not_included_is_said_to_be_out(
    tmp_path: Path, bounds: tuple[str | None, str | None, bool | None, bool | None], phrase: str
) -> None:
    rows = release()
    low, high, low_out, high_out = bounds
    shares = {"share_min": Decimal(low) if low else None, "share_max": Decimal(high) if high else None}
    rows["interest"] = [
        {**rows["interest"][0], **shares, "share_min_exclusive": low_out, "share_max_exclusive": high_out}
    ]
    assert f"{PERSON}: {phrase}" in Page(case_page(rows, tmp_path)).text


@onto(CROWDED)
def a_sentence_that_gives_only_a_number(rows: Tables) -> None:
    rows["flag"][1]["explanation"] = f"Bought early: {TITLE}."


def test_a_sentence_that_gives_only_a_number_says_what_it_is_about(crowded: str) -> None:
    page = Page(crowded).text
    assert f"Bought early: {TITLE}. About 1 Fore Street." in page
    assert "About TREVENEN" not in page  # its sentence names it


@pytest.mark.nightly
def test_every_flag_has_its_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = release()
    rows["flag"] += [
        flag_row(
            f"x{k:03d}",
            "OWN-010",
            f"SUBJECT {k}",
            subject_id=f"GB-COH-07000{k:03d}",
            case_id=CASE,
            explanation=f"Sentence {k}.",
        )
        for k in range(130)
    ]
    html = case_page(rows, tmp_path)
    why = Page(html[html.index('<section id="why"') : html.index('<section id="picture"')])
    assert (
        all(f"Sentence {k}." in why.text for k in range(130))
        and why.text.count("126 more lines of flags are in the annex") == 1
    )
    monkeypatch.setattr(case_pages, "SIZES", ((5, 1, 20),))
    assert "112 more lines have no sentence here" in Page(case_page(rows, tmp_path / "small")).text


@onto(CROWDED)
def flags_of_one_indicator_on_one_control_group(rows: Tables) -> None:
    """And two on another. Nothing says on what they rest."""
    ids = [f"GB-COH-0700000{k}" for k in range(9)]
    rows["graph_control_group"] = [
        {"control_group_id": "CG-X" if k < 7 else "CG-Y", "subject_id": one, "controller_id": "UT-P-1"}
        for k, one in enumerate(ids)
    ]
    rows["flag"] += [
        flag_row(
            f"x{k}", "OWN-010", f"SUBJECT {k}", subject_id=one, case_id=CASE, explanation=f"Sentence {k}."
        )
        for k, one in enumerate(ids)
    ]


def test_flags_of_one_indicator_on_one_control_group_are_one_line_with_their_number(crowded: str) -> None:
    why = section(crowded, "why", "picture")
    assert "Sentence 0. About SUBJECT 0. 7 flags alike under one control, also on SUBJECT 1; " in why
    assert "Sentence 1." not in why and "Sentence 7." in why and "Sentence 8." in why
    annex = Page(crowded[crowded.index('<section id="flags"') :]).text
    assert "6 more flags alike" in annex and "Sentence 6." in annex


def test_a_flag_without_evidence_is_said_to_be_unusable(plain: str, crowded: str) -> None:
    unusable = "No evidence is stored for this flag. Do not use it"
    assert unusable in Page(crowded).text and unusable not in Page(plain).text


@onto(OTHER)
def regimes_of_one_rule_on_the_same_subjects(rows: Tables) -> None:
    rows["flag"] += [
        flag_row(f"{rule}{one}", "OWN-010", one, subject_id=one, case_id=CASE, subtype=rule)
        for rule, one in (("EU", B), ("UK", B), ("OFAC", B), ("candidate", B), ("listed", "GB-COH-09990009"))
    ]


def test_regimes_of_one_rule_on_the_same_subjects_are_one_line_and_candidates_another(other: str) -> None:
    why = section(other, "why", "picture")
    assert why.count("3 flags alike (EU, OFAC, UK).") == 1 and why.count(f"{B} holds itself") == 2
    assert "GB-COH-09990009 holds itself" in why


@onto(CROWDED)
def what_to_ask_and_a_law(rows: Tables) -> None:
    rows["indicator"][0] |= {"ask_next": ["Who owns it?", "Where is it?"], "law": "An Act may forbid it."}
    rows["indicator"][1] |= {"ask_next": ["Who owns it?"]}


@onto(OTHER)
def a_flag_of_lane_stop(rows: Tables) -> None:
    what_to_ask_and_a_law(rows)
    rows["flag"][0] |= {"lane": "stop"}


def test_a_case_ends_in_what_to_ask_each_question_once_and_lane_stop_names_the_law(
    crowded: str, other: str
) -> None:
    questions = section(crowded, "ask", "review")
    assert re.sub(r"\s+", " ", questions).endswith("Who owns it? OWN-010, PRP-010 Where is it? OWN-010 ")
    assert "An Act may forbid it." not in crowded
    assert other.count("An Act may forbid it.") == 1


def test_powers_are_those_of_the_subjects_country_and_say_whether_a_person_checked_them(
    tmp_path: Path,
) -> None:
    rows = release()
    powers = Powers.model_validate(
        {"article": {"gb-council-tax": {"checked_by": "Legal desk", "checked_on": date(2026, 12, 1)}}}
    )
    rows["power"] = powers.frame(["OWN-010", "PRP-010"]).to_dicts()
    rows["power"] += (
        powers.frame(["ADR-010"]).with_columns(indicator=pl.lit("OWN-010"), position=99).to_dicts()[:3]
    )
    rows["home_country"] = [{"country": "gb"}]
    rows["title"] = [{"title_id": TITLE, "territory": "nl"}]
    html = case_page(rows, tmp_path)
    text = Page(html[html.index('id="powers"') :]).text
    # The company has no row of its own here, so the home's country counts; the title is Dutch.
    assert "Licensing Act 2003" in text and "artikel 5.31" in text
    assert "Environment" not in text and "119ter" not in text and "Omgevingswet" in text
    assert "Housing Act 2004" not in text  # of the title's family, but not of its country
    assert "not yet checked by a person" in text


def test_a_page_leads_back_to_the_night_and_out_to_the_publishers(plain: str, tmp_path: Path) -> None:
    rows = release()
    rows["release"][0]["synthetic"] = False
    with database(rows) as connection:
        reporting.render_night(connection, tmp_path)
        [page] = case_pages.render_first_cases(connection, tmp_path)
    links = Page(page.read_text(encoding="utf-8")).values("href")
    assert "../night.html" in links and "#flag-f1" in links
    company = "https://find-and-update.company-information.service.gov.uk/company/09990001"
    assert {link for link in links if link.startswith("http")} == {
        company,
        f"{company}/persons-with-significant-control",
    }
    assert not [link for link in Page(plain).values("href") if "://" in link]


@pytest.mark.nightly
def test_certain_and_possible_are_told_apart_without_colour_and_unknown_parties_stand_apart(
    plain: str,
) -> None:
    page = Page(plain)
    classes = [
        attributes["class"]
        for tag, attributes in page.tags
        if tag == "path" and "d" in attributes and str(attributes.get("class", "")).startswith("tie ")
    ]
    assert {"tie ownership", "tie control possible", "tie property unsure", "tie ownership possible"} <= set(
        classes
    )
    uses = Counter(attributes["href"] for tag, attributes in page.tags if tag == "use")
    assert (
        uses["#i-unknown"] == 2 and uses["#i-person"] == 2 and uses["#i-title"] == 2
    )  # one of each is in the legend


@pytest.mark.parametrize("table", [RESOLUTION, PROPRIETORSHIP], ids=lambda table: table.name)
def test_every_method_has_its_step_of_confidence(table: Table) -> None:
    assert set(table["method"].values) <= set(CONFIDENCE)


@onto(CROWDED)
def a_link_that_a_person_judged(rows: Tables) -> None:
    rows["resolution"][0]["method"] = "judgement"


def test_a_link_that_a_person_judged_says_so(crowded: str) -> None:
    assert "confirmeda person judged the record to be of this party" in Page(crowded).text


@onto(OTHER)
def a_link_of_one_record(rows: Tables) -> None:
    rows["resolution"][0]["method"] = "record"


def test_only_what_was_compared_is_called_the_same(other: str) -> None:
    text = Page(other).text
    assert "one record onlyno rule joined it" in text and "same identifier" not in text


def screened(kind: str, **more: object) -> dict[str, list[dict[str, object]]]:
    """The case of `release`, its first flag resting on a candidate of screening only: the person above, or
    the company above.
    """
    rows, listed = release(), "UT-E-9"
    page = CIRCULAR_PAGE.replace(
        "Treasury shares: a company bought back its own.",
        "The candidate is another person of the same name, born in the same month.",
    )
    rows["indicator"][0]["page"] = page
    rows["flag"][0]["subtype"] = "candidate"
    rows["screening"] = [
        {
            "party_id": "UT-P-1" if kind == "person" else B,
            "listed_party_id": listed,
            "party_kind": kind,
            "score": 0.93,
            "reason": "what agrees",
            "is_strong": True,
            **more,
        }
    ]
    rows["listing"] = [
        {
            "party_id": listed,
            "party_kind": kind,
            "listed_name": "LISTED ONE",
            "list_name": "A list",
            "listing_class": "sanction",
            "is_open": True,
        }
    ]
    return rows


@pytest.mark.nightly
@pytest.mark.parametrize("kind", ["person", "entity"])
def test_a_candidate_of_screening_is_the_weakest_link_with_its_reason(tmp_path: Path, kind: str) -> None:
    text = Page(case_page(screened(kind), tmp_path)).text
    who, score = (PERSON, "") if kind == "person" else ("ABOVE LTD", "; score 0.93")
    assert (
        f"The weakest link: {who} may be LISTED ONE, listed by A list (a candidate of screening, not "
        f"confirmed{score}: what agrees). 1 flag rests on it" in text
    )
    assert "The weakest link between subjects:" in text and "Circular ownership not confirmed" in text
    assert ("score 0.93" in text) is (kind == "entity")  # no person has a score
    assert ("another person of the same name, born in the same month" in text) is (kind == "person")
    assert ("The candidate is another company: the list or the register gives a wrong number" in text) is (
        kind == "entity"
    )


@pytest.mark.nightly
def test_without_a_flag_of_a_candidate_a_link_between_subjects_is_the_weakest(tmp_path: Path) -> None:
    rows = screened("person")
    rows["flag"][0]["subtype"] = None
    text = Page(case_page(rows, tmp_path)).text
    assert (
        "The weakest link: TREVENEN" in text
        and "not confirmed; score" not in text
        and f"{PERSON}may beLISTED ONEA list" in text
    )


def test_a_case_of_a_title_alone_shows_who_stands_above_its_proprietors(tmp_path: Path) -> None:
    rows = release()
    rows["case_member"], rows["case_link"] = rows["case_member"][2:], []
    rows["proprietorship"] += [
        {**rows["proprietorship"][0], "party_id": B, "position": 2, "statement_id": "p2"}
    ]
    rows["company"] += [
        {
            "company_id": B,
            "incorporated_on": date(2011, 1, 2),
            "dissolved_on": date(2017, 12, 31),
            "register": "gb_coh_companies",
        }
    ]
    text = Page(case_page(rows, tmp_path)).text
    assert (
        f"{PERSON}: owns 25–50 %; votes 75–100 %, certain" in text
        and "ABOVE LTD (Jersey): influence, possible" in text
    )
    for event in (
        "2017-12-31ABOVE LTDdissolved",
        "2011-01-02ABOVE LTDincorporated",
        "2017-03-04TREVENEN HOLDINGS LIMITEDincorporated",
        f"holder recorded: {PERSON}",
    ):
        assert event in text, event


def test_a_page_tells_an_unsure_share_from_an_unsure_holder_and_says_how_sure_each_link_is_of_a_subject_too(
    tmp_path: Path,
) -> None:
    rows = release()
    rows["case_member"], rows["case_link"], rows["review_case"] = [], [], []
    rows["resolution"] = [
        {"party_id": "UT-P-1", "statement_id": "e2", "method": "identifier_unverified"},
        {"party_id": B, "statement_id": "e3", "method": "identifier"},
    ]
    with database(rows) as connection:
        page = Page(case_pages.render_subject(connection, tmp_path, A).read_text(encoding="utf-8"))
    assert (
        f"{PERSON}: owns 25–50 %; votes 75–100 %, certain; not confirmed that this party is the holder"
        in page.text
    )
    assert (
        "ABOVE LTD (Jersey): influence, possible" in page.text
        and "that this party" not in page.text.partition("ABOVE LTD (Jersey): influence, possible")[2][:20]
    )
    drawn = [
        str(attributes["class"])
        for tag, attributes in page.tags
        if tag == "path" and str(attributes.get("class", "")).startswith("tie ")
    ]
    assert drawn.count("tie ownership unsure") == 1 and drawn.count("tie control possible") == 1
    assert (
        f"{PERSON}ownsTREVENEN HOLDINGS LIMITEDcertainprobablea number that no register held here could "
        f"confirm" in page.text
    )
    assert (
        "ABOVE LTDcontrolsTREVENEN HOLDINGS LIMITEDpossiblesame identifierthe same official number"
        in page.text
    )
    assert (
        "The weakest link: ABOVE LTD controls" in page.text
        and "the case" not in page.text.partition("How certain each link is")[2].partition("What else may")[0]
    )


@pytest.mark.nightly
def test_a_former_proprietor_has_ended_and_is_not_possible(tmp_path: Path) -> None:
    rows = release()
    rows["proprietorship"] = former(rows)
    rows["case_link"][0]["statement_id"] = "p0"
    page = Page(case_page(rows, tmp_path))
    assert "proprietor: TREVENEN HOLDINGS LIMITED (United Kingdom) (gone by 2016-05-01), ended" in page.text
    assert (
        "2016-05-01TREVENEN HOLDINGS LIMITEDby this day no longer proprietor of 1 Fore Street" in page.text
        and "until" not in page.text
    )
    assert (
        "ended by 2016-05-01" in page.text
    )  # in the list of links, whose certainty in the database is possible
    assert [
        attributes
        for tag, attributes in page.tags
        if tag == "path"
        and attributes.get("class") == "tie property possible"
        and attributes["d"] != "M2 7 L42 7"
    ]


@pytest.mark.nightly
@pytest.mark.parametrize("last", [False, True])
def test_of_two_holdings_of_a_title_the_open_one_is_drawn(tmp_path: Path, last: bool) -> None:
    rows = release()
    rows["proprietorship"] += former(rows, statement_id="p9" if last else "p0")
    text = Page(case_page(rows, tmp_path)).text
    assert (
        "proprietor: TREVENEN HOLDINGS LIMITED (United Kingdom) (since 2017-09-09), certain; not "
        "confirmed that this party is the holder"
        in text
        and "gone by" not in text
    )


@onto(CROWDED)
def many_steps_up(rows: Tables) -> None:
    steps = [B, *(f"GB-COH-0888{k:04d}" for k in range(12))]
    rows["entity"] += [
        {"entity_id": step, "name": f"STEP {k} LTD", "entity_type": "registeredEntity"}
        for k, step in enumerate(steps)
        if k
    ]
    rows["graph_edge"] += [edge(held, holder, f"s{holder}") for held, holder in pairwise(steps)]


def test_everybody_above_is_drawn_however_many_steps_up(crowded: str) -> None:
    text = Page(crowded).text
    assert "STEP 12 LTD: holder, with no right stated" in text and "the list below ends" not in text


def test_who_finds_no_room_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.facts.case.surroundings.PARTIES_MAX", 4)
    rows = release()
    rows["graph_edge"] += [edge(B, f"GB-COH-0888000{k}", f"s{k}") for k in range(3)]
    text = Page(case_page(rows, tmp_path)).text
    assert (
        "3 more parties or titles are left out to keep this page small, and so is whoever else holds "
        "them: the list below ends after 5" in text
    )
    assert "unknown holder: the company says" in text


@pytest.mark.nightly
def test_whoever_has_no_room_in_the_picture_is_in_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A council with 74 titles: the newest are drawn, all are told; so is everybody above who would make the
    picture too large.
    """
    rows = release()
    rows["title"] += [
        {"title_id": f"GB-HMLR-T{k:02d}", "address_text": f"{k} Wharf Road", "register": "gb_hmlr_ccod"}
        for k in range(74)
    ]
    rows["proprietorship"] += [
        {
            **rows["proprietorship"][0],
            "title_id": f"GB-HMLR-T{k:02d}",
            "statement_id": f"t{k}",
            "added_on": date(2015, 1, 1),
            "method": "identifier",
        }
        for k in range(74)
    ]
    html = case_page(rows, tmp_path)
    listed = Page(html[html.index('id="told-h"') :]).text
    assert all(
        f"{k} Wharf Road (registered title) proprietor: TREVENEN HOLDINGS LIMITED (United Kingdom) "
        "(since 2015-01-01), certain" in listed
        for k in range(74)
    )
    assert "55 parties or titles do not fit in the picture; the list below has every one." in Page(html).text
    monkeypatch.setattr("flows.facts.case.surroundings.DRAWN_MAX", 3)
    small = Page(case_page(rows, tmp_path / "small")).text
    assert (
        "ABOVE LTD (Jersey): influence, possible" in small
        and "73 Wharf Road (registered title)" in small
        and "the list below ends" not in small
    )


@onto(OTHER)
def joint_holders_and_joint_controllers(rows: Tables) -> None:
    rows["interest"] = [
        interest(
            f"i{party}",
            A,
            party,
            "shares",
            joint_group=group,
            share_min=Decimal(50),
            share_max=Decimal(75),
            is_open=is_open,
        )
        for party, group, is_open in (
            ("UT-P-1", "g", True),
            (B, "g", True),
            ("UT-P-a", "alone", True),
            ("UT-P-b", "alone", False),
        )
    ]
    rows["person"] += [{"person_id": "UT-P-a", "person_type": "knownPerson", "full_name": "Bo Alone"}]
    rows["graph_edge"] += [edge(A, "UT-P-a", "r9", basis="shares", share_min=Decimal(50))]
    rows["graph_control"] = [
        {"party_id": "UT-P-1", "subject_id": A, "verdict": "CERTAIN", "kind": "joint"},
        {"party_id": B, "subject_id": A, "verdict": "POSSIBLE", "kind": "joint"},
        {"party_id": "UT-P-a", "subject_id": A, "verdict": "CERTAIN", "kind": "control"},
    ]


def test_joint_holders_and_joint_controllers_are_said_to_be_such(other: str) -> None:
    text = Page(other).text
    for phrase in (
        f"{PERSON}: owns jointly 50–75 %; controls together with others, certain",
        "ABOVE LTD (Jersey): owns jointly 50–75 %; may control together with others",
        "Bo Alone: owns 50–75 %; controls, certain",
    ):
        assert phrase in text, phrase
    assert text.count("controls together with others") == 2  # whole in the picture too


@onto(CROWDED)
def a_trust_that_no_register_names(rows: Tables) -> None:
    rows["entity"].append({"entity_id": "UT-E-a1", "name": None, "entity_type": "arrangement"})
    rows["relationship"].append(
        relation(A, "UT-E-a1", "r4", party_statement_id="e4", is_open=True, is_left_censored=True)
    )
    rows["interest"].append(interest("i4", A, "UT-E-a1", "influence", is_open=True))
    rows["graph_edge"].append(edge(A, "UT-E-a1", "r4", basis="influence"))


def test_a_trust_that_no_register_names_is_not_shown_as_a_number(crowded: str) -> None:
    assert "unnamed trust or other arrangement: influence" in crowded and ">UT-E-a1<" not in crowded


UNNAMED, NUMBERED = "UT-E-a2", "GB-COH-09990003"


@onto(CROWDED)
def parties_without_a_name(rows: Tables) -> None:
    rows["entity"] += [
        {"entity_id": UNNAMED, "name": None, "entity_type": "arrangement"},
        {"entity_id": NUMBERED, "name": None, "entity_type": "registeredEntity"},
    ]
    rows["relationship"] += [
        relation(A, party, f"r-{party}", is_open=True, is_left_censored=False, valid_from=date(2017, 5, 5))
        for party in (UNNAMED, NUMBERED)
    ]
    rows["case_member"].append(member(UNNAMED, "legal_entity", None, "linking", 0))


def test_timeline_and_list_of_members_name_and_call_a_party_as_the_picture_does(crowded: str) -> None:
    text = Page(crowded).text
    assert (
        "holder recorded: unnamed trust or other arrangement" in text
        and f"holder recorded: entity without a name ({NUMBERED})" in text
    )
    assert f"unnamed trust or other arrangement (trust or other arrangement, {UNNAMED})" in text
    assert f"TREVENEN HOLDINGS LIMITED (legal entity, {A})" in text and f"{PERSON} (natural person)" in text


@pytest.mark.nightly
def test_a_member_without_room_in_the_picture_is_listed_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.facts.case.surroundings.DRAWN_MAX", 1)  # the company
    text = Page(case_page(release(), tmp_path)).text
    assert f"{PERSON} (natural person) · connects others" in text and "UT-P-1" not in text


@pytest.mark.nightly
def test_who_holds_itself_is_seen_in_the_picture(tmp_path: Path) -> None:
    rows = release()
    rows["graph_edge"] += [edge(A, A, "r8", basis="shares", share_min=Decimal(5))]
    rows["interest"] += [
        interest("i8", A, A, "shares", share_min=Decimal(5), share_max=Decimal(5), is_open=True)
    ]
    html = case_page(rows, tmp_path)
    drawing = Page(html[html.index('<svg class="ownership"') : html.index("</svg>\n</div>")]).text
    assert "holds itself5 %" in drawing and "itself: owns 5 %, certain" in Page(html).text


@onto(CROWDED)
def a_former_holder(rows: Tables) -> None:
    rows["person"] += [
        {"person_id": "UT-P-f", "person_type": "knownPerson", "full_name": "Bo Former"},
        {"person_id": "UT-P-g", "person_type": "anonymousPerson"},
    ]
    rows["relationship"] += [
        relation(
            A,
            party,
            f"q{party}",
            is_open=False,
            is_left_censored=False,
            valid_from=date(2016, 6, 6),
            valid_to=date(2017, 7, 7),
        )
        for party in ("UT-P-f", "UT-P-g", None)
    ]


def test_a_former_holder_is_in_the_timeline(crowded: str) -> None:
    text = Page(crowded).text
    for event in (
        "2016-06-06TREVENEN HOLDINGS LIMITEDholder recorded: Bo Former",
        "2017-07-07TREVENEN HOLDINGS LIMITEDholder ended: Bo Former",
        "holder ended: protected person",
    ):
        assert event in text, event
    assert text.count("holder ended:") == 2


@onto(OTHER)
def offices_and_moves_of_the_seat(rows: Tables) -> None:
    rows["person"].append({"person_id": "UT-P-2", "person_type": "knownPerson", "full_name": "Bo Former"})
    office = {"subject_id": A, "party_id": "UT-P-2", "is_office": True, "is_left_censored": False}
    rows["relationship"] += [
        {**office, "statement_id": "q0", "valid_from": date(2016, 6, 6), "valid_to": date(2019, 7, 7)},
        *(
            {**office, "statement_id": f"q{k}", "valid_from": date(2018, 1, k), "is_open": True}
            for k in range(1, 32)
        ),
        *(
            {**office, "statement_id": f"p{k}", "valid_from": date(2018, 2, k), "is_open": True}
            for k in range(1, 13)
        ),
    ]
    rows.setdefault("address", []).append({"address_id": "UT-A-8", "address_text": "8 Quay Road"})
    rows["seat_change"] = [{"company_id": A, "address_id": "UT-A-8", "moved_by": date(2018, 3, 4)}]


def test_offices_and_moves_of_the_seat_are_in_the_timeline(other: str) -> None:
    text = Page(other).text
    assert "2018-03-04TREVENEN HOLDINGS LIMITEDby this day seated at 8 Quay Road" in text
    assert "2018-02-12TREVENEN HOLDINGS LIMITEDtook office: Bo Former" in text
    assert "2019-07-07TREVENEN HOLDINGS LIMITEDleft office: Bo Former" in text
    # Of 44 offices four are left out, of which nothing is newer.
    assert text.count("took office: Bo Former") == 40 and "4 more events are left out" in text


@onto(OTHER)
def permits_lists_insolvency_and_sales_in_euro(rows: Tables) -> None:
    premises = {"premises_id": "UT-A-7", "address_text": "7 Quay, Zedton", "applicant_id": A}
    rows["permit"] = [
        {**premises, "permit_id": "1", "state": "refused", "decided_on": date(2025, 9, 3)},
        {**premises, "permit_id": "2", "state": "applied", "applied_on": date(2026, 1, 19)},
        {
            **premises,
            "permit_id": "3",
            "state": "refused",
            "applicant_id": None,
            "decided_on": date(2024, 1, 1),
        },
    ]
    rows["listing"] = [
        {"party_id": A, "list_name": "Zed list", "valid_from": date(2025, 11, 20), "is_open": True}
    ]
    rows["insolvency"] = [
        {"company_id": A, "kind_native": "creditors-voluntary-liquidation", "began_on": date(2025, 12, 1)}
    ]
    rows["title_address"] = [{"title_id": TITLE, "address_id": "UT-A-2", "property_id": "UT-U-2"}]
    rows["transaction"] = [
        {
            "transaction_id": "s",
            "property_id": "UT-U-2",
            "price": Decimal(1_450_000),
            "currency": "EUR",
            "transferred_on": date(2025, 6, 16),
        }
    ]


def test_permits_lists_insolvency_and_sales_in_euro_are_in_the_timeline_in_both_languages(
    other: str, tmp_path: Path
) -> None:
    text = Page(other).text
    for phrase in (
        "2025-09-03TREVENEN HOLDINGS LIMITEDpermit refused at 7 Quay, Zedton",
        "2026-01-19TREVENEN HOLDINGS LIMITEDasked for a permit at 7 Quay, Zedton",
        "2025-11-20TREVENEN HOLDINGS LIMITEDon a list: Zed list",
        "insolvency or liquidation: creditors voluntary liquidation",
        "sold for €1,450,000",
    ):
        assert phrase in text, phrase
    assert text.count("permit refused at") == 1
    with in_language("nl"):
        page = case_page(with_all(OTHER), tmp_path)
    assert re.search(r"peildatum \d\d-\d\d-\d{4} ", page), "at the foot of each printed page"
    text = Page(page).text
    for phrase in (
        "vergunning geweigerd voor 7 Quay, Zedton",
        "vroeg een vergunning aan voor 7 Quay, Zedton",
        "op een lijst: Zed list",
        "insolventie of vereffening: creditors voluntary liquidation",
        "verkocht voor € 1.450.000",
    ):
        assert phrase in text, phrase


def test_a_link_of_two_of_one_name_says_which_is_which(tmp_path: Path) -> None:
    """A title and its property have one address: `1 Fore Street belongs with 1 Fore Street`."""
    rows = release()
    rows["case_member"].append(
        {
            "case_id": CASE,
            "subject_id": "UT-U-2",
            "subject_type": "property",
            "subject_name": "1 Fore Street",
            "role": "linking",
            "flags_n": 0,
        }
    )
    rows["case_link"].append(
        {"case_id": CASE, "from_id": TITLE, "to_id": "UT-U-2", "kind": "property", "certainty": "certain"}
    )
    text = Page(case_page(rows, tmp_path)).text
    assert "1 Fore Street (registered title)holds or belongs with1 Fore Street (property)" in text


def test_companies_that_applied_at_flagged_premises_are_shown_with_who_directs_them(tmp_path: Path) -> None:
    """The old and the new applicant of a permit relay are often in no case: only the premises are."""
    rows = release()
    rows["case_member"].append(
        {"case_id": CASE, "subject_id": "UT-A-7", "subject_type": "address", "role": "subject", "flags_n": 1}
    )
    rows["entity"].append({"entity_id": "GB-COH-3", "name": "ZED LTD", "entity_type": "registeredEntity"})
    rows["person"].append({"person_id": "UT-P-2", "person_type": "knownPerson", "full_name": "Bo Former"})
    rows["permit"] = [
        {"permit_id": "1", "premises_id": "UT-A-7", "applicant_id": "GB-COH-3", "state": "refused"}
    ]
    rows["relationship"].append(
        {
            "subject_id": "GB-COH-3",
            "party_id": "UT-P-2",
            "is_office": True,
            "is_left_censored": False,
            "statement_id": "o1",
            "valid_from": date(2016, 6, 6),
        }
    )
    html = case_page(rows, tmp_path)
    assert 'class="tie property"' in html and html.count('class="tie permit"') == 1
    assert "permit asked for or financed by ZED LTD" in Page(html).text
    assert "2016-06-06ZED LTDtook office: Bo Former" in Page(html).text
    rows["case_member"][-1]["flags_n"] = 0
    assert "ZED LTD" not in Page(case_page(rows, tmp_path)).text


@onto(OTHER)
def a_flag_without_a_measured_value(rows: Tables) -> None:
    """Who is itself on a list is not measured by the share from which a party counts as owned."""
    rows["flag"][0] |= {"value": None, "threshold": 50.0, "unit": "per cent"}


def test_a_flag_without_a_measured_value_shows_no_threshold(other: str) -> None:
    text = Page(other).text
    assert "Thresholdnone: the fact itself is flagged" in text and "50 per cent" not in text


@onto(CROWDED)
def who_finances_a_permit(rows: Tables) -> None:
    """A link of a case to premises is of an applicant or of a financier, and does not say of which."""
    rows["case_member"].append(
        {"case_id": CASE, "subject_id": "UT-A-7", "subject_type": "address", "role": "linking", "flags_n": 0}
    )
    rows["case_link"].append(
        {"case_id": CASE, "from_id": A, "to_id": "UT-A-7", "kind": "permit", "certainty": "certain"}
    )


def test_who_finances_a_permit_is_not_said_to_have_asked_for_it(crowded: str) -> None:
    text = Page(crowded).text
    assert "permit asked for or financed by TREVENEN HOLDINGS LIMITED" in text
    assert "asked for or finances a permit at" in text


@pytest.mark.nightly
def test_a_title_of_the_case_is_in_its_timeline_however_many_newer_ones_its_owner_has(tmp_path: Path) -> None:
    rows = release()
    rows["proprietorship"] += [
        {
            **rows["proprietorship"][0],
            "title_id": f"GB-HMLR-N{k:02d}",
            "added_on": date(2018, 1, 1),
            "statement_id": f"n{k:02d}",
        }
        for k in range(45)
    ]
    text = Page(case_page(rows, tmp_path)).text
    assert "2017-09-09TREVENEN HOLDINGS LIMITEDbecame proprietor of 1 Fore Street" in text
    assert text.count("became proprietor of GB-HMLR-N") == 40 and "5 more events are left out" in text


@pytest.mark.nightly
def test_kinds_of_what_was_not_assessable_beyond_the_cap_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_pages, "GAPS_MAX", 3)
    rows = release()
    rows["flag"] += [
        flag_row(f"m{k}", "PRP-010", None, subject_id=A, state="not_assessable", reason=f"why_{k}")
        for k in range(4)
    ]
    assert "2 more pairs of indicator and reason are left out" in Page(case_page(rows, tmp_path)).text
    monkeypatch.setattr(case_pages, "GAPS_MAX", 5)
    assert "are left out" not in Page(case_page(rows, tmp_path)).text


@pytest.mark.nightly
def test_the_subject_is_marked_and_the_picture_is_shown_whole(tmp_path: Path) -> None:
    html = case_page(release(), tmp_path)
    drawing = html[html.index('<svg class="ownership"') : html.index("</svg>\n</div>")]
    assert drawing.count('class="subject"') == 1
    marked = drawing[drawing.index('class="subject"') :]
    assert marked.index("TREVENEN") < marked.index("</g>")  # what the flag of its lane is about
    assert (
        "what gives the case its lane" in html
        and f"(legal entity, {A}) · the subject · 1 flag" in Page(html).text
    )
    assert "max-height" not in html.partition("@media print")[0]  # on paper it is scaled to the page
    with database(release()) as connection:
        alone = case_pages.render_subject(connection, tmp_path, B).read_text(encoding="utf-8")
    assert (
        alone.count('<rect class="subject"') == 2 and "the subject of this page" in alone
    )  # one of them in the legend


@onto(CROWDED)
def two_who_lent_on_a_title_of_the_case(rows: Tables) -> None:
    """One of them is a bank; of one the day is not known, as in the Dutch land register's answers."""
    day = date(2018, 1, 2)
    for lender, name, kind, created_on in (
        ("GB-COH-3", "ZED LTD", None, day),
        ("GB-COH-4", "ZED BANK LTD", "conduit", day),
        ("GB-COH-7", "ZED LOANS LTD", None, None),
    ):
        rows["entity"].append({"entity_id": lender, "name": name, "entity_type": "registeredEntity"})
        rows.setdefault("charge", []).append(
            {
                "charge_id": lender,
                "position": 1,
                "title_position": 1,
                "kind": "mortgage",
                "title_id": TITLE,
                "lender_id": lender,
                "lender_kind": kind,
                "lender_name": name,
                "status": "outstanding",
                "created_on": created_on,
                "statement_id": lender,
            }
        )


def test_who_lent_on_a_title_of_the_case_is_in_the_picture_unless_it_is_a_bank(crowded: str) -> None:
    assert "lent on it: ZED LTD (charge of 2018-01-02)" in Page(crowded).text
    assert "lent on it: ZED LOANS LTD (charge without a date)" in Page(crowded).text
    assert crowded.count('class="tie loan"') == 2
    assert "lent on it: ZED BANK" not in Page(crowded).text


@onto(CROWDED)
def what_is_still_to_be_decided_or_paid(rows: Tables) -> None:
    planned = {
        "flow_id": "w1",
        "kind": "payment",
        "status": "planned",
        "payer_id": "body:a_council",
        "payer_kind": "public",
        "payer_name": "A Council",
        "payee_id": A,
        "amount": Decimal(5000),
        "currency": "GBP",
        "flowed_on": date(2018, 1, 2),
        "statement_id": "w1",
    }
    rows["flow"] = [planned, {**planned, "flow_id": "w2", "statement_id": "w2", "status": "paid"}]
    permit = {
        "permit_id": "p1",
        "permit_kind": "Premises licence",
        "state": "applied",
        "applied_on": date(2018, 2, 3),
        "applicant_name": "ZED LTD",
        "financier_id": A,
        "financier_name": "TREVENEN HOLDINGS LTD",
        "premises_id": "UT-A-1",
        "address_text": "1 High Street",
        "statement_id": "m1",
    }
    rows["permit"] = [permit, {**permit, "permit_id": "p2", "statement_id": "m2", "state": "granted"}]


def test_what_is_still_to_be_decided_or_paid_stands_at_the_top(crowded: str) -> None:
    _, after = Page(crowded).text.split("Not yet decided or paid", 1)
    assert after.startswith(
        " permit applied for: ZED LTD, 1 High Street, financed by TREVENEN HOLDINGS LTD, 2018-02-03"
        " (Premises licence)"
        " payment not yet made: TREVENEN HOLDINGS LIMITED, 5,000.00 GBP, 2018-01-02 (A Council)"
    ), after[:300]
    assert (after.count("payment not yet made"), after.count("permit applied for")) == (1, 1)


def test_a_case_of_a_pattern_of_money_shows_who_pays_whom_and_who_owns_them(tmp_path: Path) -> None:
    """The pattern alone is a member: the parties of its hops come from the payments. One that a credit
    cancelled is not shown.
    """
    rows = release()
    pattern = {"subject_id": "FP-1", "subject_type": "flow_pattern", "case_id": CASE}
    rows["flag"] = [flag_row("f1", "OWN-010", "cycle from TREVENEN HOLDINGS LIMITED", **pattern)]
    rows["case_member"] = [{**pattern, "subject_name": "cycle", "role": "flagged", "flags_n": 1}]
    rows["case_link"] = []
    rows["entity"].append({"entity_id": "GB-COH-3", "name": "ZED LTD", "entity_type": "registeredEntity"})
    hops = [(A, "GB-COH-3", 5000), ("GB-COH-3", B, 4900), (B, A, 4800)]
    rows["flow"] = [
        {
            "flow_id": f"w{k}",
            "kind": "transfer",
            "status": "paid",
            "payer_id": payer,
            "payee_id": payee,
            "amount": Decimal(amount),
            "currency": "GBP",
            "flowed_on": date(2018, 1, k + 1),
            "register": "iso20022_camt053",
            "statement_id": f"w{k}",
        }
        for k, (payer, payee, amount) in enumerate(hops)
    ]
    cancelled = {"flow_id": "w9", "payee_id": B, "amount": Decimal(1234), "cancelled_by": "w10"}
    rows["flow"].append({**rows["flow"][0], **cancelled})
    rows["flow_pattern_member"] = [
        {"pattern_id": "FP-1", "position": k + 1, "flow_id": f"w{k}", "role": "hop"} for k in range(3)
    ]
    html = case_page(rows, tmp_path)
    assert all(f">{amount:,}<" in html for *_, amount in hops) and ">1,234<" not in html
    assert 'class="tie money"' in html and "ZED LTD" in html and PERSON in html


def test_who_may_be_on_a_watch_list_is_in_no_box() -> None:
    parties = [
        Party("h", "legal_entity", "H"),
        Party("g", "legal_entity", "G"),
        *(Party(f"p{k}", "person", f"P {k}", "note", may_be_listed=k == 3) for k in range(9)),
    ]
    ties = [Tie(f"p{k}", "h", "ownership", True) for k in range(9)] + [Tie("h", "g", "ownership", True)]
    picture = draw(parties, ties)
    assert [len(shape.items) for shape in picture.shapes if shape.items] == [8]
    assert "note" in [line for shape in picture.shapes for *_, line in shape.lines]


def test_the_subject_is_in_no_box() -> None:
    parties = [
        Party("h", "legal_entity", "H"),
        Party("o", "person", "O"),
        *(Party(f"t{k}", "title", f"{k} Wharf Road", is_subject=k == 3) for k in range(9)),
    ]
    picture = draw(
        parties, [Tie("o", "h", "ownership", True), *(Tie("h", f"t{k}", "property", True) for k in range(9))]
    )
    assert [shape.party.id for shape in picture.shapes if shape.party.is_subject and not shape.items] == [
        "t3"
    ]
    assert [len(shape.items) for shape in picture.shapes if shape.items] == [8]


def test_every_kind_of_shape_is_in_the_legend(plain: str) -> None:
    legend = Page(plain[plain.index('<ul class="legend">') : plain.index('<div class="drawing"')])
    named = {str(attributes["href"]).removeprefix("#i-") for tag, attributes in legend.tags if tag == "use"}
    assert named == {*get_args(Kind), "flag"}
    assert named == set(re.findall(r'<symbol id="i-([a-z_]+)"', plain))


@pytest.mark.nightly
def test_a_printed_page_says_what_it_is_of_and_splits_no_picture(tmp_path: Path) -> None:
    html = case_page(release(), tmp_path)
    assert f"case {CASE} · facts as of 2018-02-01 · release 0001-abcdef" in html
    with database(release()) as connection:
        alone = case_pages.render_subject(connection, tmp_path, B).read_text(encoding="utf-8")
    assert f"subject {B} · facts as of 2018-02-01 · release 0001-abcdef" in alone
    assert ".drawing { break-inside: avoid; }" in html.partition("@media print")[2]
    assert (
        ".flags .id, .flags .sentence, .measures { break-after: avoid; }" in html.partition("@media print")[2]
    ), "no sentence is parted from its flag"


@onto(CROWDED)
def a_verdict_by_the_rule_of_today(rows: Tables) -> None:
    verdict = {"case_id": "UT-C-before", "indicator": "OWN-010", "subject_id": A, "outcome": "no-concern"}
    decided = {"reason": "OWN-010/1", "decided_on": date(2026, 5, 4), "readings_n": 2}
    rows["verdict"] = [{**verdict, **decided, "version": rows["indicator"][0]["rule_sha256"]}]


@onto(OTHER)
def a_verdict_by_another_rule(rows: Tables) -> None:
    a_verdict_by_the_rule_of_today(rows)
    rows["verdict"][0]["version"] = "another rule"


def test_a_page_says_what_was_decided_by_the_rule_of_today(crowded: str, other: str) -> None:
    page = Page(crowded).text
    assert re.search(rf"2026-05-04 ?OWN-010 ?{A} ?no concern ?OWN-010/1 ?2", page), page
    assert "Second reader, date" not in page
    assert "Second reader, date" in Page(other).text


@onto(CROWDED)
def an_authority_with_a_contact(rows: Tables) -> None:
    rows["release"][0] |= {"authority": "Penwith Council", "contact": "corrections@penwith.example"}


def test_a_page_names_the_contact_of_the_authority_where_the_settings_do(plain: str, crowded: str) -> None:
    assert "Contact:" not in Page(plain).text
    assert "Contact: Penwith Council, corrections@penwith.example" in Page(crowded).text


@pytest.mark.nightly
def test_a_page_says_to_whom_to_write_by_when_and_how_long_to_keep_it(plain: str) -> None:
    text = Page(plain).text
    for phrase in (
        "Write to the authority that sent you this page",
        "within one month (GDPR, Article 12(3))",
        "Keep this page no longer than the file",
    ):
        assert phrase in text, phrase


def test_a_page_stands_by_itself(plain: str) -> None:
    page = Page(plain)
    assert "default-src 'none'" in plain and "<script" not in plain
    assert page.faults == [] and page.open == []
    assert [link for link in page.values("href") if not link.startswith("#")] == ["data:,"]
    assert not [
        name
        for _, attributes in page.tags
        for name in attributes
        if name.startswith("on") or name in {"src", "srcset", "action"}
    ]


@pytest.mark.nightly
def test_equal_releases_give_equal_bytes(tmp_path: Path) -> None:
    turned = {name: list(reversed(rows)) for name, rows in release().items()}
    assert case_page(release(), tmp_path / "a") == case_page(turned, tmp_path / "b")


@pytest.mark.nightly
def test_hostile_names_change_nothing_of_the_page(tmp_path: Path) -> None:
    """The tags and attributes are those of a page with tame names, but for the chips and what the picture
    cuts from long names.
    """
    loose = {"text", "tspan", "span", "wbr", "use", "path", "svg", "rect", "g"}
    counts = []
    for k, name in enumerate([*HOSTILE, "TAME LIMITED"]):
        page = Page(case_page(release(name, name), tmp_path / str(k)))
        assert page.faults == [] and page.open == [], name
        assert {tag for tag, _ in page.tags}.isdisjoint(
            {"script", "img", "iframe", "object", "embed", "form", "base", "textarea"}
        )
        assert not [
            key
            for _, attributes in page.tags
            for key in attributes
            if key.startswith("on") or key in {"src", "srcset", "action"}
        ]
        assert all(link.startswith("#") or link == "data:," for link in page.values("href"))
        counts.append(
            Counter((tag, *sorted(attributes.items())) for tag, attributes in page.tags if tag not in loose)
        )
    assert all(tags == counts[-1] for tags in counts)


def test_all_evidence_is_on_a_page_that_has_room_for_it(tmp_path: Path) -> None:
    rows = release()
    rows["evidence"] += [fact_row("f1", p, value=f"fact {p:03d} of many") for p in range(2, 300)]
    html = case_page(rows, tmp_path)
    assert all(f"fact {p:03d} of many" in html for p in range(2, 300))
    assert "v_evidence" not in html and len(html.encode()) <= PAGE_BYTES_MAX


@pytest.mark.nightly
def test_a_page_with_too_much_evidence_is_cut_and_says_so(tmp_path: Path) -> None:
    rows = release()
    rows["flag"] += [
        flag_row(
            f"x{k:03d}",
            "OWN-010",
            f"SUBJECT {k}",
            subject_id=f"GB-COH-07000{k:03d}",
            case_id=CASE,
            explanation="y" * 2000,
        )
        for k in range(150)
    ]
    rows["evidence"] += [fact_row(f"x{k:03d}", p, value="z" * 3000) for k in range(150) for p in range(1, 4)]
    html = case_page(rows, tmp_path)
    assert len(html.encode()) <= PAGE_BYTES_MAX
    assert "more flags are left out to keep this page small" in Page(html).text


@onto(CROWDED)
def what_a_close_up_has_to_hold(rows: Tables) -> None:
    """A group, a sale whose property is known and one whose property is not, the sales of a title's property,
    and a party that may be on a list.
    """
    group, sold, alone, seller, head, firm = (
        "CG-UT-P-7",
        "UT-T-1",
        "UT-T-2",
        "GB-COH-09990007",
        "GB-COH-09990008",
        "GB-COH-09990009",
    )
    for subject, kind in ((group, "control_group"), (sold, "transaction"), (alone, "transaction")):
        rows["case_member"].append(member(subject, kind, f"subject {subject}", "flagged", 1))
    rows["graph_control_group"].append({"control_group_id": group, "subject_id": firm, "controller_id": head})
    rows["entity"] += [
        {"entity_id": one, "name": name, "entity_type": "registeredEntity", "jurisdiction": "gb"}
        for one, name in ((seller, "SELLER LTD"), (head, "HEAD LTD"), (firm, "FIRM LTD"))
    ]
    rows["transaction"] = [
        {
            "transaction_id": sold,
            "property_id": "UT-U-1",
            "transferred_on": date(2016, 4, 1),
            "currency": "GBP",
            "price": 111_000,
        },
        {"transaction_id": alone, "transferred_on": date(2016, 5, 1), "currency": "GBP", "price": 222_000},
        {
            "transaction_id": "UT-T-3",
            "property_id": "UT-U-2",
            "transferred_on": date(2016, 6, 1),
            "currency": "GBP",
            "price": 333_000,
        },
    ]
    rows["title"].append(
        {"title_id": "GB-HMLR-CL2", "address_text": "2 Fore Street", "register": "gb_hmlr_ccod"}
    )
    rows["title_address"] = [
        {"title_id": "GB-HMLR-CL2", "address_id": "UT-A-1", "property_id": "UT-U-1"},
        {"title_id": TITLE, "address_id": "UT-A-2", "property_id": "UT-U-2"},
    ]
    rows["property"] = [{"property_id": "UT-U-2", "address_text": "the flat at 1 Fore Street"}]
    rows["proprietorship"].append(
        {
            **rows["proprietorship"][0],
            "title_id": "GB-HMLR-CL2",
            "party_id": seller,
            "statement_id": "p2",
            "added_on": date(2011, 1, 1),
        }
    )
    rows["screening"] = [{"party_id": B, "listed_party_id": "UT-E-9", "is_strong": True}]
    rows["listing"] = [{"party_id": "UT-E-9", "listing_class": "sanction", "is_open": True}]


def test_the_close_up_of_a_night_holds_whatever_a_page_asks_for(crowded: str) -> None:
    text = Page(crowded).text
    for phrase in (
        "SELLER LTD",
        "HEAD LTD",
        "FIRM LTD",
        "2 Fore Street",
        "sold for £111,000",
        "sold for £222,000",
        "sold for £333,000",
        "the flat at",
        "may be on asanctions list",
    ):
        assert phrase in text, phrase
