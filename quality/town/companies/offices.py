"""Where companies sit, and how registrants spell it: homes and shops, agents' offices, offices abroad, the
default address.
"""

import numpy as np
import polars as pl

from quality.town.parts.places import COUNTY, OFFICES, Map, Seats, postcodes, seats
from quality.town.parts.wordlists import Bools, Ints, choose, gather, table

BARE_SERIES = ("CE", "RS")  # registered elsewhere: the company register knows name, number and date only
OFFICE_SHARE = 0.16  # companies seated at an accountant's or agent's office
OFFICE_SEATS_MAX = 60  # well under ADR-010's 100, so that only plants are mass registrations
COMPANIES_PER_OFFICE = 40  # of numbers of offices that a block is given; it has about one office for 94
OFFICE_MEAN = 15
DEFAULT_SHARE = 0.0025
DEFAULT_LINE = "PO BOX 4385"
ABBREVIATED = {
    " STREET": " ST",
    " ROAD": " RD",
    " AVENUE": " AVE",
    " CRESCENT": " CRES",
    " TERRACE": " TERR",
    " DRIVE": " DR",
}
UNIT_WORDS = ("FLAT", "UNIT", "SUITE", "APARTMENT", "FLAT", "UNIT")


def _offices(size: int, first_office: int, town: Map, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Place, street and house of `size` companies at offices that no other block uses."""
    n = size // 3 + 1
    seats_n = np.minimum(OFFICE_SEATS_MAX, 3 + rng.exponential(OFFICE_MEAN - 3, n)).astype(np.int64)
    local = np.repeat(np.arange(n), seats_n)[:size]
    office = first_office + local
    place = choose(rng, town.weights, n)[local]
    street = office % len(town.streets)
    return place, street, OFFICES + office // len(town.streets) + street * 7 % 60


def seated(size: int, start: int, town: Map, rng: np.random.Generator) -> tuple[Seats, Bools]:
    own = seats(town, size, rng)
    at_office = rng.random(size) < OFFICE_SHARE
    place, street, house = _offices(int(at_office.sum()), start // COMPANIES_PER_OFFICE, town, rng)
    for target, value in ((own.place, place), (own.street, street), (own.house, house)):
        target[at_office] = value
    own.unit[at_office] = 0
    return own, at_office


def seat_frame(seat: Seats, town: Map) -> pl.DataFrame:
    """unit ("" or FLAT 2), house, street, place, post_town, postcode, all as text in capitals."""
    word = gather(UNIT_WORDS, seat.unit % len(UNIT_WORDS))
    return pl.DataFrame({"word": word, "n": seat.unit, "house": seat.house}).select(
        pl.when(pl.col("n") > 0).then(pl.format("{} {}", "word", "n")).otherwise(pl.lit("")).alias("unit"),
        pl.col("house").cast(pl.String),
        gather(town.streets, seat.street).alias("street"),
        gather(town.places, seat.place).alias("place"),
        gather(town.post_towns, seat.place).alias("post_town"),
        postcodes(town, seat.place, seat.street).alias("postcode"),
    )


def registered_office(seat: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The office as clerks and software spell it: abbreviations, commas, missing parts, a flat on a line
    of its own.
    """
    dice = pl.DataFrame(
        rng.random((seat.height, 7)),
        schema=["short", "comma", "split", "place_line", "county", "country", "gap"],
    )
    street = (
        pl.when(pl.col("short") < 0.07)
        .then(pl.col("street").str.replace_many(list(ABBREVIATED), list(ABBREVIATED.values())))
        .otherwise(pl.col("street"))
    )
    mark = pl.when(pl.col("comma") < 0.04).then(pl.lit(", ")).otherwise(pl.lit(" "))
    house = pl.concat_str(pl.col("house"), mark, street)
    split = (pl.col("unit") != "") & (pl.col("split") < 0.4)
    place = (
        pl.when((pl.col("place") != pl.col("post_town")) & (pl.col("place_line") < 0.6))
        .then(pl.col("place"))
        .otherwise(pl.lit(""))
    )
    postcode = (
        pl.when(pl.col("gap") < 0.025)
        .then(pl.col("postcode").str.replace(" ", ""))
        .when(pl.col("gap") < 0.03)
        .then(pl.lit(""))
        .otherwise(pl.col("postcode"))
    )
    country = (
        pl.when(pl.col("country") < 0.46)
        .then(pl.lit("ENGLAND"))
        .when(pl.col("country") < 0.8)
        .then(pl.lit("UNITED KINGDOM"))
        .otherwise(pl.lit(""))
    )
    return pl.concat([seat, dice], how="horizontal").select(
        pl.when(split)
        .then(pl.col("unit"))
        .otherwise(pl.concat_str(pl.col("unit"), pl.lit(" "), house).str.strip_chars())
        .alias("line1"),
        pl.when(split).then(house).otherwise(place).alias("line2"),
        pl.when(pl.col("gap") > 0.99).then(pl.lit("")).otherwise(pl.col("post_town")).alias("post_town"),
        pl.when(pl.col("county") < 0.25).then(pl.lit(COUNTY)).otherwise(pl.lit("")).alias("county"),
        country.alias("country"),
        postcode.alias("postcode"),
    )


def office_abroad(
    office: pl.DataFrame, series: pl.Series, abroad: Ints, rng: np.random.Generator
) -> pl.DataFrame:
    """Foreign offices for overseas entities and companies, no office for those registered elsewhere."""
    foreign = pl.DataFrame(
        {name: gather(table("overseas")[name], abroad) for name in ("line1", "line2", "town", "postcode")}
    ).rename(lambda name: f"o_{name}")
    size = office.height
    digits = pl.DataFrame(
        {
            "s": series,
            "n": rng.integers(1, 10, size),
            "m": rng.integers(10, 900, size),
            "k": rng.integers(1, 5, size),
        }
    )
    filled = {
        name: pl.col(f"o_{name}")
        .str.replace("{n}", pl.col("n").cast(pl.String), literal=True)
        .str.replace("{m}", pl.col("m").cast(pl.String), literal=True)
        .str.replace("{k}", pl.col("k").cast(pl.String), literal=True)
        for name in ("line1", "line2", "town", "postcode")
    }
    overseas, bare = pl.col("s").is_in(["OE", "FC"]), pl.col("s").is_in(BARE_SERIES)
    theirs = {"line1": "line1", "line2": "line2", "post_town": "town", "postcode": "postcode"}
    return pl.concat([office, foreign, digits], how="horizontal").select(
        pl.when(bare)
        .then(pl.lit(""))
        .when(overseas)
        .then(filled[theirs[name]] if name in theirs else pl.lit(""))
        .otherwise(pl.col(name))
        .alias(name)
        for name in office.columns
    )


def at_default(core: pl.DataFrame, moved: Bools) -> pl.DataFrame:
    """Companies whose seat the registrar moved to its default address."""
    there = pl.Series(moved)
    default = {
        "line1": pl.lit(DEFAULT_LINE),
        "line2": pl.format("{} - COMPANIES HOUSE DEFAULT ADDRESS", "number"),
        "post_town": pl.lit("CARDIFF"),
        "county": pl.lit(""),
        "country": pl.lit(""),
        "postcode": pl.lit("CF14 8LH"),
    }
    return core.with_columns(
        pl.when(there).then(value).otherwise(pl.col(name)).alias(name) for name, value in default.items()
    )


def at_default_address(core: pl.DataFrame) -> int:
    """Companies whose seat the registrar moved."""
    return int((core["line1"] == DEFAULT_LINE).sum())
