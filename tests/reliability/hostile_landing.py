"""A landing in which every text field of every register is a hostile name: files in the publishers'
formats, every record with other names.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from quality.town.parts.native import COMPANY_COLUMNS, COMPANY_HEADER, TITLE_COLUMNS, TITLE_HEADER
from tests.landings import company_number, totals

BESIDE = 3  # registers other than companies and their owners get every third name
RING = 8  # companies that own each other in a circle, so that each is flagged and in a case
DAY = "2026-06-01"
# Read by position or by a list of its own: a hostile text there is another record, or none.
OVERSEAS_COLUMNS = tuple(
    column
    for name in TITLE_COLUMNS
    for column in (
        (name, name.replace("Proprietorship Category", "Country Incorporated"))
        if "Category" in name
        else (name,)
    )
)


def written(folder: Path, names: Sequence[str]) -> Path:
    """Every register's file; and files of no register, with hostile names of their own."""
    folder.mkdir(parents=True)
    files = {
        f"BasicCompanyDataAsOneFile-{DAY}.csv": companies(names),
        f"persons-with-significant-control-snapshot-{DAY}.txt": owners(names),
        "CCOD_FULL_2026_06.csv": titles(names, TITLE_COLUMNS, TITLE_HEADER),
        "OCOD_FULL_2026_06.csv": titles(names[::BESIDE], OVERSEAS_COLUMNS, ",".join(OVERSEAS_COLUMNS)),
        "pp-2026.csv": sales(names[1::BESIDE]),
        "entities.ftm.json": listed(names[2::BESIDE]),
        "zedland.json": statements(names[::BESIDE]),
    }
    for name, contents in files.items():
        (folder / name).write_bytes(contents)
    for number, name in enumerate(names[::9]):
        safe = name.replace("/", "∕").replace("\0", "").encode()[:120].decode(errors="ignore")
        (folder / f"{number}{safe}").write_bytes(b"nothing\n")
    return folder


def at(names: Sequence[str], number: int) -> str:
    return names[number % len(names)]


def table(header: str, columns: Sequence[str], rows: Sequence[Mapping[str, str]], last: str = "") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, quoting=csv.QUOTE_ALL, lineterminator="\r\n", restval="")
    writer.writerows(rows)
    return f"{header}\r\n{out.getvalue()}{last}".encode()


def companies(names: Sequence[str]) -> bytes:
    rows = [
        {
            "CompanyName": name,
            "CompanyNumber": company_number(i),
            "RegAddress.CareOf": at(names, i + 1),
            "RegAddress.AddressLine1": at(names, i + 2),
            "RegAddress.AddressLine2": at(names, i + 3),
            "RegAddress.PostTown": at(names, i + 4),
            "RegAddress.County": at(names, i + 5),
            "RegAddress.Country": at(names, i + 6),
            "RegAddress.PostCode": "ZT1 2AB",
            "CompanyCategory": "Private Limited Company",
            "CompanyStatus": "Active",
            "CountryOfOrigin": "United Kingdom",
            "IncorporationDate": "01/03/2015",
            "Accounts.AccountCategory": "MICRO ENTITY",
            "SICCode.SicText_1": f"62020 - {at(names, i + 7)}",
            "PreviousName_1.CONDATE": "01/03/2018",
            "PreviousName_1.CompanyName": at(names, i + 8),
            "URI": f"http://business.data.gov.uk/id/company/{company_number(i)}",
            **{
                column: "0"
                for column in COMPANY_COLUMNS
                if column.startswith(("Mortgages.", "LimitedPartnerships."))
            },
        }
        for i, name in enumerate(names)
    ]
    return table(COMPANY_HEADER, COMPANY_COLUMNS, rows)


def owners(names: Sequence[str]) -> bytes:
    records = [record for i in range(len(names)) for record in (_circle(names, i), _person(names, i))]
    return (
        b"".join(
            json.dumps(record, ensure_ascii=bool(i % 2)).encode() + b"\n" for i, record in enumerate(records)
        )
        + totals(len(records))
        + b"\n"
    )


def _next(i: int, n: int) -> int:
    """Who owns company i: the one after it in its ring."""
    first = i - i % RING
    return first + (i - first + 1) % min(RING, n - first)


def _circle(names: Sequence[str], i: int) -> dict[str, object]:
    owner = _next(i, len(names))
    data = {
        "kind": "corporate-entity-person-with-significant-control",
        "name": names[owner],
        "notified_on": "2016-07-01",
        "etag": f"{i:040x}",
        "address": _address(names, i),
        "natures_of_control": ["ownership-of-shares-75-to-100-percent"],
        "identification": {
            "legal_form": at(names, i + 9),
            "legal_authority": at(names, i + 10),
            "country_registered": "England",
            "place_registered": "Companies House",
            "registration_number": company_number(owner),
        },
        "links": {
            "self": f"/company/{company_number(i)}/persons-with-significant-control/corporate-entity/ring{i}"
        },
    }
    return {"company_number": company_number(i), "data": data}


def _person(names: Sequence[str], i: int) -> dict[str, object]:
    data = {
        "kind": "individual-person-with-significant-control",
        "name": at(names, i + 11),
        "notified_on": "2016-07-01",
        "etag": f"{i + 10000:040x}",
        "nationality": at(names, i + 12),
        "name_elements": {
            "title": at(names, i + 13),
            "forename": at(names, i + 14),
            "middle_name": at(names, i + 15),
            "surname": at(names, i + 11),
        },
        "date_of_birth": {"month": 5, "year": 1970},
        "country_of_residence": at(names, i + 16),
        "address": _address(names, i),
        "natures_of_control": ["significant-influence-or-control"],
        "links": {
            "self": f"/company/{company_number(i)}/persons-with-significant-control/individual/person{i}"
        },
    }
    return {"company_number": company_number(i), "data": data}


def _address(names: Sequence[str], i: int) -> dict[str, str]:
    keys = ("premises", "address_line_1", "address_line_2", "care_of", "locality", "region", "country")
    return {**{key: at(names, i + 17 + n) for n, key in enumerate(keys)}, "postal_code": "ZT1 3DB"}


def titles(names: Sequence[str], columns: Sequence[str], header: str) -> bytes:
    overseas = "Country Incorporated (1)" in columns
    letters = "ZX" if overseas else "ZT"
    rows = [
        {
            "Title Number": f"{letters}{i + 100000}",
            "Tenure": "Freehold",
            "Property Address": at(names, i + 1),
            "District": at(names, i // 4),
            "County": at(names, i + 2),
            "Region": at(names, i + 3),
            "Postcode": "ZT1 3DB",
            "Multiple Address Indicator": "N",
            "Price Paid": "250000",
            "Proprietor Name (1)": name,
            "Company Registration No. (1)": company_number(i).lstrip("0"),
            "Proprietorship Category (1)": "Limited Company or Public Limited Company",
            "Proprietor (1) Address (1)": at(names, i + 4),
            "Proprietor (1) Address (2)": at(names, i + 5),
            "Date Proprietor Added": "01-02-2018",
            "Additional Proprietor Indicator": "N",
            **({"Country Incorporated (1)": at(names, i + 6)} if overseas else {}),
        }
        for i, name in enumerate(names)
    ]
    return table(header, columns, rows, f"Row Count:,{len(rows)}\r\n")


def sales(names: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    for i in range(len(names)):
        places = [at(names, i + n) for n in range(7)]
        writer.writerow(
            [
                f"{{11111111-AAAA-4BBB-8CCC-{i:012X}}}",
                "185000",
                "2026-04-17 00:00",
                "ZT1 2AB",
                "T",
                "N",
                "F",
                *places,
                "A",
                "A",
            ]
        )
    return out.getvalue().encode()


def listed(names: Sequence[str]) -> bytes:
    rows = [
        {
            "id": f"zed-{i}",
            "caption": at(names, i + 1),
            "schema": "Company" if i % 2 else "Person",
            "referents": [],
            "datasets": ["zed_lists"],
            "target": True,
            "first_seen": "2026-01-02T04:00:00",
            "last_seen": "2026-05-31T04:00:00",
            "last_change": "2026-02-01T04:00:00",
            "properties": {
                "name": [name, at(names, i + 2)],
                "alias": [at(names, i + 3)],
                "topics": ["sanction"],
                "program": [at(names, i + 4)],
                "country": ["gb"],
            },
        }
        for i, name in enumerate(names)
    ]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def statements(names: Sequence[str]) -> bytes:
    rows = []
    for i, name in enumerate(names):
        details = {
            "isComponent": False,
            "entityType": {"type": "arrangement", "subtype": "trust", "details": at(names, i + 1)},
            "name": name,
            "alternateNames": [at(names, i + 2)],
        }
        published = {
            "publicationDate": DAY,
            "bodsVersion": "0.4",
            "license": "https://creativecommons.org/publicdomain/zero/1.0/",
            "publisher": {"name": "Register of Zedland"},
        }
        rows.append(
            {
                "statementId": f"st-{i}",
                "statementDate": DAY,
                "recordId": f"ent-{i}",
                "recordType": "entity",
                "recordStatus": "new",
                "recordDetails": details,
                "publicationDetails": published,
            }
        )
    return json.dumps(rows).encode()
