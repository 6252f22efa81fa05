"""What plants are made of: cases put into the town on purpose, with the truth about them. `plants` says how
one is written. A `Draw` hands out companies, people, addresses and titles that the town itself never uses;
the functions below it make records of the registers of control and of titles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import count
from typing import Concatenate, Literal

import numpy as np
import polars as pl

from quality.town.land.titles import COMPANY_CATEGORY, REGION, district_of
from quality.town.parts import native
from quality.town.parts.names import NOT_DRAWN, planted_name, reserved
from quality.town.parts.places import COUNTY, Address, Map, planted_addresses, seats
from quality.town.people.records import NO_OWNER, people
from transforms.values.addresses import with_address

Expected = Literal["flagged", "not_flagged", "not_assessable"]
PEOPLE_AT_ONCE = 256
PLANTED_TITLES = "ZW"  # a title prefix that the town does not use
ALL_SHARES = ("ownership-of-shares-75-to-100-percent",)
HALF_SHARES = ("ownership-of-shares-25-to-50-percent",)
PRIVATE = "Private Limited Company"
SERVICES_SIC = "82990"
# A further code, drawn at random, could make a plant's truth false: a restaurant that is also a care home.
NO_MORE_CODES = {"SICCode.SicText_2": "", "SICCode.SicText_3": ""}
FOUNDED = (date(2003, 1, 6), date(2018, 6, 29))  # before the days on which plants' ownerships begin


@dataclass(frozen=True)
class Company:
    """One company. `columns` overrides native columns; the others are drawn as for the town's own
    companies.
    """

    number: str
    name: str
    incorporated_on: date
    address: Address
    series: str = "EW"
    category: str = PRIVATE
    status: str = "Active"
    sic: str = SERVICES_SIC
    origin: str = "United Kingdom"
    country: str = "ENGLAND"
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"GB-COH-{self.number}"


@dataclass(frozen=True)
class Truth:
    """What an indicator must say about one planted subject, and why. `planted` adds the indicator's code.

    `unit`: of an address unit, or of the dwelling there, whose id is made for all of a plant at once.
    """

    subject_id: str
    expected: Expected
    note: str
    indicator: str = ""
    unit: Address | None = None
    is_dwelling: bool = False


@dataclass(frozen=True)
class Planted:
    """What a plant puts into the town.

    psc: rows of native.PSC_COLUMNS; titles: rows of native.TITLE_COLUMNS; overseas_titles, sales, listed,
    spending, charges, subsidies, accounts, permits, ledger, tenders, officers, disqualified, insolvency,
    leaks: rows in the columns of further files; gone: companies that only the earlier edition of the company
    file has; moved: companies as they were, and until when.
    """

    companies: Sequence[Company] = ()
    psc: Sequence[dict[str, str]] = ()
    titles: Sequence[dict[str, str]] = ()
    truth: Sequence[Truth] = ()
    overseas_titles: Sequence[dict[str, str]] = ()
    sales: Sequence[dict[str, str]] = ()
    listed: Sequence[dict[str, str]] = ()
    spending: Sequence[dict[str, str]] = ()
    charges: Sequence[dict[str, str]] = ()
    subsidies: Sequence[dict[str, str]] = ()
    accounts: Sequence[dict[str, str]] = ()
    permits: Sequence[dict[str, str]] = ()
    ledger: Sequence[dict[str, str]] = ()
    tenders: Sequence[dict[str, str]] = ()
    officers: Sequence[dict[str, str]] = ()
    disqualified: Sequence[dict[str, str]] = ()
    insolvency: Sequence[dict[str, str]] = ()
    leaks: Sequence[dict[str, str]] = ()
    gone: Sequence[Company] = ()
    moved: Sequence[tuple[Company, date]] = ()

    def __add__(self, other: Planted) -> Planted:
        return Planted(
            **{kind.name: [*getattr(self, kind.name), *getattr(other, kind.name)] for kind in fields(self)}
        )

    def judged(self, *verdict: *tuple[Expected, str]) -> Planted:
        """With the truth about the first of the companies."""
        return self + Planted(truth=[Truth(self.companies[0].id, *verdict)])


type Part = Callable[[Draw], Planted]


@dataclass(frozen=True)
class Plant[D, T]:
    """The declaration. parts: drawn in order. companies_min: smallest town, in companies, that gets it."""

    parts: Sequence[Callable[[D], T]]
    companies_min: int = 1

    def make(self: Plant[Draw, Planted], draw: Draw) -> Planted:
        return with_unit_ids(together(draw, *self.parts))


def together(draw: Draw, *parts: Part) -> Planted:
    """All parts, drawn in order."""
    return sum((part(draw) for part in parts), Planted())


def part[D, T, **P](make: Callable[Concatenate[D, P], T]) -> Callable[P, Callable[[D], T]]:
    """Decorates a function of a draw and of what a case says. Called with what the case says, it gives a part
    of a plant, which is made when a town is drawn.
    """

    def waiting(*args: P.args, **kwargs: P.kwargs) -> Callable[[D], T]:
        return lambda draw: make(draw, *args, **kwargs)

    return waiting


class Draw:
    """Things that the town never uses, each handed out once. One Draw serves all plants of a town, in
    order.
    """

    def __init__(self, town: Map, seed: int) -> None:
        self.town = town
        self._rng = np.random.default_rng([seed, 1_000_003])
        self._numbers: dict[str, int] = {}
        self._names: set[str] = set()
        self._ranks, self._titles = count(1), count(1)
        self._addresses = planted_addresses(town)
        self._people: list[dict[str, str]] = []

    def number(self, incorporated_on: date, series: str = "EW") -> str:
        return reserved(series, incorporated_on, self._numbers)

    def name(self, ending: str = " LIMITED") -> str:
        return self._named(None)[0] + ending

    def _named(self, sic: str | None) -> tuple[str, str]:
        """A name without its ending, of a trade of `sic` where there is one, and the trade's SIC code."""
        name, code = planted_name(next(self._ranks), self.town.places, sic)
        if name in self._names:
            return self._named(sic)
        self._names.add(name)
        return name, code

    def address(self, street_ends: str = "") -> Address:
        """A house of its own, in a street whose name ends so."""
        return next(address for address in self._addresses if address.street.endswith(street_ends))

    def title_number(self) -> str:
        return f"{PLANTED_TITLES}{100_000 + 17 * next(self._titles)}"

    def person(self) -> dict[str, str]:
        """PSC columns of an individual: name, birth, address, nationality."""
        if not self._people:
            where = seats(self.town, PEOPLE_AT_ONCE, self._rng)
            rows = people(np.full(PEOPLE_AT_ONCE, NOT_DRAWN), where, self.town, self._rng).rows(named=True)
            self._people = [{key: text for key, text in row.items() if text is not None} for row in rows]
        return self._people.pop()

    def day(self, first: date, last: date) -> date:
        """A day between two, both included."""
        return date.fromordinal(int(self._rng.integers(first.toordinal(), last.toordinal() + 1)))

    def company(
        self,
        incorporated_on: date | None = None,
        *,
        address: Address | None = None,
        name: str = "",
        series: str = "EW",
        category: str = PRIVATE,
        status: str = "Active",
        sic: str | None = None,
        ending: str = " LIMITED",
        columns: Mapping[str, str] | None = None,
    ) -> Company:
        """A company of its own; what is not given is drawn, the SIC codes to fit the name. A code that is
        given is its only one. columns: native columns that override others.
        """
        day = incorporated_on or self.day(*FOUNDED)
        drawn, of_trade = ("", SERVICES_SIC) if name else self._named(sic)
        return Company(
            self.number(day, series),
            name or drawn + ending,
            day,
            address or self.address(),
            series,
            category,
            status,
            of_trade if sic is None else sic,
            columns={**(NO_MORE_CODES if sic else {}), **(columns or {})},
        )

    def overseas(self, registered_on: date) -> Company:
        """An overseas entity of Jersey, entered on its register on a day after 2022-08-01."""
        office = {
            "RegAddress.AddressLine1": f"{self.address().house} GRENVILLE ARCADE",
            "RegAddress.PostTown": "ST. HELIER",
            "RegAddress.PostCode": "JE2 4PX",
        }
        company = self.company(registered_on, series="OE", category="Overseas Entity", sic="", columns=office)
        return replace(company, origin="JERSEY", country="")

    def owned(self, company: Company) -> dict[str, str]:
        """The ordinary case: one person holds all shares of the company since its incorporation."""
        return person_owner(
            company, self.person(), ALL_SHARES, max(company.incorporated_on, date(2016, 4, 6))
        )


# --- records ----------------------------------------------------------------------------------------------


def record(
    company: Company, kind: str, notified_on: date, columns: Mapping[str, str], ceased_on: date | None = None
) -> dict[str, str]:
    """One PSC record of a kind; further columns by their names in native.PSC_COLUMNS. Nobody has control of
    a company before it was founded; an overseas entity is older than its entry on the register.
    """
    if company.series != "OE":
        notified_on = max(notified_on, company.incorporated_on)
    ended = {"ceased_on": ceased_on.isoformat()} if ceased_on else {}
    return {
        "company_number": company.number,
        "kind": kind,
        "notified_on": notified_on.isoformat(),
        **ended,
        **columns,
    }


def person_owner(
    company: Company,
    person: Mapping[str, str],
    natures: Sequence[str],
    notified_on: date,
    ceased_on: date | None = None,
) -> dict[str, str]:
    """PSC record: a person with control of the company."""
    return record(
        company,
        "individual-person-with-significant-control",
        notified_on,
        {"natures": "|".join(natures), **person},
        ceased_on,
    )


def company_owner(
    company: Company,
    holder: Company,
    natures: Sequence[str],
    notified_on: date,
    ceased_on: date | None = None,
    **stated: str,
) -> dict[str, str]:
    """PSC record: `holder` with control of the company. `stated` overrides what is stated: name, number,
    country, place.
    """
    address = holder.address
    columns = {
        "name": stated.get("name", holder.name.title()),
        "natures": "|".join(natures),
        "identification.registration_number": stated.get("number", holder.number),
        "identification.country_registered": stated.get("country", "England"),
        "identification.place_registered": stated.get("place", "Companies House"),
        "identification.legal_authority": "Companies Act 2006",
        "identification.legal_form": holder.category,
        "address.premises": str(address.house),
        "address.address_line_1": address.street.title(),
        "address.locality": address.post_town.title(),
        "address.postal_code": address.postcode,
        "address.country": "England",
    }
    since = max(notified_on, holder.incorporated_on)
    return record(company, "corporate-entity-person-with-significant-control", since, columns, ceased_on)


def declaration(
    company: Company,
    code: str = NO_OWNER,
    notified_on: date = date(2017, 5, 9),
    ceased_on: date | None = None,
) -> dict[str, str]:
    """PSC record: a statement instead of a party, by default that nobody has control (in the publisher's
    spelling).
    """
    return record(company, native.STATEMENT_KIND, notified_on, {"statement": code}, ceased_on)


def title(
    draw: Draw,
    proprietors: Sequence[Company | tuple[str, str]],
    added_on: date | None,
    *,
    tenure: str = "Freehold",
    category: str = COMPANY_CATEGORY,
    price_gbp: int | None = None,
) -> dict[str, str]:
    """A title at an address of its own. proprietors: companies, or (name, number) as the title writes them;
    at most four.
    """
    place = draw.address()
    where = ", ".join(dict.fromkeys((place.place.title(), place.post_town.title())))
    line = f"{place.house} {place.street.title()}, {where}"
    parties: dict[str, str] = {}
    for n, proprietor in enumerate(proprietors, start=1):
        name, number = (proprietor.name, proprietor.number) if isinstance(proprietor, Company) else proprietor
        parties |= {
            f"Proprietor Name ({n})": name,
            f"Company Registration No. ({n})": number,
            f"Proprietorship Category ({n})": category,
            f"Proprietor ({n}) Address (1)": f"{line} {place.postcode}",
        }
    return {
        "Title Number": draw.title_number(),
        "Tenure": tenure,
        "Property Address": f"{line} ({place.postcode})",
        "District": district_of(place, draw.town),
        "County": COUNTY,
        "Region": REGION,
        "Postcode": place.postcode,
        "Multiple Address Indicator": "N",
        "Price Paid": str(price_gbp or ""),
        "Date Proprietor Added": added_on.strftime("%d-%m-%Y") if added_on else "",
        "Additional Proprietor Indicator": "N",
        **parties,
    }


def title_id(row: Mapping[str, str]) -> str:
    """Subject id of a title record."""
    return f"GB-HMLR-{row['Title Number']}"


def at(
    unit: Address, expected: Expected, note: str, indicator: str = "", *, is_dwelling: bool = False
) -> Truth:
    """The truth about an address unit, or about the dwelling there."""
    return Truth("", expected, note, indicator, unit, is_dwelling)


def with_unit_ids(planted: Planted) -> Planted:
    """The subject ids of the truths made by `at`."""
    units = [truth.unit for truth in planted.truth if truth.unit]
    ids = dict(zip(units, address_ids(units), strict=True)) if units else {}
    truth = [
        replace(
            each,
            subject_id=ids[each.unit].replace("UT-A-", "UT-U-" if each.is_dwelling else "UT-A-"),
            unit=None,
        )
        if each.unit
        else each
        for each in planted.truth
    ]
    return replace(planted, truth=truth)


def address_ids(addresses: Sequence[Address]) -> list[str]:
    """Ids of address units, by the method that every register's addresses go through."""
    keyed = with_address(
        pl.DataFrame([{**vars(address), "line1": address.line1} for address in addresses]),
        lines=[pl.col("line1")],
        locality=pl.col("post_town"),
        country=pl.lit("gb"),
        postcode_text=pl.col("postcode"),
    )
    return keyed["a_address_id"].to_list()
