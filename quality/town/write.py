"""Writing the town: block by block, so that a register of any size is written in the memory of one block."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from quality.town import accounts, council, listed, officers, spending, subsidies, tenders
from quality.town.affairs import affairs
from quality.town.companies.block import block
from quality.town.companies.columns import CORE_COLUMNS, finished
from quality.town.gone import EARLIER, earlier, left, seats_on
from quality.town.identities import NOTE, WHO, identities
from quality.town.institutions import Institutions, institutions
from quality.town.land import leaks, overseas_titles, sales
from quality.town.land.titles import titles
from quality.town.parts import native
from quality.town.parts.dates import EDITION
from quality.town.parts.places import Map, town_map
from quality.town.people.owners import owners, signed
from quality.town.plant import Company, Draw, Planted, Truth
from quality.town.plants import planted, plants
from transforms.errors import UsageError

BLOCK = 25_000  # companies written at once
COMPANIES_MAX = 5_000_000  # the numbers of the real series hold no more
COMPANIES_FILE = f"BasicCompanyDataAsOneFile-{EDITION.isoformat()}.csv"
EARLIER_FILE = f"BasicCompanyDataAsOneFile-{EARLIER.isoformat()}.csv"
# From the days in which plants' companies move.
OLDER = {f"BasicCompanyDataAsOneFile-{day}.csv": day for day in (date(2025, 9, 1), date(2025, 10, 1))}
PSC_FILE = f"persons-with-significant-control-snapshot-{EDITION.isoformat()}.txt"
TITLES_FILE = f"CCOD_FULL_{EDITION:%Y_%m}.csv"
OVERSEAS_FILE = f"OCOD_FULL_{EDITION:%Y_%m}.csv"
SALES_FILE = "pp-complete.csv"
LISTED_FILE = "entities.ftm.json"
INSOLVENCY_FILE = f"insolvency-{EDITION.isoformat()}.jsonl"
LEAKS_FILE = f"full-oldb.{EDITION:%Y%m%d}.zip"
CHARGES_FILE = f"charges-{EDITION.isoformat()}.jsonl"
OFFICERS_FILE = "Prod216_0001_ew_1.dat"
DISQUALIFIED_FILE = f"disqualified-{EDITION.isoformat()}.jsonl"
SUBSIDIES_FILE = f"subsidies-{EDITION.isoformat()}.csv"
ACCOUNTS_FILE = f"accounts-{EDITION.isoformat()}.xml"
RATES_FILE = "eurofxref-hist.csv"
PERMITS_FILE = f"harrowmere-licences-{EDITION.isoformat()}.csv"
TENDERS_FILE = f"ocds-releases-{EDITION.isoformat()}.jsonl"
LEDGER_FILE = f"harrowmere-creditors-{EDITION.isoformat()}.csv"
SPENDING_FILE = f"harrowmere-spending-{EDITION:%Y-%m}.csv"

type Writer = tuple[str, Callable[[pl.DataFrame, BinaryIO], None]]  # header, and what writes the rows

ALWAYS: Mapping[str, Writer] = {
    COMPANIES_FILE: (f"{native.COMPANY_HEADER}\n", native.write_quoted),
    **dict.fromkeys((EARLIER_FILE, *OLDER), (f"{native.COMPANY_HEADER}\n", native.write_quoted)),
    PSC_FILE: ("", native.write_psc),
    TITLES_FILE: (f"{native.TITLE_HEADER}\r\n", native.write_titles),
}
# A town without a row of one does not get the file.
FURTHER: Mapping[str, Writer] = {
    OVERSEAS_FILE: (f"{','.join(overseas_titles.COLUMNS)}\r\n", native.write_titles),
    SALES_FILE: ("", native.write_quoted),
    LISTED_FILE: ("", native.write_lines),
    SPENDING_FILE: (f"{','.join(spending.COLUMNS)}\n", native.write_csv),
    CHARGES_FILE: ("", native.write_lines),
    LEAKS_FILE: ("", leaks.write),
    INSOLVENCY_FILE: ("", native.write_lines),
    OFFICERS_FILE: (officers.HEADER, native.write_lines),
    DISQUALIFIED_FILE: ("", native.write_lines),
    SUBSIDIES_FILE: (f"{','.join(subsidies.COLUMNS)}\n", native.write_csv),
    TENDERS_FILE: ("", native.write_lines),
    ACCOUNTS_FILE: (accounts.HEAD, native.write_lines),
    PERMITS_FILE: (f"{','.join(council.PERMIT_COLUMNS)}\n", native.write_csv),
    LEDGER_FILE: (f"{','.join(council.LEDGER_COLUMNS)}\n", native.write_csv),
    RATES_FILE: (f"{','.join(accounts.RATE_COLUMNS)}\n", native.write_csv),
}
WRITERS = {**ALWAYS, **FURTHER}
PAYMENTS_STREAM = 102  # of draws for what the council pays
PLANTED_STREAM = 103  # of draws for planted companies: a plant more changes nothing of the town's own
OFFICERS_STREAM = 104  # of draws for who is a director
GONE_STREAM = 101  # of draws for what is in the earlier edition only
LANDING = "landing"
MAPPINGS = "mappings"  # how the council's own files are read
TRUTH_FILE = "truth.csv"
TRUTH_COLUMNS = ("indicator", "subject_id", "expected", "note")
WHO_FILE = "who_is_who.csv"
# party: whose the record is; note: the kind of group, of records that are hard on purpose.
WHO_COLUMNS = ("register", "record", "party", "note")
PARTIES = "persons and entities with control"


@dataclass(frozen=True)
class TownFacts:
    """What was written.

    counts: how many there are of what. truth: planted subjects. plants: codes of their indicators. more: file
    name → records, of the further files and the earlier editions."""

    landing: Path
    truth_file: Path
    counts: Mapping[str, int]
    truth: int
    plants: tuple[str, ...]
    more: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        counts = {**self.counts, **{f"records of {name}": n for name, n in self.more.items()}}
        written = ", ".join(f"{n:,} {what}" for what, n in counts.items())
        return f"{written}; {self.truth:,} planted subjects ({', '.join(self.plants)})"


type Block = tuple[dict[str, pl.DataFrame], pl.DataFrame]  # file name → its rows; who is who


def write_town(into: Path, *, companies: int = 2000, seed: int = 1) -> TownFacts:
    """Write the registers of a town of `companies` into `into/landing`; beside it `into/truth.csv`, and in
    `into/mappings` how the council's own files are read.

    Plants come on top of `companies`. The same seed and size give the same bytes. Needs the memory of one
    block of 25,000 companies, whatever the size. Raises UsageError outside 1 … 5,000,000 companies."""
    if not 1 <= companies <= COMPANIES_MAX:
        raise UsageError(
            f"a town has 1 to {COMPANIES_MAX:,} companies, not {companies:,}; give another --companies"
        )
    town = town_map(companies)
    draw = Draw(town, seed)
    fixed = institutions(draw)
    extra = fixed.planted + planted(draw, companies) + identities(draw, companies, seed) + affairs(draw)
    landing = into / LANDING
    landing.mkdir(parents=True, exist_ok=True)
    blocks = (
        _block(number, companies, seed, town=town, fixed=fixed, extra=Planted() if number else extra)
        for number in range(-(-companies // BLOCK))
    )
    records = _write_registers(landing, blocks, into / WHO_FILE)
    write_mappings(__package__, into)
    write_truth(into / TRUTH_FILE, extra.truth)
    counts = {
        "companies": records[COMPANIES_FILE],
        PARTIES: records[PARTIES],
        "statements": records[native.STATEMENT_KIND],
        "exemptions": records[native.EXEMPTIONS_KIND],
        "titles": records[TITLES_FILE],
    }
    more = {name: records[name] for name in (EARLIER_FILE, *OLDER, *FURTHER) if records[name]}
    codes = tuple(code for code, plant in plants().items() if companies >= plant.companies_min)
    return TownFacts(landing, into / TRUTH_FILE, counts, len(extra.truth), codes, more)


def write_mappings(package: str, into: Path) -> None:
    """Copy those of the package, a town's, into `into/mappings`."""
    with as_file(files(package) / MAPPINGS) as folder:
        shutil.copytree(folder, into / MAPPINGS, copy_function=shutil.copyfile, dirs_exist_ok=True)


def write_truth(file: Path, truth: Sequence[Truth]) -> None:
    """TRUTH_COLUMNS, sorted."""
    rows = sorted((row.indicator, row.subject_id, row.expected, row.note) for row in truth)
    pl.DataFrame(rows, schema=TRUTH_COLUMNS, orient="row").write_csv(file)


def _write_registers(landing: Path, blocks: Iterator[Block], who_file: Path) -> Counter[str]:
    """Write every file. Returns how many records each has, PSC records by kind, and PARTIES."""
    records = Counter[str]()
    with ExitStack() as stack:
        who = stack.enter_context(who_file.open("wb"))
        who.write(f"{','.join(WHO_COLUMNS)}\n".encode())
        handles = {name: stack.enter_context((landing / name).open("wb")) for name in WRITERS}
        for name, (header, _) in WRITERS.items():
            handles[name].write(header.encode())
        for files, who_is_who in blocks:
            for name, (_, write) in WRITERS.items():
                write(files[name], handles[name])
            who_is_who.write_csv(who, include_header=False)
            records.update({name: rows.height for name, rows in files.items()})
            records.update(files[PSC_FILE]["kind"].to_list())
        statements, exemptions = records[native.STATEMENT_KIND], records[native.EXEMPTIONS_KIND]
        records[PARTIES] = records[PSC_FILE] - statements - exemptions
        handles[PSC_FILE].write(native.totals_line(records[PARTIES], statements, exemptions, EDITION))
        for name in (TITLES_FILE, OVERSEAS_FILE):
            handles[name].write(f"Row Count:,{records[name]}\r\n".encode())
        handles[OFFICERS_FILE].write(officers.trailer(records[OFFICERS_FILE]))
        handles[ACCOUNTS_FILE].write(accounts.FOOT.encode())
    for name in FURTHER:
        if not records[name]:
            (landing / name).unlink()
    return records


def _block(
    number: int, companies: int, seed: int, *, town: Map, fixed: Institutions, extra: Planted
) -> Block:
    """Block `number` of the companies, everything about them, and the plants `extra`. Each part has its own
    stream of draws.
    """
    draws = [np.random.default_rng([seed, number, part]) for part in range(8)]
    start = number * BLOCK
    people = block(start, min(start + BLOCK, companies), companies, town, draws[0])
    held, whose = owners(people, town, fixed.hub, draws[1])
    own = finished(people.core.select(CORE_COLUMNS), draws[3])
    asleep = own.filter(pl.col("Accounts.AccountCategory") == "DORMANT")["CompanyName"]
    awake = pl.col("Accounts.AccountCategory").replace("DORMANT", "MICRO ENTITY")  # unless a plant says so
    planted = finished(_cores(extra.companies), np.random.default_rng([seed, number, PLANTED_STREAM]))
    now = pl.concat([own, _overridden(planted.with_columns(awake), extra.companies)])
    psc = pl.concat([held, signed(native.frame(extra.psc, native.PSC_COLUMNS), draws[4])])
    gone = np.random.default_rng([seed, number, GONE_STREAM])
    boards = np.random.default_rng([seed, number, OFFICERS_STREAM])
    paying = np.random.default_rng([seed, number, PAYMENTS_STREAM])
    taken = {company.number for company in (*extra.gone, *extra.companies)}
    own_gone = left(people, town, gone, place=(number, -(-companies // BLOCK)), taken=taken)
    before = _overridden(earlier(now, pl.concat([own_gone, _cores(extra.gone)]), gone), extra.gone)
    files = {
        COMPANIES_FILE: now.sort("CompanyName", "CompanyNumber"),
        **_editions(before, extra),
        PSC_FILE: psc.sort("company_number", maintain_order=True),
        TITLES_FILE: _with_planted(titles(people, town, fixed.numbers, draws[2]), extra.titles),
        OVERSEAS_FILE: _with_planted(overseas_titles.drawn(people, town, draws[5]), extra.overseas_titles),
        SALES_FILE: _with_planted(sales.drawn(people, town, draws[6]), extra.sales),
        LISTED_FILE: _with_planted(listed.drawn(people, draws[7]), extra.listed),
        INSOLVENCY_FILE: native.frame(extra.insolvency, native.LINE_COLUMNS),
        LEAKS_FILE: native.frame(extra.leaks, leaks.COLUMNS),
        CHARGES_FILE: native.frame(extra.charges, native.LINE_COLUMNS),
        OFFICERS_FILE: officers.rows(officers.drawn(held, whose, own, boards), extra, now),
        DISQUALIFIED_FILE: native.frame(extra.disqualified, native.LINE_COLUMNS),
        SUBSIDIES_FILE: native.frame(extra.subsidies, subsidies.COLUMNS),
        SPENDING_FILE: _with_planted(spending.drawn(people, asleep, paying), extra.spending),
        ACCOUNTS_FILE: native.frame(accounts.statements(extra), native.LINE_COLUMNS),
        PERMITS_FILE: native.frame(council.permit_rows(extra), council.PERMIT_COLUMNS),
        TENDERS_FILE: _with_planted(tenders.ordinary()[: None if number == 0 else 0], extra.tenders),
        LEDGER_FILE: native.frame(council.ledger_rows(extra), council.LEDGER_COLUMNS),
        RATES_FILE: native.frame(accounts.rates(extra), accounts.RATE_COLUMNS),
    }
    return files, _who_is_who(psc, whose, extra.psc)


def _editions(before: pl.DataFrame, extra: Planted) -> dict[str, pl.DataFrame]:
    """File name → rows of the earlier editions. before: those of EARLIER, in the seats of today."""
    founded = pl.col("IncorporationDate").str.to_date("%d/%m/%Y")
    older = {name: before.filter(founded < day) for name, day in OLDER.items()}
    days = {EARLIER_FILE: EARLIER, **OLDER}
    return {
        name: _overridden(rows, seats_on(days[name], extra.moved)).sort("CompanyName", "CompanyNumber")
        for name, rows in {EARLIER_FILE: before, **older}.items()
    }


def _with_planted(drawn: pl.DataFrame, planted: Sequence[dict[str, str]]) -> pl.DataFrame:
    """The drawn rows of a file and the planted ones, sorted by the first column."""
    return pl.concat([drawn, native.frame(planted, drawn.columns)]).sort(drawn.columns[0])


def _who_is_who(psc: pl.DataFrame, drawn: pl.Series, planted: Sequence[dict[str, str]]) -> pl.DataFrame:
    """WHO_COLUMNS of the records of which it is known whose they are, in order of their locators.

    psc: the block's own records, whose persons are `drawn`, and the planted ones after them.
    """
    own = drawn.to_frame().with_columns(pl.lit(None, dtype=pl.String).alias(NOTE))
    who = pl.concat([own, native.frame(planted, (WHO, NOTE))])
    known = pl.concat([psc.select(native.psc_locator().alias("record")), who], how="horizontal")
    return (
        known.filter(pl.col(WHO).is_not_null())
        .select(pl.lit("gb_coh_psc").alias("register"), "record", pl.col(WHO).alias("party"), NOTE)
        .sort("record")
    )


def _cores(companies: Sequence[Company]) -> pl.DataFrame:
    """Planted companies in the columns of a block."""
    schema = {name: pl.Date() if name == "incorporated_on" else pl.String() for name in CORE_COLUMNS}
    rows = [
        {
            "line1": company.address.line1,
            "line2": "",
            "post_town": company.address.post_town,
            "county": "",
            "country": company.country,
            "postcode": company.address.postcode,
            "number": company.number,
            "name": company.name,
            "category": company.category,
            "series": company.series,
            "origin": company.origin,
            "status": company.status,
            "incorporated_on": company.incorporated_on,
            "sic": company.sic,
            "care_of": "",
            "former": "",
        }
        for company in companies
    ]
    return pl.DataFrame(rows, schema=schema)


def _overridden(rows: pl.DataFrame, companies: Sequence[Company]) -> pl.DataFrame:
    """The native columns that planted companies state for themselves."""
    stated = [{"CompanyNumber": company.number, **company.columns} for company in companies]
    names = sorted({name for row in stated for name in row} - {"CompanyNumber"})
    joined = rows.join(
        native.frame(stated, ("CompanyNumber", *names)),
        on="CompanyNumber",
        how="left",
        suffix=" stated",
        maintain_order="left",
    )
    return joined.with_columns(pl.coalesce(f"{name} stated", name).alias(name) for name in names).select(
        rows.columns
    )
