"""Cases: which flags open one, what joins it, and in which order they stand."""

import math
from datetime import date, timedelta

import pytest

from graphs.cases import CASE_PREFIX
from graphs.cases.build import Casebook
from tests.flows.night.casebooks import AS_OF, INDICATORS, Rows, flag, night, owns
from transforms.case_inputs import SEATS_MAX
from transforms.model.views import ADDRESS_CLASSES, CASE, CASE_LINK, CASE_MEMBER
from transforms.resolution.companies.matching import UNCONFIRMED


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


def together(book: Casebook) -> set[frozenset[str]]:
    rows = book.members.select("case_id", "subject_id").iter_rows()
    by_case: dict[str, set[str]] = {}
    for case_id, subject in rows:
        by_case.setdefault(case_id, set()).add(subject)
    return {frozenset(members) for members in by_case.values()}


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
