"""What reading and parsing costs, for every register: its golden cases, repeated to many native records,
beside DuckDB (CSV, JSON) or the standard library (XML) that merely reads the same file.

    python -m tests.benchmarks.registers [NAME …] [--records 100000]

Processor seconds of one run each, in this process, on one thread; no lake is written and no gate is run. A
repeated record has the id that it had, so finding duplicates in a whole edition is not in it. Prints; checks
nothing."""

import argparse
import os
import re
import time
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import duckdb
import polars as pl

from tests.register_cases import cases, edition_of, native_file, tables_in
from transforms.errors import BlockedEdition
from transforms.model.parsing import conform
from transforms.model.register import DelimitedTables, Edition, Register, registers
from transforms.readers import read

LINE = b"\n"
DECLARATION = re.compile(rb"<\?xml[^>]*\?>")
JSON = "read_json(?, ignore_errors = true, maximum_object_size = 1000000000)"


def grown(register: Register, path: Path, into: Path, records: int) -> int:
    """Write the file with its records repeated; how many it has."""
    raw = path.read_bytes()
    places = pl.concat(
        [
            frame.select("byte_offset", "byte_length").cast(pl.Int64)
            for batch in read(register, path)
            for frame in (batch.frame, batch.rejects)
        ]
    ).sort("byte_offset")
    spans = [(start, start + length) for start, length in places.rows()]
    first, last = spans[0][0], max(end for _, end in spans)
    between = raw[spans[0][1] : spans[1][0]] if len(spans) > 1 else LINE
    times = max(1, records // len(spans))
    with into.open("wb") as file:
        file.write(raw[:first])
        for _ in range(times - 1):
            file.write(raw[first:last] + between)
        file.write(raw[first:])
    return times * len(spans)


def parsing(register: Register, path: Path, edition: Edition) -> float:
    began = time.process_time()
    for batch in read(register, path):
        good, _, _ = conform(batch.frame, register.fields_in(batch.frame.columns))
        register.parse(good, edition)
    return time.process_time() - began


def merely_reading(path: Path) -> float:
    raw = path.read_bytes()
    first = raw.lstrip(b"\xef\xbb\xbf \r\n")[:1]
    began = time.process_time()
    if first == b"<":
        # One document around them all: a file may have many, one after the other.
        whole = BytesIO(b"<all>" + DECLARATION.sub(b"", raw) + b"</all>")
        for _, element in ElementTree.iterparse(whole):
            element.clear()
    else:
        scan = JSON if first in b"[{" else "read_csv(?, all_varchar = true, ignore_errors = true)"
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute(f"create table t as from {scan}", [str(path)])
    return time.process_time() - began


def measured(register: Register, case: Path, records: int) -> tuple[int, float, float, float]:
    """Records, megabytes, and seconds of processor: parsing, and merely reading."""
    source = native_file(case)
    files = [source]
    if isinstance(register.reader, DelimitedTables):
        files = [source / f"{table}.csv" for table in tables_in(register.reader, source)]
    edition = edition_of(register, source)
    records_n, size, parsed, plain = 0, 0.0, 0.0, 0.0
    with TemporaryDirectory() as folder:
        for file in files:
            into = Path(folder) / file.name
            records_n += grown(register, file, into, records // len(files))
            size += into.stat().st_size / 1e6
            parsed += parsing(register, into, edition)
            plain += merely_reading(into)
    return records_n, size, parsed, plain


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--records", type=int, default=100_000)
    arguments = parser.parse_args()
    print(f"{'register':26}{'case':18}{'records':>9}{'MB':>7}{'parsed s':>10}{'merely s':>10}{'ratio':>7}")
    for register in registers().values():
        if arguments.names and register.name not in arguments.names:
            continue
        for case in cases(register)[:1]:
            try:
                records_n, size, parsed, plain = measured(register, case, arguments.records)
            except (BlockedEdition, AssertionError, duckdb.Error, ElementTree.ParseError) as error:
                print(f"{register.name:26}{case.name:18} not measured: {type(error).__name__} {error}"[:150])
                continue
            ratio = parsed / plain if plain else 0.0
            shown = f"{records_n:9,}{size:7.0f}{parsed:10.1f}{plain:10.2f}{ratio:7.1f}"
            print(f"{register.name:26}{case.name:18}{shown}")


if __name__ == "__main__":
    main()
