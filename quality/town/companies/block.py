"""The company register: one block of consecutive companies, from word lists and ranks to BasicCompanyData's
55 columns.

`words/forms.csv` says which legal forms there are, in which share and number series, how they are named and
who owns them. Shares and weights are rounded from the published counts of the register of mid-2026."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from quality.town.companies.offices import (
    BARE_SERIES,
    DEFAULT_SHARE,
    at_default,
    office_abroad,
    registered_office,
    seat_frame,
    seated,
)
from quality.town.parts.dates import (
    EDITION_DAY,
)
from quality.town.parts.names import NOT_DRAWN, names
from quality.town.parts.numbers import slots, written
from quality.town.parts.places import Map, Seats
from quality.town.parts.wordlists import Bools, Days, Ints, choose, gather, numbers, pick, pick_from, table

UK = "United Kingdom"
NO_SIC = "None Supplied"
RESIDENTS_SIC = "98000"
DORMANT_SIC = "99999"
COMMUNITY_SICS = ("94990", "88990", "93120", "90010", "85590", "94910")


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
        drawn = pick_from(rng, endings, "suffix", rows.size)
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
    moved = (rng.random(size) < DEFAULT_SHARE) & series.is_in(["EW"]).to_numpy()
    return Block(
        at_default(core, moved),
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


def residents(form: Ints) -> Bools:
    """True for residents' companies."""
    return (gather(table("forms")["names"], form) == "residents").to_numpy()
