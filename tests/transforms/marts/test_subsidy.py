"""Subsidies: an applicant without a number is the company that alone had that name then."""

import polars as pl
import pytest

from flows.home.settings import Home
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night
from tests.register_cases import CASES, native_file

AMSTERDAM = native_file(CASES / "nl_amsterdam_subsidies" / "typical")


# Companies: name, day of dissolution, day of foundation.
HELD = (
    ("ZED TWICE LTD", "31/12/2023", "01/03/2015"),
    ("ZED TWICE LTD", "", "31/12/2024"),
    ("ZED GONE LTD", "31/12/2023", "01/03/2015"),
    ("ZED ENDED LTD", "01/01/2024", "01/03/2015"),
    ("ZED NOT YET LTD", "", "01/01/2025"),
)
# An applicant of 2024 -> the company.
APPLICANTS = {
    "Zed Twice Ltd": "GB-COH-09000002",
    "Zed Gone Ltd": None,
    "Zed Ended Ltd": "GB-COH-09000004",
    "Zed Not Yet Ltd": None,
}
# Granted and settled -> state.
STATES = {
    ("8.00", "NULL"): "granted",
    ("8.00", "7.00"): "settled",
    ("8.00", "0.00"): "settled",  # taken back
    ("0.00", "NULL"): "refused",
    ("0.00", "0.00"): "refused",  # a third of Amsterdam's refusals
    ("0.00", "7.00"): "settled",
    ("NULL", "NULL"): "asked",
}


@pytest.fixture(scope="module")
def subsidies(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("subsidies")
    columns = ("CompanyName", "DissolutionDate", "IncorporationDate")
    companies = [company_row(n, dict(zip(columns, held, strict=True))) for n, held in enumerate(HELD)]
    header, dashes, *_ = AMSTERDAM.read_text(encoding="utf-8-sig").splitlines()
    applications = [
        *((f"NAME-{n}", name, "8.00", "NULL") for n, name in enumerate(APPLICANTS)),
        *((f"STATE-{n}", "Zed Gone Ltd", *sums) for n, sums in enumerate(STATES)),
    ]
    rows = [
        f"SB;{record};{name};Regeling;Zorg;Zed;Opvang;Eenmalig;9.00;{granted};{settled};2024"
        for record, name, granted, settled in applications
    ]
    files = {
        file_name(COMPANIES): file_of(COMPANIES, companies),
        AMSTERDAM.name: "\n".join([header, dashes, *rows]).encode(),
    }
    night = resolved_night(Home(folder / "home"), land_files(folder / "landing", files))
    return mart(night, "subsidy").sort("record")


def test_a_name_is_not_that_of_a_company_that_had_ended(subsidies: pl.DataFrame) -> None:
    known = subsidies.filter(pl.col("record").str.contains("NAME"))["payee_id"].to_list()
    assert known == list(APPLICANTS.values())


def test_granted_0_is_a_refusal_though_0_is_settled_too(subsidies: pl.DataFrame) -> None:
    states = subsidies.filter(pl.col("record").str.contains("STATE"))["state"].to_list()
    assert states == list(STATES.values())
