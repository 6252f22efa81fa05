"""Small invented landings of the three registers, in native formats, and ways to break them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from quality.town.native import COMPANY_COLUMNS, COMPANY_HEADER, TITLE_COLUMNS, TITLE_HEADER

COMPANIES, PSC, TITLES = "gb_coh_companies", "gb_coh_psc", "gb_hmlr_ccod"
REGISTERS = (COMPANIES, PSC, TITLES)
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
    """The lines of a valid file: header where there is one, records, the publisher's total where it publishes one."""
    return {COMPANIES: _companies, PSC: _psc, TITLES: _titles}[register](records)


def text(rows: list[bytes]) -> bytes:
    return b"".join(row + b"\n" for row in rows)


def write(folder: Path, contents: Mapping[str, bytes] | None = None, edition: str = EDITION) -> Path:
    """A landing of all three registers; `contents` replaces a register's bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for register in REGISTERS:
        (folder / file_name(register, edition)).write_bytes((contents or {}).get(register, text(lines(register))))
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


def _companies(records: int) -> list[bytes]:
    rows = []
    for index in range(records):
        values = {
            "CompanyName": f"ZEDTON TRADER {index} LIMITED", "CompanyNumber": company_number(index), "RegAddress.AddressLine1": f"{index + 1} HIGH STREET",
            "RegAddress.PostTown": "ZEDTON", "RegAddress.PostCode": "ZT1 2AB", "CompanyCategory": "Private Limited Company", "CompanyStatus": "Active",
            "CountryOfOrigin": "United Kingdom", "IncorporationDate": "01/03/2015", "Accounts.AccountCategory": "MICRO ENTITY",
            "SICCode.SicText_1": "62020 - Information technology consultancy activities", "URI": f"http://business.data.gov.uk/id/company/{company_number(index)}",
            "Mortgages.NumMortCharges": "0", "Mortgages.NumMortOutstanding": "0", "Mortgages.NumMortPartSatisfied": "0", "Mortgages.NumMortSatisfied": "0",
            "LimitedPartnerships.NumGenPartners": "0", "LimitedPartnerships.NumLimPartners": "0",
        }  # fmt: skip
        rows.append(",".join(f'"{values.get(name, "")}"' for name in COMPANY_COLUMNS).encode())
    return [COMPANY_HEADER.encode(), *rows]


def psc_record(index: int, **data: object) -> bytes:
    record = {
        "company_number": company_number(index),
        "data": {
            "kind": "individual-person-with-significant-control", "name": f"Mr {CANARY}", "notified_on": "2016-07-01",
            "name_elements": {"forename": CANARY.split(maxsplit=1)[0], "surname": CANARY.split()[1], "title": "Mr"}, "nationality": "British",
            "date_of_birth": {"month": 5, "year": 1970}, "country_of_residence": "England", "etag": f"{index:040x}",
            "address": {"premises": "4", "address_line_1": "Mill Lane", "locality": "Zedton", "postal_code": "ZT1 3DB", "country": "England"},
            "links": {"self": f"/company/{company_number(index)}/persons-with-significant-control/individual/invented{index}"},
            "natures_of_control": ["ownership-of-shares-75-to-100-percent"], **data,
        },
    }  # fmt: skip
    return json.dumps(record).encode()


def totals(persons: int) -> bytes:
    kind = "totals#persons-of-significant-control-snapshot"
    counts = {"persons_of_significant_control_count": persons, "statements_count": 0, "exemptions_count": 0}
    return json.dumps({"data": {"kind": kind, **counts, "generated_at": "2026-06-01T03:00:00Z"}}).encode()


def _psc(records: int) -> list[bytes]:
    return [*(psc_record(index) for index in range(records)), totals(records)]


def title_row(index: int, **given: str) -> bytes:
    values = {
        "Title Number": f"ZT{index + 100000}", "Tenure": "Freehold", "Property Address": f"{index + 1} Mill Lane, Zedton (ZT1 3DB)", "District": "ZEDTON",
        "County": "ZEDSHIRE", "Region": "SOUTH WEST", "Postcode": "ZT1 3DB", "Multiple Address Indicator": "N", "Price Paid": "250000",
        "Proprietor Name (1)": f"ZEDTON TRADER {index} LIMITED", "Company Registration No. (1)": company_number(index).lstrip("0"),
        "Proprietorship Category (1)": "Limited Company or Public Limited Company", "Proprietor (1) Address (1)": f"{index + 1} High Street, Zedton ZT1 2AB",
        "Date Proprietor Added": "01-02-2018", "Additional Proprietor Indicator": "N", **{name.replace("_", " "): value for name, value in given.items()},
    }  # fmt: skip
    return ",".join(f'"{value}"' if "," in value else value for value in (values.get(name, "") for name in TITLE_COLUMNS)).encode()


def _titles(records: int) -> list[bytes]:
    return [TITLE_HEADER.encode(), *(title_row(index) for index in range(records)), f"Row Count:,{records}".encode()]
