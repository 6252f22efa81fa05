"""The mart `exempt`: each class by what a register says, and nothing where it is in doubt. Through the
registers' own parsers.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from tests.landings import (
    COMPANIES,
    PSC,
    TITLES,
    company_row,
    corporate_owner,
    file_name,
    file_of,
    land_files,
    mart,
    psc_record,
    resolved_night,
    title_row,
)
from transforms.model.views import EXEMPT_CLASSES
from transforms.values.areas import exempt_list

LTD, CIO, SOCIETY = "Private Limited Company", "Charitable Incorporated Organisation", "Registered Society"
GUARANTEE = "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"
WATER, SEWERAGE, SOLAR = (
    "36000 - Water collection, treatment and supply",
    "37000 - Sewerage",
    "35110 - Production of electricity",
)
BOARD = "ZEDTON DIOCESAN BOARD OF FINANCE LIMITED"

# Company: name, number, form, accounts, first and second industry code → class.
REGISTERED: tuple[tuple[str, str, str, str, str, str, str | None], ...] = (
    ("ZEDTON WATER LIMITED", "09100001", LTD, "FULL", WATER, "", "utility"),
    ("ZEDTON WATER AND WASTE PLC", "09100002", "Public Limited Company", "GROUP", WATER, SEWERAGE, "utility"),
    ("ZEDTON SHELL LIMITED", "09100003", LTD, "DORMANT", WATER, "", None),
    ("ZEDTON SMALL WATER LIMITED", "09100004", LTD, "MICRO ENTITY", WATER, "", None),
    (
        "ZEDTON WATER AND HOMES LIMITED",
        "09100005",
        LTD,
        "FULL",
        WATER,
        "68209 - Other letting and operating of own or leased real estate",
        None,
    ),
    ("ZEDTON SOLAR LIMITED", "09100006", LTD, "FULL", SOLAR, "", None),
    ("ZEDTON NO CODE LIMITED", "09100007", LTD, "FULL", "None Supplied", "", None),
    ("ZEDTON CARERS", "CE001234", CIO, "", "", "", "charity"),
    ("ZEDTON GROWERS LIMITED", "RS001234", SOCIETY, "", "", "", "society"),
    (BOARD, "00123456", GUARANTEE, "FULL", "94910 - Activities of religious organizations", "", "church"),
    ("THE ZEDTON DIOCESAN BOARD OF FINANCE PROPERTIES LIMITED", "09100011", LTD, "FULL", SOLAR, "", None),
    ("ZEDTON TOWN COUNCIL LIMITED", "09100012", LTD, "FULL", SOLAR, "", None),
    ("ENVIRONMENT AGENCY", "09100013", LTD, "FULL", SOLAR, "", None),
    ("ZEDTON TRADED LIMITED", "09100014", LTD, "FULL", SOLAR, "", "listed"),
    ("ZEDTON PROTECTED LIMITED", "09100015", LTD, "FULL", SOLAR, "", None),
    ("ZEDTON HOMES LIMITED", "09100016", GUARANTEE, "FULL", SOLAR, "", "housing_provider"),
    ("ZEDTON MISFILED LIMITED", "09100017", LTD, "FULL", SOLAR, "", None),
    ("ZEDTON CHARTERED COMPANY", "RC000123", "Royal Charter Company", "", "", "", None),
    ("ZEDTON PRIVATE LIMITED", "09100018", LTD, "FULL", SOLAR, "", None),
)
# Proprietor: name, number, category → class.
PROPRIETORS: tuple[tuple[str, str, str, str | None], ...] = (
    ("ZEDTON BOROUGH COUNCIL", "", "Local Authority", "council"),
    ("ZEDSHIRE COUNTY COUNCIL", "", "County Council", "council"),
    ("MUCH ZEDTON PARISH COUNCIL", "", "Corporate Body", "council"),
    ("THE MAYOR AND BURGESSES OF THE LONDON BOROUGH OF ZEDTON", "", "Corporate Body", "council"),
    ("THE SECRETARY OF STATE FOR ZEDTON AFFAIRS", "", "Corporate Body", "state"),
    ("THE ENVIRONMENT AGENCY", "", "Corporate Body", "state"),
    ("ZEDTON HOSPITALS NHS FOUNDATION TRUST", "", "Corporate Body", "state"),
    ("THE CHURCH COMMISSIONERS FOR ENGLAND", "", "Corporate Body", "church"),
    ("THE PAROCHIAL CHURCH COUNCIL OF THE PARISH OF ST ZEDA", "", "Corporate Body", "church"),
    ("ZEDTON SOCIETY LIMITED", "7724", "Community Benefit Society (Company)", "society"),
    (
        "ZEDTON HOUSING SOCIETY LIMITED",
        "IP17702R",
        "Housing Association/Society (Corporate Body)",
        "housing_provider",
    ),
    ("ZEDTON INNS LIMITED", "4567890", "Housing Association/Society (Company)", None),
    ("ZEDTON ALMSHOUSES", "", "Housing Association/Society (Corporate Body)", "housing_provider"),
    (
        "THE INCUMBENT OF THE BENEFICE OF ZEDTON IN THE COUNTY OF ZEDSHIRE AND HIS SUCCESSORS",
        "",
        "Corporate Body",
        "church",
    ),
    ("THE GOVERNORS OF ZEDTON SCHOOL", "", "Corporate Body", None),
    ("CHURCH COMMISSIONERS PROPERTY", "", "Corporate Body", None),
    ("ZEDTON HOMES LIMITED", "09100016", "Housing Association/Society (Company)", "housing_provider"),
    ("ZEDTON MISFILED LIMITED", "09100017", "Housing Association/Society (Company)", None),
    ("ZEDTON PRIVATE LIMITED", "09100018", "Limited Company or Public Limited Company", None),
)


def _company(index: int, row: tuple[str, str, str, str, str, str, str | None]) -> bytes:
    name, number, form, accounts, first, second, _ = row
    given = {
        "CompanyName": name,
        "CompanyNumber": number,
        "CompanyCategory": form,
        "Accounts.AccountCategory": accounts,
        "SICCode.SicText_1": first,
        "SICCode.SicText_2": second,
    }
    return company_row(index, given)


def _title(index: int, name: str, number: str, category: str) -> bytes:
    given: Mapping[str, str] = {
        "Proprietor_Name_(1)": name,
        "Company_Registration_No._(1)": number,
        "Proprietorship_Category_(1)": category,
    }
    return title_row(index, **given)


def _records() -> list[bytes]:
    """An exemption, a protected person, and a council as the owner of a company."""
    traded = {
        "psc_exempt_as_trading_on_uk_regulated_market": {
            "exemption_type": "psc-exempt-as-trading-on-uk-regulated-market",
            "items": [{"exempt_from": "2019-02-04"}],
        }
    }
    blank = {
        "name": None,
        "name_elements": None,
        "date_of_birth": None,
        "nationality": None,
        "country_of_residence": None,
        "address": None,
        "natures_of_control": None,
        "notified_on": None,
    }
    exempt = psc_record(
        1, **blank, kind="exemptions", exemptions=traded, links={"self": "/company/09100014/exemptions"}
    )
    secure = psc_record(
        2,
        **blank,
        kind="super-secure-person-with-significant-control",
        description="super-secure-persons-with-significant-control",
        ceased=False,
        links={"self": "/company/09100015/persons-with-significant-control/super-secure/invented"},
    )
    council = corporate_owner(
        3, "Little Zedton Parish Council", None, "council", legal_form="Local Authority"
    )
    swap = {1: b"09100014", 2: b"09100015"}
    return [
        record.replace(f"0900000{n + 1}".encode(), swap[n]) if n in swap else record
        for n, record in ((1, exempt), (2, secure), (3, council))
    ]


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Name → class, of the entities in the mart."""
    folder = tmp_path_factory.mktemp("exempt")
    rows = {
        COMPANIES: [_company(n, row) for n, row in enumerate(REGISTERED)],
        TITLES: [_title(n, *row[:3]) for n, row in enumerate(PROPRIETORS)],
        PSC: _records(),
    }
    landing = land_files(
        folder / "landing",
        {file_name(register): file_of(register, given) for register, given in rows.items()},
    )
    night = resolved_night(Home(folder / "home"), landing)
    named = mart(night, "exempt").join(mart(night, "entity").select("entity_id", "name"), on="entity_id")
    assert named["entity_id"].n_unique() == named.height
    return dict(named.select("name", "exempt_class").iter_rows())


@pytest.mark.parametrize("row", REGISTERED, ids=lambda row: row[0])
def test_a_registered_company(
    row: tuple[str, str, str, str, str, str, str | None], classes: dict[str, str]
) -> None:
    assert classes.get(row[0]) == row[-1]


@pytest.mark.parametrize("row", PROPRIETORS, ids=lambda row: f"{row[0]}|{row[2]}")
def test_a_proprietor(row: tuple[str, str, str, str | None], classes: dict[str, str]) -> None:
    assert classes.get(row[0]) == row[-1]


def test_a_council_that_owns_a_company_is_one_by_its_name(classes: dict[str, str]) -> None:
    assert classes["Little Zedton Parish Council"] == "council"


def test_every_class_of_the_list_is_one_of_the_marts() -> None:
    listed = exempt_list()
    assert set(listed["exempt_class"]) <= set(EXEMPT_CLASSES)
    assert set(listed["kind"]) == {"name", "industry_code"}
    assert listed.filter(kind="industry_code")["value"].str.contains(r"^[0-9]{5}$").all()
    names = listed.filter(kind="name")["value"]
    assert names.is_unique().all()
    assert (names == names.str.to_uppercase()).all() and not names.str.starts_with("THE ").any()


def test_a_pattern_names_a_whole_kind_of_body() -> None:
    """A pattern that is mostly a blank would take in anybody: each has two words at least beside its
    blank.
    """
    for pattern in exempt_list().filter(kind="name")["value"]:
        assert len(pattern.replace("%", " ").split()) >= 2, pattern
    with Path("transforms/values/vocabulary/exempt_bodies.csv").open(encoding="utf-8", newline="") as file:
        assert all(
            "Act" in row["source"] or "Measure" in row["source"] or "Statistics" in row["source"]
            for row in csv.DictReader(file)
        )


def test_the_shape_of_the_list() -> None:
    assert exempt_list().schema["may_be_registered"] == pl.Boolean
