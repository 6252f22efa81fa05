"""Records that several plants use: owners from abroad, protected ones, exemptions. No plant: the name begins with `_`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from quality.town.native import EXEMPTIONS_KIND
from quality.town.plant import ALL_SHARES, Company, Draw, Expected, Truth, company_owner, record

SINCE = date(2018, 9, 3)
ENDED = date(2021, 3, 1)
REGISTERS = {
    "Jersey": "Jersey Financial Services Commission",
    "British Virgin Islands": "BVI Registry of Corporate Affairs",
    "Germany": "Handelsregister",
    "Delaware, United States": "Delaware Division of Corporations",
    "Panama": "Registro Publico de Panama",
}


def foreign_owner(
    draw: Draw,
    company: Company,
    country: str,
    natures: Sequence[str] = ALL_SHARES,
    ended_on: date | None = None,
) -> dict[str, str]:
    """An entity of a register abroad that has control of the company; its number is none of this register's."""
    holder = draw.company()
    number = str(7_000_000 + int(holder.number) % 100_000)
    return company_owner(
        company,
        holder,
        natures,
        SINCE,
        ended_on,
        name=f"{holder.name.title()}",
        number=number,
        country=country,
        place=REGISTERS[country],
    )


def protected_owner(company: Company) -> dict[str, str]:
    """A super-secure record: a person whom the register protects."""
    return {
        "company_number": company.number,
        "kind": "super-secure-person-with-significant-control",
        "description": "super-secure-persons-with-significant-control",
        "ceased": "false",
    }


def exemption(company: Company, since: date = SINCE) -> dict[str, str]:
    """The company's shares trade on a UK regulated market."""
    return {
        "company_number": company.number,
        "kind": EXEMPTIONS_KIND,
        "exemption": "psc-exempt-as-trading-on-uk-regulated-market",
        "exempt_from": since.isoformat(),
    }


def council_owner(company: Company) -> dict[str, str]:
    """A local authority that has control of the company."""
    stated = {
        "natures": ALL_SHARES[0],
        "name": "Wendshire County Council",
        "identification.legal_form": "Local Authority",
        "identification.legal_authority": "Local Government Act 1972",
    }
    return record(company, "legal-person-person-with-significant-control", SINCE, stated)


def truth(code: str, companies: Sequence[Company], expected: Expected, note: str) -> list[Truth]:
    return [Truth(code, company.id, expected, note) for company in companies]
