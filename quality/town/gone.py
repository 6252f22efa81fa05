"""Earlier editions of the company register: the one four weeks before the town's own, the companies that left
between the two, and where companies had their seats before.

BasicCompanyData lists live companies only: one that is dissolved is in the last edition before and not in the
next. About one company in 125 leaves in four weeks; they were mostly a few years old and up for striking off.
None of the town's own holds a title."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from quality.town.companies.block import UK, Block, seat_frame
from quality.town.companies.columns import CORE_COLUMNS
from quality.town.parts.dates import EDITION, EDITION_DAY
from quality.town.parts.names import RESERVED_MODULUS, RESERVED_RESIDUE, curve, written
from quality.town.parts.places import Address, Map, seats
from quality.town.parts.wordlists import Days, Ints, choose, gather, pick, table
from quality.town.plant import PRIVATE, Company

EARLIER = EDITION - timedelta(days=28)
LEFT_SHARE = 0.008  # of the register in four weeks; rounded from the published counts of dissolutions
AGE_MEDIAN_DAYS, AGE_SIGMA, AGE_MIN_DAYS, AGE_MAX_DAYS = 1400, 0.9, 75, 12_000
STATUSES = ("Active - Proposal to Strike off", "Active", "Liquidation")
STATUSES_WEIGHTS = (75, 10, 15)
SERIES = "EW"
SAME_FOR_ALL = {
    "line2": "",
    "county": "",
    "country": "ENGLAND",
    "category": PRIVATE,
    "series": SERIES,
    "origin": UK,
    "care_of": "",
    "former": "",
}


def left(
    block: Block, town: Map, rng: np.random.Generator, *, place: tuple[int, int], taken: Collection[str]
) -> pl.DataFrame:
    """CORE_COLUMNS of the companies that left beside the block. place: which block it is, from 0, and of
    how many. None has a number of `taken`.
    """
    size = int((block.start + block.size) * LEFT_SHARE) - int(block.start * LEFT_SHARE)
    age = np.clip(
        AGE_MEDIAN_DAYS * np.exp(rng.normal(0, AGE_SIGMA, size)), AGE_MIN_DAYS, AGE_MAX_DAYS
    ).astype(np.int64)
    founded = EDITION_DAY - age.astype("timedelta64[D]")
    where = seat_frame(seats(town, size, rng), town)
    brand, trade = (table(name)[column] for name, column in (("brands", "brand"), ("trades", "trade")))
    words = (
        gather(series, rng.integers(0, len(series), size)).str.to_uppercase() for series in (brand, trade)
    )
    drawn = pl.DataFrame(
        {
            "line1": where.select(
                pl.concat_str("unit", pl.lit(" "), "house", pl.lit(" "), "street").str.strip_chars()
            ).to_series(),
            "post_town": where["post_town"],
            "postcode": where["postcode"],
            "number": written(SERIES, pl.Series(_numbers(founded, *place))),
            "name": pl.select(
                pl.format("{} {} ({}) LIMITED", *map(pl.lit, words), pl.lit(pl.Series(founded)).dt.year())
            ).to_series(),
            "status": gather(STATUSES, choose(rng, STATUSES_WEIGHTS, size)),
            "incorporated_on": pl.Series(founded),
            "sic": pick(rng, table("sic"), "code", size),
        }
    )
    rows = drawn.with_columns(pl.lit(value).alias(name) for name, value in SAME_FOR_ALL.items())
    return rows.filter(~pl.col("number").is_in(list(taken))).select(CORE_COLUMNS)


def _numbers(founded: Days, number: int, blocks: int) -> Ints:
    """Unique numbers that fit the days, of those that the town's own companies never have; each block has
    its own.
    """
    line = curve(SERIES)
    place = (
        np.interp(founded.astype(np.int64), line["day"], line["number"]).astype(np.int64) // RESERVED_MODULUS
    )
    place = place - place % blocks + number
    order = np.argsort(place, kind="stable")
    ranked = np.arange(place.size)
    unique = np.empty_like(place)
    unique[order] = np.maximum.accumulate(place[order] // blocks - ranked) + ranked
    return (unique * blocks + number) * RESERVED_MODULUS + RESERVED_RESIDUE


def moved(company: Company, day: date, before: Address) -> tuple[Company, date]:
    """The company in the seat that it had before this day."""
    seat = {
        "RegAddress.AddressLine1": before.line1,
        "RegAddress.PostTown": before.post_town,
        "RegAddress.PostCode": before.postcode,
    }
    return replace(company, columns=seat), day
