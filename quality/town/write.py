"""Writing the town: block by block, so that a register of any size is written in the memory of one block."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from quality.town import listed
from quality.town.background import background as counted
from quality.town.companies.block import block
from quality.town.companies.columns import CORE_COLUMNS, finished
from quality.town.companies.offices import at_default_address
from quality.town.gone import EARLIER, earlier, left, short_lived
from quality.town.identities import NOTE, WHO, identities
from quality.town.institutions import BACKGROUND, Institutions, institutions
from quality.town.land import overseas_titles, sales
from quality.town.land.titles import titles
from quality.town.parts import native
from quality.town.parts.dates import EDITION
from quality.town.parts.places import Map, town_map
from quality.town.people.owners import owners, signed
from quality.town.plant import Company, Draw, Planted, Truth, planted, plants
from quality.town.town_file import TownFile
from transforms.errors import UsageError

BLOCK = 25_000  # companies written at once
COMPANIES_MAX = 5_000_000  # the numbers of the real series hold no more
COMPANIES_FILE = f"BasicCompanyDataAsOneFile-{EDITION.isoformat()}.csv"
EARLIER_FILE = f"BasicCompanyDataAsOneFile-{EARLIER.isoformat()}.csv"
PSC_FILE = f"persons-with-significant-control-snapshot-{EDITION.isoformat()}.txt"
TITLES_FILE = f"CCOD_FULL_{EDITION:%Y_%m}.csv"
FURTHER: Mapping[str, TownFile] = {
    file.name: file for file in (overseas_titles.FILE, sales.FILE, listed.FILE)
}
# File name → header, and what writes its rows.
WRITERS: Mapping[str, tuple[bytes, Callable[[pl.DataFrame, BinaryIO], None]]] = {
    COMPANIES_FILE: (f"{native.COMPANY_HEADER}\n".encode(), native.write_companies),
    EARLIER_FILE: (f"{native.COMPANY_HEADER}\n".encode(), native.write_companies),
    PSC_FILE: (b"", native.write_psc),
    TITLES_FILE: (f"{native.TITLE_HEADER}\r\n".encode(), native.write_titles),
    **{name: (file.header, file.write) for name, file in FURTHER.items()},
}
FIRST_STREAM = 5  # of draws for FURTHER; companies, owners and titles have the streams before it
GONE_STREAM = 101  # of draws for what is in the earlier edition only
LANDING = "landing"
TRUTH_FILE = "truth.csv"
TRUTH_COLUMNS = ("indicator", "subject_id", "expected", "note")
WHO_FILE = "who_is_who.csv"
# party: whose the record is; note: the kind of group, of records that are hard on purpose.
WHO_COLUMNS = ("register", "record", "party", "note")
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
    """One block: file name → its rows; who is who; and what it adds to the background of indicators."""

    files: Mapping[str, pl.DataFrame]
    who: pl.DataFrame
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
    extra = fixed.planted + planted(draw, companies) + identities(draw, companies, seed)
    order = _Order(companies, seed, town, fixed, extra)
    landing = into / LANDING
    landing.mkdir(parents=True, exist_ok=True)
    records, background = _write_registers(landing, order, into / WHO_FILE)
    _write_truth(into / TRUTH_FILE, extra.truth)
    return TownFacts(
        edition=EDITION,
        landing=landing,
        truth_file=into / TRUTH_FILE,
        companies=records[COMPANIES_FILE],
        parties=records[PSC_FILE] - records[native.STATEMENT_KIND] - records[native.EXEMPTIONS_KIND],
        statements=records[native.STATEMENT_KIND],
        exemptions=records[native.EXEMPTIONS_KIND],
        titles=records[TITLES_FILE],
        truth=len(extra.truth),
        plants=tuple(code for code, plant in plants().items() if companies >= plant.companies_min),
        more={name: records[name] for name in (EARLIER_FILE, *FURTHER) if records[name]},
        background=dict(sorted(background.items())),
    )


def _write_registers(landing: Path, order: _Order, who_file: Path) -> tuple[Counter[str], Counter[str]]:
    """Write every file. Returns how many records each has, PSC records by kind too, and the background."""
    records, background = Counter[str](), Counter[str]()
    with ExitStack() as stack:
        who = stack.enter_context(who_file.open("wb"))
        who.write(f"{','.join(WHO_COLUMNS)}\n".encode())
        handles = {name: stack.enter_context((landing / name).open("wb")) for name in WRITERS}
        for name, (header, _) in WRITERS.items():
            handles[name].write(header)
        for made in _blocks(order):
            for name, (_, write) in WRITERS.items():
                write(made.files[name], handles[name])
            made.who.write_csv(who, include_header=False)
            records.update({name: rows.height for name, rows in made.files.items()})
            records.update(made.files[PSC_FILE]["kind"].to_list())
            background.update(made.background)
        statements, exemptions = records[native.STATEMENT_KIND], records[native.EXEMPTIONS_KIND]
        parties = records[PSC_FILE] - statements - exemptions
        handles[PSC_FILE].write(native.totals_line(parties, statements, exemptions, EDITION))
        handles[TITLES_FILE].write(f"Row Count:,{records[TITLES_FILE]}\r\n".encode())
        for name, file in FURTHER.items():
            handles[name].write(file.trailer(records[name]))
    for name in FURTHER:
        if not records[name]:
            (landing / name).unlink()
    return records, background


def _blocks(order: _Order) -> Iterator[_Block]:
    """The register block by block, the plants in the first one."""
    for number, start in enumerate(range(0, order.companies, BLOCK)):
        stop = min(start + BLOCK, order.companies)
        yield _block(order, start, stop, order.extra if number == 0 else Planted(), [order.seed, number])


def _block(order: _Order, start: int, stop: int, extra: Planted, seed: list[int]) -> _Block:
    """Companies `start` … `stop` − 1 and everything about them. Each part has its own stream of draws."""
    draws = [np.random.default_rng([*seed, part]) for part in range(FIRST_STREAM + len(FURTHER))]
    people = block(start, stop, order.companies, order.town, draws[0])
    held = owners(people, order.town, order.fixed.hub, draws[1])
    owned = titles(people, order.town, order.fixed.numbers, draws[2])
    core = pl.concat([people.core.select(CORE_COLUMNS), _cores(extra.companies)])
    companies = _overridden(finished(core, draws[3]), extra.companies)
    psc = pl.concat([held.records, signed(native.frame(extra.psc, native.PSC_COLUMNS), draws[4])])
    land = pl.concat([owned.rows, native.frame(extra.titles, native.TITLE_COLUMNS)])
    gone = np.random.default_rng([*seed, GONE_STREAM])
    taken = {company.number for company in (*extra.gone, *extra.companies)}
    own_gone = left(people, order.town, gone, place=(seed[-1], -(-order.companies // BLOCK)), taken=taken)
    before = earlier(companies, pl.concat([own_gone, _cores(extra.gone)]), gone)
    drawn = {
        name: file.drawn(people, order.town, rng)
        for (name, file), rng in zip(FURTHER.items(), draws[FIRST_STREAM:], strict=True)
    }
    background = Counter(
        {
            "DEC-010": held.no_owner_declared,
            "PRP-010": owned.newly_founded,
            "LIF-020": short_lived(own_gone),
            "ADR-050": at_default_address(people.core),
            **held.background,
        }
    )
    for added in (
        BACKGROUND if start == 0 else {},
        *(of_file for _, of_file in drawn.values()),
        counted(companies, psc, land, extra.truth),
    ):
        background.update(added)
    files = {
        COMPANIES_FILE: companies.sort("CompanyName", "CompanyNumber"),
        EARLIER_FILE: _overridden(before, extra.gone).sort("CompanyName", "CompanyNumber"),
        PSC_FILE: psc.sort("company_number", maintain_order=True),
        TITLES_FILE: land.sort("Title Number"),
        **{name: _with_planted(FURTHER[name], rows, extra) for name, (rows, _) in drawn.items()},
    }
    return _Block(files, _who_is_who(psc, held.who, extra.psc), background)


def _with_planted(file: TownFile, drawn: pl.DataFrame, extra: Planted) -> pl.DataFrame:
    """The drawn rows of a further file and the planted ones, in the file's order."""
    return pl.concat([drawn, native.frame(file.planted(extra), file.columns)]).sort(file.sort_by)


def _who_is_who(psc: pl.DataFrame, drawn: pl.Series, planted: Sequence[dict[str, str]]) -> pl.DataFrame:
    """WHO_COLUMNS of the records of which it is known whose they are, in order of their locators.

    psc: the block's own records, whose persons are `drawn`, and the planted ones after them.
    """
    own = drawn.to_frame().with_columns(pl.lit(None, dtype=pl.String).alias(NOTE))
    who = pl.concat([own, native.frame(planted, (WHO, NOTE))])
    known = pl.concat([psc.select(native.psc_locator().alias("record")), who], how="horizontal").filter(
        pl.col(WHO).is_not_null()
    )
    return known.select(
        pl.lit(PSC_REGISTER).alias("register"), "record", pl.col(WHO).alias("party"), NOTE
    ).sort("record")


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
