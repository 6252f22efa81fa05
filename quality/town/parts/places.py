"""Where things are: Harrowmere, its districts and villages, and as many more places as the register's size
asks for.

Postcode area ZT is not in use. Each street of each place has a postcode of its own. House numbers 1–99 are
dwellings and shops, 100–199 are left to the plants, 200 and up are offices of accountants and agents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np
import polars as pl

from quality.town.parts.wordlists import Bools, Floats, Ints, choose, gather, numbers, table

AREA = "ZT"
COUNTY = "WENDSHIRE"
INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # Royal Mail: C I K M O V are not used in the inward part
COMPANIES_PER_PLACE = 4000
DISTRICTS_MAX = 99
POSTCODES_PER_DISTRICT = 4000  # 10 sectors of 20 × 20 letters
POSTCODE_STEP = 1597  # prime to 4000: neighbouring streets fall into different sectors
HOUSES = 99
PLANTED_AT_ONCE = 256
PLANTED_HOUSES, PLANTED_HOUSES_N = 100, 40  # the first one, and how many of a street are handed out
OFFICES = 200


@dataclass(frozen=True)
class Map:
    """places, post_towns: in capitals, one a place. weights: how much of the register sits there. streets:
    in capitals.
    """

    places: pl.Series
    post_towns: pl.Series
    weights: Floats
    streets: pl.Series


@dataclass(frozen=True)
class Seats:
    """Positions that tell an address: place, street, house number; unit 0 for the whole house, else flat
    or unit number.
    """

    place: Ints
    street: Ints
    house: Ints
    unit: Ints

    def where(self, here: Bools, other: Seats) -> Seats:
        """These seats where `here`, the other ones elsewhere."""
        return Seats(
            *(np.where(here, *both) for both in zip(vars(self).values(), vars(other).values(), strict=True))
        )


def _more_places(count: int) -> list[str]:
    """Place names made of two syllables, none of them a handmade place or a word that companies are named
    after.
    """
    taken = {
        *table("places")["place"],
        *table("brands")["brand"],
        *table("surnames")["surname"].str.to_uppercase(),
    }
    syllables = table("syllables")
    first = syllables.filter(pl.col("part") == "first")["syllable"].to_list()
    last = syllables.filter(pl.col("part") == "last")["syllable"].to_list()
    places = [
        head + tail
        for tail in last
        for head in first
        if head + tail not in taken and not tail.startswith(head[-2:])
    ]
    return places[:: max(1, len(places) // max(count, 1))][:count]


@cache
def town_map(companies: int) -> Map:
    """The map for a register of `companies`: 24 handmade places, and one more for each 4,000 companies
    beyond them.
    """
    handmade = table("places")
    more = _more_places(max(0, companies // COMPANIES_PER_PLACE - handmade.height))
    weights = np.concatenate([numbers("places", "weight"), np.ones(len(more))])
    return Map(
        pl.concat([handmade["place"], pl.Series("place", more, dtype=pl.String)]),
        pl.concat([handmade["post_town"], pl.Series("post_town", more, dtype=pl.String)]),
        weights,
        table("streets")["street"],
    )


def seats(town: Map, size: int, rng: np.random.Generator) -> Seats:
    """Where `size` companies or people sit: places by weight, low house numbers more often, one in seven a
    flat or unit.
    """
    house = 1 + np.minimum(HOUSES - 1, (rng.random(size) ** 1.4 * HOUSES).astype(np.int64))
    unit = np.where(rng.random(size) < 0.14, rng.integers(1, 13, size), 0)
    return Seats(choose(rng, town.weights, size), rng.integers(0, len(town.streets), size), house, unit)


def postcodes(town: Map, place: Ints, street: Ints) -> pl.Series:
    """`ZT7 3QX`, one for each street of each place."""
    code = ((place // DISTRICTS_MAX) * len(town.streets) + street) * POSTCODE_STEP % POSTCODES_PER_DISTRICT
    letters = pl.Series(list(INWARD_LETTERS))
    parts = pl.DataFrame({"district": 1 + place % DISTRICTS_MAX, "sector": code // 400})
    one, two = gather(letters, code // 20 % 20), gather(letters, code % 20)
    return parts.select(
        pl.format(AREA + "{} {}{}{}", "district", "sector", pl.lit(one), pl.lit(two))
    ).to_series()


@dataclass(frozen=True)
class Address:
    """One address, its parts in capitals. `unit` is empty or as written ("FLAT 2")."""

    house: int
    street: str
    place: str
    post_town: str
    postcode: str
    unit: str = ""

    @property
    def line1(self) -> str:
        return f"{self.unit} {self.house} {self.street}".strip()


def planted_addresses(town: Map) -> Iterator[Address]:
    """Houses that the town itself never uses, each another one."""
    for batch in count():
        rank = 1 + batch * PLANTED_AT_ONCE + np.arange(PLANTED_AT_ONCE)
        street, rest = rank * 7 % len(town.streets), rank // len(town.streets)
        place, round_n = (rest + street) % len(town.places), rest // len(town.places)
        house = PLANTED_HOUSES + (17 * street + 29 * place + round_n) % PLANTED_HOUSES_N
        columns = (
            gather(town.streets, street),
            gather(town.places, place),
            gather(town.post_towns, place),
            postcodes(town, place, street),
        )
        yield from map(Address, house.tolist(), *(column.to_list() for column in columns))
