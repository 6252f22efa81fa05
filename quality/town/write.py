"""Writing the town: block by block, so that a register of any size is written in the memory of one block."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import polars as pl

from quality.town import accounts, companies_house, council, listed, tenders
from quality.town.affairs import affairs
from quality.town.companies.block import block
from quality.town.companies.columns import CORE_COLUMNS, finished
from quality.town.gone import EARLIER, left
from quality.town.identities import NOTE, WHO, identities
from quality.town.institutions import Institutions, institutions
from quality.town.land import overseas_titles, sales
from quality.town.land.titles import titles
from quality.town.parts import native
from quality.town.parts.dates import EDITION
from quality.town.parts.places import Map, town_map
from quality.town.people.owners import owners, signed
from quality.town.plant import Company, Draw, Planted, Truth
from quality.town.plants import planted, plants
from transforms.errors import UsageError
from transforms.registers.gb_hmlr_price_paid import NATIVE_COLUMNS as SALE_COLUMNS

BLOCK = 25_000  # companies written at once
COMPANIES_MAX = 5_000_000  # the numbers of the real series hold no more
EARLIER_FILE = f"BasicCompanyDataAsOneFile-{EARLIER}.csv"
# From the days in which plants' companies move.
OLDER = {f"BasicCompanyDataAsOneFile-{day}.csv": day for day in (date(2025, 9, 1), date(2025, 10, 1))}
EDITIONS = {EARLIER_FILE: EARLIER, **OLDER}


class File(NamedTuple):
    """One file of the town. columns: of its rows. header: what is written before them."""

    name: str
    columns: Sequence[str]
    write: Callable[[pl.DataFrame, BinaryIO], None]
    header: str = ""


def _companies(name: str) -> File:
    return File(name, native.COMPANY_COLUMNS, native.write_quoted, f"{native.COMPANY_HEADER}\n")


def _titles(name: str, columns: Sequence[str]) -> File:
    return File(name, columns, native.write_titles, f"{','.join(columns)}\r\n")


def _csv(name: str, columns: Sequence[str]) -> File:
    return File(name, columns, native.write_csv, f"{','.join(columns)}\n")


def _lines(name: str, header: str = "") -> File:
    return File(name, native.LINE_COLUMNS, native.write_lines, header)


# Part of Planted → the file with its rows; the earlier editions by their own names.
FILES: Mapping[str, File] = {
    "companies": _companies(f"BasicCompanyDataAsOneFile-{EDITION}.csv"),
    **{name: _companies(name) for name in EDITIONS},
    "psc": File(
        f"persons-with-significant-control-snapshot-{EDITION}.txt", native.PSC_COLUMNS, native.write_psc
    ),
    "titles": _titles(f"CCOD_FULL_{EDITION:%Y_%m}.csv", native.TITLE_COLUMNS),
    "overseas_titles": _titles(f"OCOD_FULL_{EDITION:%Y_%m}.csv", overseas_titles.COLUMNS),
    "sales": File("pp-complete.csv", SALE_COLUMNS, native.write_quoted),
    "listed": _lines("entities.ftm.json"),
    "spending": _csv(f"harrowmere-spending-{EDITION:%Y-%m}.csv", council.SPENDING_COLUMNS),
    "charges": _lines(f"charges-{EDITION}.jsonl"),
    "leaks": File(f"full-oldb.{EDITION:%Y%m%d}.zip", listed.LEAK_COLUMNS, listed.write_leak),
    "insolvency": _lines(f"insolvency-{EDITION}.jsonl"),
    "officers": _lines("Prod216_0001_ew_1.dat", companies_house.OFFICERS_HEADER),
    "disqualified": _lines(f"disqualified-{EDITION}.jsonl"),
    "subsidies": _csv(f"subsidies-{EDITION}.csv", council.SUBSIDY_COLUMNS),
    "tenders": _lines(f"ocds-releases-{EDITION}.jsonl"),
    "accounts": _lines(f"accounts-{EDITION}.xml", accounts.HEAD),
    "permits": _csv(f"harrowmere-licences-{EDITION}.csv", council.PERMIT_COLUMNS),
    "ledger": _csv(f"harrowmere-creditors-{EDITION}.csv", council.LEDGER_COLUMNS),
    "rates": _csv("eurofxref-hist.csv", accounts.RATE_COLUMNS),
}
PLANTED_ONLY = ("insolvency", "leaks", "charges", "disqualified", "subsidies")
COUNTED = ("companies", "psc", "titles")
ALWAYS = (*COUNTED, *EDITIONS)  # of another file a town without a row of it has none
# What is drawn → its stream of draws: what is drawn more for one changes nothing of another.
STREAMS = {
    "companies": 0,
    "owners": 1,
    "titles": 2,
    "columns": 3,
    "links": 4,
    "overseas_titles": 5,
    "sales": 6,
    "listed": 7,
    "gone": 101,
    "spending": 102,
    "planted": 103,
    "officers": 104,
}
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


type Block = tuple[dict[str, pl.DataFrame], pl.DataFrame]  # part → its rows; who is who


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
        "companies": records["companies"],
        PARTIES: records[PARTIES],
        "statements": records[native.STATEMENT_KIND],
        "exemptions": records[native.EXEMPTIONS_KIND],
        "titles": records["titles"],
    }
    more = {file.name: records[part] for part, file in FILES.items() if records[part] and part not in COUNTED}
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
    """Write every file. Returns how many records each part has, PSC records by kind, and PARTIES."""
    records = Counter[str]()
    with ExitStack() as stack:
        who = stack.enter_context(who_file.open("wb"))
        who.write(f"{','.join(WHO_COLUMNS)}\n".encode())
        handles = {
            part: stack.enter_context((landing / file.name).open("wb")) for part, file in FILES.items()
        }
        for part, file in FILES.items():
            handles[part].write(file.header.encode())
        for rows, who_is_who in blocks:
            for part, file in FILES.items():
                file.write(rows[part], handles[part])
            who_is_who.write_csv(who, include_header=False)
            records.update({part: frame.height for part, frame in rows.items()})
            records.update(rows["psc"]["kind"].to_list())
        statements, exemptions = records[native.STATEMENT_KIND], records[native.EXEMPTIONS_KIND]
        records[PARTIES] = records["psc"] - statements - exemptions
        handles["psc"].write(native.totals_line(records[PARTIES], statements, exemptions, EDITION))
        for part in ("titles", "overseas_titles"):
            handles[part].write(f"Row Count:,{records[part]}\r\n".encode())
        handles["officers"].write(companies_house.officers_trailer(records["officers"]))
        handles["accounts"].write(accounts.FOOT.encode())
    for part in FILES.keys() - ALWAYS:
        if not records[part]:
            (landing / FILES[part].name).unlink()
    return records


def _block(
    number: int, companies: int, seed: int, *, town: Map, fixed: Institutions, extra: Planted
) -> Block:
    """Block `number` of the companies, everything about them, and the plants `extra`."""
    rng = {name: np.random.default_rng([seed, number, stream]) for name, stream in STREAMS.items()}
    start = number * BLOCK
    people = block(start, min(start + BLOCK, companies), companies, town, rng["companies"])
    held, whose = owners(people, town, fixed.hub, rng["owners"])
    own = finished(people.core.select(CORE_COLUMNS), rng["columns"])
    asleep = own.filter(pl.col("Accounts.AccountCategory") == "DORMANT")["CompanyName"]
    awake = pl.col("Accounts.AccountCategory").replace("DORMANT", "MICRO ENTITY")  # unless a plant says so
    planted = finished(_cores(extra.companies), rng["planted"]).with_columns(awake)
    now = pl.concat([own, _overridden(planted, extra.companies)])
    psc = pl.concat([held, signed(native.frame(extra.psc, native.PSC_COLUMNS), rng["links"])])
    taken = {company.number for company in (*extra.gone, *extra.companies)}
    own_gone = left(people, town, rng["gone"], place=(number, -(-companies // BLOCK)), taken=taken)
    gone = finished(pl.concat([own_gone, _cores(extra.gone)]), rng["gone"])
    ever = _overridden(pl.concat([now, gone]), extra.gone)
    drawn = {
        "titles": titles(people, town, fixed.numbers, rng["titles"]),
        "overseas_titles": overseas_titles.drawn(people, town, rng["overseas_titles"]),
        "sales": sales.drawn(people, town, rng["sales"]),
        "listed": listed.drawn(people, rng["listed"]),
        "spending": council.spending(people, asleep, rng["spending"]),
        "tenders": tenders.ordinary()[: None if number == 0 else 0],
    }
    made = {
        **{part: getattr(extra, part) for part in PLANTED_ONLY},
        "accounts": accounts.statements(extra),
        "permits": _numbered(extra.permits, "LN/{:05}"),
        "ledger": _numbered(extra.ledger, "CR{:07}"),
        "rates": accounts.rates(extra),
    }
    directors = companies_house.directors(held, whose, own, rng["officers"])
    rows = {
        "companies": now.sort("CompanyName", "CompanyNumber"),
        **{name: _edition(ever, day, extra) for name, day in EDITIONS.items()},
        "psc": psc.sort("company_number", maintain_order=True),
        "officers": companies_house.officer_lines(directors, extra, now),
        **{part: _with_planted(frame, getattr(extra, part)) for part, frame in drawn.items()},
        **{part: native.frame(planted, FILES[part].columns) for part, planted in made.items()},
    }
    return rows, _who_is_who(psc, whose, extra.psc)


def _numbered(rows: Sequence[dict[str, str]], style: str) -> list[dict[str, str]]:
    """The council's own number of each, in the first column."""
    return [{**row, next(iter(row)): style.format(nth)} for nth, row in enumerate(rows, start=1)]


def _edition(ever: pl.DataFrame, day: date, extra: Planted) -> pl.DataFrame:
    """Rows of an earlier edition: companies founded before it, in the seats of then. ever: those of today,
    and those that are gone.
    """
    founded = pl.col("IncorporationDate").str.to_date("%d/%m/%Y")
    seated = [company for company, moved_on in extra.moved if day < moved_on]
    rows = _overridden(ever.filter(founded < day), seated)
    return rows.sort("CompanyName", "CompanyNumber")


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
