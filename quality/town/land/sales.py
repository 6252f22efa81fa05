"""Sales of the town's dwellings, in the land registry's price paid file: its native form, without a header.

Three sales for two companies over four years. A dwelling is sold once, one in twelve again after more than a
year, so that the town itself has no resale within half a year. Prices differ by district, kind, tenure and
age, rise by some per cent a year, and spread evenly by a little more than half up and down, so that hardly
any is an outlier."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from quality.town.companies.block import Block
from quality.town.land.titles import AROUND, BOROUGH, TOWN_PLACES
from quality.town.parts.dates import EDITION_DAY, text
from quality.town.parts.places import COUNTY, HOUSES, Address, Map, postcodes
from quality.town.parts.wordlists import Days, Ints, choose, gather, spread
from quality.town.plant import Draw
from transforms.registers.gb_hmlr_price_paid import NATIVE_COLUMNS as COLUMNS

SALES_PER_COMPANY = 1.5
FIRST_DAY = np.datetime64("2022-06-01", "D")
LAST_DAY = EDITION_DAY - np.timedelta64(3, "D")
AGAIN_EVERY = 12  # sales: one of so many is the second one of the dwelling before it
AGAIN_AFTER_DAYS = (400, 900)
KINDS, KIND_WEIGHTS = ("D", "S", "T", "F"), (21, 29, 30, 20)
MIDDLE_GBP = (345_000, 232_000, 187_000, 142_000)
LEASEHOLD = (0.01, 0.02, 0.03, 0.97)
NEW_BUILD, NEW_BUILD_DEARER = 0.07, 1.12
ADDITIONAL, OTHERS = 0.06, 0.012  # of category B; of kind O
FLAT_UNNUMBERED = 0.05
YEARLY_RISE, AROUND_CHEAPER = 0.035, 0.9
SPREAD, NOISE = 0.5, 0.04  # of ln(price): half the width of an even spread, and what is added to it
PLANTED_AREA = (
    "ZW"  # postcodes of planted sales: their districts are their own, and must not name the town's postcodes
)


def sale(
    address: Address,
    sold_on: date,
    price_gbp: int,
    *,
    kind: str = "T",
    tenure: str = "F",
    new: str = "N",
    category: str = "A",
    district: str = BOROUGH,
    flat: str | None = None,
) -> dict[str, str]:
    """A planted sale. `flat`: as the record writes it, over the address's own unit. A district that is not
    the town's has a town of its name.
    """
    place, post_town = address.place, address.post_town
    if district not in (BOROUGH, AROUND):
        place = post_town = district
    unit = address.unit if flat is None else flat
    facts = (
        address.line1,
        address.postcode,
        sold_on.isoformat(),
        str(price_gbp),
        kind,
        tenure,
        new,
        category,
        district,
        unit,
    )
    return {
        "unique_id": _braced(hashlib.blake2b("|".join(facts).encode(), digest_size=16).digest()),
        "price_paid": str(price_gbp),
        "deed_date": f"{sold_on} 00:00",
        "postcode": address.postcode,
        "property_type": kind,
        "new_build": new,
        "estate_type": tenure,
        "paon": str(address.house),
        "saon": unit,
        "street": address.street,
        "locality": "" if place == post_town else place,
        "town": post_town,
        "district": district,
        "county": COUNTY,
        "transaction_category": category,
        "record_status": "A",
    }


def dwelling(draw: Draw, unit: str = "") -> Address:
    """A dwelling of its own for planted sales."""
    address = draw.address()
    return replace(address, unit=unit, postcode=address.postcode.replace("ZT", PLANTED_AREA, 1))


def transaction_id(row: Mapping[str, str]) -> str:
    """Subject id of a sale."""
    return f"GB-PPD-{row['unique_id'].strip('{}')}"


def _braced(digest: bytes) -> str:
    return "{" + str(uuid.UUID(bytes=digest)).upper() + "}"


# --- the town's own ---------------------------------------------------------------------------------------


def sale_counts(companies: int) -> int:
    """How many sales come with the first `companies`."""
    return int(companies * SALES_PER_COMPANY)


def drawn(block: Block, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    first, last = sale_counts(block.start), sale_counts(block.start + block.size)
    if last == first:
        return pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
    size = last - first
    sold, again = _days(size, rng)
    source = np.arange(size) - again  # whose dwelling it is
    place, street, house = (
        values[source] for values in _dwellings(first + np.arange(size), sale_counts(block.companies), town)
    )
    kind = choose(rng, KIND_WEIGHTS, size)[source]
    leasehold = (rng.random(size) < np.array(LEASEHOLD)[kind])[source]
    new = (rng.random(size) < NEW_BUILD)[source] & ~again
    saon, other = _flats(kind, source, rng), rng.random(size) < OTHERS
    additional = other | (rng.random(size) < ADDITIONAL)
    return pl.DataFrame(
        {
            "unique_id": [_braced(rng.bytes(16)) for _ in range(size)],
            "price_paid": _prices(kind, place, sold, new, rng),
            "deed_date": text(sold, "%Y-%m-%d 00:00"),
            "postcode": postcodes(town, place, street),
            "property_type": gather((*KINDS, "O"), np.where(other, len(KINDS), kind)),
            "new_build": gather(("N", "Y"), new.astype(np.int64)),
            "estate_type": gather(("F", "L"), leasehold.astype(np.int64)),
            "paon": pl.Series(house).cast(pl.String),
            "saon": saon,
            "street": gather(town.streets, street),
            "locality": gather(town.places.set(town.places == town.post_towns, ""), place),
            "town": gather(town.post_towns, place),
            "district": gather((BOROUGH, AROUND), (place >= TOWN_PLACES).astype(np.int64)),
            "county": pl.Series([COUNTY] * size, dtype=pl.String),
            "transaction_category": gather(("A", "B"), additional.astype(np.int64)),
            "record_status": pl.Series(["A"] * size, dtype=pl.String),
        }
    ).select(COLUMNS)


def _days(size: int, rng: np.random.Generator) -> tuple[Days, Ints]:
    """Day of each sale, and 1 where it is the second sale of the dwelling of the row before, else 0."""
    width = int((LAST_DAY - FIRST_DAY).astype(np.int64))
    sold = FIRST_DAY + rng.integers(0, width + 1, size).astype("timedelta64[D]")
    later = np.roll(sold, 1) + rng.integers(*AGAIN_AFTER_DAYS, size).astype("timedelta64[D]")
    again = (np.arange(size) % AGAIN_EVERY == AGAIN_EVERY - 1) & (later <= LAST_DAY)
    return np.where(again, later, sold), again.astype(np.int64)


def _dwellings(rank: Ints, total: int, town: Map) -> tuple[Ints, Ints, Ints]:
    """Place, street and house number: a dwelling of its own for each rank, neighbours far apart."""
    streets, slots = len(town.streets), len(town.places) * len(town.streets) * HOUSES
    slot = spread(rank, total) * max(1, slots // max(total, 1)) % slots
    return slot // HOUSES // streets % len(town.places), slot // HOUSES % streets, 1 + slot % HOUSES


def _flats(kind: Ints, source: Ints, rng: np.random.Generator) -> pl.Series:
    """FLAT 3 for flats; one in twenty without, as where the whole house number is the flat's."""
    number = rng.integers(1, 13, kind.size)[source]
    without = (rng.random(kind.size) < FLAT_UNNUMBERED)[source]
    numbered = pl.Series((kind == KINDS.index("F")) & ~without)
    return ("FLAT " + pl.Series(number).cast(pl.String)).set(~numbered, "")


def _prices(kind: Ints, place: Ints, sold: Days, new: Ints, rng: np.random.Generator) -> pl.Series:
    """Whole pounds; rounded to 500 as most are, one in five to the pound."""
    years = (sold - FIRST_DAY).astype(np.int64) / 365.25
    value = (
        np.array(MIDDLE_GBP)[kind]
        * np.where(place >= TOWN_PLACES, AROUND_CHEAPER, 1.0)
        * np.where(new, NEW_BUILD_DEARER, 1.0)
        * (1 + YEARLY_RISE) ** years
        * np.exp(rng.uniform(-SPREAD, SPREAD, kind.size) + rng.normal(0, NOISE, kind.size))
    )
    step = np.where(rng.random(kind.size) < 0.8, 500, 1)
    return pl.Series((np.round(value / step) * step).astype(np.int64)).cast(pl.String)
