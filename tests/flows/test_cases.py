"""Cases of a night: what opens one, what joins two, their ids, words and order, and what became of those of the night before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest

from flows.casework import CASE_PREFIX, Casebook, case_of, changes, open_cases
from transforms.case_inputs import SEATS_MAX
from transforms.statements import DUCKDB_TYPES
from transforms.views import ADDRESS_CLASSES, CASE, CASE_LINK, CASE_MEMBER, RELEASE_TABLES

AS_OF = date(2026, 6, 1)
Rows = Mapping[str, Sequence[Mapping[str, object]]]
# Code → (weak, data quality, base rate). Invented: the stage knows no indicator.
INDICATORS = {
    "AAA-010": (False, False, 0.01), "AAA-020": (False, False, 0.1), "BBB-010": (False, False, 0.001), "CCC-010": (True, False, 0.5), "DDD-010": (False, True, 0.0001),
}  # fmt: skip


def flag(subject: str, code: str = "AAA-010", kind: str = "legal_entity", day: int = 0, **more: object) -> dict[str, object]:
    weak, _, _ = INDICATORS[code]
    return {
        "flag_id": f"f-{subject}-{code}", "indicator": code, "family": code[:3], "weak": weak, "subject_id": subject, "subject_type": kind, "subject_name": f"{subject} name",
        "state": "flagged", "first_seen_on": AS_OF + timedelta(days=day), **more,
    }  # fmt: skip


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


def proprietor(party: str, title: str, ended: date | None = None, method: str = "identifier") -> dict[str, object]:
    return {"title_id": title, "party_id": party, "statement_id": f"p-{party}-{title}", "ended_on": ended, "method": method, "party_statement_id": "x"}


def seat(company: str, address: str) -> dict[str, object]:
    return {"company_id": company, "address_id": address, "address_statement_id": f"a-{company}"}


def unit(title: str, property_id: str) -> dict[str, object]:
    return {"title_id": title, "address_id": "UT-A-1", "property_id": property_id, "statement_id": f"u-{title}"}


def night(rows: Rows) -> Casebook:
    """The stage on the tables given, all others empty. Entities, titles and persons of flags and links are known; a name that begins with P is a person."""
    made = {name: list(given) for name, given in rows.items()}
    made["indicator"] = [
        {"code": code, "title": f"Title {code}", "weak": weak, "data_quality": quality, "base_rate": rate} for code, (weak, quality, rate) in INDICATORS.items()
    ]
    ids = {str(row[column]) for name, columns in ENDS.items() for row in made.get(name, ()) for column in columns if row.get(column) is not None}
    made.setdefault("entity", []).extend({"entity_id": one, "name": f"{one} name", "is_listed": False} for one in sorted(ids) if one[0] in "ABCDEHX")
    made.setdefault("person", []).extend({"person_id": one, "full_name": "Ada Canary"} for one in sorted(ids) if one[0] == "P")
    made.setdefault("title", []).extend({"title_id": one, "address_text": f"{one} name"} for one in sorted(ids) if one[0] == "T")
    with duckdb.connect() as connection:
        for table in RELEASE_TABLES.values():
            columns = ", ".join(f'"{column.name}" {DUCKDB_TYPES[column.dtype]}' for column in table)
            connection.execute(f'create table "{table.name}" ({columns})')
            for row in made.get(table.name, ()):
                names = ", ".join(f'"{name}"' for name in row)
                connection.execute(f'insert into "{table.name}" ({names}) values ({", ".join("?" * len(row))})', list(row.values()))
        return open_cases(connection, AS_OF)


ENDS = {
    "flag": ("subject_id",),
    "graph_edge": ("party_id", "subject_id"),
    "proprietorship": ("party_id", "title_id"),
    "company": ("company_id",),
    "title_address": ("title_id",),
}


def together(book: Casebook) -> set[frozenset[str]]:
    rows = book.members.select("case_id", "subject_id").iter_rows()
    found: dict[str, set[str]] = {}
    for case_id, subject in rows:
        found.setdefault(case_id, set()).add(subject)
    return {frozenset(members) for members in found.values()}


# --- what opens a case ----------------------------------------------------------------------------------------------


def test_a_flag_opens_a_case_and_is_in_it() -> None:
    book = night({"flag": [flag("A", area_name="CORNWALL", area_code="E06000052")]})
    [case] = book.cases.to_dicts()
    assert dict(book.cases.schema) == CASE.schema and dict(book.members.schema) == CASE_MEMBER.schema and dict(book.links.schema) == CASE_LINK.schema
    assert case["case_id"] == f"{CASE_PREFIX}f-A-AAA-010" and case["anchor_flag_id"] == "f-A-AAA-010"
    assert (case["position"], case["families_n"], case["families"], case["flags_n"], case["subjects_n"], case["members_n"]) == (1, 1, ["AAA"], 1, 1, 1)
    assert (case["area_name"], case["area_code"], case["title"]) == ("CORNWALL", "E06000052", "A name: title AAA-010")
    assert case["rarity"] == pytest.approx(2) and case["links_max_n"] == 100
    assert book.case_of_flag.rows() == [("f-A-AAA-010", case["case_id"])]


@pytest.mark.parametrize("code", ["CCC-010", "DDD-010"])
def test_weak_and_data_quality_flags_open_none(code: str) -> None:
    assert night({"flag": [flag("A", code), flag("B", code)], "graph_edge": [owns("A", "B")]}).cases.is_empty()
    assert night({"flag": [flag("A", "CCC-010"), flag("A", "DDD-010")]}).cases.is_empty()


def test_weak_ones_show_beside_another_family_and_faults_of_the_records_count_as_none() -> None:
    book = night({"flag": [flag("A"), flag("B", "CCC-010"), flag("A", "DDD-010"), flag("C", "CCC-010")], "graph_edge": [owns("B", "A")]})
    [case] = book.cases.to_dicts()
    assert case["families"] == ["AAA", "CCC"] and case["indicators"] == ["AAA-010", "CCC-010", "DDD-010"]
    assert case["flags_n"] == 3 and case["rarity"] == pytest.approx(2 - math.log10(0.5))
    assert "f-C-CCC-010" not in book.case_of_flag["flag_id"].to_list()


def test_not_assessable_opens_none() -> None:
    assert night({"flag": [flag("A", state="not_assessable")]}).cases.is_empty()
    assert night({}).cases.is_empty()


@pytest.mark.parametrize("held", [True, False])
def test_a_dwelling_or_sale_opens_a_case_only_where_a_legal_entity_is_or_was_proprietor(held: bool) -> None:
    rows: Rows = {
        "flag": [flag("U1", kind="property"), flag("S1", kind="transaction"), flag("S2", kind="transaction")],
        "property": [{"property_id": "U1", "has_legal_entity_proprietor": held}],
        "transaction": [
            {"transaction_id": "S1", "property_id": "U1", "address_statement_id": "x"},
            {"transaction_id": "S2", "property_id": None},  # of land, or of several units
        ],
    }
    assert together(night(rows)) == ({frozenset({"U1", "S1"})} if held else set())


# --- what joins -----------------------------------------------------------------------------------------------------


def test_owners_titles_and_persons_between_join() -> None:
    """A title, its owner, the person above, another owner, its title: one case, and the person is only ever between."""
    book = night(
        {
            "flag": [flag("T1", kind="title"), flag("T2", kind="title", day=1)],
            "graph_edge": [owns("P1", "A"), owns("P1", "B", None, "influence")],
            "proprietorship": [proprietor("A", "T1"), proprietor("B", "T2", method="identifier_unverified")],
        }
    )
    assert together(book) == {frozenset({"T1", "A", "P1", "B", "T2"})}
    roles = {row["subject_id"]: (row["role"], row["subject_type"], row["subject_name"]) for row in book.members.iter_rows(named=True)}
    assert roles["P1"] == ("linking", "person", None) and roles["A"] == ("linking", "legal_entity", "A name") and roles["T1"] == ("flagged", "title", "T1 name")
    links = {(row["from_id"], row["to_id"]): (row["kind"], row["certainty"]) for row in book.links.iter_rows(named=True)}
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
    assert together(night(rows)) == ({frozenset({"A", "B", "UT-A-1"})} if address_class == "ordinary" else {frozenset("A"), frozenset("B")})


@pytest.mark.parametrize(("seats_n", "joins"), [(SEATS_MAX, True), (SEATS_MAX + 1, False)])
def test_an_address_that_seats_many_joins_nobody(seats_n: int, joins: bool) -> None:
    """Seats of entities that are no longer active count: a unit that 50 came from and left is a service address too."""
    companies = [seat("A", "UT-A-1"), seat("B", "UT-A-1"), *(seat(f"C{k}", "UT-A-1") for k in range(seats_n - 2))]
    rows: Rows = {"flag": [flag("A"), flag("B")], "company": companies, "address": [{"address_id": "UT-A-1", "address_class": "ordinary", "active_seats_n": 2}]}
    assert (len(together(night(rows))) == 1) is joins


def test_a_tenant_is_not_joined_to_the_owner_of_the_building() -> None:
    rows: Rows = {
        "flag": [flag("A"), flag("T1", kind="title")],
        "company": [seat("A", "UT-A-1")],
        "address": [{"address_id": "UT-A-1", "address_class": "ordinary", "active_seats_n": 1}],
        "title_address": [{"title_id": "T1", "address_id": "UT-A-1", "property_id": None, "statement_id": "u"}],
    }
    assert len(together(night(rows))) == 2


@pytest.mark.parametrize("told", ["title", "property", "transaction", ""])
def test_a_sale_joins_seller_and_buyer_only_where_the_property_is_flagged(told: str) -> None:
    about = {"title": "T1", "property": "U1", "transaction": "S1"}
    rows: Rows = {
        "flag": [flag("A"), flag("B"), *([flag(about[told], kind=told)] if told else [])],
        "proprietorship": [proprietor("A", "T1", ended=date(2025, 1, 1)), proprietor("B", "T1")],
        "title_address": [unit("T1", "U1")],
        "property": [{"property_id": "U1", "has_legal_entity_proprietor": True, "address_text": "U1 name"}],
        "transaction": [{"transaction_id": "S1", "property_id": "U1", "address_statement_id": "x", "address_text": "S1 name"}],
    }
    book = night(rows)
    assert any({"A", "B"} <= members for members in together(book)) is bool(told)
    if told:
        gone = book.links.filter((book.links["from_id"] == "A") & (book.links["to_id"] == "T1"))
        assert gone["certainty"].to_list() == ["possible"]


@pytest.mark.parametrize("is_told", [True, False])
def test_a_company_that_sold_to_somebody_in_no_register_joins_the_sale_where_that_is_flagged(is_told: bool) -> None:
    """Its title is in no edition in force: the mart `title` does not have it."""
    rows: Rows = {
        "flag": [flag("A"), *([flag("S1", kind="transaction")] if is_told else [])],
        "proprietorship": [proprietor("A", "GONE1", ended=date(2025, 1, 1))],
        "title_address": [unit("GONE1", "U1")],
        "address": [{"address_id": "UT-A-1", "address_text": "1 Mill Lane", "address_class": "ordinary", "active_seats_n": 0}],
        "property": [{"property_id": "U1", "has_legal_entity_proprietor": True, "address_text": "U1 name"}],
        "transaction": [{"transaction_id": "S1", "property_id": "U1", "address_statement_id": "x", "address_text": "S1 name"}],
    }
    book = night(rows)
    assert together(book) == {frozenset({"A", "GONE1", "U1", "S1"} if is_told else {"A"})}
    if is_told:
        assert book.links.filter(book.links["from_id"] == "A")["certainty"].to_list() == ["possible"]
        assert book.members.filter(book.members["subject_id"] == "GONE1").select("role", "subject_type", "subject_name").row(0) == (
            "linking",
            "title",
            "1 Mill Lane",
        )


def test_an_owner_of_a_hundred_thousand_titles_glues_nobody() -> None:
    rows: Rows = {
        "flag": [flag("T1", kind="title"), flag("T2", kind="title"), flag("H", "BBB-010")],
        "proprietorship": [proprietor("H", f"T{k}") for k in range(1, 102)],
    }
    assert together(night(rows)) == {frozenset({"T1"}), frozenset({"T2"}), frozenset({"H"})}


def test_a_group_hangs_on_its_controller() -> None:
    rows: Rows = {
        "flag": [flag("CG-A", kind="control_group"), flag("A", "BBB-010")],
        "graph_control_group": [{"control_group_id": "CG-A", "controller_id": "A", "subject_id": f"B{k}"} for k in range(3)],
    }
    book = night(rows)
    assert together(book) == {frozenset({"CG-A", "A"})}
    assert book.members.filter(book.members["subject_id"] == "CG-A")["subject_type"].to_list() == ["control_group"]


def test_a_holder_known_by_an_unconfirmed_number_is_a_possible_link() -> None:
    rows: Rows = {
        "flag": [flag("A"), flag("B")],
        "graph_edge": [owns("A", "B")],
        "relationship": [{"subject_id": "B", "party_id": "A", "statement_id": "s-A-B", "party_statement_id": "e-A"}],
        "resolution": [{"party_id": "A", "statement_id": "e-A", "method": "identifier_unverified"}],
    }
    assert night(rows).links["certainty"].to_list() == ["possible"]


# --- order and words ------------------------------------------------------------------------------------------------


def test_families_come_first_then_rarity_then_the_earliest_flag() -> None:
    flags = [
        flag("A", "AAA-020"), flag("B", "BBB-010"), flag("C", "AAA-010"), flag("C", "CCC-010"), flag("D", "AAA-010", day=-5), flag("E", "AAA-010"),
        flag("E", "AAA-020"),
    ]  # fmt: skip
    cases = night({"flag": flags}).cases.sort("position")
    assert [case.removeprefix(f"{CASE_PREFIX}f-")[0] for case in cases["case_id"]] == ["C", "B", "D", "E", "A"]
    assert cases["rarity"].to_list() == pytest.approx([2 - math.log10(0.5), 3, 2, 2, 1])  # a family counts once, by its rarest indicator
    assert cases["position"].to_list() == [1, 2, 3, 4, 5]


def test_a_title_says_who_how_many_more_and_what() -> None:
    flags = [flag("A", "AAA-010", day=-9), flag("A", "AAA-020"), flag("B", "BBB-010"), flag("B", "CCC-010"), flag("B", "DDD-010")]
    [case] = night({"flag": flags, "graph_edge": [owns("A", "B")]}).cases.to_dicts()
    assert case["title"] == "A name and 1 more: title AAA-010, title AAA-020, title BBB-010 and 2 more indicators"
    assert (case["first_seen_on"], case["newest_flag_on"]) == (AS_OF - timedelta(days=9), AS_OF)


def test_a_title_says_of_mere_candidates_of_a_list_that_nobody_confirmed_them() -> None:
    flags = [flag("A", "AAA-010", subtype="candidate"), flag("A", "AAA-020", subtype="candidate"), flag("A", "BBB-010")]
    [case] = night({"flag": flags}).cases.to_dicts()
    assert case["title"] == "A name: possible link to a listed party (not confirmed), title BBB-010"
    sure = [*flags, {**flag("A", "AAA-010"), "flag_id": "f-sure", "subtype": "EU"}]
    [case] = night({"flag": sure}).cases.to_dicts()
    assert case["title"] == "A name: title AAA-010, possible link to a listed party (not confirmed), title BBB-010"


def test_the_area_is_the_one_that_most_flags_name() -> None:
    flags = [flag("A", area_name="BODMIN"), flag("B", area_name="CORNWALL"), flag("B", "BBB-010", area_name="CORNWALL"), flag("B", "AAA-020")]
    [case] = night({"flag": flags, "graph_edge": [owns("A", "B")]}).cases.to_dicts()
    assert case["area_name"] == "CORNWALL" and case["area_code"] is None


def test_the_order_of_rows_does_not_matter() -> None:
    flags = [flag(name, code, day=k) for k, name in enumerate("ABCDE") for code in INDICATORS]
    edges = [owns("A", "B"), owns("B", "C"), owns("P1", "D"), owns("P1", "E")]
    one, other = night({"flag": flags, "graph_edge": edges}), night({"flag": flags[::-1], "graph_edge": edges[::-1]})
    for name in ("cases", "members", "links", "case_of_flag"):
        assert getattr(one, name).equals(getattr(other, name))


# --- from night to night --------------------------------------------------------------------------------------------


def of_flags(book: Casebook) -> dict[str, str]:
    return dict(book.case_of_flag.iter_rows())


def test_a_newer_flag_does_not_change_the_id_and_a_merger_keeps_the_older_one() -> None:
    flags = [flag("A", day=-10), flag("B", day=-20)]
    first = of_flags(night({"flag": flags}))
    more = of_flags(night({"flag": [*flags, flag("A", "BBB-010")]}))
    assert more["f-A-AAA-010"] == first["f-A-AAA-010"] == more["f-A-BBB-010"]
    merged = of_flags(night({"flag": flags, "graph_edge": [owns("A", "B")]}))
    assert set(merged.values()) == {first["f-B-AAA-010"]}
    found = changes(first, merged)
    assert found.merged == ((first["f-A-AAA-010"], first["f-B-AAA-010"]),) and not found.split and not found.opened and not found.closed
    assert case_of(first["f-A-AAA-010"], merged) == first["f-B-AAA-010"]


def test_a_split_leaves_the_id_with_the_earliest_flag_and_is_told() -> None:
    flags = [flag("A", day=-10), flag("B", day=-20)]
    whole, apart = of_flags(night({"flag": flags, "graph_edge": [owns("A", "B")]})), of_flags(night({"flag": flags}))
    assert apart["f-B-AAA-010"] == whole["f-B-AAA-010"]
    assert changes(whole, apart).split == ((whole["f-B-AAA-010"], apart["f-A-AAA-010"]),)


def test_a_case_whose_earliest_flag_is_gone_goes_on_under_the_next_and_is_told() -> None:
    flags, links = [flag("A", day=-10), flag("B", day=-20), flag("C", day=-5)], [owns("A", "B"), owns("A", "C")]
    before, after = of_flags(night({"flag": flags, "graph_edge": links})), of_flags(night({"flag": [flags[0], flags[2]], "graph_edge": links}))
    assert set(before.values()) == {f"{CASE_PREFIX}f-B-AAA-010"} and set(after.values()) == {f"{CASE_PREFIX}f-A-AAA-010"}
    found = changes(before, after)
    assert found.renamed == ((f"{CASE_PREFIX}f-B-AAA-010", f"{CASE_PREFIX}f-A-AAA-010"),)
    assert not found.merged and not found.split and not found.opened and not found.closed


def test_cases_that_come_and_go_are_told() -> None:
    found = changes({"f1": "UT-C-f1"}, {"f2": "UT-C-f2"})
    assert found.opened == ("UT-C-f2",) and found.closed == ("UT-C-f1",) and not found.merged and not found.split
    assert case_of("UT-C-f1", {"f2": "UT-C-f2"}) == ""
