"""The company register: one block of consecutive companies, from word lists and ranks to BasicCompanyData's
55 columns.

`words/forms.csv` says which legal forms there are, in which share and number series, how they are named and
who owns them. Shares and weights are rounded from the published counts of the register of mid-2026."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from quality.town import native
from quality.town.dates import (
    EDITION_DAY,
    LAST_RETURN,
    add_months,
    between,
    last_anniversary,
    month_end,
    slashed,
)
from quality.town.names import NOT_DRAWN, names
from quality.town.numbers import slots, written
from quality.town.places import COUNTY, OFFICES, Map, Seats, postcodes, seats
from quality.town.wordlists import Bools, Days, Ints, choose, gather, numbers, pick, table

UK = "United Kingdom"
NO_SIC = "None Supplied"
RESIDENTS_SIC = "98000"
DORMANT_SIC = "99999"
COMMUNITY_SICS = ("94990", "88990", "93120", "90010", "85590", "94910")
BARE_SERIES = ("CE", "RS")  # registered elsewhere: the company register knows name, number and date only
NO_ACCOUNTS_SERIES = ("CE", "RS", "LP", "SL", "FC")
OFFICE_SHARE = 0.16  # companies seated at an accountant's or agent's office
OFFICE_SEATS_MAX = 60  # well under ADR-010's 100, so that only plants are mass registrations
OFFICE_MEAN = 15
DEFAULT_ADDRESS_SHARE = 0.0025
DEFAULT_LINE = "PO BOX 4385"
ACCOUNTS = (
    "MICRO ENTITY",
    "TOTAL EXEMPTION FULL",
    "DORMANT",
    "UNAUDITED ABRIDGED",
    "FULL",
    "SMALL",
    "AUDIT EXEMPTION SUBSIDIARY",
    "GROUP",
    "TOTAL EXEMPTION SMALL",
    "MEDIUM",
    "ACCOUNTS TYPE NOT AVAILABLE",
)
ACCOUNTS_WEIGHTS = (385, 330, 125, 40, 20, 18, 9, 7, 6, 2, 2)


@dataclass(frozen=True)
class Block:
    """One block. `core` has the columns that `finished` turns into native ones; the arrays are in its order.

    form: row of forms.csv. owners: who owns such a form (company, llp …). surname: position, or NOT_DRAWN.
    sic: the first SIC code, empty where there is none. seat: where it sits. The block is companies `start`
    and following of a register of `companies`."""

    core: pl.DataFrame
    form: Ints
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
    found = []
    for name in kind.unique(maintain_order=True):
        forms = np.flatnonzero((kind == name).to_numpy())
        rows = np.flatnonzero(np.isin(form, forms))
        found.append((str(name), rows, before[forms].sum() + np.arange(rows.size), int(total[forms].sum())))
    return found


def _forms(start: int, stop: int, rng: np.random.Generator) -> Ints:
    counts = form_counts(stop) - form_counts(start)
    return rng.permutation(np.repeat(np.arange(counts.size), counts))


def _numbered(form: Ints, start: int, companies: int, rng: np.random.Generator) -> tuple[pl.Series, Days]:
    number = np.full(form.size, "", dtype=object)
    day = np.full(form.size, EDITION_DAY)
    for series, rows, rank, total in _ranks(table("forms")["series"], form, start, companies):
        value, day[rows] = slots(series, rank, total, rng)
        number[rows] = written(series, pl.Series(value)).to_numpy()
    return pl.Series(number, dtype=pl.String), day


def _named(form: Ints, start: int, companies: int, town: Map) -> tuple[pl.Series, Ints, Ints]:
    stem = np.full(form.size, "", dtype=object)
    trade, surname = np.full(form.size, NOT_DRAWN), np.full(form.size, NOT_DRAWN)
    for family, rows, rank, total in _ranks(table("forms")["names"], form, start, companies):
        made = names(family, rank, total, town.places)
        stem[rows], trade[rows], surname[rows] = made.stem.to_numpy(), made.trade, made.surname
    return pl.Series(stem, dtype=pl.String), trade, surname


def _suffixed(stem: pl.Series, form: Ints, abroad: Ints, rng: np.random.Generator) -> pl.Series:
    """The name with its legal form; an overseas entity takes its country's."""
    suffix = np.full(form.size, "", dtype=object)
    for position, name in enumerate(table("forms")["form"]):
        rows = np.flatnonzero(form == position)
        endings = table("suffixes").filter(pl.col("form") == name)
        chosen = choose(rng, endings["weight"].cast(pl.Float64).to_numpy(), rows.size)
        suffix[rows] = (
            gather(endings["suffix"], chosen).to_numpy()
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
    drawn = pick(rng, "sic", "code", form.size)
    by_trade = gather(table("trades")["sic"], np.maximum(trade, 0))
    community = gather(pl.Series(COMMUNITY_SICS), rng.integers(0, len(COMMUNITY_SICS), form.size))
    dormant = pl.Series((rng.random(form.size) < 0.03) & (families == "trading").to_numpy())
    data = pl.DataFrame(
        {
            "family": families,
            "drawn": drawn,
            "by_trade": by_trade,
            "has": pl.Series(trade >= 0),
            "community": community,
            "dormant": dormant,
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


def sic_text(code: pl.Series) -> pl.Series:
    """`68209 - Other letting and …`, as the register writes a code."""
    texts = dict(zip(table("sic")["code"], table("sic")["text"], strict=True))
    return pl.select(
        pl.concat_str(code, pl.lit(" - "), code.replace_strict(texts, default="", return_dtype=pl.String))
    ).to_series()


# --- where they sit ---------------------------------------------------------------------------------------


def _offices(size: int, first_office: int, town: Map, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Place, street and house of `size` companies at offices that no other block uses."""
    n = size // 3 + 1
    seats_n = np.minimum(OFFICE_SEATS_MAX, 3 + rng.exponential(OFFICE_MEAN - 3, n)).astype(np.int64)
    local = np.repeat(np.arange(n), seats_n)[:size]
    office = first_office + local
    place = choose(rng, town.weights, n)[local]
    street = office % len(town.streets)
    return place, street, OFFICES + office // len(town.streets) + street * 7 % 60


def _seated(size: int, start: int, town: Map, rng: np.random.Generator) -> tuple[Seats, Bools]:
    own = seats(town, size, rng)
    at_office = rng.random(size) < OFFICE_SHARE
    place, street, house = _offices(int(at_office.sum()), spread_offices(start), town, rng)
    for target, value in ((own.place, place), (own.street, street), (own.house, house)):
        target[at_office] = value
    own.unit[at_office] = 0
    return own, at_office


def spread_offices(start: int) -> int:
    """First office of the block that begins at company `start`: a block has about one office for 94
    companies.
    """
    return start // 40


ABBREVIATED = {
    " STREET": " ST",
    " ROAD": " RD",
    " AVENUE": " AVE",
    " CRESCENT": " CRES",
    " TERRACE": " TERR",
    " DRIVE": " DR",
}
UNIT_WORDS = ("FLAT", "UNIT", "SUITE", "APARTMENT", "FLAT", "UNIT")


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


def _registered_office(seat: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
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


def _abroad(office: pl.DataFrame, series: pl.Series, abroad: Ints, rng: np.random.Generator) -> pl.DataFrame:
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


def _defaulted(core: pl.DataFrame, moved: Bools) -> pl.DataFrame:
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


# --- one block --------------------------------------------------------------------------------------------


def block(start: int, stop: int, companies: int, town: Map, rng: np.random.Generator) -> Block:
    """Companies `start` … `stop` − 1 of a register of `companies`."""
    forms = table("forms")
    form = _forms(start, stop, rng)
    size, series = form.size, gather(forms["series"], form)
    number, incorporated = _numbered(form, start, companies, rng)
    stem, trade, surname = _named(form, start, companies, town)
    abroad = choose(rng, numbers("overseas", "weight"), size)
    sic = _sic_codes(form, trade, rng)
    seat, at_office = _seated(size, start, town, rng)
    office = _abroad(_registered_office(seat_frame(seat, town), rng), series, abroad, rng)
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
                    "status": pick(rng, "statuses", "status", size).set(
                        series.is_in(["OE", *BARE_SERIES]), "Active"
                    ),
                    "incorporated_on": pl.Series(incorporated),
                    "sic": sic.set(series.is_in(["OE"]), "").set(
                        series.is_in([*BARE_SERIES, "LP", "SL", "FC"]), NO_SIC
                    ),
                    "care_of": _care_of(at_office, rng),
                    "former": _former(stem, rng),
                }
            ),
        ],
        how="horizontal",
    )
    moved = (rng.random(size) < DEFAULT_ADDRESS_SHARE) & series.is_in(["EW"]).to_numpy()
    return Block(
        _defaulted(core, moved),
        form,
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


# --- 55 columns -------------------------------------------------------------------------------------------


def _accounts(core: pl.DataFrame, day: Days, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Reference date, last and next accounts: nine months after the year's end, 21 months after
    incorporation at first.
    """
    size = day.size
    own_month = (day.astype("datetime64[M]").astype(np.int64) % 12) + 1
    month = np.where(
        rng.random(size) < 0.62, own_month, gather_ints((3, 12, 9), choose(rng, (5, 4, 1), size))
    )
    newest = (
        (EDITION_DAY - rng.integers(60, 300, size).astype("timedelta64[D]"))
        .astype("datetime64[M]")
        .astype(np.int64)
    )
    made_up = newest - (newest - (month - 1)) % 12 - np.where(rng.random(size) < 0.04, 12, 0)
    first_due = add_months(day, 21)
    none = made_up < day.astype("datetime64[M]").astype(np.int64) + 6
    last = month_end(made_up.astype("datetime64[M]"))
    due = np.where(none, first_due, month_end((made_up + 21).astype("datetime64[M]")))
    category = (
        gather(ACCOUNTS, choose(rng, ACCOUNTS_WEIGHTS, size))
        .set(core["sic"] == DORMANT_SIC, "DORMANT")
        .set(pl.Series(none), "NO ACCOUNTS FILED")
    )
    end_day = (
        month_end((month - 1 + 12 * 33).astype("datetime64[M]")).astype("datetime64[D]")
        - (month - 1 + 12 * 33).astype("datetime64[M]").astype("datetime64[D]")
    ).astype(np.int64) + 1
    return {
        "Accounts.AccountRefDay": pl.Series(end_day).cast(pl.String),
        "Accounts.AccountRefMonth": pl.Series(month).cast(pl.String),
        "Accounts.NextDueDate": slashed(due),
        "Accounts.LastMadeUpDate": slashed(last, none),
        "Accounts.AccountCategory": category,
    }


def gather_ints(values: tuple[int, ...], positions: Ints) -> Ints:
    return np.array(values, dtype=np.int64)[positions]


def _returns(day: Days, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Annual returns until 2016, confirmation statements since: yearly, 28 and 14 days after the made-up
    date.
    """
    return_made = last_anniversary(day, np.full(day.size, LAST_RETURN))
    no_return = day > LAST_RETURN - np.timedelta64(365, "D")
    return_due = add_months(np.where(no_return, day, return_made), 12) + np.timedelta64(28, "D")
    review_end = day - np.timedelta64(1, "D")
    confirmed = last_anniversary(
        review_end, np.full(day.size, EDITION_DAY) - rng.integers(0, 20, day.size).astype("timedelta64[D]")
    )
    return {
        "Returns.NextDueDate": slashed(return_due),
        "Returns.LastMadeUpDate": slashed(return_made, no_return),
        "ConfStmtNextDueDate": slashed(add_months(confirmed, 12) + np.timedelta64(14, "D")),
        "ConfStmtLastMadeUpDate": slashed(confirmed, confirmed == review_end),
    }


def _charges(core: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.Series]:
    property_trade = core["sic"].str.starts_with("68").to_numpy()
    ever = np.where(
        rng.random(core.height) < np.where(property_trade, 0.4, 0.09), 1 + rng.poisson(1.4, core.height), 0
    )
    ever = np.where(core["series"].is_in(["EW", "SC", "NI", "OC", "SO"]).to_numpy(), ever, 0)
    outstanding = (ever * rng.choice([0, 0.5, 1, 1], core.height)).astype(np.int64)
    part = np.where((ever > 3) & (rng.random(core.height) < 0.05), np.minimum(1, ever - outstanding), 0)
    return {
        "Mortgages.NumMortCharges": pl.Series(ever).cast(pl.String),
        "Mortgages.NumMortOutstanding": pl.Series(outstanding).cast(pl.String),
        "Mortgages.NumMortPartSatisfied": pl.Series(part).cast(pl.String),
        "Mortgages.NumMortSatisfied": pl.Series(ever - outstanding - part).cast(pl.String),
    }


def _sic_columns(core: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Up to four codes; one company in six has a second, few a third."""
    has = ~core["sic"].is_in(["", NO_SIC])
    first = sic_text(core["sic"]).zip_with(has, core["sic"])
    second, third = (
        sic_text(pick(rng, "sic", "code", core.height)),
        sic_text(pick(rng, "sic", "code", core.height)),
    )
    more = (
        pl.Series(rng.random(core.height))
        + (~has).cast(pl.Float64)
        + core["sic"].is_in([RESIDENTS_SIC, DORMANT_SIC]).cast(pl.Float64)
    )
    return {
        "SICCode.SicText_1": first,
        "SICCode.SicText_2": second.set(more > 0.17, ""),
        "SICCode.SicText_3": third.set(more > 0.05, ""),
    }


def _partners(core: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.Series]:
    limited = core["series"].is_in(["LP", "SL"]).to_numpy()
    return {
        "LimitedPartnerships.NumGenPartners": pl.Series(
            np.where(limited, 1 + rng.integers(0, 2, core.height), 0)
        ).cast(pl.String),
        "LimitedPartnerships.NumLimPartners": pl.Series(
            np.where(limited, rng.integers(1, 9, core.height), 0)
        ).cast(pl.String),
    }


def _former_columns(core: pl.DataFrame, day: Days, rng: np.random.Generator) -> dict[str, pl.Series]:
    changed = between(
        rng, day + np.timedelta64(40, "D"), np.full(day.size, EDITION_DAY - np.timedelta64(30, "D"))
    )
    none = ((core["former"] == "") | pl.Series(day > EDITION_DAY - np.timedelta64(90, "D"))).to_numpy()
    return {
        "PreviousName_1.CONDATE": slashed(changed, none),
        "PreviousName_1.CompanyName": core["former"].set(pl.Series(none), ""),
    }


def _blanked(columns: dict[str, pl.Series], series: pl.Series) -> dict[str, pl.Series]:
    """What the register leaves blank for forms that file no accounts or statements with it."""
    overseas, none = series.is_in(["OE"]), series.is_in(NO_ACCOUNTS_SERIES)
    for name in (
        "Accounts.AccountRefDay",
        "Accounts.AccountRefMonth",
        "Accounts.NextDueDate",
        "Accounts.LastMadeUpDate",
        "Returns.NextDueDate",
        "Returns.LastMadeUpDate",
        "ConfStmtNextDueDate",
        "ConfStmtLastMadeUpDate",
    ):
        columns[name] = columns[name].set(overseas | none, None)
    columns["Accounts.AccountCategory"] = (
        columns["Accounts.AccountCategory"].set(none, "NO ACCOUNTS FILED").set(overseas, None)
    )
    return columns


def finished(core: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The 55 native columns of companies whose `core` columns are given; what else a register says is
    drawn to fit.
    """
    day = core["incorporated_on"].to_numpy().astype("datetime64[D]")
    drawn = {
        **_accounts(core, day, rng),
        **_returns(day, rng),
        **_charges(core, rng),
        **_sic_columns(core, rng),
        **_partners(core, rng),
        **_former_columns(core, day, rng),
    }
    given = {
        "CompanyName": core["name"],
        "CompanyNumber": core["number"],
        "RegAddress.CareOf": core["care_of"],
        "RegAddress.AddressLine1": core["line1"],
        "RegAddress.AddressLine2": core["line2"],
        "RegAddress.PostTown": core["post_town"],
        "RegAddress.County": core["county"],
        "RegAddress.Country": core["country"],
        "RegAddress.PostCode": core["postcode"],
        "CompanyCategory": core["category"],
        "CompanyStatus": core["status"],
        "CountryOfOrigin": core["origin"],
        "IncorporationDate": slashed(day),
        "URI": "http://business.data.gov.uk/id/company/" + core["number"],
    }
    return native.aligned(pl.DataFrame({**given, **_blanked(drawn, core["series"])}), native.COMPANY_COLUMNS)


CORE_COLUMNS = (
    "line1",
    "line2",
    "post_town",
    "county",
    "country",
    "postcode",
    "number",
    "name",
    "category",
    "series",
    "origin",
    "status",
    "incorporated_on",
    "sic",
    "care_of",
    "former",
)


def residents(form: Ints) -> Bools:
    """True for residents' companies."""
    return (gather(table("forms")["names"], form) == "residents").to_numpy()
