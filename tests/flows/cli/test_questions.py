"""The questions of docs/how-to/analysts.md: each is three lines at most, runs on the town's release, and
answers what an independent computation does.

The page is the one source. Its ids are of the full town; here the same questions are asked of a smaller one,
about subjects that it has.
"""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import networkx as nx
import polars as pl
import pytest

from flows.home.settings import Home
from flows.home.warehouse import query
from flows.release.store import current_release
from tests.flows.demo import Demo
from transforms.model.views import RELEASE_TABLES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "analysts.md"
QUESTION = re.compile(r"^-- (\d+)\. (.+)\n((?:(?!-- ).+\n)+)", re.MULTILINE)
SECTION = re.compile(r"^## Twenty questions\n.*?^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINES_MAX, CHARACTERS_MAX, QUESTIONS_N = 3, 180, 20
QUESTIONS: Mapping[int, tuple[str, str]] = {
    int(number): (title, sql)
    for number, title, sql in QUESTION.findall(SECTION.findall(PAGE.read_text(encoding="utf-8"))[0])
}
# Literal of the page → how to find, in a release, a subject that the question has an answer for.
CHAIN = (
    "select i.party_id, i.subject_id from v_integrated_ownership i join v_person p on p.person_id = "
    "i.party_id where i.basis = 'shares' and i.share_min > 25"
)
SUBJECTS: Mapping[str, str] = {
    "GB-COH-00098254": (
        f"select c.subject_id from ({CHAIN}) c join v_company k on k.company_id = c.subject_id and "
        "k.address_id is not null order by all limit 1"
    ),
    "UT-P-674b3b71007b4b50ac62": (
        f"select c.party_id from ({CHAIN}) c join v_company k on k.company_id = c.subject_id and "
        "k.address_id is not null order by c.subject_id, c.party_id limit 1"
    ),
    "GB-COH-11015854": (
        "select party_id from v_proprietorship join v_title using (title_id) where area_name = "
        "'HARROWMERE' and ended_on is null and party_id like 'GB-COH-%' group by all order by "
        "count(*) desc, party_id limit 1"
    ),
    "GB-COH-07170269": (
        "select subject_id from v_flag where indicator = 'OWN-010' and state = 'flagged' order by all limit 1"
    ),
}
# Answers that may be empty, where the release has nothing of the kind.
MAY_BE_EMPTY = {10, 14, 15, 16}
COLUMNS: Mapping[int, set[str]] = {
    1: {"company_id", "name", "status", "address_id"},
    2: {"party_id", "basis", "share_min", "share_max_declared", "share_max"},
    3: {"subject_id", "name", "share_min"},
    4: {"title_id", "address_text", "price_paid_gbp"},
    5: {"company_id", "name"},
    6: {"family", "indicator", "flags_n"},
    7: {"role", "register", "edition", "record", "field", "value"},
    8: {"indicator", "reason", "subjects_n"},
    9: {"register", "edition", "completeness", "rows_rejected"},
    10: {"register", "code", "records_n", "example"},
    11: {"position", "party_id", "held_id", "interest_id"},
    12: {"control_group_id", "entities_n"},
    13: {"regime", "reason", "entities_n"},
    14: {"transferred_on", "price_gbp"},
    15: {"property_type", "median_price_gbp", "sales_n"},
    16: {"party_id", "listed_name", "topic", "is_strong", "reason"},
    17: {"position", "case_id", "title"},
    18: {"indicator", "subject_id", "explanation"},
    19: {"address_id", "active_seats_n"},
    20: {"column", "type", "unit", "description"},
}


@pytest.fixture(scope="module")
def town(demo: Demo) -> Home:
    """A town through one night."""
    return demo.home


def ask(town: Home, sql: str) -> pl.DataFrame:
    answer = pl.from_arrow(query(current_release(town), sql))
    assert isinstance(answer, pl.DataFrame)
    return answer


@pytest.fixture(scope="module")
def subjects(town: Home) -> Mapping[str, str]:
    return {literal: str(ask(town, sql).item()) for literal, sql in SUBJECTS.items()}


@pytest.fixture(scope="module")
def answers(town: Home, subjects: Mapping[str, str]) -> Mapping[int, pl.DataFrame]:
    return {number: ask(town, _of_this_town(sql, subjects)) for number, (_, sql) in QUESTIONS.items()}


def _of_this_town(sql: str, subjects: Mapping[str, str]) -> str:
    for literal, subject in subjects.items():
        sql = sql.replace(literal, subject)
    return sql


def newest(town: Home, pattern: str) -> Path:
    """The newest file of its name: the edition in force."""
    return max((town.landing / "town" / "landing").glob(pattern))


def native(town: Home, pattern: str, **columns: str) -> list[Mapping[str, str]]:
    """Records of the town's native file: the independent source."""
    frame = pl.read_csv(newest(town, pattern), infer_schema=False)
    return [
        {name: (row[column] or "").strip() for name, column in columns.items()}
        for row in frame.rename(str.strip).iter_rows(named=True)
    ]


def counts(rows: Iterable[object]) -> dict[object, int]:
    return dict(Counter(rows))


# --- every one ----------------------------------------------------------------------------------------------


def test_there_are_twenty_of_three_lines_at_most() -> None:
    assert list(QUESTIONS) == list(range(1, QUESTIONS_N + 1)) == list(COLUMNS)
    for number, (_title, sql) in QUESTIONS.items():
        lines = sql.rstrip("\n").split("\n")
        assert len(lines) <= LINES_MAX and max(map(len, lines)) <= CHARACTERS_MAX, number
        assert sql.rstrip().endswith(";") and sql.count(";") == 1, number
        assert set(re.findall(r"'((?:GB-COH|UT-[A-Z])-\w+)'", sql)) <= set(SUBJECTS), number


def test_no_answer_has_a_score() -> None:
    """Answers are of natural persons too, and there is no score of one."""
    assert not [number for number, (_, sql) in QUESTIONS.items() if re.search(r"\bscore\b", sql)]


@pytest.mark.parametrize("number", QUESTIONS, ids=[title for title, _ in QUESTIONS.values()])
def test_it_runs_and_answers(number: int, answers: Mapping[int, pl.DataFrame]) -> None:
    answer = answers[number]
    assert set(answer.columns) >= COLUMNS[number]
    assert not answer.is_empty() or number in MAY_BE_EMPTY


@pytest.mark.parametrize("number", QUESTIONS, ids=[title for title, _ in QUESTIONS.values()])
def test_the_answer_has_one_order(
    number: int, town: Home, subjects: Mapping[str, str], answers: Mapping[int, pl.DataFrame]
) -> None:
    assert ask(town, _of_this_town(QUESTIONS[number][1], subjects)).equals(answers[number])


# --- against independent computations -----------------------------------------------------------------------


def test_1_a_company_as_its_file_writes_it(
    town: Home, subjects: Mapping[str, str], answers: Mapping[int, pl.DataFrame]
) -> None:
    number = subjects["GB-COH-00098254"].removeprefix("GB-COH-")
    [written] = [
        row
        for row in native(town, "BasicCompanyData*.csv", name="CompanyName", number="CompanyNumber")
        if row["number"] == number
    ]
    assert answers[1]["name"].to_list() == [written["name"]]


def test_2_who_owns_where_all_is_direct(
    town: Home, subjects: Mapping[str, str], answers: Mapping[int, pl.DataFrame]
) -> None:
    direct = ask(
        town,
        "select party_id, share_min from v_interest where is_open and basis = 'shares' and "
        f"subject_id = '{subjects['GB-COH-00098254']}'",
    )
    shares = answers[2].filter(pl.col("basis") == "shares")
    assert set(direct["party_id"]) <= set(shares["party_id"])
    least = dict(shares.select("party_id", "share_min").iter_rows())
    for party, share in direct.group_by("party_id").agg(pl.col("share_min").max()).iter_rows():
        assert least[party] >= share, "what is held directly is the least of it"


def test_3_what_is_owned_is_what_the_other_side_says(
    town: Home, subjects: Mapping[str, str], answers: Mapping[int, pl.DataFrame]
) -> None:
    every = ask(town, "select party_id, subject_id, basis from v_integrated_ownership")
    mine = every.filter(pl.col("party_id") == subjects["UT-P-674b3b71007b4b50ac62"])
    assert counts(answers[3].select("subject_id", "basis").iter_rows()) == counts(
        mine.select("subject_id", "basis").iter_rows()
    )


def test_4_titles_as_the_land_registry_writes_them(
    town: Home, subjects: Mapping[str, str], answers: Mapping[int, pl.DataFrame]
) -> None:
    number = subjects["GB-COH-11015854"].removeprefix("GB-COH-").lstrip("0")
    fields = {f"n{place}": f"Company Registration No. ({place})" for place in range(1, 5)}
    records = native(town, "CCOD_FULL*.csv", title="Title Number", district="District", **fields)
    wanted = [
        row["title"]
        for row in records
        if row["district"] == "HARROWMERE"
        and number in {re.sub(r"\W", "", row[name]).lstrip("0") for name in fields}
    ]
    assert [title.removeprefix("GB-HMLR-") for title in answers[4]["title_id"]] == sorted(wanted)


def test_5_companies_at_an_address(
    town: Home, subjects: Mapping[str, str], answers: Mapping[int, pl.DataFrame]
) -> None:
    seats = dict(ask(town, "select company_id, address_id from v_company").iter_rows())
    here = seats[subjects["GB-COH-00098254"]]
    assert answers[5]["company_id"].to_list() == sorted(
        company for company, address in seats.items() if address == here
    )


def test_6_and_8_flags_counted_one_by_one(town: Home, answers: Mapping[int, pl.DataFrame]) -> None:
    flags = ask(town, "select family, indicator, state, reason, area_name from v_flag").to_dicts()
    flagged = counts(
        (row["family"], row["indicator"])
        for row in flags
        if row["state"] == "flagged" and row["area_name"] == "HARROWMERE"
    )
    assert {(family, code): n for family, code, n in answers[6].iter_rows()} == flagged
    unknown = counts((row["indicator"], row["reason"]) for row in flags if row["state"] == "not_assessable")
    assert {(code, reason): n for code, reason, n in answers[8].iter_rows()} == unknown


def test_7_the_ring_that_a_flag_rests_on_is_in_the_evidence(
    town: Home, subjects: Mapping[str, str], answers: Mapping[int, pl.DataFrame]
) -> None:
    ring = ask(
        town,
        "select c.statement_id, e.record from v_graph_cycle c join v_evidence e using "
        f"(statement_id) where c.subject_id = '{subjects['GB-COH-07170269']}'",
    )
    assert ring.height > 0 and set(ring["record"]) <= set(
        answers[7].filter(pl.col("indicator") == "OWN-010")["record"]
    )


def test_9_editions_hold_the_records_of_their_files(town: Home, answers: Mapping[int, pl.DataFrame]) -> None:
    read = dict(answers[9].select("register", "rows_in").iter_rows())
    for register, pattern in (
        ("gb_coh_companies", "BasicCompanyData*.csv"),
        ("gb_hmlr_ccod", "CCOD_FULL*.csv"),
    ):
        assert (
            read[register]
            == len(newest(town, pattern).read_text(encoding="utf-8").rstrip("\n").split("\n")) - 1
        ), register


def test_10_rejected_records_add_up(town: Home, answers: Mapping[int, pl.DataFrame]) -> None:
    assert (
        answers[10]["records_n"].sum()
        == ask(
            town, "select coalesce(sum(rows_rejected), 0) as n from v_edition where status <> 'superseded'"
        )["n"].item()
    )


def test_11_the_path_is_a_shortest_one(
    town: Home, subjects: Mapping[str, str], answers: Mapping[int, pl.DataFrame]
) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph(ask(town, "select party_id, subject_id from v_closure_edge").rows())
    holder, held = subjects["UT-P-674b3b71007b4b50ac62"], subjects["GB-COH-00098254"]
    steps = answers[11].sort("position")
    assert steps.height == nx.shortest_path_length(graph, holder, held)
    assert [steps["party_id"][0], *steps["held_id"]] == [holder, *steps["party_id"][1:], held]
    assert all(graph.has_edge(*step) for step in steps.select("party_id", "held_id").iter_rows())


def test_12_control_groups_are_all_that_their_controllers_certainly_control(
    town: Home, answers: Mapping[int, pl.DataFrame]
) -> None:
    certain = ask(town, "select party_id, subject_id, kind from v_control where verdict = 'CERTAIN'")
    sizes = counts(certain.filter(pl.col("kind") == "control")["party_id"])
    assert answers[12]["entities_n"].is_sorted(descending=True)
    for controller, n in answers[12].select("controller_id", "entities_n").iter_rows():
        assert n >= 1 and (controller not in sizes or n >= sizes[controller])


def test_13_nobody_found_is_who_has_nobody(town: Home, answers: Mapping[int, pl.DataFrame]) -> None:
    every = ask(town, "select subject_id, regime, party_id, verdict, reason from v_beneficial_owner")
    nobody = every.filter(pl.col("party_id").is_null())
    assert {(regime, reason): n for regime, reason, n in answers[13].iter_rows()} == counts(
        nobody.select("regime", "reason").iter_rows()
    )
    somebody = (
        every.filter(pl.col("verdict").is_in(["CERTAIN", "POSSIBLE"])).select("subject_id", "regime").unique()
    )
    assert nobody.join(somebody, on=["subject_id", "regime"]).is_empty()


def test_14_sales_of_one_property_newest_first(town: Home, answers: Mapping[int, pl.DataFrame]) -> None:
    sales = ask(
        town, "select property_id, transferred_on, price_gbp from v_transaction where property_id is not null"
    ).to_dicts()
    sold = counts(row["property_id"] for row in sales)
    several = sorted(str(identifier) for identifier, n in sold.items() if n > 1)
    expected = sorted(
        (
            (row["transferred_on"], row["price_gbp"])
            for row in sales
            if several and row["property_id"] == several[0]
        ),
        reverse=True,
    )[:10]
    assert sorted(answers[14].select("transferred_on", "price_gbp").iter_rows(), reverse=True) == expected
    assert answers[14]["transferred_on"].is_sorted(descending=True)


DWELLINGS = ("detached", "semi_detached", "terraced", "flat")


def test_15_medians_of_standard_sales(town: Home, answers: Mapping[int, pl.DataFrame]) -> None:
    sales = ask(
        town,
        "select property_type, transferred_on, price_gbp, category from v_transaction where "
        "area_name = 'HARROWMERE'",
    ).to_dicts()
    for kind, start, median, n in answers[15].iter_rows():
        prices = [
            row["price_gbp"]
            for row in sales
            if row["property_type"] in (DWELLINGS if kind == "any" else (kind,))
            and row["transferred_on"].year == start.year
            and row["category"] == "standard"
        ]
        assert len(prices) == n >= 20 and abs(statistics.median(prices) - median) <= 1, (kind, start)


def test_16_every_candidate_is_on_an_open_list(town: Home, answers: Mapping[int, pl.DataFrame]) -> None:
    listings, candidates = (
        ask(town, "select party_id, is_open from v_listing").to_dicts(),
        ask(town, "select listed_party_id from v_screening")["listed_party_id"].to_list(),
    )
    open_n = counts(row["party_id"] for row in listings if row["is_open"])
    assert answers[16].height == sum(open_n.get(identifier, 0) for identifier in candidates)


def test_17_cases_hold_the_flags_they_say(town: Home, answers: Mapping[int, pl.DataFrame]) -> None:
    flags = counts(
        ask(town, "select case_id from v_flag where state = 'flagged' and case_id is not null")["case_id"]
    )
    assert answers[17]["position"].to_list() == list(range(1, answers[17].height + 1))
    assert dict(answers[17].select("case_id", "flags_n").iter_rows()) == {
        case: flags[case] for case in answers[17]["case_id"]
    }


def test_18_on_a_first_night_with_one_edition_everything_is_new(
    town: Home, answers: Mapping[int, pl.DataFrame]
) -> None:
    newest = max(
        day
        for day in ask(town, "select edition_date from v_edition where status = 'in_force'")["edition_date"]
        if day is not None
    )
    flags = ask(town, "select first_seen_on, state from v_flag").to_dicts()
    assert answers[18].height == sum(
        row["state"] == "flagged" and row["first_seen_on"] == newest for row in flags
    )


def test_19_addresses_with_the_most_active_companies(town: Home, answers: Mapping[int, pl.DataFrame]) -> None:
    seats = counts(
        ask(town, "select address_id from v_company where is_active and address_id is not null")["address_id"]
    )
    assert answers[19]["active_seats_n"].to_list() == sorted(seats.values(), reverse=True)[:20]
    assert all(
        seats[address] == n for address, n in answers[19].select("address_id", "active_seats_n").iter_rows()
    )


def test_20_the_dictionary_is_the_declaration(answers: Mapping[int, pl.DataFrame]) -> None:
    assert answers[20].filter(pl.col("column") != "")["column"].to_list() == sorted(
        RELEASE_TABLES["flag"].names
    )
