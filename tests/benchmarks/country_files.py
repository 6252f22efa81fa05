"""The files of a country, invented: a town of millions of companies, and as many further records of control,
titles, sales and payments as the registers of the United Kingdom have for its companies.

The further records are copies of the town's own, with ids of their own: of control, records that have ceased,
three in four of a former owner; of titles, one company's purchase of another one's kind of property; of
sales, the same dwelling years before; of payments, those of 200 bodies to suppliers of the town. Everything
is drawn from fixed seeds and written in blocks, so memory does not grow with the country."""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import batched, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import numpy as np
import polars as pl

from quality.town import write as town
from quality.town import write_town
from quality.town.parts import native
from quality.town.parts.dates import EDITION, EDITION_DAY, text
from quality.town.parts.wordlists import gather
from transforms.registers.gb_hmlr_price_paid import NATIVE_COLUMNS as SALE_COLUMNS

COMPANIES = 5_700_000  # each of the two editions has about so many
RECORDS = {"control": 16_000_000, "titles": 4_400_000, "sales": 30_000_000, "payments": 10_000_000}
# What the reliability test R21 asks for: one edition of companies, and no sales, payments or officers.
R21_RECORDS = {"control": 12_000_000, "titles": 3_500_000, "sales": 0, "payments": 0}
R21_WITHOUT = (town.EARLIER_FILE, *(town.FILES[part].name for part in ("sales", "spending", "officers")))
ROWS_PER_COMPANY = 1.11  # plants and companies that left come on top of a town's own
BODIES = 200  # of a whole country that publish payments
SEED = 29
BLOCK = 40_000  # records that are copied at once
REGISTERED = "person-with-significant-control"  # how the kinds end that are copied
FORMER_SHARE = 0.75  # of the ceased records: those of another person than today's
PREFIXES = ("ZU", "ZV", "ZY", "ZJ")  # of title numbers, none of the town's own
NUMBERS_PER_PREFIX = 999_000
DAYS_BACK = 2500  # from a sale to the copy before it; the town's own are all within 1,460
RISE = 0.035  # of prices in a year
REGION_SHARE = 0.05  # of all suppliers: those that one body pays

# Parts of a line of the register of control.
PATTERNS = {
    "kind": r'"kind":"([^"]*)"',
    "since": r'"notified_on":"([^"]*)"',
    "address": r'("address":\{[^}]*\})',
    "born": r'("date_of_birth":\{[^}]*\})',
    "forename": r'"forename":"([^"]*)"',
    "surname": r'"surname":"([^"]*)"',
}

type Copies = Callable[[list[bytes], int, int, np.random.Generator, BinaryIO], None]


def write_country(landing: Path, companies: int = COMPANIES, *, for_r21: bool = False) -> None:
    """Write the files of a country with about `companies` in each edition into the new folder `landing`."""
    share = companies / COMPANIES
    of_all = R21_RECORDS if for_r21 else RECORDS
    wanted = {name: int(records * share) for name, records in of_all.items()}
    landing.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=landing.parent) as folder:
        oldest = [Path(folder) / town.LANDING / name for name in town.OLDER]
        oldest[0].parent.mkdir()
        for path in oldest:
            path.symlink_to(os.devnull)  # two editions are enough
        size = min(town.COMPANIES_MAX, int(companies / ROWS_PER_COMPANY))
        own = write_town(Path(folder), companies=size, seed=SEED)
        for path in oldest:
            path.unlink()
        control, titles, sales = (
            own.landing / name
            for name in (town.FILES["psc"].name, town.FILES["titles"].name, town.FILES["sales"].name)
        )
        _drop_last_line(control)
        parties, statements, exemptions = (
            own.counts[what] for what in (town.PARTIES, "statements", "exemptions")
        )
        more = _lengthen(control, parties + statements + exemptions, wanted["control"], _ceased)
        totals = native.totals_line(parties + more, statements, exemptions, EDITION)
        _append(control, totals)
        _drop_last_line(titles)
        titles_n = own.counts["titles"]
        more = _lengthen(titles, titles_n, wanted["titles"], _titles, header_lines=1)
        _append(titles, f"Row Count:,{titles_n + more}\r\n".encode())
        _lengthen(sales, own.more[town.FILES["sales"].name], wanted["sales"], _sales)
        if more := max(0, wanted["payments"] - own.more[town.FILES["spending"].name]):
            _payments(own.landing, more, max(1, round(BODIES * share)))
        for name in R21_WITHOUT if for_r21 else ():
            (own.landing / name).unlink()
        own.landing.rename(landing)


def _drop_last_line(path: Path) -> None:
    with path.open("rb+") as file:
        file.seek(-500, 2)
        tail = file.read()
        file.truncate(file.tell() - len(tail) + tail.rstrip().rfind(b"\n") + 1)


def _append(path: Path, line: bytes) -> None:
    with path.open("ab") as file:
        file.write(line)


def _lengthen(path: Path, own: int, wanted: int, copies: Copies, *, header_lines: int = 0) -> int:
    """Append copies of the file's `own` records until it has `wanted`. Returns how many."""
    more, begun = max(0, wanted - own), 0
    with path.open("rb") as file, path.open("ab") as end:
        for number, lines in enumerate(batched(islice(file, header_lines, header_lines + own), BLOCK)):
            done = min(own, number * BLOCK + len(lines)) * more // own
            copies([*lines], done - begun, begun, np.random.default_rng([SEED, number]), end)
            begun = done
    return more


def _picked(rows: int, size: int, rng: np.random.Generator) -> pl.Series:
    """`size` positions among `rows`, each about equally often."""
    return pl.Series(np.resize(rng.permutation(rows), size))


def _serials(first: int, size: int, width: int) -> pl.Expr:
    """Numbers of copies, as texts of one width."""
    return pl.int_range(first, first + size).cast(pl.String).str.zfill(width)


def _ceased(lines: list[bytes], size: int, first: int, rng: np.random.Generator, end: BinaryIO) -> None:
    """Records of control that ceased between the day they were notified and the edition."""
    records = (
        pl.DataFrame({"line": pl.Series(lines, dtype=pl.Binary).cast(pl.String)})
        .with_columns(pl.col("line").str.extract(regex).alias(name) for name, regex in PATTERNS.items())
        .filter(
            pl.col("kind").str.ends_with(REGISTERED),
            ~pl.col("line").str.contains('"ceased', literal=True),
            pl.col("since") < str(EDITION - timedelta(days=30)),
        )
    )
    rows = records[_picked(records.height, size, rng)].with_columns(
        _ceased_on(pl.Series(rng.random(size))), new_link=_serials(first, size, 27)
    )
    ended = rows.with_columns(
        pl.col("line")
        .str.replace(r'"identity_verification_details":\{[^}]*\},', "")
        .str.replace(r'"self":"([^"]*)/[^"/]*"', pl.format('"self":"$1/{}"', "new_link"))
        .str.replace(r'"etag"', pl.format('"ceased_on":"{}","etag"', "ceased_on"))
    )
    is_former = pl.col("forename").is_not_null() & (pl.Series(rng.random(size)) < FORMER_SHARE)
    end.write("".join(ended.filter(~is_former)["line"]).encode())
    end.write("".join(_others(ended.filter(is_former), rng)).encode())


def _ceased_on(part: pl.Series) -> pl.Expr:
    since = pl.col("since").str.to_date()
    days = (pl.lit(EDITION) - since).dt.total_days() - 4
    return (since + pl.duration(days=(days * part).cast(pl.Int64))).cast(pl.String).alias("ceased_on")


def _others(persons: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """The records with persons who are nobody else: forename, surname, birth and address of four others."""
    drawn = persons.with_columns(
        pl.col(name).shuffle(seed=int(rng.integers(2**31)))
        for name in ("forename", "surname", "born", "address")
    )
    named = pl.format(
        '"name":"{} {}","name_elements":{{"forename":"{}","surname":"{}"}}', *("forename", "surname") * 2
    )
    return drawn.select(
        pl.col("line")
        .str.replace(r'"name":"[^"]*","name_elements":\{[^}]*\}', named)
        .str.replace(PATTERNS["born"], pl.col("born"))
        .str.replace(PATTERNS["address"], pl.col("address"))
    ).to_series()


def _frame(lines: list[bytes], columns: Sequence[str]) -> pl.DataFrame:
    return pl.read_csv(b"".join(lines), has_header=False, new_columns=[*columns], infer_schema=False)


def _titles(lines: list[bytes], size: int, first: int, rng: np.random.Generator, end: BinaryIO) -> None:
    """What another company bought, on the day and at the price of this one's purchase."""
    own = _frame(lines, native.TITLE_COLUMNS)
    serial = first + np.arange(size)
    number = gather(PREFIXES, serial // NUMBERS_PER_PREFIX) + pl.Series(serial % NUMBERS_PER_PREFIX + 1).cast(
        pl.String
    )
    what = own[_picked(own.height, size, rng)].select(native.TITLE_COLUMNS[1:8])
    rows = own[_picked(own.height, size, rng)].with_columns(number.alias("Title Number"), *what)
    native.write_titles(rows, end)


def _sales(lines: list[bytes], size: int, first: int, rng: np.random.Generator, end: BinaryIO) -> None:
    """Sales of the same dwellings before, two of one dwelling as far apart as its own."""
    own = _frame(lines, SALE_COLUMNS)
    picked = np.arange(size) % own.height
    turn = pl.Series(1 + np.arange(size) // own.height)
    house = pl.col("paon").cast(pl.Int64, strict=False).fill_null(0)
    days = (turn * DAYS_BACK + house * 101 % 1000).alias("days")
    noise = pl.Series(np.exp(rng.normal(0, 0.04, size)))
    price = pl.col("price_paid").cast(pl.Int64) * (1 + RISE) ** (-pl.col("days") / 365.25) * noise
    rows = (
        own[pl.Series(picked)]
        .with_columns(days)
        .with_columns(
            pl.format("{}{}}}", pl.col("unique_id").str.head(25), _serials(first, size, 12)).alias(
                "unique_id"
            ),
            price_paid=price.round().cast(pl.Int64).cast(pl.String),
            deed_date=(pl.col("deed_date").str.head(10).str.to_date() - pl.duration(days="days")).dt.strftime(
                "%Y-%m-%d 00:00"
            ),
        )
    )
    native.write_quoted(rows.select(SALE_COLUMNS), end)


def _payments(landing: Path, more: int, bodies: int) -> None:
    """A file for each body, with payments to the suppliers of its part of the country."""
    own = pl.read_csv(landing / town.FILES["spending"].name, infer_schema=False)
    for body in range(bodies):
        rng = np.random.default_rng([SEED, body])
        size = more * (body + 1) // bodies - more * body // bodies
        region = max(1, int(own.height * REGION_SHARE))
        start = (own.height - region) * body // bodies
        amount = pl.col("Net Amount").cast(pl.Float64) * pl.Series(np.exp(rng.normal(0, 0.5, size)))
        day = EDITION_DAY - rng.integers(1, 365, size).astype("timedelta64[D]")
        rows = own[pl.Series(start + rng.integers(0, region, size))].with_columns(
            pl.format("Z{}", _serials(0, size, 9)).alias("Transaction Number"),
            pl.lit(f"Zedshire {body:03} Borough Council").alias("Body Name"),
            text(day, "%d/%m/%Y").alias("Payment Date"),
            amount.round(2).cast(pl.String).alias("Net Amount"),
        )
        rows.write_csv(landing / f"zedshire-{body:03}-spending-{EDITION:%Y-%m}.csv")
