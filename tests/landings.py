"""Small invented landings of the three registers, in native formats, and ways to break them."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from unittest.mock import patch

import polars as pl

from flows.home.settings import Home
from flows.ingest import lake
from flows.ingest.landing import LandedEdition
from flows.night.night import Night, new_night
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from flows.night.stages.marts import build_marts
from flows.night.stages.resolve import resolve_parties
from quality.town.parts.native import COMPANY_COLUMNS, COMPANY_HEADER, TITLE_COLUMNS, TITLE_HEADER
from transforms.marts import MART_ORDER, mart_sql
from transforms.model.sql import tables_read
from transforms.model.views import GATE_VIEW

COMPANIES, PSC, TITLES = "gb_coh_companies", "gb_coh_psc", "gb_hmlr_ccod"
REGISTERS = (COMPANIES, PSC, TITLES)
# Settings of a home; a line `allows = [...]` may follow.
PURPOSE = """\
[[purpose]]
code = "case1"
title = "Case 1"
legal_basis = "Article 1"
"""
CANARY = "Zebedee Quillfeather"  # a person's name that must stand in no message, log or gate
EDITION = "2026-06-01"
RECORDS = 40  # records of each file: enough that ten rejects do not pass the gate's 5 per cent


def file_name(register: str, edition: str = EDITION) -> str:
    year, month, _day = edition.split("-")
    return {
        COMPANIES: f"BasicCompanyDataAsOneFile-{edition}.csv",
        PSC: f"persons-with-significant-control-snapshot-{edition}.txt",
        TITLES: f"CCOD_FULL_{year}_{month}.csv",
    }[register]


def lines(register: str, records: int = RECORDS) -> list[bytes]:
    """The lines of a valid file: header where there is one, records, the publisher's total where it publishes
    one.
    """
    return {COMPANIES: _companies, PSC: _psc, TITLES: _titles}[register](records)


def text(rows: list[bytes]) -> bytes:
    return b"".join(row + b"\n" for row in rows)


def write(folder: Path, contents: Mapping[str, bytes] | None = None, edition: str = EDITION) -> Path:
    """A landing of all three registers; `contents` replaces a register's bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for register in REGISTERS:
        (folder / file_name(register, edition)).write_bytes(
            (contents or {}).get(register, text(lines(register)))
        )
    return folder


def first_record(register: str) -> int:
    """Index of the first record's line."""
    return 0 if register == PSC else 1


def changed(register: str, index: int, change: Callable[[bytes], bytes]) -> bytes:
    """A valid file with one record's line changed. `index`: which record, from 0."""
    rows = lines(register)
    at = first_record(register) + index
    rows[at] = change(rows[at])
    return text(rows)


def company_number(index: int) -> str:
    return f"{9000001 + index:08d}"


def company_row(index: int, given: Mapping[str, str] | None = None) -> bytes:
    """`given`: native columns by name, over those of the invented company."""
    values = {
        "CompanyName": f"ZEDTON TRADER {index} LIMITED",
        "CompanyNumber": company_number(index),
        "RegAddress.AddressLine1": f"{index + 1} HIGH STREET",
        "RegAddress.PostTown": "ZEDTON",
        "RegAddress.PostCode": "ZT1 2AB",
        "CompanyCategory": "Private Limited Company",
        "CompanyStatus": "Active",
        "CountryOfOrigin": "United Kingdom",
        "IncorporationDate": "01/03/2015",
        "Accounts.AccountCategory": "MICRO ENTITY",
        "SICCode.SicText_1": "62020 - Information technology consultancy activities",
        "URI": f"http://business.data.gov.uk/id/company/{company_number(index)}",
        "Mortgages.NumMortCharges": "0",
        "Mortgages.NumMortOutstanding": "0",
        "Mortgages.NumMortPartSatisfied": "0",
        "Mortgages.NumMortSatisfied": "0",
        "LimitedPartnerships.NumGenPartners": "0",
        "LimitedPartnerships.NumLimPartners": "0",
        **(given or {}),
    }
    return ",".join(f'"{values.get(name, "")}"' for name in COMPANY_COLUMNS).encode()


def _companies(records: int) -> list[bytes]:
    return [COMPANY_HEADER.encode(), *(company_row(index) for index in range(records))]


def _owners_of(index: int) -> str:
    return f"/company/{company_number(index)}/persons-with-significant-control"


def psc_record(index: int, **data: object) -> bytes:
    record = {
        "company_number": company_number(index),
        "data": {
            "kind": "individual-person-with-significant-control",
            "name": f"Mr {CANARY}",
            "notified_on": "2016-07-01",
            "name_elements": {
                "forename": CANARY.split(maxsplit=1)[0],
                "surname": CANARY.split()[1],
                "title": "Mr",
            },
            "nationality": "British",
            "date_of_birth": {"month": 5, "year": 1970},
            "country_of_residence": "England",
            "etag": f"{index:040x}",
            "address": {
                "premises": "4",
                "address_line_1": "Mill Lane",
                "locality": "Zedton",
                "postal_code": "ZT1 3DB",
                "country": "England",
            },
            "links": {"self": f"{_owners_of(index)}/individual/invented{index}"},
            "natures_of_control": ["ownership-of-shares-75-to-100-percent"],
            **data,
        },
    }
    return json.dumps(record).encode()


def totals(persons: int) -> bytes:
    kind = "totals#persons-of-significant-control-snapshot"
    counts = {"persons_of_significant_control_count": persons, "statements_count": 0, "exemptions_count": 0}
    return json.dumps({"data": {"kind": kind, **counts, "generated_at": "2026-06-01T03:00:00Z"}}).encode()


def _psc(records: int) -> list[bytes]:
    return [*(psc_record(index) for index in range(records)), totals(records)]


def title_row(index: int, **given: str) -> bytes:
    values = {
        "Title Number": f"ZT{index + 100000}",
        "Tenure": "Freehold",
        "Property Address": f"{index + 1} Mill Lane, Zedton (ZT1 3DB)",
        "District": "ZEDTON",
        "County": "ZEDSHIRE",
        "Region": "SOUTH WEST",
        "Postcode": "ZT1 3DB",
        "Multiple Address Indicator": "N",
        "Price Paid": "250000",
        "Proprietor Name (1)": f"ZEDTON TRADER {index} LIMITED",
        "Company Registration No. (1)": company_number(index).lstrip("0"),
        "Proprietorship Category (1)": "Limited Company or Public Limited Company",
        "Proprietor (1) Address (1)": f"{index + 1} High Street, Zedton ZT1 2AB",
        "Date Proprietor Added": "01-02-2018",
        "Additional Proprietor Indicator": "N",
        **{name.replace("_", " "): value for name, value in given.items()},
    }
    return ",".join(
        f'"{value}"' if "," in value else value for value in (values.get(name, "") for name in TITLE_COLUMNS)
    ).encode()


def _titles(records: int) -> list[bytes]:
    return [
        TITLE_HEADER.encode(),
        *(title_row(index) for index in range(records)),
        f"Row Count:,{records}".encode(),
    ]


# --- files of given rows, and nights over them ------------------------------------------------------------


def file_of(register: str, rows: Iterable[bytes]) -> bytes:
    """A whole file of these records; no publisher's total."""
    header = {COMPANIES: [COMPANY_HEADER.encode()], PSC: [], TITLES: [TITLE_HEADER.encode()]}[register]
    return text([*header, *rows])


def corporate_owner(index: int, name: str, number: str | None, record: str, **identification: str) -> bytes:
    """A corporate owner of company `index`, by default one that says it is on the UK company register."""
    stated = {
        "legal_form": "Limited Company",
        "country_registered": "England",
        "place_registered": "Companies House",
        **identification,
    }
    return psc_record(
        index,
        kind="corporate-entity-person-with-significant-control",
        name=name,
        identification=stated if number is None else {**stated, "registration_number": number},
        links={"self": f"{_owners_of(index)}/corporate-entity/{record}"},
    )


def no_gate(_night: Night, _edition: LandedEdition, ingested: lake.Ingested) -> pl.DataFrame:
    GATE_VIEW.empty().write_parquet(ingested.folder / "gate.parquet")
    return GATE_VIEW.empty()


def lake_night(home: Home, landing: Path, as_of: date | None = None, known_at: date | None = None) -> Night:
    """The stages landing and lake, without the lake's gate, which has tests of its own."""
    home.prepare()
    night = new_night(home, landing, as_of=as_of, known_at=known_at)
    night.work.mkdir(parents=True)
    with patch("flows.night.stages.lake._lake_gate", no_gate):
        land(night)
        fill_lake(night)
    return night


def resolved_night(
    home: Home, landing: Path, as_of: date | None = None, known_at: date | None = None
) -> Night:
    """The stages landing to resolve, without gates; `mart` builds what is asked for."""
    night = lake_night(home, landing, as_of, known_at)
    resolve_parties(night)
    return night


def marts_night(home: Home, landing: Path, as_of: date | None = None, known_at: date | None = None) -> Night:
    """The stages landing to marts, without gates."""
    night = resolved_night(home, landing, as_of, known_at)
    build_marts(night)
    return night


def home_with(folder: Path, settings: str) -> Home:
    """A home in the new folder."""
    folder.mkdir(parents=True)
    (folder / "undertow.toml").write_text(settings, encoding="utf-8")
    return Home(folder)


def land_files(landing: Path, files: Mapping[str, bytes]) -> Path:
    for name, contents in files.items():
        path = landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
    return landing


def mart(night: Night, name: str) -> pl.DataFrame:
    """A table of the night; a mart that is not there is built first, with those that it reads."""
    if name in MART_ORDER and not night.table(name).exists():
        needed = {name}
        for later in reversed(MART_ORDER):
            needed |= tables_read(mart_sql(later)) if later in needed else set()
        build_marts(night, [each for each in MART_ORDER if each in needed])
    return pl.read_parquet(night.table(name))
