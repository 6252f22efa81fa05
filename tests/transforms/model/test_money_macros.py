"""What the macros about money answer, on a few rows of each table that they read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb
import polars as pl
import pytest

from flows.release.lookups import store_lookups
from transforms.model.macros import MACROS
from transforms.model.statements import Table
from transforms.model.views import RELEASE_TABLES

BY_NAME = {macro.name: macro for macro in MACROS}
type Rows = Sequence[Mapping[str, object]]


def flow(
    nth: int, payer: str, payee: str | None, day: int, amount: int = 100, **more: object
) -> dict[str, object]:
    row = {
        "flow_id": f"f{nth}",
        "kind": "transfer",
        "status": "paid",
        "payer_id": payer,
        "payee_id": payee,
        "payee_kind": "company",
        "amount": amount,
        "currency": "EUR",
        "flowed_on": date(2026, 1, day),
        "statement_id": f"s{nth}",
    }
    return {**row, **more}


TABLES: dict[str, Rows] = {
    "flow": [
        flow(1, "a", "b", 1),
        flow(2, "b", "c", 2),
        flow(3, "c", "d", 2),
        flow(4, "b", "c", 1, amount=-50),  # a credit
        flow(5, "a", "bank", 1, payee_kind="conduit"),
        flow(6, "bank", "d", 2),
        flow(7, "c", "late", 5),
        flow(8, "late", "early", 4),  # before the money came
        flow(9, "d", "e", 3),
        flow(10, "e", "far", 4),
        flow(11, "bank", "client", 2),
        flow(14, "a", "returned", 1, cancelled_by="f15"),
        flow(15, "a", "returned", 2, amount=-100),
        flow(16, "returned", "e", 3),
        flow(17, "b", "due", 2, status="planned"),
        flow(18, "due", "e", 3),
        flow(19, "lender", "d", 2, status="planned"),
        # Payees that are not known as companies: two names, and lines without a name.
        flow(20, "town", "b", 1, payee_name="B LTD"),
        flow(21, "town", None, 1, payee_name="A FACTOR"),
        flow(22, "town", None, 2, payee_name="A FACTOR"),
        flow(23, "town", None, 3, payee_name="OTHER FACTOR"),
        flow(24, "town", None, 4),
        # A payer whose payments are not all read.
        flow(12, "council", "b", 1),
        flow(13, "council", "bank", 1, payee_kind="conduit"),
        *(flow(100 + nth, "council", f"supplier {nth}", 1) for nth in range(10_001)),
    ],
    "graph_control_group": [
        {"control_group_id": "g", "subject_id": "b", "controller_id": "top"},
        {"control_group_id": "g", "subject_id": "c", "controller_id": "top"},
    ],
    "graph_ubo": [
        {"subject_id": "d", "party_id": "p", "verdict": "CERTAIN", "regime": "AMLR"},
        {"subject_id": "lender", "party_id": "p", "verdict": "CERTAIN", "regime": "AMLR"},
        {"subject_id": "stranger", "party_id": "q", "verdict": "CERTAIN", "regime": "AMLR"},
        {"subject_id": "stranger", "party_id": "p", "verdict": "CERTAIN", "regime": "STRICT"},
    ],
    "charge": [
        {
            "charge_id": "h1",
            "kind": "charge",
            "title_position": 1,
            "borrower_id": "d",
            "lender_id": "lender",
            "title_id": "t",
            "created_on": date(2026, 2, 1),
            "statement_id": "h1",
        },
        {
            "charge_id": "h2",
            "kind": "charge",
            "title_position": 1,
            "borrower_id": "d",
            "lender_id": "stranger",
            "statement_id": "h2",
        },
    ],
    "proprietorship": [
        {
            "title_id": "t",
            "party_id": "d",
            "proprietor_name": "D",
            "added_on": date(2026, 1, 9),
            "statement_id": "p1",
        },
        {
            "title_id": "t",
            "party_id": "old",
            "added_on": date(2020, 1, 9),
            "ended_on": date(2026, 1, 9),
            "statement_id": "p2",
        },
    ],
    "title": [
        {"title_id": "t", "price_paid_eur": 900, "price_covers_several": True, "statement_id": "t1"},
    ],
    "title_address": [{"title_id": "t", "property_id": "house"}],
    "transaction": [
        {
            "transaction_id": "x",
            "property_id": "house",
            "price_gbp": 500,
            "transferred_on": date(2026, 1, 8),
            "statement_id": "x1",
        }
    ],
    "graph_control": [
        {"party_id": "top", "subject_id": "d", "verdict": "CERTAIN"},
        {"party_id": "top", "subject_id": "old", "verdict": "POSSIBLE"},
    ],
    "graph_edge": [
        {"subject_id": "d", "party_id": "m", "component_no": 1},
        {"subject_id": "m", "party_id": "n", "component_no": 1},
        {"subject_id": "n", "party_id": "m", "component_no": 1},  # a cycle ends
    ],
    "listing": [
        {"party_id": "n", "list_name": "l", "statement_id": "l1"},
        {"party_id": "z", "statement_id": "l2"},
    ],
    "screening": [{"party_id": "m", "listed_party_id": "z"}],
}


def frame_of(table: Table, rows: Rows) -> pl.DataFrame:
    columns = {name: [row.get(name) for row in rows] for name in table.names}
    return pl.DataFrame(columns, schema=table.schema, strict=False)


@pytest.fixture(scope="module")
def release() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        declared = {table: RELEASE_TABLES[table] for macro in MACROS for table in macro.reads}
        for name, table in declared.items():
            connection.register("rows", frame_of(table, TABLES.get(name, [])).to_arrow())
            connection.execute(f'create table "{name}" as from rows')
        store_lookups(connection, declared)
        for name in ("money_path", "own_money", "title_timeline", "portfolio", "upstream_listed", "money_of"):
            connection.execute(BY_NAME[name].statement)
        yield connection


def answer(release: duckdb.DuckDBPyConnection, call: str, *columns: str) -> list[tuple[object, ...]]:
    macro = BY_NAME[call.partition("(")[0]]
    everything = release.execute(f"from {call}").description or []
    assert [name for name, *_ in everything] == [column.name for column in macro.columns]
    return release.execute(f"select {', '.join(columns)} from {call}").fetchall()


def test_a_path_of_money_goes_forward_in_time_and_through_no_bank(release: duckdb.DuckDBPyConnection) -> None:
    assert answer(release, "money_path('a', 'd')", "path_no", "position", "flow_id") == [
        (1, 1, "f1"),
        (1, 2, "f2"),
        (1, 3, "f3"),
    ]
    assert answer(release, "money_path('a', 'bank')", "flow_id") == [("f5",)]
    assert answer(release, "money_path('a', 'early')", "flow_id") == []
    assert answer(release, "money_path('b', 'c')", "flow_id") == [("f2",)]


def test_what_was_taken_back_or_is_planned_is_no_hop(release: duckdb.DuckDBPyConnection) -> None:
    assert answer(release, "money_path('a', 'returned')", "flow_id") == []
    assert answer(release, "money_path('a', 'due')", "flow_id") == []
    chain = [("f1",), ("f2",), ("f3",), ("f9",)]  # and none of those that are shorter
    assert answer(release, "money_path('a', 'e')", "flow_id") == chain


@pytest.mark.parametrize("payer", ["a", "council"])
def test_what_a_payer_of_thousands_paid_is_found_from_the_other_end(
    release: duckdb.DuckDBPyConnection, payer: str
) -> None:
    first = {"a": "f1", "council": "f12"}[payer]
    chains = {"b": [], "c": ["f2"], "d": ["f2", "f3"], "e": ["f2", "f3", "f9"]}
    for payee, rest in chains.items():
        path_flows = answer(release, f"money_path('{payer}', '{payee}')", "flow_id")
        assert path_flows == [(flow_id,) for flow_id in (first, *rest)]
    for nowhere in ("far", "client", "early", "nobody", payer):
        assert answer(release, f"money_path('{payer}', '{nowhere}')", "flow_id") == []


def test_a_payee_that_is_no_known_company_is_summed_by_its_name(release: duckdb.DuckDBPyConnection) -> None:
    paid = answer(release, "money_of('town')", "counterparty_id", "counterparty_name", "lines_n", "amount")
    assert sorted(paid, key=str) == [
        ("b", "B LTD", 1, 100),
        (None, "A FACTOR", 2, 200),
        (None, "OTHER FACTOR", 1, 100),
        (None, None, 1, 100),
    ]


def test_own_money_is_that_of_the_group_and_of_a_common_owner(release: duckdb.DuckDBPyConnection) -> None:
    assert answer(release, "own_money('d')", "source_id", "link", "kind") == [
        ("lender", "beneficial_owner", "loan")
    ]
    assert answer(release, "own_money('c')", "source_id", "link", "amount") == [
        ("b", "control_group", -50),
        ("b", "control_group", 100),
    ]


def test_a_timeline_tells_owners_sales_and_charges_in_order(release: duckdb.DuckDBPyConnection) -> None:
    assert answer(release, "title_timeline('t')", "event", "statement_id") == [
        ("proprietor added", "p2"),
        ("sold", "x1"),
        ("proprietor added", "p1"),
        ("proprietor left", "p2"),
        ("charge created", "h1"),
    ]


def test_a_portfolio_has_what_is_certainly_controlled(release: duckdb.DuckDBPyConnection) -> None:
    assert answer(release, "portfolio('top')", "proprietor_id", "is_controlled") == [("d", True)]
    assert answer(release, "portfolio('old')", "proprietor_id", "is_controlled") == [("old", False)]


def test_a_portfolio_has_the_price_that_a_register_states_in_euro(release: duckdb.DuckDBPyConnection) -> None:
    prices = answer(
        release, "portfolio('d')", "price_paid_gbp", "price_paid_eur", "price_year", "price_covers_several"
    )
    assert prices == [(None, 900, None, True)]


def test_lists_are_asked_all_the_way_up(release: duckdb.DuckDBPyConnection) -> None:
    assert answer(release, "upstream_listed('d')", "party_id", "certainty", "statement_id") == [
        ("n", "listed", "l1"),
        ("m", "candidate", "l2"),
    ]
    assert answer(release, "upstream_listed('z')", "certainty") == [("listed",)]
