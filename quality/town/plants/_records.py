"""Records and scenarios that several plants use. No plant: the name begins with `_`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from quality.town import listed
from quality.town.land.sales import dwelling, sale
from quality.town.parts.native import EXEMPTIONS_KIND
from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Expected,
    Planted,
    Truth,
    company_owner,
    part,
    person_owner,
    record,
)

SINCE = date(2018, 9, 3)
ENDED = date(2021, 3, 1)
LISTED_SINCE = date(2019, 3, 1)
GUARANTEE = "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"
INFLUENCE = ("significant-influence-or-control",)
BOARD = ("right-to-appoint-and-remove-directors",)
MOST_SHARES = ("ownership-of-shares-50-to-75-percent",)
TRUST = ("ownership-of-shares-75-to-100-percent-as-trust",)
UNDISCLOSED = (
    "psc-exists-but-not-identified",
    "psc-details-not-confirmed",
    "steps-to-find-psc-not-yet-completed",
    "psc-contacted-but-no-response",
    "psc-has-failed-to-confirm-changed-details",
    "restrictions-notice-issued-to-psc",
)
REGISTERS = {
    "Jersey": "Jersey Financial Services Commission",
    "British Virgin Islands": "BVI Registry of Corporate Affairs",
    "Germany": "Handelsregister",
    "Delaware, United States": "Delaware Division of Corporations",
    "Panama": "Registro Publico de Panama",
}

type Rows = list[dict[str, str]]
type Verdict = tuple[Expected, str]


# --- scenarios --------------------------------------------------------------------------------------------


def case(companies: Sequence[Company], psc: Sequence[dict[str, str]], *verdicts: Verdict | None) -> Planted:
    """Companies and the records about them. Verdicts: one for all companies, or one each, None where
    nothing is said.
    """
    each = verdicts * len(companies) if len(verdicts) == 1 else verdicts
    pairs = zip(companies, each, strict=True)
    return Planted(
        companies, psc, truth=[Truth(company.id, *verdict) for company, verdict in pairs if verdict]
    )


def noted(
    expected: Expected,
    companies: Mapping[str, Company],
    psc: Sequence[dict[str, str]] = (),
) -> Planted:
    """Companies by their notes, all with the same verdict, and the records about them."""
    return case([*companies.values()], psc, *((expected, note) for note in companies))


@part
def scenario(
    draw: Draw,
    n: int,
    records: Callable[[Draw, list[Company]], Rows],
    *verdicts: Verdict | None,
    company: Callable[[Draw], Company] = Draw.company,
    first: Callable[[Draw], Company] | None = None,
) -> Planted:
    """`n` companies, the PSC records about them, and the verdicts on them as in `case`. first: an unusual
    first company.
    """
    members = [(first or company)(draw), *(company(draw) for _ in range(n - 1))]
    return case(members, records(draw, members), *verdicts)


# --- companies --------------------------------------------------------------------------------------------


def partnership(draw: Draw) -> Company:
    """A Scottish limited partnership, which must declare its owners."""
    return draw.company(
        date(2018, 3, 5), series="SL", category="Limited Partnership", sic="None Supplied", ending=" LP"
    )


# --- records ----------------------------------------------------------------------------------------------


def held(
    company: Company,
    holder: Company,
    natures: Sequence[str] = ALL_SHARES,
    ended_on: date | None = None,
    **stated: str,
) -> dict[str, str]:
    """The holder has control of the company since SINCE."""
    return company_owner(company, holder, natures, SINCE, ended_on, **stated)


def chain(members: Sequence[Company], country: str = "England") -> Rows:
    """Each company holds the next; the first is at the top."""
    return [held(below, holder, country=country) for holder, below in pairwise(members)]


def ring(members: Sequence[Company], *natures: Sequence[str]) -> Rows:
    """Each company is held by the one before, the first by the last; natures in turn."""
    kinds = natures or (ALL_SHARES, HALF_SHARES)
    return [held(member, members[i - 1], kinds[i % len(kinds)]) for i, member in enumerate(members)]


def person(
    draw: Draw,
    company: Company,
    natures: Sequence[str] = ALL_SHARES,
    since: date = SINCE,
    ended_on: date | None = None,
) -> dict[str, str]:
    """Another person has control of the company."""
    return person_owner(company, draw.person(), natures, since, ended_on)


def foreign_owner(
    draw: Draw,
    company: Company,
    country: str,
    natures: Sequence[str] = ALL_SHARES,
    ended_on: date | None = None,
) -> dict[str, str]:
    """A company of a register abroad has control of the company; its number is none of this register's."""
    holder = draw.company()
    number = str(7_000_000 + int(holder.number) % 100_000)
    return held(company, holder, natures, ended_on, number=number, country=country, place=REGISTERS[country])


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
    """A local authority has control of the company."""
    stated = {
        "natures": ALL_SHARES[0],
        "name": "Wendshire County Council",
        "identification.legal_form": "Local Authority",
        "identification.legal_authority": "Local Government Act 1972",
    }
    return record(company, "legal-person-person-with-significant-control", SINCE, stated)


# --- listed parties ------------------------------------------------------------------------------------
# People of the register as a list writes them, companies with their numbers, and shares that lists state
# exactly.


def listed_case(
    draw: Draw, natures: Sequence[str] = ALL_SHARES, person: Mapping[str, str] | None = None
) -> Planted:
    """A company and, where there are natures of control, its owner in the register: the person or another."""
    company = draw.company(draw.day(date(2008, 1, 7), date(2017, 6, 30)))
    owner = [person_owner(company, person or draw.person(), natures, LISTED_SINCE)] if natures else []
    return Planted([company], owner)


def stranger(identifier: str, topics: Sequence[str]) -> dict[str, str]:
    """A listed person of whom no register speaks, with a name and birth that follow from the identifier."""
    return listed.person(identifier, np.random.default_rng(list(identifier.encode())), topics)


def listed_company(identifier: str, company: Company, topics: Sequence[str] = ()) -> dict[str, str]:
    """A company of the register as a list writes it, with its number."""
    properties = {
        "name": [company.name.title()],
        "jurisdiction": ["gb"],
        "registrationNumber": [company.number],
        "topics": list(topics),
    }
    return listed.record(identifier, "Company", company.name.title(), properties)


def directed(case: Planted, identifier: str) -> Planted:
    """The company, and a listed party on its board."""
    rows = [
        stranger(f"{identifier}-director", ["sanction"]),
        listed_company(f"{identifier}-directed", case.companies[0]),
        directorship(f"{identifier}-directorship", f"{identifier}-director", f"{identifier}-directed"),
    ]
    return case + Planted(listed=rows)


def directorship(identifier: str, director: str, organization: str) -> dict[str, str]:
    """A Directorship record."""
    stated = {"director": [director], "organization": [organization]}
    return listed.record(identifier, "Directorship", "Director", stated)


def holds(identifier: str, owner: str, asset: str, percentage: str = "", *, end: str = "") -> dict[str, str]:
    """An Ownership record."""
    ended = {"endDate": [end]} if end else {}
    stated = {"percentage": [percentage]} if percentage else {}
    return listed.record(
        identifier, "Ownership", "Ownership", {"owner": [owner], "asset": [asset], **stated, **ended}
    )


def owned_exactly(
    draw: Draw,
    identifier: str,
    shares: Mapping[str, str],
    topics: Sequence[str] = ("sanction",),
    *,
    end: str = "",
) -> Planted:
    """A company of which strangers on a list hold exact shares: word → percentage. Its register names
    another holder of a small band.
    """
    case = listed_case(draw, HALF_SHARES)
    rows = [listed_company(f"{identifier}-c", case.companies[0])]
    for word, percentage in shares.items():
        owner = f"{identifier}-{word}"
        rows += [
            stranger(owner, topics),
            holds(f"{owner}-own", owner, f"{identifier}-c", percentage, end=end),
        ]
    return case + Planted(listed=rows)


def screened(
    draw: Draw,
    identifier: str,
    topics: Sequence[str] = ("sanction",),
    natures: Sequence[str] = ALL_SHARES,
    *,
    person: Mapping[str, str] | None = None,
    name: str = "",
    born: str = "",
) -> Planted:
    """A company whose owner in the register is on the list too, as a list writes a person: surname first,
    born on a full day. name, born: what it writes instead.
    """
    owner = person or draw.person()
    written = name or f"{owner['name_elements.surname'].upper()}, {owner['name_elements.forename']}"
    birth = born or f"{owner['birth_year']}-{int(owner['birth_month']):02d}-17"
    stated = {"name": [written], "birthDate": [birth], "topics": list(topics)}
    row = listed.record(identifier, "Person", written, stated)
    return listed_case(draw, natures, owner) + Planted(listed=[row])


def alike(
    draw: Draw, person: Mapping[str, str], identifier: str, *, born: str = "", forename: str = ""
) -> Planted:
    """A company of the person, whom the list has with another birth or forename."""
    name = f"{forename or person['name_elements.forename']} {person['name_elements.surname']}"
    return screened(draw, identifier, person=person, name=name, born=born)


@part
def level_prices(draw: Draw, district: str, price_gbp: int, years: Sequence[int]) -> Planted:
    """Sales at one price in a district of its own, 21 in January of each year; an index needs 20."""
    days = [date(year, 1, 8) + timedelta(days=n) for year in years for n in range(21)]
    return Planted(sales=[sale(dwelling(draw), day, price_gbp, district=district) for day in days])
