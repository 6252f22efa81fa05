"""The affairs of the demo town, through the night."""

import io
import re
from pathlib import Path

import duckdb
import networkx as nx
import openpyxl
import pytest

from flows.exports.case_graph import case_graphml
from flows.exports.case_workbook import case_workbook
from flows.pages.case import render_subject
from flows.release.store import current_release
from quality.town.affairs import affairs
from quality.town.parts.places import town_map
from quality.town.plant import Draw
from tests.flows.demo import Demo


@pytest.fixture(scope="module")
def release(demo: Demo) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(current_release(demo.home) / "undertow.duckdb"), read_only=True)


def test_the_hotel_is_the_first_case_and_its_owners_namesake_is_in_none(
    release: duckdb.DuckDBPyConnection,
) -> None:
    rows = release.execute(
        "select subject_name from v_case_member join v_case using (case_id) where position = 1"
    ).fetchall()
    names = " ".join(name for (name,) in rows if name)
    assert all(name in names for name in ("NIGHTJAR PARTNERS", "NIGHTJAR LEISURE", "RAILWAY HOTEL LIMITED"))
    assert "Railway Hotel, " in names and "TEA ROOMS" not in names
    owners = release.execute(
        "select distinct party_id from v_interest join v_company on company_id = subject_id "
        "where name like '%TEA ROOMS (KELDERBY)%' or name like 'NIGHTJAR PARTNERS (%'"
    ).fetchall()
    assert len(owners) == 2  # two men of one name


def test_what_the_care_firm_was_paid_and_the_terrace_are_one_case(
    release: duckdb.DuckDBPyConnection,
) -> None:
    """The loan back is a flag of lane act on the title; the firm's own flags are of lane look."""
    rows = release.execute(
        "select distinct case_id, c.lane from v_case_member join v_case c using (case_id) "
        "where subject_name like 'WHITEBEAM SUPPORTED%' or subject_name like '%(odd), Railway Terrace%'"
    ).fetchall()
    assert [lane for _, lane in rows] == ["act"]


def test_the_restaurants_are_a_case_of_both_companies_and_who_controls_them(
    release: duckdb.DuckDBPyConnection,
) -> None:
    rows = release.execute(
        "select f.explanation, m.subject_type, m.subject_name "
        "from v_flag f join v_case_member m using (case_id) "
        "where f.indicator = 'PRM-010' and f.explanation like '%CASTLEGATE%'"
    ).fetchall()
    assert {explanation.partition("; ")[2] for explanation, *_ in rows} == {
        "137 days later CASTLEGATE DINING (HARROWMERE) LIMITED applied there, and shares with it: "
        "a controller, a financier, a seat other than these premises."
    }
    assert sorted((kind, name) for _, kind, name in rows if kind != "address") == [
        ("legal_entity", "CASTLEGATE DINING (HARROWMERE) LIMITED"),
        ("legal_entity", "COPPERFIELD RESTAURANTS (HARROWMERE) LIMITED"),
        ("legal_entity", "LANTERN CAPITAL (WENDMOUTH) LIMITED"),
        ("person", None),
    ]


def test_flags_on_the_affairs_are_those_of_their_truth(release: duckdb.DuckDBPyConnection) -> None:
    planted = affairs(Draw(town_map(1), seed=1))
    names = [company.name for company in planted.companies] + [
        row["Property Address"] for row in planted.titles
    ]
    flagged = release.execute(
        "select distinct indicator from v_flag "
        "where state = 'flagged' "
        "and (subject_name in (select unnest(?)) or subject_id in (select unnest(?)))",
        [names, [truth.subject_id for truth in planted.truth if truth.subject_id.startswith("UT-A-")]],
    ).fetchall()
    expected = {truth.indicator for truth in planted.truth if truth.expected == "flagged"}
    assert {indicator for (indicator,) in flagged} == expected >= {"LNK-010", "PRP-010", "DEC-020"}


def test_the_page_of_the_care_firm_shows_the_money_in_order(
    release: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """The council's payments, the consultant between two of the owner's companies, the loan."""
    page = render_subject(release, tmp_path, "GB-COH-15664525").read_text(encoding="utf-8")
    money = page.partition('<section id="money"')[2].partition("</section>")[0]
    lines = [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<li>.*?</li>", money)]
    (to_consultant,) = [line for line in lines if line.startswith("2025-02-03")]
    assert "WHITEBEAM" in to_consultant and "paid MERLIN CONSULTING" in to_consultant
    assert "80,000.00 GBP (transfer)" in to_consultant
    days = [line[:10] for line in lines]
    assert days == sorted(days) and money.count('class="flow"') == len(lines)


def test_the_graph_of_the_care_firm_has_its_payments(release: duckdb.DuckDBPyConnection) -> None:
    ((case_id,),) = release.execute(
        "select distinct case_id from v_case_member where subject_id = 'GB-COH-15664525'"
    ).fetchall()
    graph = nx.read_graphml(io.BytesIO(case_graphml(release, case_id)))
    paid = [edge for _, _, edge in graph.edges(data=True) if edge["kind"] == "payment"]
    assert {(edge["flowed_on"], edge["amount"]) for edge in paid} >= {("2025-02-06", 73500.0)}
    assert graph.nodes["body:harrowmere_borough_council"]["subject_type"] == "public_body"
    book = openpyxl.load_workbook(io.BytesIO(case_workbook(release, case_id)))
    kinds = {row[0]: row[1] for row in book["entities"].iter_rows(min_row=2, values_only=True)}
    assert {"legal_entity", "person", "public_body"} <= {*kinds.values()} and None not in kinds.values()
    sheet = book["links"]
    links = [*sheet.iter_rows(min_row=2, max_col=4, values_only=True)]
    assert len({link_id for link_id, *_ in links}) == len(links) == graph.number_of_edges()
    assert sum(kind == "payment" for *_, kind in links) == len(paid) > 0


def test_a_night_says_how_many_payees_are_known(release: duckdb.DuckDBPyConnection, demo: Demo) -> None:
    (line,) = [
        line
        for line in demo.output.partition("Payees that are known")[2].splitlines()
        if line.startswith("gb_council_spend")
    ]
    counted = release.execute("select count(*) from v_flow where register = 'gb_council_spend'").fetchall()
    assert line.split()[1:3] == ["payment", str(counted[0][0])]


def test_who_finances_the_new_restaurant_is_in_its_case(release: duckdb.DuckDBPyConnection) -> None:
    """With the lender's own flag, its owner is not identified; and those of the two companies."""
    ((case_id,),) = release.execute(
        "select case_id from v_flag where indicator = 'PRM-010' and explanation like '%CASTLEGATE%'"
    ).fetchall()
    flagged = release.execute("select distinct indicator from v_flag where case_id = ?", [case_id]).fetchall()
    assert {indicator for (indicator,) in flagged} == {"PRM-010", "DEC-020", "OWN-080", "LIF-010", "LIF-050"}


def test_a_country_of_which_no_companies_are_held_makes_no_group_unassessable(
    release: duckdb.DuckDBPyConnection,
) -> None:
    """The town holds Amsterdam's subsidies, and no Dutch register of companies."""
    assert ("nl",) in release.execute("select country from v_home_country").fetchall()
    gaps = release.execute(
        "select gap from v_role_held where territory = 'elsewhere' and role in ('companies', 'owners')"
    ).fetchall()
    assert gaps == [(None,), (None,)]
