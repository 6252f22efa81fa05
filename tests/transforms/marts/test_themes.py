"""Themes of work: which companies and cases are of one."""

import duckdb
import polars as pl
import pytest

from transforms.case_inputs import input_sql
from transforms.marts import mart_sql
from transforms.model.indicator import FAMILIES, indicators
from transforms.values.vocabulary import vocabulary

COMPANIES = {
    "UK": ["56302", "99999"],
    "NL": ["5610"],
    "BE": ["45113 2008 MAIN"],
    "BE, of 2003": ["2003 5610 MAIN"],
    "other": ["62020"],
    "none": [],
}


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    companies = pl.DataFrame({"company_id": list(COMPANIES), "industry_codes": list(COMPANIES.values())})
    made.register("company", companies.to_arrow())
    for name in ("themes", "theme_indicators"):
        made.register(f"{name}_list", vocabulary(name).to_arrow())
    for name in ("theme", "theme_indicator", "company_theme"):
        made.execute(f"create table {name} as {mart_sql(name)}")
    return made


def test_a_company_is_of_a_theme_by_the_class_that_its_code_begins_with(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = connection.execute("from company_theme order by all").fetchall()
    assert rows == [("BE", "car-trade"), ("NL", "catering"), ("UK", "catering")]


def test_a_case_is_of_a_theme_with_such_a_company_and_a_flag_that_counts_for_it(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("create table case_member (case_id text, subject_id text)")
    connection.execute(
        "insert into case_member values ('c1', 'UK'), ('c2', 'NL'), ('c3', 'other'), ('c4', 'UK')"
    )
    connection.execute("create table flag (case_id text, indicator text, state text)")
    connection.execute(
        """insert into flag values ('c1', 'PRM-010', 'flagged'), ('c2', 'PUB-030', 'flagged'),
        ('c3', 'OWN-010', 'flagged'), ('c4', 'OWN-010', 'not_assessable')"""
    )
    assert connection.execute(input_sql("themes")).fetchall() == [("c1", "catering")]


def test_every_theme_names_indicators_that_are_there() -> None:
    named = vocabulary("theme_indicators")
    assert set(named["theme"]) == set(vocabulary("themes")["theme"])
    assert set(named["indicators"]) <= {*FAMILIES, *indicators()}
    assert vocabulary("themes").filter(pl.col("nace_class").str.contains(r"^\d{4}$").not_()).is_empty()
