"""What Companies House says beside its registers of companies and of control. Officers are Product 216: lines
about companies and appointments, between a header and a trailer that counts them. Charges, cases of
insolvency and disqualified directors are of its API and stream, one JSON object a line.

Of the town's own companies only owners are directors, since the company was founded or they were 25, so that
little happens on a board unless a plant says so. They have no charges, cases and orders: only those that
somebody asked for are in such files."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from quality.town.parts import native
from quality.town.parts.dates import EDITION
from quality.town.plant import Company, Planted
from transforms.formats.gb_coh.psc_parties import ADDRESS_KEYS
from transforms.registers.gb_coh_officers import FURTHER

OFFICERS_HEADER = f"DDDDSNAP0001{EDITION:%Y%m%d}\n"
DIRECTOR, FORMER_DIRECTOR, LLP_MEMBER = "01", "03", "05"
LLP_SERIES = ("OC", "SO", "NC")
SHARE = 0.8  # (own) of owners who are directors too
OWNER = "individual-person-with-significant-control"
FIRST_NUMBER, FIRST_PLANTED_NUMBER = 10_000_000, 90_000_000  # of persons: eight digits
FIRST_DETAILS = "0001"  # and four of the details that they gave
BANK = "NORTHERN COUNTIES BANK PLC"  # lends to many


def charge(
    borrower: Company,
    nth: int,
    created_on: date,
    lenders: Sequence[str],
    *,
    title: str = "",
    satisfied_on: str = "",
    amount_gbp: int | None = None,
) -> dict[str, str]:
    """One row. title: number of the title charged, or several joined by "and".
    amount_gbp: what it secures, which real records state only before April 2013.
    """
    what = f"title number {title}." if title else "All the property and undertaking of the company."
    secured = f"£{amount_gbp or 0:,}.00 and all other monies due or to become due"
    line = {
        "charge_number": nth,
        "created_on": created_on,
        "status": "fully-satisfied" if satisfied_on else "outstanding",
        **({"satisfied_on": satisfied_on} if satisfied_on else {}),
        "particulars": {"type": "brief-description", "description": what},
        **({"secured_details": {"type": "amount-secured", "description": secured}} if amount_gbp else {}),
        "persons_entitled": [{"name": name} for name in lenders],
        "links": {"self": f"/company/{borrower.number}/charges/zed{borrower.number}{nth}"},
    }
    return native.json_line(line)


CREDITORS, MEMBERS, COMPULSORY = (
    "creditors-voluntary-liquidation",
    "members-voluntary-liquidation",
    "compulsory-liquidation",
)
BEGINNINGS: Mapping[str, str] = {
    CREDITORS: "wound-up-on",
    MEMBERS: "wound-up-on",
    COMPULSORY: "ordered-to-wind-up-on",
}


def insolvency(company: Company, day: date, kind: str = CREDITORS) -> dict[str, str]:
    """One row: a case of a kind of BEGINNINGS."""
    case = {
        "number": "1",
        "type": kind,
        "dates": [{"type": BEGINNINGS[kind], "date": day.isoformat()}],
        "practitioners": [{"name": "Practitioner of the town", "role": "practitioner"}],
    }
    line = {
        "resource_kind": "company-insolvency",
        "resource_uri": f"/company/{company.number}/insolvency",
        "resource_id": company.number,
        "data": {"cases": [case], "status": ["liquidation"]},
    }
    return native.json_line(line)


def disqualified(
    person: Mapping[str, str], since: date, until: date, *, permitted: Sequence[str] = ()
) -> dict[str, str]:
    """One row: a person (PSC columns of an individual). permitted: names of companies that it may direct all
    the same.
    """
    number = person_number(person)
    names = ("title", "forename", "middle_name", "surname")
    title, forename, middle, surname = (person.get(f"name_elements.{name}", "") for name in names)
    line = {
        "kind": "natural-disqualification",
        "links": {"self": f"/disqualified-officers/natural/zed{number}"},
        "person_number": number,
        "title": title,
        "forename": forename,
        "other_forenames": middle,
        "surname": surname.upper(),
        "date_of_birth": f"{person['birth_year']}-{int(person['birth_month']):02}-11",
        "disqualifications": [{"disqualified_from": since, "disqualified_until": until}],
        "permissions_to_act": [{"company_names": permitted, "granted_on": since, "expires_on": until}],
    }
    return native.json_line({key: text for key, text in line.items() if text != ""})


# --- officers ---------------------------------------------------------------------------------------------


def appointment(
    company: Company, person: Mapping[str, str], since: date | None = None, until: date | None = None
) -> dict[str, str]:
    """One row: a person (PSC columns of an individual) on a board, from the company's first day unless
    another is given.
    """
    number = person_number(person)
    return {"line": _appointed(company.number, number, person, since or company.incorporated_on, until)}


def person_number(person: Mapping[str, str]) -> str:
    """Of a planted person: twelve digits."""
    whole = "|".join(person[key] for key in ("name", "birth_year", "birth_month"))
    drawn = int.from_bytes(hashlib.blake2b(whole.encode(), digest_size=3).digest()) % FIRST_NUMBER
    return f"{FIRST_PLANTED_NUMBER + drawn}{FIRST_DETAILS}"


def directors(
    held: pl.DataFrame, whose: pl.Series, now: pl.DataFrame, rng: np.random.Generator
) -> Iterator[str]:
    """Lines of the town's own directors. held: PSC records; whose: the person of each (`T0-17`); now: the
    companies.
    """
    founded = dict(now.select("CompanyNumber", "IncorporationDate").iter_rows())
    people = held.with_columns(whose.alias("who")).filter(
        pl.Series(rng.random(held.height) < SHARE), pl.col("kind") == OWNER, pl.col("ceased_on").is_null()
    )
    for row in people.iter_rows(named=True):
        pool, _, serial = row["who"].removeprefix("T").partition("-")
        day, month, year = map(int, founded[row["company_number"]].split("/"))
        number = f"{FIRST_NUMBER * (1 + int(pool)) + int(serial)}{FIRST_DETAILS}"
        of_age = date(25 + int(row["birth_year"]), int(row["birth_month"]), 1)
        yield _appointed(row["company_number"], number, row, max(date(year, month, day), of_age))


def officer_lines(lines: Iterator[str], planted: Planted, now: pl.DataFrame) -> pl.DataFrame:
    """One a line, sorted: the lines, those of plants and affairs, and one about each of their companies."""
    every = [*lines, *(row["line"] for row in planted.officers)]
    officers_n = Counter(line[:8] for line in every)
    names = now.filter(pl.col("CompanyNumber").is_in(list(officers_n)))
    for number, name in names.select("CompanyNumber", "CompanyName").iter_rows():
        every.append(f"{number}1{'':23}{officers_n[number]:04}{len(name) + 1:04}{name}<")
    return native.frame([{"line": line} for line in sorted(every)], native.LINE_COLUMNS)


def officers_trailer(lines_n: int) -> bytes:
    return f"99999999{lines_n:08}\n".encode()


def _appointed(
    company: str, number: str, person: Mapping[str, str | None], since: date, until: date | None = None
) -> str:
    stated = {key: (text or "").upper() for key, text in person.items()}
    code = FORMER_DIRECTOR if until else LLP_MEMBER if company[:2] in LLP_SERIES else DIRECTOR
    first, middle = (stated.get(f"name_elements.{key}", "") for key in ("forename", "middle_name"))
    address = {key: stated.get(f"address.{key}", "") for key in ADDRESS_KEYS}
    further = {
        "title": stated.get("name_elements.title", ""),
        "forenames": f"{first} {middle}".strip(),
        "surname": stated["name_elements.surname"],
        "address_line_1": f"{address['premises']} {address['address_line_1']}".strip(),
        "address_line_2": address["address_line_2"],
        "post_town": address["locality"],
        "county": address["region"],
        "country": address["country"],
        "occupation": "DIRECTOR",
        "nationality": "BRITISH",
        "residence": "ENGLAND",
    }
    variable = "".join(f"{further.get(name, '')}<" for name in FURTHER)
    born = f"{stated['birth_year']}{int(stated['birth_month']):02}"
    days = f"{since:%Y%m%d}{f'{until:%Y%m%d}' if until else '':8}"
    return (
        f"{company}2 {code}{number} {'':7}{days}{address['postal_code']:8}{born:8}{'':8}"
        f"{len(variable):04}{variable}"
    )
