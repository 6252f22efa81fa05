"""The company register: one block of consecutive companies, from word lists and ranks to BasicCompanyData's
55 columns.

`words/forms.csv` says which legal forms there are, in which share and number series, how they are named and
who owns them. Shares and weights are rounded from the published counts of the register of mid-2026."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from quality.town.parts.dates import EDITION_DAY
from quality.town.parts.names import NOT_DRAWN, names, slots, written
from quality.town.parts.places import COUNTY, OFFICES, Map, Seats, postcodes, seats
from quality.town.parts.wordlists import Bools, Days, Ints, choose, gather, numbers, pick, table

UK = "United Kingdom"
NO_SIC = "None Supplied"
RESIDENTS_SIC = "98000"
DORMANT_SIC = "99999"
COMMUNITY_SICS = ("94990", "88990", "93120", "90010", "85590", "94910")
BARE_SERIES = ("CE", "RS")  # registered elsewhere: the company register knows name, number and date only
OFFICE_SHARE = 0.16  # companies seated at an accountant's or agent's office
OFFICE_SEATS_MAX = 60  # well under ADR-010's 100, so that only plants are mass registrations
COMPANIES_PER_OFFICE = 40  # of numbers of offices that a block is given; it has about one office for 94
OFFICE_MEAN = 15
DEFAULT_SHARE = 0.0025
ABBREVIATED = {
    " STREET": " ST",
    " ROAD": " RD",
    " AVENUE": " AVE",
    " CRESCENT": " CRES",
    " TERRACE": " TERR",
    " DRIVE": " DR",
}
UNIT_WORDS = ("FLAT", "UNIT", "SUITE", "APARTMENT", "FLAT", "UNIT")


@dataclass(frozen=True)
class Block:
    """One block. `core` has the columns that `finished` turns into native ones; the arrays are in its order.

    owners: who owns such a form (company, llp …). surname: position, or NOT_DRAWN.
    sic: the first SIC code, empty where there is none. seat: where it sits. The block is companies `start`
    and following of a register of `companies`."""

    core: pl.DataFrame
    owners: pl.Series
    incorporated: Days
    surname: Ints
    sic: pl.Series
    seat: Seats
    start: int
    companies: int

    @property
    def size(self) -> int:
        return self.core.height

    @property
    def overseas(self) -> Bools:
        """True for overseas entities."""
        return (self.owners == "overseas").to_numpy()


# --- how many of each form --------------------------------------------------------------------------------


def form_counts(companies: int) -> Ints:
    """How many of the first `companies` have each form of forms.csv; private companies take what is left."""
    shares = np.array([float(share or 0) for share in table("forms")["share"]])
    counts = np.floor(shares * companies + 0.5).astype(np.int64)
    counts[0] = companies - counts[1:].sum()
    return counts


def _ranks(kind: pl.Series, form: Ints, start: int, companies: int) -> list[tuple[str, Ints, Ints, int]]:
    """For each kind (series or name family): its rows in the block, their ranks in the register, and the
    register's total.
    """
    before, total = form_counts(start), form_counts(companies)
    ranks = []
    for name in kind.unique(maintain_order=True):
        forms = np.flatnonzero((kind == name).to_numpy())
        rows = np.flatnonzero(np.isin(form, forms))
        ranks.append((str(name), rows, before[forms].sum() + np.arange(rows.size), int(total[forms].sum())))
    return ranks


def _numbered(form: Ints, start: int, companies: int, rng: np.random.Generator) -> tuple[pl.Series, Days]:
    number, day = np.full(form.size, "", object), np.full(form.size, EDITION_DAY)
    for series, rows, rank, total in _ranks(table("forms")["series"], form, start, companies):
        value, day[rows] = slots(series, rank, total, rng)
        number[rows] = written(series, pl.Series(value)).to_numpy()
    return pl.Series(number, dtype=pl.String), day


def _named(form: Ints, start: int, companies: int, town: Map) -> tuple[pl.Series, Ints, Ints]:
    stem, trade, surname = np.full(form.size, "", object), *np.full((2, form.size), NOT_DRAWN)
    for family, rows, rank, total in _ranks(table("forms")["names"], form, start, companies):
        stem[rows], trade[rows], surname[rows] = names(family, rank, total, town.places)
    return pl.Series(stem, dtype=pl.String), trade, surname


def _suffixed(stem: pl.Series, form: Ints, abroad: Ints, rng: np.random.Generator) -> pl.Series:
    """The name with its legal form; an overseas entity takes its country's."""
    suffix = np.full(form.size, "", dtype=object)
    for position, name in enumerate(table("forms")["form"]):
        rows = np.flatnonzero(form == position)
        drawn = pick(rng, table("suffixes").filter(form=name), "suffix", rows.size)
        suffix[rows] = (
            drawn.to_numpy()
            if name != "overseas_entity"
            else (" " + gather(table("overseas")["suffix"], abroad[rows])).to_numpy()
        )
    return stem + pl.Series(suffix, dtype=pl.String)


# --- what they do -----------------------------------------------------------------------------------------


def _sic_codes(form: Ints, trade: Ints, rng: np.random.Generator) -> pl.Series:
    """First SIC code: the trade's, else drawn from the register's mix; residents', community and dormant
    ones by form.
    """
    families = gather(table("forms")["names"], form)
    data = pl.DataFrame(
        {
            "family": families,
            "drawn": pick(rng, table("sic"), "code", form.size),
            "by_trade": gather(table("trades")["sic"], np.maximum(trade, 0)),
            "has": pl.Series(trade >= 0),
            "community": gather(COMMUNITY_SICS, rng.integers(0, len(COMMUNITY_SICS), form.size)),
            "dormant": (rng.random(form.size) < 0.03) & (families == "trading").to_numpy(),
        }
    )
    return data.select(
        pl.when(pl.col("family") == "residents")
        .then(pl.lit(RESIDENTS_SIC))
        .when(pl.col("family") == "community")
        .then(pl.col("community"))
        .when(pl.col("dormant"))
        .then(pl.lit(DORMANT_SIC))
        .when(pl.col("has"))
        .then(pl.col("by_trade"))
        .otherwise(pl.col("drawn"))
    ).to_series()


# --- where they sit, and how registrants spell it -------------------------------------------------------


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
        "line1": pl.lit("PO BOX 4385"),
        "line2": pl.format("{} - COMPANIES HOUSE DEFAULT ADDRESS", "number"),
        "post_town": pl.lit("CARDIFF"),
        "county": pl.lit(""),
        "country": pl.lit(""),
        "postcode": pl.lit("CF14 8LH"),
    }
    return core.with_columns(
        pl.when(there).then(value).otherwise(pl.col(name)).alias(name) for name, value in default.items()
    )


# --- one block --------------------------------------------------------------------------------------------


def block(start: int, stop: int, companies: int, town: Map, rng: np.random.Generator) -> Block:
    """Companies `start` … `stop` − 1 of a register of `companies`."""
    forms, counts = table("forms"), form_counts(stop) - form_counts(start)
    form = rng.permutation(np.repeat(np.arange(counts.size), counts))
    size, series = form.size, gather(forms["series"], form)
    number, incorporated = _numbered(form, start, companies, rng)
    stem, trade, surname = _named(form, start, companies, town)
    abroad = choose(rng, numbers("overseas", "weight"), size)
    sic = _sic_codes(form, trade, rng)
    seat, at_office = seated(size, start, town, rng)
    office = office_abroad(registered_office(seat_frame(seat, town), rng), series, abroad, rng)
    overseas = series.is_in(["OE", "FC"])
    core = pl.concat(
        [
            office,
            pl.DataFrame(
                {
                    "number": number,
                    "name": _suffixed(stem, form, abroad, rng),
                    "category": gather(forms["category"], form),
                    "series": series,
                    "origin": gather(table("overseas")["country"], abroad).set(~overseas, UK),
                    "status": pick(rng, table("statuses"), "status", size).set(
                        series.is_in(["OE", *BARE_SERIES]), "Active"
                    ),
                    "incorporated_on": pl.Series(incorporated),
                    "sic": sic.set(series.is_in(["OE"]), "").set(
                        series.is_in([*BARE_SERIES, "OC", "SO", "LP", "SL", "FC"]), NO_SIC
                    ),
                    "care_of": _care_of(at_office, rng),
                    "former": _former(stem, rng),
                }
            ),
        ],
        how="horizontal",
    )
    moved = (rng.random(size) < DEFAULT_SHARE) & series.is_in(["EW"]).to_numpy()
    return Block(
        at_default(core, moved),
        gather(forms["owners"], form),
        incorporated,
        surname,
        sic,
        seat,
        start,
        companies,
    )


def _care_of(at_office: Bools, rng: np.random.Generator) -> pl.Series:
    agent = gather(
        table("surnames")["surname"].str.to_uppercase(),
        rng.integers(0, table("surnames").height, at_office.size),
    )
    return ("C/O " + agent + " & CO").set(pl.Series(~(at_office & (rng.random(at_office.size) < 0.06))), "")


def _former(stem: pl.Series, rng: np.random.Generator) -> pl.Series:
    """An earlier name for one company in eleven: the stem of another with an older ending; empty for the
    others.
    """
    endings = gather(
        (" (HOLDINGS) LIMITED", " (2000) LIMITED", " SERVICES LTD", " UK LTD", " GROUP LIMITED"),
        rng.integers(0, 5, len(stem)),
    )
    return (stem + endings).set(pl.Series(rng.random(len(stem)) >= 0.09), "")
