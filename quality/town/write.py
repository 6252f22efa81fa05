"""Writing the town: block by block, so that a register of any size is written in the memory of one block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from quality.town import listed, native, overseas_titles, sales
from quality.town.background import background as counted
from quality.town.companies import CORE_COLUMNS, at_default_address, block, finished
from quality.town.dates import EDITION
from quality.town.gone import EARLIER, earlier, left, short_lived
from quality.town.identities import NOTE, WHO, identities
from quality.town.institutions import BACKGROUND, Institutions, institutions
from quality.town.owners import owners, signed
from quality.town.places import Map, town_map
from quality.town.plant import Company, Draw, Planted, Truth, planted, plants
from quality.town.titles import titles
from quality.town.town_file import TownFile
from transforms.errors import UsageError

BLOCK = 25_000  # companies written at once
COMPANIES_MAX = 5_000_000  # the numbers of the real series hold no more
COMPANIES_FILE = f"BasicCompanyDataAsOneFile-{EDITION.isoformat()}.csv"
EARLIER_FILE = f"BasicCompanyDataAsOneFile-{EARLIER.isoformat()}.csv"
PSC_FILE = f"persons-with-significant-control-snapshot-{EDITION.isoformat()}.txt"
TITLES_FILE = f"CCOD_FULL_{EDITION:%Y_%m}.csv"
FILES: tuple[TownFile, ...] = (overseas_titles.FILE, sales.FILE, listed.FILE)
FIRST_STREAM = 5  # of draws for FILES; companies, owners and titles have the streams before it
GONE_STREAM = 101  # of draws for what is in the earlier edition only
LANDING = "landing"
TRUTH_FILE = "truth.csv"
TRUTH_COLUMNS = ("indicator", "subject_id", "expected", "note")
WHO_FILE = "who_is_who.csv"
WHO_COLUMNS = (
    "register",
    "record",
    "party",
    "note",
)  # party: whose the record is; note: the kind of group, of records that are hard on purpose
PSC_REGISTER = "gb_coh_psc"


@dataclass(frozen=True)
class TownFacts:
    """What was written.

    companies, parties, statements, exemptions, titles: records of each kind. more: file name → records, of
    the further files and the earlier edition.
    truth: planted subjects. plants: their codes.
    background: indicator → how many subjects of the town itself it may rightly flag although nothing was
    planted there. Indicators not named there have none by construction; their flags outside the truth are
    errors."""

    edition: date
    landing: Path
    truth_file: Path
    companies: int
    parties: int
    statements: int
    exemptions: int
    titles: int
    truth: int
    plants: tuple[str, ...]
    more: Mapping[str, int] = field(default_factory=dict)
    background: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        more = "".join(f", {records:,} records of {name}" for name, records in self.more.items())
        return (
            f"{self.companies:,} companies, {self.parties:,} persons and entities with control, "
            f"{self.statements:,} statements, {self.exemptions:,} exemptions, "
            f"{self.titles:,} titles{more}; {self.truth:,} planted subjects ({', '.join(self.plants)})"
        )


@dataclass
class _Counts:
    """Records written so far."""

    companies: int = 0
    parties: int = 0
    statements: int = 0
    exemptions: int = 0
    titles: int = 0
    more: Counter[str] = field(default_factory=Counter)
    background: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Order:
    """What is to be written: a register of `companies`, drawn from `seed`, with its fixed bodies and its
    plants.
    """

    companies: int
    seed: int
    town: Map
    fixed: Institutions
    extra: Planted


@dataclass(frozen=True)
class _Block:
    """One block in native rows, with what it adds to the background of indicators. earlier: its companies
    four weeks before, and those gone since.
    """

    companies: pl.DataFrame
    earlier: pl.DataFrame
    psc: pl.DataFrame
    who: pl.DataFrame
    titles: pl.DataFrame
    more: Mapping[str, pl.DataFrame]
    background: Counter[str]


def write_town(into: Path, *, companies: int = 2000, seed: int = 1) -> TownFacts:
    """Write the registers of a town of `companies` into `into/landing`, and `into/truth.csv` beside it.

    Plants come on top of `companies`. The same seed and size give the same bytes. Needs the memory of one
    block of 25,000 companies, whatever the size. Raises UsageError outside 1 … 5,000,000 companies."""
    if not 1 <= companies <= COMPANIES_MAX:
        raise UsageError(
            f"a town has 1 to {COMPANIES_MAX:,} companies, not {companies:,}; give another --companies"
        )
    town = town_map(companies)
    draw = Draw(town, seed)
    fixed = institutions(draw)
    order = _Order(
        companies,
        seed,
        town,
        fixed,
        fixed.planted + planted(draw, companies) + identities(draw, companies, seed),
    )
    landing = into / LANDING
    landing.mkdir(parents=True, exist_ok=True)
    with (into / WHO_FILE).open("wb") as who:
        counts = _write_registers(landing, order, who)
    _write_truth(into / TRUTH_FILE, order.extra.truth)
    return _facts(into, order, counts)


def _write_registers(landing: Path, order: _Order, who: BinaryIO) -> _Counts:
    counts = _Counts()
    with ExitStack() as stack:
        names = (COMPANIES_FILE, EARLIER_FILE, PSC_FILE, TITLES_FILE)
        companies, before, psc, land = (stack.enter_context((landing / name).open("wb")) for name in names)
        companies.write(f"{native.COMPANY_HEADER}\n".encode())
        before.write(f"{native.COMPANY_HEADER}\n".encode())
        land.write(f"{native.TITLE_HEADER}\r\n".encode())
        further = {file.name: stack.enter_context((landing / file.name).open("wb")) for file in FILES}
        who.write(f"{','.join(WHO_COLUMNS)}\n".encode())
        for file in FILES:
            further[file.name].write(file.header)
        for made in _blocks(order):
            native.write_companies(made.companies, companies)
            native.write_companies(made.earlier, before)
            native.write_psc(made.psc, psc)
            made.who.write_csv(who, include_header=False)
            native.write_titles(made.titles, land)
            for file in FILES:
                file.write(made.more[file.name], further[file.name])
            _count(counts, made)
        psc.write(native.totals_line(counts.parties, counts.statements, counts.exemptions, EDITION))
        land.write(f"Row Count:,{counts.titles}\r\n".encode())
        for file in FILES:
            further[file.name].write(file.trailer(counts.more[file.name]))
    for file in FILES:
        if not counts.more[file.name]:
            (landing / file.name).unlink()
    return counts


def _blocks(order: _Order) -> Iterator[_Block]:
    """The register block by block, the plants in the first one."""
    for number, start in enumerate(range(0, order.companies, BLOCK)):
        stop = min(start + BLOCK, order.companies)
        yield _block(order, start, stop, order.extra if number == 0 else Planted(), [order.seed, number])


def _block(order: _Order, start: int, stop: int, extra: Planted, seed: list[int]) -> _Block:
    """Companies `start` … `stop` − 1 and everything about them. Each part has its own stream of draws."""
    draws = [np.random.default_rng([*seed, part]) for part in range(FIRST_STREAM + len(FILES))]
    gone = np.random.default_rng([*seed, GONE_STREAM])
    people = block(start, stop, order.companies, order.town, draws[0])
    held = owners(people, order.town, order.fixed.hub, draws[1])
    owned = titles(people, order.town, order.fixed.numbers, draws[2])
    core = pl.concat([people.core.select(CORE_COLUMNS), _cores(extra.companies)])
    psc = pl.concat([held.records, signed(native.frame(extra.psc, native.PSC_COLUMNS), draws[4])])
    who = pl.concat(
        [
            held.who.to_frame().with_columns(pl.lit(None, dtype=pl.String).alias(NOTE)),
            native.frame(extra.psc, (WHO, NOTE)),
        ]
    )
    land = pl.concat([owned.rows, native.frame(extra.titles, native.TITLE_COLUMNS)])
    drawn = {
        file.name: file.drawn(people, order.town, rng)
        for file, rng in zip(FILES, draws[FIRST_STREAM:], strict=True)
    }
    taken = {company.number for company in (*order.extra.gone, *order.extra.companies)}
    own_gone = left(people, order.town, gone, place=(seed[-1], -(-order.companies // BLOCK)), taken=taken)
    background = Counter(
        {"DEC-010": held.no_owner_declared, "PRP-010": owned.newly_founded, "LIF-020": short_lived(own_gone)}
    )
    background.update({**held.background, "ADR-050": at_default_address(people.core)})
    background.update(BACKGROUND if start == 0 else {})
    for _, added in drawn.values():
        background.update(added)
    companies = _overridden(finished(core, draws[3]), extra.companies)
    background.update(counted(companies, psc, land, extra.truth))
    before = _overridden(earlier(companies, pl.concat([own_gone, _cores(extra.gone)]), gone), extra.gone)
    return _Block(
        companies.sort("CompanyName", "CompanyNumber"),
        before.sort("CompanyName", "CompanyNumber"),
        psc.sort("company_number", maintain_order=True),
        _who_is_who(psc, who),
        land.sort("Title Number"),
        {
            file.name: pl.concat([drawn[file.name][0], native.frame(file.planted(extra), file.columns)]).sort(
                file.sort_by
            )
            for file in FILES
        },
        background,
    )


def _who_is_who(psc: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    """WHO_COLUMNS of the records of which it is known whose they are, in order of their locators."""
    told = pl.concat([psc.select(native.psc_locator().alias("record")), who], how="horizontal").filter(
        pl.col(WHO).is_not_null()
    )
    return told.select(
        pl.lit(PSC_REGISTER).alias("register"), "record", pl.col(WHO).alias("party"), NOTE
    ).sort("record")


def _count(counts: _Counts, made: _Block) -> None:
    statements, exemptions = (
        int((made.psc["kind"] == kind).sum()) for kind in (native.STATEMENT_KIND, native.EXEMPTIONS_KIND)
    )
    counts.companies += made.companies.height
    counts.parties += made.psc.height - statements - exemptions
    counts.statements += statements
    counts.exemptions += exemptions
    counts.titles += made.titles.height
    counts.more.update(
        {EARLIER_FILE: made.earlier.height, **{name: rows.height for name, rows in made.more.items()}}
    )
    counts.background.update(made.background)


def _cores(companies: Sequence[Company]) -> pl.DataFrame:
    """Planted companies in the columns of a block."""
    schema = {name: pl.Date() if name == "incorporated_on" else pl.String() for name in CORE_COLUMNS}
    return pl.DataFrame([company.core() for company in companies], schema=schema)


def _overridden(rows: pl.DataFrame, companies: Sequence[Company]) -> pl.DataFrame:
    """The native columns that planted companies state for themselves."""
    stated = [
        {"CompanyNumber": company.number, **company.columns} for company in companies if company.columns
    ]
    if not stated:
        return rows
    names = sorted({name for row in stated for name in row} - {"CompanyNumber"})
    given = pl.DataFrame(
        [{name: row.get(name) for name in ("CompanyNumber", *names)} for row in stated],
        schema=dict.fromkeys(("CompanyNumber", *names), pl.String),
    )
    joined = rows.join(given, on="CompanyNumber", how="left", suffix=" stated", maintain_order="left")
    return joined.with_columns(pl.coalesce(f"{name} stated", name).alias(name) for name in names).select(
        rows.columns
    )


def _write_truth(path: Path, truth: Sequence[Truth]) -> None:
    rows = sorted((row.indicator, row.subject_id, row.expected, row.note) for row in truth)
    pl.DataFrame(rows, schema=TRUTH_COLUMNS, orient="row").write_csv(path)


def _facts(into: Path, order: _Order, counts: _Counts) -> TownFacts:
    return TownFacts(
        edition=EDITION,
        landing=into / LANDING,
        truth_file=into / TRUTH_FILE,
        companies=counts.companies,
        parties=counts.parties,
        statements=counts.statements,
        exemptions=counts.exemptions,
        titles=counts.titles,
        truth=len(order.extra.truth),
        plants=tuple(code for code, plant in plants().items() if order.companies >= plant.companies_min),
        more={name: records for name, records in counts.more.items() if records},
        background=dict(sorted(counts.background.items())),
    )
