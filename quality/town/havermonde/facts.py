"""What there is in Havermonde: places, people, businesses, parcels, and what registers say about them.

Every number is one that its registry never gives out: trade register numbers begin with 00, postcodes end
in SA, SD or SS, and no municipality has the number 0999.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from quality.town.plant import Truth
from transforms.values.addresses import with_address

TOWN, MUNICIPALITY, TOWN_NUMBER = "Havermonde", "0999", "9999"
DIRECTOR, SOLE_SHAREHOLDER, PARTNER = "02", "08", "13"
# Code of a function → its element in KVK's messages, and its words.
FUNCTIONS: Mapping[str, tuple[str, str]] = {
    DIRECTOR: ("bestuursfunctie", "Bestuurder"),
    SOLE_SHAREHOLDER: ("overigeFunctionaris", "Enig aandeelhouder"),
    PARTNER: ("aansprakelijke", "Vennoot"),
}
BV, NV = "Besloten Vennootschap", "Naamloze Vennootschap"
PARTNERSHIP, SOLE_TRADER = "Vennootschap Onder Firma", "Eenmanszaak"
# What owns a business of another form than a legal person's, as an element of KVK's messages.
OWNER_ELEMENTS = {PARTNERSHIP: "samenwerkingsverband", SOLE_TRADER: "natuurlijkPersoon"}
IN_USE = "Verblijfsobject in gebruik"
HOME, OFFICE, INDUSTRY = "woonfunctie", "kantoorfunctie", "industriefunctie"


@dataclass(frozen=True)
class Place:
    """A home, office or shed, alone in its building. uses, status: as the register of buildings has them."""

    nth: int
    street: str
    street_nth: int
    house: int
    postcode: str
    uses: tuple[str, ...]
    built: int = 1974
    floor_m2: int = 120
    status: str = IN_USE
    is_in_extract: bool = True

    @property
    def object(self) -> str:
        return f"{MUNICIPALITY}01{self.nth:010}"

    @property
    def designation(self) -> str:
        return f"{MUNICIPALITY}20{self.nth:010}"

    @property
    def address_id(self) -> str:
        """Subject id of its address, by the method that every register's addresses go through."""
        keyed = with_address(
            pl.DataFrame({"postcode": [self.postcode]}),
            lines=[pl.lit(f"{self.street} {self.house}")],
            locality=pl.lit(TOWN),
            country=pl.lit("nl"),
            postcode_text=pl.col("postcode"),
        )
        return str(keyed["a_address_id"].item())


@dataclass(frozen=True)
class Person:
    forenames: str
    prefix: str
    surname: str
    born: date

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.forenames, self.prefix, self.surname) if part)


@dataclass(frozen=True)
class Office:
    """A function in a business, held by a person or by another business."""

    code: str
    since: date
    person: Person | None = None
    business: Business | None = None
    until: date | None = None


@dataclass(frozen=True)
class Business:
    """A registration in the trade register."""

    kvk: str
    rsin: str
    name: str
    form: str
    trade: str
    sbi: str
    place: Place
    founded_on: date
    board: tuple[Office, ...] = ()
    ended_on: date | None = None
    bankrupt_on: date | None = None

    @property
    def id(self) -> str:
        return f"NL-KVK-{self.kvk}"


@dataclass(frozen=True)
class Holding:
    """Who acquired a parcel, each an equal share. None: a natural person. deed: number of its part."""

    holders: tuple[Business | None, ...]
    day: date
    sum_eur: int | None
    deed: str


@dataclass(frozen=True)
class Parcel:
    """A parcel with the holdings of its time, in order. by_rsin: its holder is named without the number in
    the trade register.
    """

    nth: int
    place: Place
    holdings: tuple[Holding, ...]
    land_use: str = "Bedrijvigheid (industrie)"
    area_m2: int = 1250
    by_rsin: bool = False

    @property
    def number(self) -> str:
        return f"999{self.nth:05}70000"

    @property
    def id(self) -> str:
        return f"NL-BRK-{self.number}"

    def sale_id(self, nth: int = -1) -> str:
        """Subject id of the sale by which it was acquired."""
        return f"NL-BRK-{self.holdings[nth].deed}-{self.number}"

    def on(self, day: date) -> Holding | None:
        return next((held for held in reversed(self.holdings) if held.day <= day), None)


@dataclass(frozen=True)
class Mortgage:
    """One debt, over one parcel or several."""

    nth: int
    parcels: tuple[Parcel, ...]
    lender: Business
    sum_eur: int


@dataclass(frozen=True)
class Permit:
    """What was asked for a place. state: as the municipality writes it."""

    applicant: Business
    place: Place
    state: str
    applied_on: date
    decided_on: date | None = None
    financier: Business | None = None
    lessor: Business | None = None


@dataclass(frozen=True)
class Port:
    """Part of the town. values: a place and what the municipality says that it is worth, in euro."""

    businesses: Sequence[Business] = ()
    parcels: Sequence[Parcel] = ()
    mortgages: Sequence[Mortgage] = ()
    permits: Sequence[Permit] = ()
    values: Sequence[tuple[Place, int]] = ()
    truth: Sequence[Truth] = ()

    def __add__(self, other: Port) -> Port:
        return Port(
            **{part.name: [*getattr(self, part.name), *getattr(other, part.name)] for part in fields(self)}
        )
