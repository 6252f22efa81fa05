"""How long a snapshot of company officers takes from the native file to the lake, beside polars that merely
reads its lines.

    python -m tests.benchmarks.officers [--lines 1000000]

Invented appointments. Processor seconds on one thread, in this process. The goal is three times polars.
Prints; checks nothing (the tests do)."""

import argparse
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl

from flows.ingest.landing import look
from flows.ingest.parse import ingest
from tests.native_files import OFFICERS_HEAD, appointment_line
from transforms.model.register import registers


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=1_000_000)
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "landing").mkdir()
        path = folder / "landing" / "Prod216_4257_ew_1.dat"
        with path.open("wb") as file:
            file.write(OFFICERS_HEAD + b"\n")
            file.writelines(appointment_line(number) + b"\n" for number in range(given.lines))
            file.write(f"99999999{given.lines:08}\n".encode())
        began = time.process_time()
        pl.read_csv(path, has_header=False, separator="\x1f", quote_char=None, infer_schema=False)
        theirs = time.process_time() - began
        [edition] = look(folder / "landing", registers()).editions
        began = time.process_time()
        made = ingest(edition, folder / "work", "key")
        ours = time.process_time() - began
        print(
            f"{given.lines:,} lines, {path.stat().st_size / 1e6:.0f} MB, {made.facts.rows_loaded:,} loaded:",
            f"lake {ours:.2f} s, polars {theirs:.2f} s, ratio {ours / theirs:.1f}",
        )


if __name__ == "__main__":
    main()
