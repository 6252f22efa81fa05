"""The land registry's file of UK companies' titles, one block of titles for one block of companies.

Two in three titles belong to companies of the block, property companies and residents' companies far more
often than others; the rest to councils, societies, utilities, churches, and companies that have left the
register. Names and numbers are as conveyancers wrote them: LIMITED for LTD, AND for &, leading zeros lost, a
blank in a number.
"""

import numpy as np
import polars as pl

from quality.town.companies.block import Block, seat_frame
from quality.town.parts import native
from quality.town.parts.dates import EDITION_DAY, between, text
from quality.town.parts.places import COUNTY, Address, Map, Seats, seats
from quality.town.parts.wordlists import Days, Ints, choose, gather, spread, table

TITLES_PER_COMPANY = 0.55
PREFIXES = ("ZT", "ZTE", "ZTW", "ZTN", "ZTS", "ZTX", "ZTL", "ZTM")
NUMBERS_PER_PREFIX = 999_000
TITLES_PER_PREFIX = 400_000
REGION = "EAST MIDLANDS"
TOWN_PLACES = 12  # the first places are in the borough, the others in the district around it
BOROUGH, AROUND = "HARROWMERE", "WEND VALLEY"
COMPANY_CATEGORY = "Limited Company or Public Limited Company"
LLP_CATEGORY = "Limited Liability Partnership"
YOUNG_SHARE = 0.04  # titles of companies that bought within a year of incorporation: an ordinary background
YOUNG_DAYS = 365
OLDEST = np.datetime64("1988-01-04", "D")
HOLDING_SICS = ("68", "41", "64209", "98")
OWNERS = ("company", "institution", "gone", "unnumbered")
OWNERS_WEIGHTS = (67, 28, 4, 1)


def district_of(address: Address, town: Map) -> str:
    """The borough's or the district's around it."""
    around = town.places.to_list().index(address.place) >= TOWN_PLACES
    return AROUND if around else BOROUGH


def title_counts(companies: int) -> int:
    """How many titles belong to the first `companies`."""
    return int(companies * TITLES_PER_COMPANY)


def title_numbers(rank: Ints, total: int, rng: np.random.Generator) -> pl.Series:
    """Unique title numbers for the ranks 0 … total − 1: prefix and up to six digits, in no order."""
    prefixes = -(-max(total, 1) // TITLES_PER_PREFIX)
    width = prefixes * NUMBERS_PER_PREFIX // max(total, 1)
    value = spread(rank, total) * width + rng.integers(0, max(width, 1), rank.size)
    return gather(PREFIXES, value // NUMBERS_PER_PREFIX) + pl.Series(1 + value % NUMBERS_PER_PREFIX).cast(
        pl.String
    )


# --- who owns, since when ---------------------------------------------------------------------------------


def _buyers(block: Block, size: int, rng: np.random.Generator) -> tuple[Ints, Days]:
    """Row of the buying company, and the day it was added."""
    may_own = block.owners.is_in(["company", "residents", "llp", "plc", "guarantee"]).to_numpy()
    holds = np.any([block.sic.str.starts_with(start).to_numpy() for start in HOLDING_SICS], axis=0)
    grown = EDITION_DAY - block.incorporated > np.timedelta64(YOUNG_DAYS + 60, "D")
    weights = np.where(holds, 12.0, 1.0) * may_own * grown
    company = choose(rng, weights, size)
    founded = block.incorporated[company]
    since = np.maximum(founded + np.timedelta64(YOUNG_DAYS + 1, "D"), OLDEST)
    added = between(rng, since, np.full(size, EDITION_DAY - np.timedelta64(5, "D")))
    young = (rng.random(size) < YOUNG_SHARE) & (founded > OLDEST)
    return company, np.where(young, between(rng, founded, founded + np.timedelta64(YOUNG_DAYS, "D")), added)


def written_number(number: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A company number as titles carry it: one in three without its leading zeros, few with a blank, few
    missing.
    """
    data = pl.DataFrame({"n": number, "d": pl.Series(rng.random(len(number)))})
    return data.select(
        pl.when(pl.col("d") < 0.33)
        .then(pl.col("n").str.replace(r"^([A-Z]*)0+", "$1"))
        .when(pl.col("d") < 0.34)
        .then(pl.col("n").str.replace(r"^(..)", "$1 "))
        .when(pl.col("d") < 0.35)
        .then(pl.concat_str(pl.col("n"), pl.lit(" ")))
        .when(pl.col("d") < 0.36)
        .then(pl.lit(""))
        .otherwise(pl.col("n"))
    ).to_series()


def written_name(name: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A company name as titles carry it."""
    dice = pl.DataFrame(
        {"n": name, "long": pl.Series(rng.random(len(name))), "and": pl.Series(rng.random(len(name)))}
    )
    limited = (
        pl.when(pl.col("long") < 0.7)
        .then(pl.col("n").str.replace(" LTD$", " LIMITED"))
        .otherwise(pl.col("n"))
    )
    return dice.select(
        pl.when(pl.col("and") < 0.2)
        .then(limited.str.replace(" & ", " AND ", literal=True))
        .otherwise(limited)
    ).to_series()


def _company_parties(block: Block, town: Map, company: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """name, number, category, address of a proprietor that is a company of the block."""
    picked = pl.Series(company)
    seat = Seats(*(values[company] for values in vars(block.seat).values()))
    return pl.DataFrame(
        {
            "name": written_name(block.core["name"].gather(picked), rng),
            "number": written_number(block.core["number"].gather(picked), rng),
            "category": np.where(block.owners.gather(picked) == "llp", LLP_CATEGORY, COMPANY_CATEGORY),
            "address": _proprietor_address(seat_frame(seat, town), rng),
        }
    )


def _proprietor_address(seat: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    dice = pl.DataFrame(rng.random((seat.height, 2)), schema=["county", "comma"])
    titled = pl.concat([seat, dice], how="horizontal").with_columns(
        pl.col("unit", "street", "post_town").str.to_titlecase()
    )
    unit = (
        pl.when(pl.col("unit") != "").then(pl.concat_str(pl.col("unit"), pl.lit(", "))).otherwise(pl.lit(""))
    )
    county = pl.when(pl.col("county") < 0.3).then(pl.lit(f", {COUNTY.title()}")).otherwise(pl.lit(""))
    comma = pl.when(pl.col("comma") < 0.15).then(pl.lit(", ")).otherwise(pl.lit(" "))
    return titled.select(
        pl.concat_str(
            unit, "house", pl.lit(" "), "street", pl.lit(", "), "post_town", county, comma, "postcode"
        ).alias("address")
    )["address"]


def _institution_parties(numbers_of: dict[str, str], size: int, rng: np.random.Generator) -> pl.DataFrame:
    words = table("institutions")
    drawn = choose(rng, words["weight"].cast(pl.Float64).to_numpy(), size)
    number = words["number"].zip_with(
        words["number"] != "EW", words["name"].replace_strict(numbers_of, default="", return_dtype=pl.String)
    )
    return pl.DataFrame(
        {
            "name": gather(words["name"], drawn),
            "number": gather(number, drawn),
            "category": gather(words["category"], drawn),
            "address": gather(words["address"], drawn),
        }
    )


def _gone(parties: pl.DataFrame, who: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Proprietors that no company register holds any more, and companies whose number the title lacks."""
    brand = gather(table("brands")["brand"], rng.integers(0, table("brands").height, parties.height))
    old = gather(
        (" SECURITIES LIMITED", " (1972) LIMITED", " LAND COMPANY LIMITED", " BUILDERS (WENDSHIRE) LIMITED"),
        rng.integers(0, 4, parties.height),
    )
    number = pl.Series(rng.integers(60_000, 3_000_000, parties.height) * 16 % 3_000_000 + 13).cast(pl.String)
    gone = who == "gone"
    return parties.with_columns(
        parties["name"].zip_with(~gone, brand + old).alias("name"),
        parties["number"].zip_with(~gone, number).set(who == "unnumbered", "").alias("number"),
    )


# --- what it is -------------------------------------------------------------------------------------------

HOUSE, FLAT, UNIT, LAND, LIST, PARKING = range(6)
KIND_WEIGHTS = (46, 18, 9, 19, 6, 2)
LAND_WORDS = (
    "Land on the north side of {}",
    "Land on the south side of {}",
    "Land at {}",
    "Land and buildings on the east side of {}",
    "land lying to the west of {}",
    "Land forming part of {}",
    "land adjoining {}",
)
LEASEHOLD = (0.08, 0.85, 0.6, 0.06, 0.15, 0.5)


def _several() -> pl.Expr:
    """A list of houses or flats."""
    return (
        pl.when(pl.col("d") < 0.4)
        .then(
            pl.format(
                "{}, {}, {} and {} {}", "h", pl.col("h") + 2, pl.col("h") + 4, pl.col("h") + 6, "street"
            )
        )
        .when(pl.col("d") < 0.7)
        .then(pl.format("Flats 1-{}, {} House, {} {}", pl.col("n") + 1, "brand", "h", "street"))
        .otherwise(pl.format("{} and {} {}", "h", pl.col("h") + 2, "street"))
    )


def _texts(kind: Ints, seat: Seats, town: Map, rng: np.random.Generator) -> pl.DataFrame:
    """property address, postcode and whether it lists several units."""
    size = kind.size
    base = seat_frame(seat, town).with_columns(pl.col("street", "place", "post_town").str.to_titlecase())
    names = gather(table("brands")["brand"], rng.integers(0, table("brands").height, size)).str.to_titlecase()
    data = base.with_columns(
        pl.Series("kind", kind),
        pl.Series("n", 1 + rng.integers(0, 14, size)),
        pl.Series("d", rng.random(size)),
        names.alias("brand"),
        gather(LAND_WORDS, rng.integers(0, len(LAND_WORDS), size)).alias("land"),
        pl.col("house").cast(pl.Int64).alias("h"),
    )
    where = (
        pl.when(pl.col("place") == pl.col("post_town"))
        .then(pl.format(", {}", "post_town"))
        .otherwise(pl.format(", {}, {}", "place", "post_town"))
    )
    line = (
        pl.when(pl.col("kind") == HOUSE)
        .then(pl.format("{} {}", "h", "street"))
        .when(pl.col("kind") == FLAT)
        .then(pl.format("Flat {}, {} {}", "n", "h", "street"))
        .when(pl.col("kind") == UNIT)
        .then(pl.format("Unit {}, {} Business Park, {}", "n", "brand", "street"))
        .when(pl.col("kind") == LAND)
        .then(pl.col("land").str.replace("{}", pl.col("street"), literal=True))
        .when(pl.col("kind") == PARKING)
        .then(pl.format("Parking space {} at {} Court, {}", "n", "brand", "street"))
        .otherwise(_several())
    )
    coded = (
        pl.when((pl.col("kind") == LAND) & (pl.col("d") < 0.75))
        .then(pl.lit(""))
        .otherwise(pl.col("postcode"))
    )
    tail = pl.when(coded != "").then(pl.format(" ({})", coded)).otherwise(pl.lit(""))
    return data.select(
        pl.concat_str(line, where, tail).alias("address"),
        coded.alias("postcode"),
        ((pl.col("kind") == LIST) & (pl.col("d") < 0.35)).alias("several"),
    )


def _prices(kind: Ints, added: Days, rng: np.random.Generator) -> pl.Series:
    """Whole pounds, for one title in four added since April 2000; the register holds none before."""
    middle = np.array([185_000, 120_000, 210_000, 60_000, 420_000, 9_000])[kind]
    years = (added - np.datetime64("2000-04-01", "D")).astype(np.int64) / 365.25
    value = middle * np.exp(rng.normal(0, 0.45, kind.size)) * 1.035 ** np.maximum(years - 15, -15)
    shown = (rng.random(kind.size) < 0.27) & (years > 0)
    return (
        pl.Series((np.round(value / 500) * 500).astype(np.int64)).cast(pl.String).set(pl.Series(~shown), "")
    )


def _second_parties(block: Block, town: Map, added: Days, rng: np.random.Generator) -> pl.DataFrame:
    """A second proprietor for one title in thirty, a company that was long there; blank for the others."""
    company = choose(rng, (block.owners == "company").to_numpy().astype(np.float64), added.size)
    settled = added - block.incorporated[company] > np.timedelta64(YOUNG_DAYS, "D")
    none = pl.Series(~(settled & (rng.random(added.size) < 0.08)))
    return _company_parties(block, town, company, rng).with_columns(
        pl.when(none).then(pl.lit("")).otherwise(pl.col(name)).alias(name)
        for name in ("name", "number", "category", "address")
    )


# --- one block --------------------------------------------------------------------------------------------


def proprietor_columns(parties: pl.DataFrame, n: int) -> dict[str, pl.Series]:
    """Native columns of proprietor `n`."""
    return {
        f"Proprietor Name ({n})": parties["name"],
        f"Company Registration No. ({n})": parties["number"],
        f"Proprietorship Category ({n})": parties["category"],
        f"Proprietor ({n}) Address (1)": parties["address"],
    }


def titles(block: Block, town: Map, numbers_of: dict[str, str], rng: np.random.Generator) -> pl.DataFrame:
    """Native rows of the titles that come with a block of companies. numbers_of: company numbers of
    institutions, by name.
    """
    first, last = title_counts(block.start), title_counts(block.start + block.size)
    size = last - first
    who = gather(OWNERS, choose(rng, OWNERS_WEIGHTS, size))
    company, added = _buyers(block, size, rng)
    own = _company_parties(block, town, company, rng)
    institutional = _institution_parties(numbers_of, size, rng)
    is_own = who != "institution"
    mixed = pl.DataFrame([own[name].zip_with(is_own, institutional[name]) for name in own.columns])
    parties = _gone(mixed, who, rng)
    any_day = between(rng, np.full(size, OLDEST), np.full(size, EDITION_DAY - np.timedelta64(9, "D")))
    added = np.where(is_own.to_numpy(), added, any_day)
    undated = rng.random(size) < 0.004
    kind = choose(rng, KIND_WEIGHTS, size)
    seat = seats(town, size, rng)
    what = _texts(kind, seat, town, rng)
    leasehold = rng.random(size) < np.array(LEASEHOLD)[kind]
    return native.aligned(
        pl.DataFrame(
            {
                "Title Number": title_numbers(first + np.arange(size), title_counts(block.companies), rng),
                "Tenure": gather(("Freehold", "Leasehold"), leasehold.astype(np.int64)),
                "Property Address": what["address"],
                "District": gather((BOROUGH, AROUND), (seat.place >= TOWN_PLACES).astype(np.int64)),
                "County": pl.Series([COUNTY] * size, dtype=pl.String),
                "Region": pl.Series([REGION] * size, dtype=pl.String),
                "Postcode": what["postcode"],
                "Multiple Address Indicator": gather(("N", "Y"), what["several"].cast(pl.Int64).to_numpy()),
                "Price Paid": _prices(kind, added, rng),
                **proprietor_columns(parties, 1),
                **proprietor_columns(_second_parties(block, town, added, rng), 2),
                "Date Proprietor Added": text(added, "%d-%m-%Y", undated),
                "Additional Proprietor Indicator": gather(
                    ("N", "Y"), (rng.random(size) < 0.02).astype(np.int64)
                ),
            }
        ),
        native.TITLE_COLUMNS,
    )
