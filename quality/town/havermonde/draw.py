"""Values that occur once in Havermonde, each handed out once."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import TypedDict, Unpack

import numpy as np

from quality.town.havermonde.facts import (
    BV,
    DIRECTOR,
    HOME,
    NV,
    OFFICE,
    SOLE_SHAREHOLDER,
    Business,
    Holding,
    Mortgage,
    Office,
    Parcel,
    Person,
    Place,
)
from quality.town.parts.wordlists import table

NAMES = {"Stichting": "Stichting {}", "Coöperatie": "Coöperatie {} U.A."}
ENDINGS = {BV: " B.V.", NV: " N.V.", "Vennootschap Onder Firma": " V.O.F."}
KVK_FIRST, KVK_STEP = 500_011, 13
RSIN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)
FOUNDED = (date(2004, 1, 5), date(2019, 6, 28))


class Given(TypedDict, total=False):
    """What a place is given in place of the ordinary."""

    status: str
    is_in_extract: bool
    built: int
    floor_m2: int


class PortDraw:
    """Deterministic by its seed. `places`: all that were handed out."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng([seed, 999])
        self.places: list[Place] = []
        self.streets = table("nl_streets")
        self._houses = [count(1) for _ in range(self.streets.height)]
        self._numbers, self._parcels, self._deeds, self._mortgages = count(), count(1), count(1), count(1)
        brands, trades = table("nl_brands")["brand"], table("nl_trades")
        self._trades = trades.rows(named=True)
        pairs = len(brands) * trades.height
        self._names = iter((place * 709) % pairs for place in range(pairs))  # 709 is prime to their number
        self._brands = brands
        self._people: set[Person] = set()

    def day(self, first: date, last: date) -> date:
        """A day between two, both included."""
        return date.fromordinal(int(self.rng.integers(first.toordinal(), last.toordinal() + 1)))

    def place(self, kind: str = "homes", uses: tuple[str, ...] = (HOME,), **given: Unpack[Given]) -> Place:
        """The next house of a street of this kind: port, centre or homes."""
        of_kind = [nth for nth, street in enumerate(self.streets["kind"]) if street == kind]
        return self.place_in(of_kind[int(self.rng.integers(len(of_kind)))], uses, **given)

    def place_in(
        self, street: int | str, uses: tuple[str, ...], from_house: int = 1, **given: Unpack[Given]
    ) -> Place:
        """The next house of a street, by its name or its place in the list."""
        nth = self.streets["street"].to_list().index(street) if isinstance(street, str) else street
        row = self.streets.row(nth, named=True)
        house = next(number for number in self._houses[nth] if number >= from_house)
        place = Place(
            len(self.places) + 1,
            row["street"],
            nth + 1,
            house,
            row["postcode"],
            uses,
            **given,
        )
        self.places.append(place)
        return place

    def office(self) -> Place:
        return self.place("centre", (OFFICE,))

    def person(self) -> Person:
        """Somebody with two forenames."""
        forenames, surnames = table("nl_forenames")["forename"], table("nl_surnames")
        first, second = (forenames[int(nth)] for nth in self.rng.choice(len(forenames), 2, replace=False))
        named = surnames.row(int(self.rng.integers(surnames.height)), named=True)
        born = self.day(date(1946, 1, 1), date(1976, 12, 31))
        person = Person(f"{first} {second}", named["prefix"], named["surname"], born)
        if any((one.forenames, one.surname) == (person.forenames, person.surname) for one in self._people):
            return self.person()
        self._people.add(person)
        return person

    def business(
        self,
        founded_on: date | None = None,
        *,
        name: str = "",
        form: str = BV,
        trade: tuple[str, str] | None = None,
        place: Place | None = None,
        directors: Sequence[Person] | None = None,
        owner: Business | None = None,
    ) -> Business:
        """A business; what is not given is drawn. form: empty for any. trade: its word and SBI code. owner:
        sole shareholder.
        """
        since = founded_on or self.day(*FOUNDED)
        drawn, form, word, sbi = self._name(form, trade)
        kvk, rsin = self._registered()
        board = [Office(DIRECTOR, since, person=one) for one in (directors or [self.person()])]
        if owner:
            board.append(Office(SOLE_SHAREHOLDER, since, business=owner))
        return Business(
            kvk, rsin, name or drawn, form, word, sbi, place or self.office(), since, tuple(board)
        )

    def _name(self, form: str, trade: tuple[str, str] | None) -> tuple[str, str, str, str]:
        """A name, its legal form, the word for its trade, and the SBI code."""
        nth = next(self._names)
        row = self._trades[nth % len(self._trades)]
        if form not in ("", row["form"]) and trade is None:
            return self._name(form, trade)
        word, sbi = trade or (row["trade"], row["sbi"])
        written = form or row["form"]
        bare = f"{self._brands[nth // len(self._trades)]} {word}"
        return NAMES.get(written, "{}").format(bare) + ENDINGS.get(written, ""), written, word, sbi

    def _registered(self) -> tuple[str, str]:
        """Number in the trade register, and an RSIN whose check digit is right."""
        nth = next(self._numbers)
        body = f"99{nth:06}"
        check = sum(weight * int(digit) for weight, digit in zip(RSIN_WEIGHTS, body, strict=True)) % 11
        return (f"{KVK_FIRST + KVK_STEP * nth:08}", f"{body}{check}") if check < 10 else self._registered()

    def holding(self, holder: Business | None, day: date, sum_eur: int | None) -> Holding:
        return Holding((holder,), day, sum_eur, f"{day.year}{next(self._deeds):06}")

    def parcel(self, place: Place, *holdings: Holding, by_rsin: bool = False) -> Parcel:
        return Parcel(next(self._parcels), place, holdings, by_rsin=by_rsin)

    def mortgage(self, lender: Business, sum_eur: int, *parcels: Parcel) -> Mortgage:
        return Mortgage(next(self._mortgages), parcels, lender, sum_eur)
