"""Small invented files of registers in their native forms, and one file through landing and lake in
this process.

What a test does to a file it does to bytes, so a form gives rows of bytes. A *group* is consecutive rows that
speak of each other.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.ingest import lake, parse
from flows.ingest.landing import LandedEdition, look
from quality.town.land import overseas_titles
from quality.town.parts.native import COMPANY_HEADER, TITLE_HEADER
from tests import landings
from tests.flows import bods_statements as bods
from tests.landings import (
    CANARY,
    COMPANIES,
    PSC,
    TITLES,
    company_number,
    company_row,
    corporate_owner,
    psc_record,
    text,
    title_row,
)
from tests.sale_rows import PRICES, sale_id, sale_row
from transforms.model.register import FixedWidth, JsonLines, registers
from transforms.registers.gb_hmlr_price_paid import REPORT_COLUMNS

OCOD, FTM, BODS = "gb_hmlr_ocod", "ftm_entities", "bods"
SURNAME = CANARY.split()[1]


@dataclass(frozen=True)
class Form:
    """One native form of one register.

    `row(n)`: the n-th record's line; `total(n)`: the publisher's total of n records, its last line.
    """

    name: str
    register: str
    file_name: str
    row: Callable[[int], bytes]
    header: bytes | None = None
    total: Callable[[int], bytes] | None = None
    group_rows: int = 1

    @property
    def is_json(self) -> bool:
        return isinstance(registers()[self.register].reader, JsonLines)

    @property
    def is_fixed_width(self) -> bool:
        return isinstance(registers()[self.register].reader, FixedWidth)

    @property
    def separator_columns(self) -> int:
        """How many columns a line of the delimited form has."""
        [values] = csv.reader([self.row(0).decode()])
        return len(values)

    def rows(self, records: int) -> list[bytes]:
        return [self.row(number) for number in range(records)]

    def rows_of(self, numbers: Iterable[int]) -> list[bytes]:
        return [self.row(number) for number in numbers]

    def lines(self, rows: Sequence[bytes], *, records: int | None = None) -> list[bytes]:
        """Header, rows, total: what a file of these rows is made of.

        `records`: what the total says, else the number of rows.
        """
        last = [] if self.total is None else [self.total(len(rows) if records is None else records)]
        return [*([] if self.header is None else [self.header]), *rows, *last]

    def file(self, rows: Sequence[bytes], *, records: int | None = None) -> bytes:
        return text(self.lines(rows, records=records))


# --- rows of each form ------------------------------------------------------------------------------------


def _company(number: int) -> bytes:
    named = {
        "RegAddress.CareOf": CANARY,
        "PreviousName_1.CONDATE": "02/03/2016",
        "PreviousName_1.CompanyName": f"OLD ZEDTON {number} LIMITED",
    }
    return company_row(
        number, {**named, "Accounts.NextDueDate": "31/12/2026", "ConfStmtNextDueDate": "14/03/2027"}
    )


def _psc(number: int) -> bytes:
    return (
        corporate_owner(
            number, f"{SURNAME} HOLDINGS {number} LTD", company_number(number + 500), f"c{number}"
        )
        if number % 3 == 2
        else psc_record(number)
    )


def _title(number: int) -> bytes:
    return title_row(number, **{"Proprietor_(1)_Address_(2)": f"c/o {CANARY}, 2 Low Street, Zedton ZT1 2AC"})


def _overseas(number: int) -> bytes:
    """CCOD's row, with the country of incorporation after each category."""
    columns = overseas_titles.COLUMNS
    category = columns.index("Proprietorship Category (1)")
    [values] = csv.reader([_title(number).decode()])
    for place in (n for n, column in enumerate(columns) if column.startswith("Country Incorporated")):
        values.insert(place, "JERSEY" if place == category + 1 else "")
    return ",".join(f'"{value}"' if "," in value else value for value in values).encode()


def _sale(number: int) -> bytes:
    return sale_row(number, locality=SURNAME.upper())


def _reported_sale(number: int) -> bytes:
    """The report builder's form: SAON before PAON, plain dates, no status."""
    values = {
        "unique_id": sale_id(number),
        "price_paid": str(150_000 + 500 * number),
        "deed_date": "2018-05-04",
        "postcode": "ZT1 3DB",
        "property_type": "T",
        "new_build": "N",
        "estate_type": "F",
        "paon": str(number + 1),
        "street": "MILL LANE",
        "locality": SURNAME.upper(),
        "town": "ZEDTON",
        "district": "ZEDTON",
        "county": "ZEDSHIRE",
        "transaction_category": "A",
    }
    return ",".join(f'"{values.get(name, "")}"' for name in REPORT_COLUMNS).encode()


def ftm_record(record: str, schema: str, **properties: Iterable[str]) -> bytes:
    told_of = {name: list(values) for name, values in properties.items()}
    about = {
        "datasets": ["zed_lists"],
        "first_seen": "2026-01-02T04:00:00",
        "last_seen": "2026-05-31T04:00:00",
    }
    return json.dumps(
        {
            "id": record,
            "caption": told_of.get("name", [record])[0],
            "schema": schema,
            "properties": told_of,
            **about,
        }
    ).encode()


def _ftm(number: int) -> bytes:
    """A company, a listed person, the sanction, and the person's share in the company."""
    key = number // 4
    match number % 4:
        case 0:
            return ftm_record(
                f"zed-c{key}",
                "Company",
                name=[f"Zedco {key} Limited"],
                jurisdiction=["cy"],
                registrationNumber=[f"HE {key + 100000}"],
            )
        case 1:
            of_person = {
                "name": [f"{CANARY} {key}"],
                "birthDate": ["1970-05-01"],
                "topics": ["sanction"],
                "address": ["4 Mill Lane, Zedton ZT1 3DB"],
            }
            return ftm_record(f"zed-p{key}", "Person", **of_person)
        case 2:
            return ftm_record(
                f"zed-s{key}",
                "Sanction",
                entity=[f"zed-p{key}"],
                authority=["Zedland"],
                startDate=["2024-03-01"],
                program=["ZED"],
            )
        case _:
            return ftm_record(
                f"zed-o{key}",
                "Ownership",
                owner=[f"zed-p{key}"],
                asset=[f"zed-c{key}"],
                percentage=["60"],
                startDate=["2020-01-01"],
            )


def _bods(number: int) -> bytes:
    key = f"{number // 3}"
    made = (bods.entity, bods.person, lambda subject: bods.related(subject, bods.held(exact=60)))[number % 3](
        key
    )
    return json.dumps(made).encode()


def _spending(number: int) -> bytes:
    """Every third payee may be a natural person."""
    payee = CANARY if number % 3 == 2 else f"ZEDTON TRADER {number} LIMITED"
    return f"T{number:05},2026-05-{1 + number % 28:02},{payee},{100 + number}.50,Parks,Mowing".encode()


def _charge(number: int) -> bytes:
    """Every third lender is a natural person."""
    lender = CANARY if number % 3 == 2 else f"ZEDTON LENDING {number} LIMITED"
    charge = {
        "status": "outstanding",
        "created_on": "2026-05-04",
        "particulars": {"type": "short-particulars", "description": f"Title number ZT{number + 1000}"},
        "persons_entitled": [{"name": lender}],
        "links": {"self": f"/company/{company_number(number)}/charges/c{number}"},
    }
    return json.dumps(charge).encode()


OFFICERS_HEAD = b"DDDDSNAP425720260601"


def appointment_line(number: int) -> bytes:
    """A director of a company, as in a snapshot; every third is a legal entity."""
    is_body = number % 3 == 2
    named = f"<<{SURNAME} NOMINEES LIMITED" if is_body else f"MR<ZED<{SURNAME.upper()}"
    variable = f"{named}<<<<{number + 1} MILL LANE<<ZEDTON<<ENGLAND<BAKER<BRITISH<ENGLAND<"
    born = "" if is_body else "197005"
    fixed = f"{company_number(number)}2101{90_000_000 + number:08}0001{'Y' if is_body else ' '}{'':7}20190301"
    return f"{fixed}{'':8}ZT1 3DB {born:8}{'':8}{len(variable):04}{variable}".encode()


def _lines(records: int) -> bytes:
    return f"99999999{records:08}".encode()


def _insolvency(number: int) -> bytes:
    practitioner = {"name": CANARY, "address": {"locality": "Zedton"}, "role": "practitioner"}
    case = {
        "number": "1",
        "type": "creditors-voluntary-liquidation",
        "dates": [{"type": "wound-up-on", "date": "2026-05-04"}],
        "practitioners": [practitioner],
    }
    of_stream = {"resource_kind": "company-insolvency", "resource_id": company_number(number)}
    return json.dumps({**of_stream, "data": {"cases": [case]}}).encode()


LEI_COLUMNS = (
    "LEI",
    "Entity.LegalName",
    "Entity.LegalAddress.FirstAddressLine",
    "Entity.LegalAddress.Country",
    "Entity.LegalJurisdiction",
    "Entity.RegistrationAuthority.RegistrationAuthorityID",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    "Entity.EntityCategory",
    "Entity.EntityStatus",
)


def _lei(number: int) -> bytes:
    """A UK company with an invented LEI, whose last two digits are its check digits (ISO 17442)."""
    stem = f"ZZ00ZEDTON{number:08}"
    check = 98 - int("".join(str(int(character, 36)) for character in f"{stem}00")) % 97
    company = f"Zedton Trader {number} Ltd", f"c/o {CANARY}, 2 Low Street", "GB", "GB"
    values = (f"{stem}{check:02}", *company, "RA000585", company_number(number), "GENERAL", "ACTIVE")
    return ",".join(f'"{value}"' for value in values).encode()


def _postcode(number: int) -> bytes:
    unit = f"{number % 10}{'ABDEFGHJLN'[number // 10 % 10]}{'PQRSTUWXYZ'[number // 100 % 10]}"
    area = f"{'ZABDEFGHLN'[number // 90_000 % 10]}T{number // 1000 % 90 + 1}"
    return f"{area} {unit},{area} {unit},,E06000052".encode()


def _row_count(records: int) -> bytes:
    return f"Row Count:,{records}".encode()


def _psc_totals(records: int) -> bytes:
    return landings.totals(records)


FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        Form(
            "companies",
            COMPANIES,
            "BasicCompanyDataAsOneFile-2026-06-01.csv",
            _company,
            header=COMPANY_HEADER.encode(),
        ),
        Form("psc", PSC, "persons-with-significant-control-snapshot-2026-06-01.txt", _psc, total=_psc_totals),
        Form("ccod", TITLES, "CCOD_FULL_2026_06.csv", _title, header=TITLE_HEADER.encode(), total=_row_count),
        Form(
            "ocod",
            OCOD,
            "OCOD_FULL_2026_06.csv",
            _overseas,
            header=",".join(overseas_titles.COLUMNS).encode(),
            total=_row_count,
        ),
        Form("prices", PRICES, "pp-monthly-update-2026-06-01.csv", _sale),
        Form(
            "reported prices",
            PRICES,
            "ppd_data-2026-06-01.csv",
            _reported_sale,
            header=",".join(REPORT_COLUMNS).encode(),
        ),
        Form("ftm", FTM, "zed-2026-06-01.ftm.json", _ftm, group_rows=4),
        Form("bods", BODS, "zedland-2026-06-01.bods.jsonl", _bods, group_rows=3),
    )
}

# Registers of money, for what holds of any file.
ALL_FORMS: Mapping[str, Form] = {
    **FORMS,
    **{
        form.name: form
        for form in (
            Form(
                "spending",
                "gb_council_spend",
                "zedshire-2026-05.csv",
                _spending,
                header=b"Transaction Number,Payment Date,Supplier Name,Net Amount,Service Area,Expense Type",
            ),
            Form("charges", "gb_coh_charges", "charges-2026-06-01.jsonl", _charge),
            Form("insolvency", "gb_coh_insolvency", "insolvency-2026-06-01.jsonl", _insolvency),
            Form(
                "officers",
                "gb_coh_officers",
                "Prod216_4257_ew_1.dat",
                appointment_line,
                header=OFFICERS_HEAD,
                total=_lines,
            ),
            Form(
                "lei",
                "gleif_lei",
                "20260601-0800-gleif-goldencopy-lei2-golden-copy.csv",
                _lei,
                header=",".join(LEI_COLUMNS).encode(),
            ),
            Form(
                "postcodes",
                "gb_onspd",
                "ONSPD_MAY_2026_UK.csv",
                _postcode,
                header=b"pcd7,pcds,doterm,lad25cd",
            ),
        )
    },
}


# --- one file through landing and lake --------------------------------------------------------------------


def landed(folder: Path, name: str, contents: bytes) -> LandedEdition:
    """The one edition of a landing folder with one file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(contents)
    landing = look(folder, registers())
    assert len(landing.editions) == 1, landing.unrecognised
    return landing.editions[0]


def ingested(folder: Path, form: Form, contents: bytes) -> lake.Ingested:
    """A file of the form, read; no gate. Raises BlockedEdition."""
    return parse.ingest(landed(folder / "landing", form.file_name, contents), folder / "work", "key")


def statements(read: lake.Ingested) -> dict[str, pl.DataFrame]:
    """Statement tables by name."""
    return {
        table.name: pl.read_parquet(read.folder / f"{table.name}.parquet")
        for table in registers()[read.facts.register].tables
    }


def quarantined(read: lake.Ingested) -> list[dict[str, object]]:
    return [json.loads(line) for line in read.quarantine.read_text(encoding="utf-8").splitlines()]
