"""Who controlled a company, from interests by hand."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from transforms.marts import fact_sql

TABLES = """
create table interest(
    interest_id text, subject_id text, party_id text, basis text, reach text, share_min decimal(12, 9),
    share_min_exclusive boolean, share_fault text, valid_from date, valid_to date, is_open boolean
);
create table insolvency(company_id text);
create table graph_control(subject_id text, party_id text, verdict text);
create table exempt(entity_id text);
"""


@pytest.fixture
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        yield connection


def controllers(
    tables: duckdb.DuckDBPyConnection, *rows: tuple[str, str, int, str, str], reach: str = "direct"
) -> set[str]:
    """Past controllers of A. Rows: party, basis, per cent, first year, year of the end."""
    for at, (party, basis, share, first, last) in enumerate(rows):
        tables.execute(
            "insert into interest values (?, 'A', ?, ?, ?, ?, false, null, ?, ?, false)",
            [str(at), party, basis, reach, share, f"{first}-01-01", f"{last}-01-01"],
        )
    return {row[1] for row in tables.execute(fact_sql("control_period")).fetchall()}


@pytest.mark.parametrize(
    ("years", "expected"),
    [(("2010", "2020"), {"Q"}), (("2015", "2030"), {"Q"}), (("2020", "2030"), {"P", "Q"})],
)
def test_shares_give_control_only_while_no_votes_are_known(
    tables: duckdb.DuckDBPyConnection, years: tuple[str, str], expected: set[str]
) -> None:
    shares = ("P", "shares", 60, "2010", "2020")
    assert controllers(tables, shares, ("Q", "votes", 100, *years)) == expected


def test_shares_give_control_from_the_end_of_the_votes_known(tables: duckdb.DuckDBPyConnection) -> None:
    shares = ("P", "shares", 60, "2010", "2020")
    controllers(tables, shares, ("Q", "votes", 100, "2010", "2015"), ("Q", "votes", 100, "2012", "2014"))
    rows = tables.execute(f"select from_on, to_on from ({fact_sql('control_period')}) where party_id = 'P'")
    assert rows.fetchall() == [(date(2015, 1, 1), date(2020, 1, 1))]


@pytest.mark.parametrize(("share", "expected"), [(60, set()), (100, {"P"})])
def test_shares_held_indirectly_give_control_only_if_they_are_the_whole(
    tables: duckdb.DuckDBPyConnection, share: int, expected: set[str]
) -> None:
    assert controllers(tables, ("P", "shares", share, "2010", "2020"), reach="indirect") == expected
