"""Cases of a night: what opens one, what joins two, their ids, words and order, and what became of those of
the night before.
"""

import json
import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.journal import audit, chain
from flows.release import store
from flows.release.case_ids import SinceRelease, became
from graphs.cases import CASE_PREFIX
from graphs.cases.build import Casebook, open_cases
from quality.town.parts.native import COMPANY_HEADER
from tests.few_indicators import assess
from tests.landings import (
    COMPANIES,
    PSC,
    RECORDS,
    company_number,
    company_row,
    file_name,
    psc_record,
    text,
    totals,
)
from transforms.case_inputs import SEATS_MAX
from transforms.marts import create_fact_views
from transforms.model.statements import DUCKDB_TYPES
from transforms.model.views import (
    ADDRESS_CLASSES,
    CASE,
    CASE_ALIAS,
    CASE_CHANGE,
    CASE_LINK,
    CASE_MEMBER,
    RELEASE_TABLES,
)
from transforms.resolution.companies.matching import UNCONFIRMED

AS_OF = date(2026, 6, 1)
Rows = Mapping[str, Sequence[Mapping[str, object]]]
# Code → (lane, base rate). Invented: the stage knows no indicator.
INDICATORS = {
    "AAA-010": ("act", 0.01),
    "AAA-020": ("act", 0.1),
    "BBB-010": ("act", 0.001),
    "CCC-010": ("look", 0.5),
    "DDD-010": ("data", 0.0001),
    "EEE-010": ("look", 0.5),
    "SSS-010": ("stop", 0.5),
}


def flag(
    subject: str, code: str = "AAA-010", kind: str = "legal_entity", day: int = 0, **more: object
) -> dict[str, object]:
    lane, _ = INDICATORS[code]
    return {
        "flag_id": f"f-{subject}-{code}",
        "indicator": code,
        "family": code[:3],
        "lane": lane,
        "weak": lane == "look",
        "subject_id": subject,
        "subject_type": kind,
        "subject_name": f"{subject} name",
        "state": "flagged",
        "first_seen_on": AS_OF + timedelta(days=day),
        **more,
    }


def owns(party: str, subject: str, share: str | None = "60", basis: str = "shares") -> dict[str, object]:
    low = Decimal(share) if share is not None else None
    return {
        "component_no": 1,
        "party_id": party,
        "subject_id": subject,
        "basis": basis,
        "share_min": low,
        "share_max": low,
        "statement_id": f"s-{party}-{subject}",
    }


def proprietor(
    party: str, title: str, ended: date | None = None, method: str = "identifier"
) -> dict[str, object]:
    return {
        "title_id": title,
        "party_id": party,
        "statement_id": f"p-{party}-{title}",
        "ended_on": ended,
        "method": method,
        "party_statement_id": "x",
    }


def seat(company: str, address: str) -> dict[str, object]:
    return {"company_id": company, "address_id": address, "address_statement_id": f"a-{company}"}


def unit(title: str, property_id: str) -> dict[str, object]:
    return {
        "title_id": title,
        "address_id": "UT-A-1",
        "property_id": property_id,
        "statement_id": f"u-{title}",
    }


def night(rows: Rows) -> Casebook:
    """The stage on the tables given, all others empty.

    Entities, titles and persons of flags and links are known; a name that begins with P is a person.
    """
    made = {name: list(given) for name, given in rows.items()}
    made["indicator"] = [
        *made.get("indicator", ()),
        *(
            {"code": code, "title": f"Title {code}", "lane": lane, "base_rate": rate}
            for code, (lane, rate) in INDICATORS.items()
        ),
    ]
    ids = {
        str(row[column])
        for name, columns in ENDS.items()
        for row in made.get(name, ())
        for column in columns
        if row.get(column) is not None
    }
    made.setdefault("entity", []).extend(
        {"entity_id": one, "name": f"{one} name", "is_listed": False}
        for one in sorted(ids)
        if one[0] in "ABCDEHX"
    )
    made.setdefault("person", []).extend(
        {"person_id": one, "full_name": "Ada Canary"} for one in sorted(ids) if one[0] == "P"
    )
    made.setdefault("title", []).extend(
        {"title_id": one, "address_text": f"{one} name"} for one in sorted(ids) if one[0] == "T"
    )
    connection = empty_tables()
    connection.execute("begin")
    try:
        for table, row in ((table, row) for table, given in made.items() for row in given):
            names = ", ".join(f'"{name}"' for name in row)
            connection.execute(
                f'insert into "{table}" ({names}) values ({", ".join("?" * len(row))})', list(row.values())
            )
        return open_cases(connection, AS_OF)
    finally:
        connection.execute("rollback")


@cache
def empty_tables() -> duckdb.DuckDBPyConnection:
    """Every table and fact view of a release, once for all tests: each takes back what it filled in."""
    connection = duckdb.connect()
    for table in RELEASE_TABLES.values():
        columns = ", ".join(f'"{column.name}" {DUCKDB_TYPES[column.dtype]}' for column in table)
        connection.execute(f'create table "{table.name}" ({columns})')
    create_fact_views(connection, RELEASE_TABLES)
    return connection


ENDS = {
    "flag": ("subject_id",),
    "graph_edge": ("party_id", "subject_id"),
    "proprietorship": ("party_id", "title_id"),
    "company": ("company_id",),
    "title_address": ("title_id",),
}


def together(book: Casebook) -> set[frozenset[str]]:
    rows = book.members.select("case_id", "subject_id").iter_rows()
    by_case: dict[str, set[str]] = {}
    for case_id, subject in rows:
        by_case.setdefault(case_id, set()).add(subject)
    return {frozenset(members) for members in by_case.values()}


# --- what opens a case --------------------------------------------------------------------------------------


def test_a_flag_opens_a_case_and_is_in_it() -> None:
    book = night({"flag": [flag("A", area_name="CORNWALL", area_code="E06000052")]})
    [case] = book.cases.to_dicts()
    assert (
        dict(book.cases.schema) == CASE.schema
        and dict(book.members.schema) == CASE_MEMBER.schema
        and dict(book.links.schema) == CASE_LINK.schema
    )
    assert case["case_id"] == f"{CASE_PREFIX}f-A-AAA-010" and case["anchor_flag_id"] == "f-A-AAA-010"
    assert (
        case["position"],
        case["families_n"],
        case["families"],
        case["flags_n"],
        case["subjects_n"],
        case["members_n"],
    ) == (1, 1, ["AAA"], 1, 1, 1)
    assert (case["area_name"], case["area_code"], case["title"]) == (
        "CORNWALL",
        "E06000052",
        "A name: title AAA-010",
    )
    assert case["rarity"] == pytest.approx(2) and case["links_max_n"] == 100
    assert book.case_of_flag.rows() == [("f-A-AAA-010", case["case_id"])]


@pytest.mark.parametrize("code", ["CCC-010", "DDD-010"])
def test_look_flags_of_one_family_and_flags_of_lane_data_open_none(code: str) -> None:
    assert night(
        {"flag": [flag("A", code), flag("B", code)], "graph_edge": [owns("A", "B")]}
    ).cases.is_empty()
    assert night({"flag": [flag("A", "CCC-010"), flag("A", "DDD-010")]}).cases.is_empty()


def group(controller: str, *subjects: str) -> list[dict[str, object]]:
    return [
        {"control_group_id": f"CG-{controller}", "controller_id": controller, "subject_id": subject}
        for subject in subjects
    ]


@pytest.mark.parametrize(("second", "opens"), [("EEE-010", True), ("CCC-010", False), ("DDD-010", False)])
def test_look_flags_of_two_families_on_one_control_group_open_a_case(second: str, opens: bool) -> None:
    """The group of P1 has A and B, and B holds the title T1."""
    book = night(
        {
            "flag": [flag("A", "CCC-010"), flag("T1", second, "title")],
            "graph_edge": [owns("P1", "A"), owns("P1", "B")],
            "graph_control_group": group("P1", "A", "B"),
            "proprietorship": [proprietor("B", "T1")],
        }
    )
    assert together(book) == ({frozenset({"A", "P1", "B", "T1"})} if opens else set())
    assert book.cases["lane"].to_list() == (["look"] if opens else [])


def test_an_entity_in_no_group_is_one_by_itself_and_a_former_holder_of_a_title_is_not_in_it() -> None:
    alone = night({"flag": [flag("A", "CCC-010"), flag("A", "EEE-010")]})
    assert alone.cases.select("lane", "families_n", "lane_flag_id").rows() == [("look", 2, "f-A-CCC-010")]
    former = night(
        {
            "flag": [flag("A", "CCC-010"), flag("T1", "EEE-010", "title")],
            "proprietorship": [proprietor("A", "T1", ended=AS_OF)],
        }
    )
    assert former.cases.is_empty()


@pytest.mark.parametrize("members", [(), ("A", "C")])
def test_look_flags_join_no_two_cases_that_graver_ones_open(members: tuple[str, ...]) -> None:
    """A and E are 6 links apart, C in the middle of them, perhaps in A's control group: two cases of lane
    act, and one of lane look.
    """
    book = night(
        {
            "flag": [flag("A"), flag("E"), flag("C", "CCC-010"), flag("C", "EEE-010")],
            "graph_control_group": group("X", *members),
            "graph_edge": [
                owns(*pair) for pair in ("AB", ("B", "H1"), ("H1", "C"), ("C", "H2"), ("H2", "D"), "DE")
            ],
        }
    )
    assert together(book) == {frozenset("A"), frozenset("E"), frozenset("C")}
    assert book.cases.sort("position")["lane"].to_list() == ["act", "act", "look"]


def test_cases_stand_by_lane_then_families_then_rarity_and_say_why() -> None:
    book = night(
        {
            "flag": [
                flag("A"),
                flag("B"),
                flag("B", "BBB-010"),
                flag("C", "SSS-010"),
                flag("D", "CCC-010"),
                flag("D", "EEE-010"),
                flag("E", "BBB-010"),
            ]
        }
    )
    ordered = book.cases.sort("position")
    assert ordered.select("position", "lane", "title").rows() == [
        (1, "stop", "C name: title SSS-010"),
        (2, "act", "B name: title AAA-010, title BBB-010"),
        (3, "act", "E name: title BBB-010"),
        (4, "act", "A name: title AAA-010"),
        (5, "look", "D name: title CCC-010, title EEE-010"),
    ]
    assert ordered["position_reason"][1] == (
        "Lane act, for title AAA-010 (AAA-010): number 1 of 3 in this lane, by 2 families of indicators, "
        "then rarity 5.00"
    )


def test_what_gives_a_case_its_lane_comes_first_in_its_title_but_does_not_name_it() -> None:
    book = night({"flag": [flag("A"), flag("B", "SSS-010", day=5)], "graph_edge": [owns("A", "B")]})
    [case] = book.cases.to_dicts()
    assert (case["case_id"], case["lane"], case["lane_flag_id"], case["title"]) == (
        f"{CASE_PREFIX}f-A-AAA-010",
        "stop",
        "f-B-SSS-010",
        "B name and 1 more: title SSS-010, title AAA-010",
    )


def test_look_flags_show_beside_another_family_and_faults_of_the_records_count_as_none() -> None:
    book = night(
        {
            "flag": [flag("A"), flag("B", "CCC-010"), flag("A", "DDD-010"), flag("C", "CCC-010")],
            "graph_edge": [owns("B", "A")],
        }
    )
    [case] = book.cases.to_dicts()
    assert case["families"] == ["AAA", "CCC"] and case["indicators"] == ["AAA-010", "CCC-010", "DDD-010"]
    assert case["flags_n"] == 3 and case["rarity"] == pytest.approx(2 - math.log10(0.5))
    assert "f-C-CCC-010" not in book.case_of_flag["flag_id"].to_list()


def test_not_assessable_opens_none() -> None:
    assert night({"flag": [flag("A", state="not_assessable")]}).cases.is_empty()
    assert night({}).cases.is_empty()


def test_a_home_with_districts_opens_cases_of_ownership_only_where_somebody_is_there() -> None:
    """A, B and C are flagged by OWN. A holds a title in the district, B is seated elsewhere, C somewhere that
    no record places, D at an agent's there. E is elsewhere and flagged by another family. F and G are linked.
    """
    flags = [flag(one, family="OWN") for one in "ABCDF"] + [flag("E"), flag("G", family="DEC")]
    rows: Rows = {
        "flag": flags,
        "graph_edge": [owns("F", "G")],
        "title": [{"title_id": "T1", "area_name": "HERE"}],
        "proprietorship": [proprietor("A", "T1")],
        "company": [
            {"company_id": "B", "area_name": "ELSEWHERE", "postcode": "ZT2 1AA"},
            {"company_id": "C", "postcode": "ZT3 1AA"},
            {"company_id": "D", "address_id": "UT-A-9", "area_name": "HERE", "postcode": "ZT1 1AA"},
            {"company_id": "E", "area_name": "ELSEWHERE", "postcode": "ZT2 1AA"},
            {"company_id": "F", "area_name": "ELSEWHERE", "postcode": "ZT2 1AA"},
            {"company_id": "G", "area_name": "HERE", "postcode": "ZT1 1AA"},
        ],
        "address": [{"address_id": "UT-A-9", "address_class": "agent", "area_name": "HERE"}],
    }
    everywhere = {
        frozenset("A"),
        frozenset("B"),
        frozenset("C"),
        frozenset("D"),
        frozenset("E"),
        frozenset("FG"),
    }
    assert {case - {"T1"} for case in together(night(rows))} == everywhere
    limited = together(night({**rows, "home_area": [{"area_name": "HERE"}]}))
    assert {case - {"T1"} for case in limited} == everywhere - {frozenset("B"), frozenset("D")}


# --- what joins ---------------------------------------------------------------------------------------------


def test_owners_titles_and_persons_between_join() -> None:
    """A title, its owner, the person above, another owner, its title: one case, and the person is only ever
    between.
    """
    book = night(
        {
            "flag": [flag("T1", kind="title"), flag("T2", kind="title", day=1)],
            "graph_edge": [owns("P1", "A"), owns("P1", "B", None, "influence")],
            "proprietorship": [proprietor("A", "T1"), proprietor("B", "T2", method="identifier_unverified")],
        }
    )
    assert together(book) == {frozenset({"T1", "A", "P1", "B", "T2"})}
    roles = {
        row["subject_id"]: (row["role"], row["subject_type"], row["subject_name"])
        for row in book.members.iter_rows(named=True)
    }
    assert (
        roles["P1"] == ("linking", "person", None)
        and roles["A"] == ("linking", "legal_entity", "A name")
        and roles["T1"] == ("flagged", "title", "T1 name")
    )
    links = {
        (row["from_id"], row["to_id"]): (row["kind"], row["certainty"])
        for row in book.links.iter_rows(named=True)
    }
    assert links == {
        ("P1", "A"): ("ownership", "certain"),
        ("P1", "B"): ("control", "possible"),
        ("A", "T1"): ("property", "certain"),
        ("B", "T2"): ("property", "possible"),
    }
    assert "Canary" not in book.cases["title"][0]


@pytest.mark.parametrize("exempt", [True, False])
def test_public_and_exempt_owners_join_nobody(exempt: bool) -> None:
    rows: Rows = {
        "flag": [flag("T1", kind="title"), flag("T2", kind="title")],
        "proprietorship": [proprietor("X", "T1"), proprietor("X", "T2")],
        "exempt": [{"entity_id": "X", "exempt_class": "council", "statement_id": "s"}] if exempt else [],
    }
    assert len(together(night(rows))) == (2 if exempt else 1)


@pytest.mark.parametrize("address_class", ADDRESS_CLASSES)
def test_only_ordinary_addresses_join(address_class: str) -> None:
    rows: Rows = {
        "flag": [flag("A"), flag("B")],
        "company": [seat("A", "UT-A-1"), seat("B", "UT-A-1")],
        "address": [{"address_id": "UT-A-1", "address_class": address_class, "active_seats_n": 2}],
    }
    assert together(night(rows)) == (
        {frozenset({"A", "B", "UT-A-1"})} if address_class == "ordinary" else {frozenset("A"), frozenset("B")}
    )


@pytest.mark.parametrize(("seats_n", "joins"), [(SEATS_MAX, True), (SEATS_MAX + 1, False)])
def test_an_address_that_seats_many_joins_nobody(seats_n: int, joins: bool) -> None:
    """Seats of entities that are no longer active count: a unit that 50 came from and left is a service
    address too.
    """
    companies = [
        seat("A", "UT-A-1"),
        seat("B", "UT-A-1"),
        *(seat(f"C{k}", "UT-A-1") for k in range(seats_n - 2)),
    ]
    rows: Rows = {
        "flag": [flag("A"), flag("B")],
        "company": companies,
        "address": [{"address_id": "UT-A-1", "address_class": "ordinary", "active_seats_n": 2}],
    }
    assert (len(together(night(rows))) == 1) is joins


def test_a_tenant_is_not_joined_to_the_owner_of_the_building() -> None:
    rows: Rows = {
        "flag": [flag("A"), flag("T1", kind="title")],
        "company": [seat("A", "UT-A-1")],
        "address": [{"address_id": "UT-A-1", "address_class": "ordinary", "active_seats_n": 1}],
        "title_address": [
            {"title_id": "T1", "address_id": "UT-A-1", "property_id": None, "statement_id": "u"}
        ],
    }
    assert len(together(night(rows))) == 2


@pytest.mark.parametrize("transaction", ["title", "property", "transaction", ""])
def test_a_sale_joins_seller_and_buyer_only_where_the_property_is_flagged(transaction: str) -> None:
    about = {"title": "T1", "property": "U1", "transaction": "S1"}
    rows: Rows = {
        "flag": [
            flag("A"),
            flag("B"),
            *([flag(about[transaction], kind=transaction)] if transaction else []),
        ],
        "proprietorship": [proprietor("A", "T1", ended=date(2025, 1, 1)), proprietor("B", "T1")],
        "title_address": [unit("T1", "U1")],
        "property": [{"property_id": "U1", "has_legal_entity_proprietor": True, "address_text": "U1 name"}],
        "transaction": [
            {
                "transaction_id": "S1",
                "property_id": "U1",
                "address_statement_id": "x",
                "address_text": "S1 name",
            }
        ],
    }
    book = night(rows)
    assert any({"A", "B"} <= members for members in together(book)) is bool(transaction)
    if transaction:
        gone = book.links.filter((book.links["from_id"] == "A") & (book.links["to_id"] == "T1"))
        assert gone["certainty"].to_list() == ["possible"]


@pytest.mark.parametrize("is_told", [True, False])
def test_a_company_that_sold_to_somebody_in_no_register_joins_the_sale_where_that_is_flagged(
    is_told: bool,
) -> None:
    """Its title is in no edition in force: the mart `title` does not have it."""
    rows: Rows = {
        "flag": [flag("A"), *([flag("S1", kind="transaction")] if is_told else [])],
        "proprietorship": [proprietor("A", "GONE1", ended=date(2025, 1, 1))],
        "title_address": [unit("GONE1", "U1")],
        "address": [
            {
                "address_id": "UT-A-1",
                "address_text": "1 Mill Lane",
                "address_class": "ordinary",
                "active_seats_n": 0,
            }
        ],
        "property": [{"property_id": "U1", "has_legal_entity_proprietor": True, "address_text": "U1 name"}],
        "transaction": [
            {
                "transaction_id": "S1",
                "property_id": "U1",
                "address_statement_id": "x",
                "address_text": "S1 name",
            }
        ],
    }
    book = night(rows)
    assert together(book) == {frozenset({"A", "GONE1", "U1", "S1"} if is_told else {"A"})}
    if is_told:
        assert book.links.filter(book.links["from_id"] == "A")["certainty"].to_list() == ["possible"]
        assert book.members.filter(book.members["subject_id"] == "GONE1").select(
            "role", "subject_type", "subject_name"
        ).row(0) == (
            "linking",
            "title",
            "1 Mill Lane",
        )


@pytest.mark.parametrize("is_known", [True, False])
def test_a_bidder_joins_two_flagged_tenders_where_a_register_that_is_held_has_it(is_known: bool) -> None:
    bid = {"bidder_id": "GB-COH-9", "status": "valid", "statement_id": "b"}
    rows: Rows = {
        "flag": [flag("N1", kind="award"), flag("N2", kind="award")],
        "tender": [{"process_id": number, "title": "Works"} for number in ("N1", "N2")],
        "bid": [bid | {"bid_id": number, "process_id": number} for number in ("N1", "N2")],
        "entity": [{"entity_id": "GB-COH-9", "name": "Zed Ltd", "is_listed": False}] if is_known else [],
    }
    book = night(rows)
    joined, apart = {frozenset({"N1", "N2", "GB-COH-9"})}, {frozenset({"N1"}), frozenset({"N2"})}
    assert together(book) == (joined if is_known else apart)
    assert set(book.links["from_id"]) == ({"GB-COH-9"} if is_known else set())


def test_an_owner_of_a_hundred_thousand_titles_glues_nobody() -> None:
    rows: Rows = {
        "flag": [flag("T1", kind="title"), flag("T2", kind="title"), flag("H", "BBB-010")],
        "proprietorship": [proprietor("H", f"T{k}") for k in range(1, 102)],
    }
    assert together(night(rows)) == {frozenset({"T1"}), frozenset({"T2"}), frozenset({"H"})}


def test_a_group_hangs_on_its_controller() -> None:
    rows: Rows = {
        "flag": [flag("CG-A", kind="control_group"), flag("A", "BBB-010")],
        "graph_control_group": [
            {"control_group_id": "CG-A", "controller_id": "A", "subject_id": f"B{k}"} for k in range(3)
        ],
    }
    book = night(rows)
    assert together(book) == {frozenset({"CG-A", "A"})}
    assert book.members.filter(book.members["subject_id"] == "CG-A")["subject_type"].to_list() == [
        "control_group"
    ]


def test_a_holder_known_by_an_unconfirmed_number_is_a_possible_link() -> None:
    rows: Rows = {
        "flag": [flag("A"), flag("B")],
        "graph_edge": [owns("A", "B")],
        "relationship": [
            {"subject_id": "B", "party_id": "A", "statement_id": "s-A-B", "party_statement_id": "e-A"}
        ],
        "resolution": [{"party_id": "A", "statement_id": "e-A", "method": "identifier_unverified"}],
    }
    assert night(rows).links["certainty"].to_list() == ["possible"]


@pytest.mark.parametrize("method", UNCONFIRMED)
def test_a_proprietor_who_is_not_confirmed_is_a_possible_link(method: str) -> None:
    rows: Rows = {
        "flag": [flag("A"), flag("T1", kind="title")],
        "proprietorship": [proprietor("A", "T1", method=method)],
    }
    assert night(rows).links["certainty"].to_list() == ["possible"]


# --- order and words ----------------------------------------------------------------------------------------


def test_families_come_first_then_rarity_then_the_earliest_flag() -> None:
    flags = [
        flag("A", "AAA-020"),
        flag("B", "BBB-010"),
        flag("C", "AAA-010"),
        flag("C", "CCC-010"),
        flag("D", "AAA-010", day=-5),
        flag("E", "AAA-010"),
        flag("E", "AAA-020"),
    ]
    cases = night({"flag": flags}).cases.sort("position")
    assert [case.removeprefix(f"{CASE_PREFIX}f-")[0] for case in cases["case_id"]] == [
        "C",
        "B",
        "D",
        "E",
        "A",
    ]
    assert cases["rarity"].to_list() == pytest.approx(
        [2 - math.log10(0.5), 3, 2, 2, 1]
    )  # a family counts once, by its rarest indicator
    assert cases["position"].to_list() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("not_assessable_n", [0, 2])
def test_patterns_that_cannot_be_assessed_make_the_others_no_rarer(not_assessable_n: int) -> None:
    """Three patterns among thirty entities."""
    pattern = {
        "code": "FLW-050",
        "lane": "act",
        "title": "t",
        "subject_type": "flow_pattern",
        "base_rate": 1.0,
        "n_flagged": 3 - not_assessable_n,
        "n_not_assessable": not_assessable_n,
    }
    entities = [{"entity_id": f"E{n}", "name": "e", "is_listed": False} for n in range(30)]
    raised = {**flag("M", kind="flow_pattern"), "indicator": "FLW-050"}
    [case] = night({"indicator": [pattern], "entity": entities, "flag": [raised]}).cases.to_dicts()
    assert case["rarity"] == pytest.approx(1)


def test_a_title_says_who_how_many_more_and_what() -> None:
    flags = [
        flag("A", "AAA-010", day=-9),
        flag("A", "AAA-020"),
        flag("B", "BBB-010"),
        flag("B", "CCC-010"),
        flag("B", "DDD-010"),
    ]
    [case] = night({"flag": flags, "graph_edge": [owns("A", "B")]}).cases.to_dicts()
    assert (
        case["title"]
        == "A name and 1 more: title AAA-010, title AAA-020, title BBB-010 and 2 more indicators"
    )
    assert (case["first_seen_on"], case["newest_flag_on"]) == (AS_OF - timedelta(days=9), AS_OF)


def test_a_title_says_of_mere_candidates_of_a_list_that_nobody_confirmed_them() -> None:
    flags = [
        flag("A", "AAA-010", subtype="candidate"),
        flag("A", "AAA-020", subtype="candidate"),
        flag("A", "BBB-010"),
    ]
    [case] = night({"flag": flags}).cases.to_dicts()
    assert case["title"] == "A name: possible link to a listed party (not confirmed), title BBB-010"
    sure = [*flags, {**flag("A", "AAA-010"), "flag_id": "f-sure", "subtype": "EU"}]
    [case] = night({"flag": sure}).cases.to_dicts()
    assert (
        case["title"]
        == "A name: title AAA-010, possible link to a listed party (not confirmed), title BBB-010"
    )


def test_the_area_is_the_one_that_most_flags_name() -> None:
    flags = [
        flag("A", area_name="BODMIN"),
        flag("B", area_name="CORNWALL"),
        flag("B", "BBB-010", area_name="CORNWALL"),
        flag("B", "AAA-020"),
    ]
    [case] = night({"flag": flags, "graph_edge": [owns("A", "B")]}).cases.to_dicts()
    assert case["area_name"] == "CORNWALL" and case["area_code"] is None


def test_the_order_of_rows_does_not_matter() -> None:
    flags = [flag(name, code, day=k) for k, name in enumerate("ABCDE") for code in INDICATORS]
    edges = [owns("A", "B"), owns("B", "C"), owns("P1", "D"), owns("P1", "E")]
    one, other = (
        night({"flag": flags, "graph_edge": edges}),
        night({"flag": flags[::-1], "graph_edge": edges[::-1]}),
    )
    for name in ("cases", "members", "links", "case_of_flag"):
        assert getattr(one, name).equals(getattr(other, name))


# --- from night to night ------------------------------------------------------------------------------------

Led = tuple[str, str, str, str]  # id of before, case, reason, shared: cases by their earliest flag


def standing(rows: Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Flags in cases, and cases."""
    book = night(rows)
    subjects = pl.DataFrame(
        [(row["flag_id"], row["subject_id"]) for row in rows["flag"]],
        schema={"flag_id": pl.String, "subject_id": pl.String},
        orient="row",
    )
    return book.case_of_flag.join(subjects, on="flag_id"), book.cases


def since(*nights: Rows, parties: Sequence[tuple[str, str]] = ()) -> SinceRelease:
    """What became of cases after the last of the nights, each published as releases 1, 2 …

    `parties`: id of before, id now.
    """
    last = SinceRelease()
    flags, before = standing(nights[0])
    for number, rows in enumerate(nights[1:], start=1):
        with duckdb.connect() as connection:
            now, cases = standing(rows)
            party = pl.DataFrame(
                list(parties), schema={"previous_party_id": pl.String, "party_id": pl.String}, orient="row"
            )
            given = {
                "flag_before": flags,
                "case_alias_before": last.aliases,
                "case_before": before,
                "flag": now,
                "review_case": cases,
                "party_alias": party,
            }
            for name, frame in given.items():
                connection.register(name, frame.to_arrow())
            last = became(connection, str(number))
        aliases = last.aliases
        assert dict(aliases.schema) == CASE_ALIAS.schema and aliases.equals(aliases.sort("previous_case_id"))
        flags, before = now, cases
    return last


def led(*nights: Rows, parties: Sequence[tuple[str, str]] = ()) -> tuple[set[Led], Mapping[str, int]]:
    """Where ids lead after the last of the nights, and its counts."""
    last = since(*nights, parties=parties)
    stem = f"{CASE_PREFIX}f-"
    aliases = last.aliases.select("previous_case_id", "case_id", "reason", "shared").iter_rows()
    return {
        (old.removeprefix(stem), case.removeprefix(stem), reason, shared)
        for old, case, reason, shared in aliases
    }, last.counts


def test_cases_are_new_changed_or_gone_since_the_release_before_and_others_are_not_listed() -> None:
    changed, cleared = flag("B", "CCC-010", day=1), flag("C", "BBB-010", day=1)
    last = since(
        {"flag": [flag("A"), flag("B"), flag("C"), cleared, flag("D")]},
        {"flag": [flag("A"), flag("B"), changed, flag("C"), flag("E", "AAA-020")]},
    )
    assert last.changes.schema == CASE_CHANGE.schema
    assert last.changes.drop("title", "area_name").rows() == [
        (f"{CASE_PREFIX}f-B-AAA-010", "changed", "act", "act", 1, 0),
        (f"{CASE_PREFIX}f-C-AAA-010", "changed", "act", "act", 0, 1),
        (f"{CASE_PREFIX}f-D-AAA-010", "gone", "act", "act", 0, 1),
        (f"{CASE_PREFIX}f-E-AAA-020", "new", "act", None, 1, 0),
    ]


def test_a_graver_flag_changes_a_cases_lane() -> None:
    graver = [flag("A"), flag("A", "SSS-010", day=1)]
    assert since({"flag": [flag("A")]}, {"flag": graver}).changes.drop("title", "area_name").rows() == [
        (f"{CASE_PREFIX}f-A-AAA-010", "changed", "stop", "act", 1, 0)
    ]


def counted(**more: int) -> dict[str, int]:
    return {
        "cases_renamed": 0,
        "cases_merged": 0,
        "cases_split": 0,
        "cases_opened": 0,
        "cases_closed": 0,
        **more,
    }


def test_a_newer_flag_does_not_change_the_id_and_a_merger_keeps_the_older_one() -> None:
    flags = [flag("A", day=-10), flag("B", day=-20)]
    assert led({"flag": flags}, {"flag": [*flags, flag("A", "BBB-010")]}) == (set(), counted())
    led_to = led({"flag": flags}, {"flag": flags, "graph_edge": [owns("A", "B")]})
    assert led_to == ({("A-AAA-010", "B-AAA-010", "merged", "flags")}, counted(cases_merged=1))


def test_a_split_leaves_the_id_with_the_earliest_flag_which_is_no_alias_then() -> None:
    flags = [flag("A", day=-10), flag("B", day=-20)]
    assert led({"flag": flags, "graph_edge": [owns("A", "B")]}, {"flag": flags}) == (set(), counted())


def test_a_case_whose_earliest_flag_is_gone_goes_on_under_the_next() -> None:
    flags, links = (
        [flag("A", day=-10), flag("B", day=-20), flag("C", day=-5)],
        [owns("A", "B"), owns("A", "C")],
    )
    led_to = led({"flag": flags, "graph_edge": links}, {"flag": [flags[0], flags[2]], "graph_edge": links})
    assert led_to == ({("B-AAA-010", "A-AAA-010", "renamed", "flags")}, counted(cases_renamed=1))


def test_a_case_that_takes_an_earlier_flags_name_is_renamed() -> None:
    led_to = led({"flag": [flag("A")]}, {"flag": [flag("A"), flag("A", "BBB-010", day=-9)]})
    assert led_to == ({("A-AAA-010", "A-BBB-010", "renamed", "flags")}, counted(cases_renamed=1))


def test_a_split_case_without_its_earliest_flag_leads_to_most_of_its_flags_then_to_the_first() -> None:
    first, links = flag("B", day=-20), [owns("B", "A"), owns("B", "C")]
    parts = [flag("A"), flag("C"), flag("C", "AAA-020")]
    led_to = led({"flag": [first, *parts], "graph_edge": links}, {"flag": parts})
    assert led_to == ({("B-AAA-010", "C-AAA-010", "split", "flags")}, counted(cases_split=1))
    alike = [flag("A"), flag("C", "BBB-010")]  # of one flag each; C's is the rarer
    assert led({"flag": [first, *alike], "graph_edge": links}, {"flag": alike})[0] == {
        ("B-AAA-010", "C-BBB-010", "split", "flags")
    }


def test_where_the_earliest_flag_went_goes_before_where_most_flags_went() -> None:
    """E's case takes the part with the earliest flag; the two others stay together."""
    flags, links = (
        [flag("B", day=-20), flag("A"), flag("C"), flag("E", day=-30)],
        [owns("B", "A"), owns("A", "C")],
    )
    led_to = led(
        {"flag": flags, "graph_edge": links}, {"flag": flags, "graph_edge": [owns("E", "B"), owns("A", "C")]}
    )
    assert led_to == ({("B-AAA-010", "E-AAA-010", "split", "flags")}, counted(cases_split=1))


def test_a_candidate_that_was_confirmed_is_another_flag_on_the_same_subject() -> None:
    sure = {**flag("A"), "flag_id": "f-A-sure"}
    assert led({"flag": [flag("A")]}, {"flag": [sure]}) == (
        {("A-AAA-010", "A-sure", "renamed", "subjects")},
        counted(cases_renamed=1),
    )
    joined = led(
        {"flag": [flag("A"), flag("B", day=-20)]},
        {"flag": [sure, flag("B", day=-20)], "graph_edge": [owns("A", "B")]},
    )
    assert joined == ({("A-AAA-010", "B-AAA-010", "merged", "subjects")}, counted(cases_merged=1))


def test_without_its_flags_a_case_leads_to_most_of_its_subjects() -> None:
    before: Rows = {"flag": [flag(name) for name in "ABC"], "graph_edge": [owns("A", "B"), owns("B", "C")]}
    now: Rows = {
        "flag": [flag("A", "BBB-010"), flag("B", "AAA-020"), flag("C", "AAA-020")],
        "graph_edge": [owns("B", "C")],
    }
    assert led(before, now)[0] == {("A-AAA-010", "B-AAA-020", "split", "subjects")}


def test_a_subject_with_another_id_is_followed() -> None:
    assert led({"flag": [flag("A")]}, {"flag": [flag("B")]}) == (
        set(),
        counted(cases_opened=1, cases_closed=1),
    )
    assert led({"flag": [flag("A")]}, {"flag": [flag("B")]}, parties=[("A", "B")])[0] == {
        ("A-AAA-010", "B-AAA-010", "renamed", "subjects")
    }


@pytest.mark.parametrize(("prefix", "kind"), [("CG-", "control_group"), ("DS-", "directed_set")])
def test_a_group_is_followed_where_its_head_has_another_id(prefix: str, kind: str) -> None:
    before: Rows = {"flag": [flag(f"{prefix}A", kind=kind)]}
    now: Rows = {"flag": [flag(f"{prefix}B", kind=kind)]}
    assert led(before, now, parties=[("A", "B")])[0] == {
        (f"{prefix}A-AAA-010", f"{prefix}B-AAA-010", "renamed", "subjects")
    }


@pytest.mark.nightly
def test_ids_of_many_releases_ago_lead_to_the_case_of_today() -> None:
    flags = [flag("A", code, day=day) for code, day in (("AAA-010", -30), ("AAA-020", -20), ("BBB-010", -10))]
    older: Rows = {"flag": [*flags, flag("B", day=-40)], "graph_edge": [owns("A", "B")]}
    nights: list[Rows] = [{"flag": flags}, {"flag": flags[1:]}, {"flag": flags[2:]}, {"flag": flags[2:]}]
    first, second = (
        ("A-AAA-010", "A-BBB-010", "renamed", "flags"),
        ("A-AAA-020", "A-BBB-010", "renamed", "flags"),
    )
    assert led(*nights) == ({first, second}, counted())
    merged = led(*nights, {"flag": [flags[2], flag("B", day=-40)], "graph_edge": [owns("A", "B")]})[0]
    assert merged == {
        ("A-AAA-010", "B-AAA-010", "renamed", "flags"),
        ("A-AAA-020", "B-AAA-010", "renamed", "flags"),
        ("A-BBB-010", "B-AAA-010", "renamed", "flags"),
    }
    assert led(*nights, {"flag": [flag("A", "CCC-010"), flag("C")]}) == (
        set(),
        counted(cases_opened=1, cases_closed=1),
    )  # a weak flag keeps no case open
    assert led(*nights, {"flag": flags})[0] == {
        ("A-BBB-010", "A-AAA-010", "renamed", "flags"),
        ("A-AAA-020", "A-AAA-010", "renamed", "flags"),
    }  # its own again
    assert led({"flag": flags}, older, {"flag": older["flag"]})[0] == set()  # apart again
    by_subject = led(*nights, {"flag": [flag("A", "DDD-010"), flag("A", "AAA-010", flag_id="f-A-sure")]})[0]
    assert {shared for *_, shared in by_subject} == {"subjects"} and len(by_subject) == 3


def test_an_old_id_leads_to_where_its_flag_is_when_the_case_it_merged_into_falls_apart() -> None:
    flags = [flag("A", day=-10), flag("B", day=-20), flag("C", day=-5)]
    together_then = {"flag": flags, "graph_edge": [owns("A", "B"), owns("A", "C")]}
    newer = flag("A", "BBB-010", day=-15)  # names the part that A and C are
    led_to = led({"flag": flags}, together_then, {"flag": [*flags, newer], "graph_edge": [owns("A", "C")]})
    assert led_to[0] == {
        ("A-AAA-010", "A-BBB-010", "merged", "flags"),
        ("C-AAA-010", "A-BBB-010", "merged", "flags"),
    }


def test_cases_that_come_and_go_are_counted() -> None:
    assert led({"flag": [flag("A")]}, {"flag": [flag("B")]}) == (
        set(),
        counted(cases_opened=1, cases_closed=1),
    )
    assert led({"flag": []}, {"flag": [flag("B")]}) == (set(), counted(cases_opened=1))
    assert led({"flag": [flag("A")]}, {"flag": []}) == (set(), counted(cases_closed=1))


# --- nights -------------------------------------------------------------------------------------------------

SHARED_SEAT = {"RegAddress.AddressLine1": "99 LOW ROAD", "RegAddress.PostCode": "ZT3 3AA"}


@dataclass(frozen=True)
class Nights:
    """A home of real registers.

    `without`: companies that declare nobody, each of which is flagged; the first two share a seat, or not:
    one case, or two.
    """

    folder: Path

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    def run(self, edition: str, without: Sequence[int], *, shared: bool = True) -> None:
        landing = self.folder / "landing" / edition
        seats = [
            company_row(
                n, SHARED_SEAT if n < 2 and shared else {"RegAddress.AddressLine1": f"{n + 1} HIGH STREET"}
            )
            for n in range(RECORDS)
        ]
        owners = [
            psc_record(
                n, name=f"Mr Bea{n} Quill{n}", name_elements={"forename": f"Bea{n}", "surname": f"Quill{n}"}
            )
            for n in range(RECORDS)
            if n not in without
        ]
        landing.mkdir(parents=True, exist_ok=True)
        (landing / file_name(COMPANIES, edition)).write_bytes(text([COMPANY_HEADER.encode(), *seats]))
        (landing / file_name(PSC, edition)).write_bytes(text([*owners, totals(len(owners))]))
        assert self.ut("run", "--landing", str(landing)) == 0

    def ut(self, *arguments: str) -> int:
        return exit_code([*arguments, "--home", str(self.home.root)])

    def rows(self, sql: str) -> list[dict[str, object]]:
        return query(store.current_release(self.home), sql).to_pylist()


@pytest.fixture(autouse=True, scope="module")
def few_indicators() -> Iterator[None]:
    """Those of owners that are not declared, which open cases here, and of watch lists."""
    with pytest.MonkeyPatch.context() as patch:
        assess(patch, "DEC-010", "DEC-040", "LNK-010", "LNK-020", "LNK-030", act=("DEC-040",))
        yield


@pytest.fixture(scope="module")
def one_night(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    made = Nights(tmp_path_factory.mktemp("cases"))
    made.run("2026-06-01", without=(0, 1))
    assert made.ut("purpose", "add", "permits", "--title", "Permits", "--legal-basis", "An invented act") == 0
    return made


@pytest.fixture
def nights(tmp_path: Path, one_night: Nights) -> Nights:
    shutil.copytree(one_night.folder, tmp_path / "made", symlinks=True)
    return Nights(tmp_path / "made")


def others(nights: Nights) -> tuple[int, ...]:
    """Of the two companies the one that the case is not named by."""
    [named] = nights.rows("select f.subject_id from v_case c join v_flag f on f.flag_id = c.anchor_flag_id")
    return tuple(n for n in (0, 1) if not str(named["subject_id"]).endswith(company_number(n)))


ALIASES = "select previous_case_id, case_id, reason, shared from v_case_alias"
CASES = "select case_id, flags_n from v_case order by case_id"


def follows(nights: Nights, old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command that takes the id of a case follows it, says so, and the audit log has the case that was
    shown.
    """
    pages, graph = nights.folder / "pages", nights.folder / "case.graphml"
    assert nights.ut("report", "--case", old, "--purpose", "permits", "--to", str(pages)) == 0
    assert f"--case {old}: this case is now {new}" in capsys.readouterr().err
    assert f"<dt>Earlier id</dt><dd>{old}</dd>" in (pages / f"{new}.html").read_text(encoding="utf-8")
    assert (
        nights.ut("export", "--format", "graphml", "--case", old, "--purpose", "permits", "--to", str(graph))
        == 0
    )
    assert f"this case is now {new}" in capsys.readouterr().err and new in graph.read_text(encoding="utf-8")
    shown = [
        entry.body["shown"]
        for entry in chain.walk(audit.log(nights.home), chain.Walk(audit.log(nights.home).origin))
    ][-2:]
    assert shown == [[new], [new]]
    assert nights.ut("check", old, "--purpose", "permits") == 0
    assert f"this is an earlier id of a case: undertow report --case {new}" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.nightly
def test_an_id_whose_flag_was_cleared_is_followed_and_said_and_changes_no_content(
    nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    [before] = nights.rows(CASES)
    assert before["flags_n"] == 2 and nights.rows(ALIASES) == []
    left = others(nights)
    nights.run("2026-08-01", without=left)
    assert (
        '1 renamed; to find a case by its earlier id: undertow sql "from v_case_alias'
        in capsys.readouterr().out
    )
    [now] = nights.rows(CASES)
    old, new = str(before["case_id"]), str(now["case_id"])
    assert old != new and nights.rows(ALIASES) == [
        {"previous_case_id": old, "case_id": new, "reason": "renamed", "shared": "flags"}
    ]
    follows(nights, old, new, capsys)
    # The same editions in a home that knew no release before them.
    alone = Nights(nights.folder / "alone")
    shutil.copytree(nights.folder / "landing", alone.folder / "landing")
    alone.home.prepare()
    shutil.copytree(nights.home.lake, alone.home.lake, dirs_exist_ok=True)
    shutil.copytree(nights.home.secrets, alone.home.secrets, dirs_exist_ok=True)
    alone.run("2026-08-01", without=left)
    content = "select content_sha256 from v_release"
    assert alone.rows(content) == nights.rows(content) and alone.rows(ALIASES) == []
    # A quiet night after it: still followed, and nothing to say.
    capsys.readouterr()
    nights.run("2026-08-01", without=left)
    assert "renamed" not in capsys.readouterr().out and [row["case_id"] for row in nights.rows(ALIASES)] == [
        new
    ]


@pytest.mark.nightly
def test_cases_that_become_one_and_two_again(nights: Nights, capsys: pytest.CaptureFixture[str]) -> None:
    [one] = [str(row["case_id"]) for row in nights.rows(CASES)]
    nights.run("2026-07-01", without=(0, 1), shared=False)
    assert "CASES:" not in capsys.readouterr().out and nights.rows(ALIASES) == []  # the id stays with a part
    [other] = {str(row["case_id"]) for row in nights.rows(CASES)} - {one}
    nights.run("2026-08-01", without=(0, 1))
    assert "1 merged; to find a case" in capsys.readouterr().out
    assert nights.rows(ALIASES) == [
        {"previous_case_id": other, "case_id": one, "reason": "merged", "shared": "flags"}
    ]
    follows(nights, other, one, capsys)
    nights.run("2026-09-01", without=(0, 1), shared=False)
    assert {row["case_id"] for row in nights.rows(CASES)} == {one, other} and nights.rows(ALIASES) == []


@pytest.mark.nightly
def test_a_candidate_of_a_list_that_somebody_confirmed_keeps_its_case(
    nights: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    person = {"name": ["Bea7 Quill7"], "birthDate": ["1970-05-04"], "topics": ["sanction"]}
    about = {
        "id": "zz-1",
        "schema": "Person",
        "caption": "Bea7 Quill7",
        "target": True,
        "datasets": ["zz_sanctions"],
    }
    listed = {**about, "properties": person, "last_seen": "2026-06-01T00:00:00"}
    landing = nights.folder / "landing" / "2026-06-01"
    (landing / "zz_sanctions.entities.ftm.json").write_text(json.dumps(listed) + "\n")
    assert nights.ut("run", "--landing", str(landing)) == 0
    of_seven = (
        "select c.case_id, f.subtype from v_case c join v_flag f on f.flag_id = c.anchor_flag_id "
        f"where f.subject_id = 'GB-COH-{company_number(7)}'"
    )
    [candidate] = nights.rows(of_seven)
    assert candidate["subtype"] == "candidate" and nights.rows(ALIASES) == []
    ends = (
        "ftm_entities",
        "zz-1",
        PSC,
        f"/company/{company_number(7)}/persons-with-significant-control/individual/invented7",
    )
    assert nights.ut("resolve", "--judge", *ends, "positive", "--by", "AB", "--purpose", "permits") == 0
    assert nights.ut("run", "--landing", str(landing)) == 0
    [confirmed] = nights.rows(of_seven)
    old, new = str(candidate["case_id"]), str(confirmed["case_id"])
    assert confirmed["subtype"] != "candidate" and old != new
    assert nights.rows(ALIASES) == [
        {"previous_case_id": old, "case_id": new, "reason": "renamed", "shared": "subjects"}
    ]
    capsys.readouterr()
    follows(nights, old, new, capsys)


@pytest.mark.nightly
@pytest.mark.parametrize("held", ["no view", "no cases"])
def test_a_run_follows_a_release_that_lacks_the_view(nights: Nights, held: str) -> None:
    [before] = nights.rows(CASES)
    old, left = str(before["case_id"]), others(nights)
    release = store.current_release(nights.home)
    database = release / "undertow.duckdb"
    database.chmod(0o600)
    with duckdb.connect(str(database)) as connection:
        connection.execute("drop view v_case_alias")
        if held == "no cases":
            connection.execute(
                "drop view v_flag; create view v_flag as select flag_id, subject_id, state from flag"
            )
    nights.run("2026-08-01", without=left)
    assert [row["previous_case_id"] for row in nights.rows(ALIASES)] == ([old] if held == "no view" else [])
