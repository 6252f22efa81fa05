"""Releases of one case written by hand, and the page of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from flows.pages import case as case_pages
from tests.flows.pages.releases import (
    CIRCULAR_PAGE,
    calm_release,
    database,
    fact_row,
    flag_row,
    indicator_row,
)

CASE = "UT-C-f1"
PERSON = "Ada Canary Quillfeather"
Rows = Mapping[str, Sequence[Mapping[str, object]]]

A, B, TITLE = "GB-COH-09990001", "GB-COH-09990002", "GB-HMLR-CL1"


def member(
    subject_id: str, subject_type: str, name: str | None, role: str, flags_n: int
) -> dict[str, object]:
    subject = {"subject_id": subject_id, "subject_type": subject_type, "subject_name": name}
    return {"case_id": CASE, **subject, "role": role, "flags_n": flags_n}


def relation(subject_id: str, party_id: str | None, statement_id: str, **more: object) -> dict[str, object]:
    return {"subject_id": subject_id, "party_id": party_id, "statement_id": statement_id, **more}


def edge(subject_id: str, party_id: str, statement_id: str, **more: object) -> dict[str, object]:
    return {"component_no": 1, **relation(subject_id, party_id, statement_id, **more)}


def interest(
    interest_id: str, subject_id: str, party_id: str, basis: str, **more: object
) -> dict[str, object]:
    held = {"interest_id": interest_id, "subject_id": subject_id, "party_id": party_id, "basis": basis}
    return {**held, **more}


def release(
    name: str = "TREVENEN HOLDINGS LIMITED", person: str = PERSON
) -> dict[str, list[dict[str, object]]]:
    """One case: a company and its title flagged, a person above, an owner undisclosed, a weak flag, something
    not assessable.
    """
    rows = calm_release()
    rows["release"][0]["synthetic"] = True
    rows["indicator"] = [
        indicator_row("OWN-010", "Circular ownership", 2, 98, 0, page=CIRCULAR_PAGE, lane="act"),
        indicator_row("PRP-010", "Newly founded buyer", 1, 9, 3, weak=True, lane="look"),
    ]
    rows["flag"] = [
        flag_row(
            "f1",
            "OWN-010",
            name,
            subject_id=A,
            case_id=CASE,
            value=2.0,
            unit="companies",
            threshold=1.0,
            area_name="PENWITH",
        ),
        flag_row(
            "f2",
            "PRP-010",
            "1 Fore Street",
            subject_id=TITLE,
            subject_type="title",
            case_id=CASE,
            lane="look",
            weak=True,
            explanation="Bought early.",
        ),
        flag_row(
            "n1", "PRP-010", name, subject_id=A, state="not_assessable", reason="extract:gb_coh_companies"
        ),
    ]
    rows["evidence"] = [fact_row("f1", 1, value=name), fact_row("f2", 1)]
    rows["review_case"] = [
        {
            "case_id": CASE,
            "lane": "act",
            "position": 1,
            "position_reason": "Lane act, for circular ownership (OWN-010): number 1 of 1",
            "title": f"{name} and 1 more: circular ownership",
            "families_n": 2,
            "families": ["OWN", "PRP"],
            "indicators": ["OWN-010", "PRP-010"],
            "rarity": 2.7,
            "flags_n": 2,
            "subjects_n": 2,
            "members_n": 3,
            "area_name": "PENWITH",
            "anchor_flag_id": "f1",
            "lane_flag_id": "f1",
            "first_seen_on": date(2018, 1, 1),
            "newest_flag_on": date(2018, 1, 1),
            "links_max_n": 100,
            "as_of": date(2018, 2, 1),
        }
    ]
    rows["case_member"] = [
        member(A, "legal_entity", name, "flagged", 1),
        member("UT-P-1", "person", None, "linking", 0),
        member(TITLE, "title", "1 Fore Street", "flagged", 1),
    ]
    rows["case_link"] = [
        {
            "case_id": CASE,
            "from_id": A,
            "to_id": TITLE,
            "kind": "property",
            "certainty": "possible",
            "statement_id": "p1",
        },
        {
            "case_id": CASE,
            "from_id": "UT-P-1",
            "to_id": A,
            "kind": "ownership",
            "certainty": "certain",
            "statement_id": "r1",
        },
    ]
    rows["entity"] = [
        {"entity_id": A, "name": name, "entity_type": "registeredEntity", "jurisdiction": "gb"},
        {"entity_id": B, "name": "ABOVE LTD", "entity_type": "registeredEntity", "jurisdiction": "je"},
    ]
    rows["person"] = [{"person_id": "UT-P-1", "person_type": "knownPerson", "full_name": person}]
    rows["title"] = [{"title_id": TITLE, "address_text": "1 Fore Street", "register": "gb_hmlr_ccod"}]
    rows["company"] = [
        {
            "company_id": A,
            "incorporated_on": date(2017, 3, 4),
            "is_active": True,
            "register": "gb_coh_companies",
        }
    ]
    rows["proprietorship"] = [
        {
            "title_id": TITLE,
            "position": 1,
            "party_id": A,
            "added_on": date(2017, 9, 9),
            "method": "identifier_unverified",
            "statement_id": "p1",
            "party_statement_id": "e1",
        }
    ]
    rows["relationship"] = [
        relation(
            A,
            "UT-P-1",
            "r1",
            party_statement_id="e2",
            is_open=True,
            is_left_censored=False,
            valid_from=date(2017, 4, 4),
        ),
        relation(A, B, "r2", party_statement_id="e3", is_open=True, is_left_censored=True),
        {
            "subject_id": B,
            "statement_id": "r3",
            "is_open": True,
            "unspecified_reason": "noBeneficialOwners",
            "declaration_class": "no_owner",
        },
    ]
    rows["interest"] = [
        interest("i1", A, "UT-P-1", "shares", share_min=Decimal(25), share_max=Decimal(50), is_open=True),
        interest("i2", A, "UT-P-1", "votes", share_min=Decimal(75), share_max=Decimal(100), is_open=True),
        interest("i3", A, B, "influence", is_open=True),
    ]
    rows["graph_edge"] = [
        edge(A, "UT-P-1", "r1", basis="shares", share_min=Decimal(25)),
        edge(A, B, "r2", basis="influence"),
    ]
    rows["resolution"] = [{"party_id": "UT-P-1", "statement_id": "e2", "method": "name_birth_address"}]
    return rows


def case_page(rows: Rows, to: Path, case_id: str = CASE) -> str:
    """The page as it is made when asked for, from the whole release.

    The night makes the same from its close-up.
    """
    with database(rows) as connection:
        rendered = case_pages.render_case(connection, to, case_id)
        of_the_night = case_pages.render_first_cases(connection, to / "night")
    page = rendered.read_text(encoding="utf-8")
    assert page in [path.read_text(encoding="utf-8") for path in of_the_night]
    return page


def former(rows: Mapping[str, list[dict[str, object]]], **more: object) -> list[dict[str, object]]:
    """The proprietorship of `release`, and another of the same two that has ended."""
    return [
        {
            **rows["proprietorship"][0],
            "statement_id": "p0",
            "added_on": date(2001, 1, 1),
            "ended_on": date(2016, 5, 1),
            "method": "identifier",
            **more,
        }
    ]
