"""Titles of overseas entities, in the land registry's OCOD file: CCOD's columns and the country of
incorporation.

The town's own titles belong to overseas entities on the town's register, all of them registered there. Names
and countries are as conveyancers write them: BRITISH VIRGIN ISLANDS for VIRGIN ISLANDS, BRITISH; numbers are
those of the register at home, where there are any."""

from datetime import date

import numpy as np
import polars as pl

from quality.town.companies.block import Block, seat_frame
from quality.town.land.titles import (
    AROUND,
    BOROUGH,
    COMPANY_CATEGORY,
    REGION,
    TOWN_PLACES,
    title_counts,
    written_name,
)
from quality.town.parts import native
from quality.town.parts.dates import EDITION_DAY, between, text
from quality.town.parts.places import COUNTY, Map, seats
from quality.town.parts.wordlists import Ints, choose, gather
from quality.town.plant import Draw, title
from transforms.formats.gb_hmlr_titles import ownership_fields

COLUMNS = tuple(field.name for field in ownership_fields(with_country=True) if field.required)
SHARE_OF_TITLES = 0.02  # of the titles of UK bodies; rounded from the published counts of both files
OWN_PREFIX = "ZO"  # a title prefix that no other file of the town uses
FIRST_NUMBER, NUMBER_STEP = 100_000, 13
OLDEST = np.datetime64("1991-02-04", "D")
LEASEHOLD_SHARE = 0.38
# Countries that the two registers write differently.
SPELLINGS = {"VIRGIN ISLANDS, BRITISH": "BRITISH VIRGIN ISLANDS", "IRELAND": "REPUBLIC OF IRELAND"}
NUMBERED = ("none", "at home", "overseas entity")
NUMBERED_WEIGHTS = (6, 3, 1)


def overseas_title(
    draw: Draw,
    name: str,
    country: str,
    added_on: date | None,
    *,
    number: str = "",
    tenure: str = "Freehold",
    category: str = COMPANY_CATEGORY,
) -> dict[str, str]:
    """A planted title of one overseas proprietor, at an address of its own."""
    return title(draw, [(name, number)], added_on, tenure=tenure, category=category) | {
        "Country Incorporated (1)": country
    }


def drawn(block: Block, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """Titles of the block's overseas entities; none where the block has none of them."""
    entities = np.flatnonzero((block.owners == "overseas").to_numpy())
    stop = block.start + block.size if entities.size else block.start
    ranks = np.arange(*(int(title_counts(n) * SHARE_OF_TITLES) for n in (block.start, stop)))
    if not ranks.size:
        return pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
    owner = entities[rng.integers(0, entities.size, ranks.size)]
    return native.aligned(pl.DataFrame(_columns(block, town, ranks, owner, rng)), COLUMNS)


def _columns(
    block: Block, town: Map, ranks: Ints, owner: Ints, rng: np.random.Generator
) -> dict[str, pl.Series]:
    size = ranks.size
    place = seats(town, size, rng)
    where = seat_frame(place, town).with_columns(
        pl.col("unit", "street", "place", "post_town").str.to_titlecase()
    )
    added = between(rng, np.full(size, OLDEST), np.full(size, EDITION_DAY - np.timedelta64(9, "D")))
    picked = block.core[pl.Series(owner)]
    return {
        "Title Number": pl.Series(FIRST_NUMBER + NUMBER_STEP * ranks)
        .cast(pl.String)
        .str.replace("^", OWN_PREFIX),
        "Tenure": gather(("Freehold", "Leasehold"), (rng.random(size) < LEASEHOLD_SHARE).astype(np.int64)),
        "Property Address": _address(where),
        "District": gather((BOROUGH, AROUND), (place.place >= TOWN_PLACES).astype(np.int64)),
        "County": pl.Series([COUNTY] * size, dtype=pl.String),
        "Region": pl.Series([REGION] * size, dtype=pl.String),
        "Postcode": where["postcode"],
        "Multiple Address Indicator": pl.Series(["N"] * size, dtype=pl.String),
        "Price Paid": _prices(size, rng),
        "Proprietor Name (1)": written_name(picked["name"], rng),
        "Company Registration No. (1)": _numbers(picked["number"], rng),
        "Proprietorship Category (1)": pl.Series([COMPANY_CATEGORY] * size, dtype=pl.String),
        "Country Incorporated (1)": picked["origin"].replace(SPELLINGS),
        "Proprietor (1) Address (1)": picked.select(
            pl.concat_str(
                pl.col("line1", "line2", "post_town", "postcode").replace("", None),
                separator=", ",
                ignore_nulls=True,
            )
        )
        .to_series()
        .str.to_titlecase(),
        "Date Proprietor Added": text(added, "%d-%m-%Y", rng.random(size) < 0.004),
        "Additional Proprietor Indicator": gather(("N", "Y"), (rng.random(size) < 0.03).astype(np.int64)),
    }


def _address(where: pl.DataFrame) -> pl.Series:
    flat = pl.when(pl.col("unit") != "").then(pl.format("{}, ", "unit")).otherwise(pl.lit(""))
    village = (
        pl.when(pl.col("place") == pl.col("post_town")).then(pl.lit("")).otherwise(pl.format(", {}", "place"))
    )
    return where.select(
        pl.format("{}{} {}{}, {} ({})", flat, "house", "street", village, "post_town", "postcode")
    ).to_series()


def _prices(size: int, rng: np.random.Generator) -> pl.Series:
    """Whole pounds, for one title in three; dearer than the town's."""
    value = np.round(480_000 * np.exp(rng.normal(0, 0.7, size)) / 500).astype(np.int64) * 500
    return pl.Series(value).cast(pl.String).set(pl.Series(rng.random(size) > 0.33), "")


def _numbers(overseas_entity: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The number stated: none, that of the register at home, or that of the UK's register of overseas
    entities.
    """
    kind = gather(NUMBERED, choose(rng, NUMBERED_WEIGHTS, len(overseas_entity)))
    at_home = pl.Series(rng.integers(10_000, 2_000_000, len(overseas_entity))).cast(pl.String)
    return overseas_entity.zip_with(kind == "overseas entity", at_home).set(kind == "none", "")
