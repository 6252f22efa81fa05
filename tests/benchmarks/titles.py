"""How long titles, their changes of a month and the postcode directory take from the file to the lake, and
the memory, beside DuckDB that merely reads the file.

    python -m tests.benchmarks.titles [--records 1000000]

Invented rows. One run of each, in processor seconds of a process of its own; memory is the most that it had.
Prints; checks nothing."""

import argparse
import os
import resource
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import duckdb

from flows.ingest.landing import look
from flows.ingest.parse import ingest
from tests.native_files import ALL_FORMS
from transforms.model.register import registers

FULL, CHANGES, POSTCODES = "CCOD_FULL_2026_05.csv", "CCOD_COU_2026_06.csv", "ONSPD_MAY_2026_UK.csv"
# The publisher's further columns, of which none is used.
AREAS = (
    "cty25cd",
    "ced25cd",
    "wd25cd",
    "ctry25cd",
    "rgn25cd",
    "pcon24cd",
    "ttwa15cd",
    "itl25cd",
    "npark16cd",
)
WIDE_HEADER = ("," + ",".join((*AREAS, *(f"further{n}" for n in range(20)))) + ",lat,long").encode()
WIDE_ROW = (',"E99999999"' * (len(AREAS) + 20)).encode() + b",50.261544,-5.052141"
CHANGED_PART = 50  # one title in so many changes in a month


def _write(folder: Path, records: int) -> None:
    titles, postcodes = ALL_FORMS["ccod"], ALL_FORMS["postcodes"]
    with (folder / FULL).open("wb") as file:
        file.writelines(line + b"\n" for line in titles.lines([titles.row(n) for n in range(records)]))
    header = titles.header or b""
    changed = [
        titles.row(n) + b"," + kind + b",10-06-2026"
        for n in range(0, records, CHANGED_PART)
        for kind in (b"D", b"A")
    ]
    ending = f"Row Count:,{len(changed)}".encode()
    lines = (header + b",Change Indicator,Change Date", *changed, ending)
    (folder / CHANGES).write_bytes(b"\n".join((*lines, b"")))
    with (folder / POSTCODES).open("wb") as file:
        file.write((postcodes.header or b"") + WIDE_HEADER + b"\n")
        file.writelines(postcodes.row(n) + WIDE_ROW + b"\n" for n in range(records))


def _to_lake(folder: Path, *names: str) -> None:
    landing = folder / "landing"
    landing.mkdir()
    for name in names:
        os.link(folder / name, landing / name)
    edition = look(landing, registers()).editions[-1]
    facts = ingest(edition, folder / "work", "key").facts
    print(f"    {facts.rows_in:,} in, {facts.rows_loaded:,} loaded, {facts.rows_ignored:,} ignored")


def _read(folder: Path, name: str) -> None:
    path = folder / name
    duckdb.execute(f"create table t as from read_csv('{path}', all_varchar = true, ignore_errors = true)")


def _run(what: str, job: Callable[..., None], folder: Path, *names: str) -> None:
    start = time.process_time()
    job(folder, *names)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:40} {time.process_time() - start:6.1f} s, {peak:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--postcodes-only", action="store_true")
    given = parser.parse_args()
    records = given.records
    jobs = (
        ("titles: DuckDB reads", _read, (FULL,)),
        ("titles: to the lake", _to_lake, (FULL,)),
        ("titles and changes: to the lake", _to_lake, (FULL, CHANGES)),
        ("postcodes: DuckDB reads", _read, (POSTCODES,)),
        ("postcodes: to the lake", _to_lake, (POSTCODES,)),
    )
    for what, job, names in jobs[3:] if given.postcodes_only else jobs:
        with TemporaryDirectory() as folder:
            writer = get_context("spawn").Process(target=_write, args=(Path(folder), records))
            writer.start()
            writer.join()
            process = get_context("spawn").Process(target=_run, args=(what, job, Path(folder), *names))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
