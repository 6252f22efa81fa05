"""What a night costs in which one register of ten has a new edition, with 1 per cent of its records changed.

    python -m tests.benchmarks.changed --companies 60000 [--why]

Writes the files of a country in small (`country_files.py`) and runs one night on them. Then, for one register
after the other, puts a new edition beside the last one, in which every hundredth record has another house
number, price, amount or status, and runs the night again in the same home. At the end a new home reads the
same files, and must give the same content.

Printed: seconds of the clock and of the processors, the share of the first night, and how many steps were
done again; with --why, each of these steps and what it reads that has changed."""

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from flows.home import logs
from flows.home.settings import Home
from flows.night.memory import AS_BEFORE
from flows.night.night import Night, new_night
from flows.night.runner import run_night
from flows.release.store import current_release, releases
from tests.benchmarks.country import Measured, machine, measured
from tests.benchmarks.country_files import write_country

ONE_IN = 100


class Change(NamedTuple):
    """The file of a register, the name of its next edition, and what becomes of every hundredth record."""

    file: str
    renamed: tuple[str, str]
    pattern: bytes
    to: bytes


SAME_NAME = ("", "")
MIDDLE_OF_JUNE = ("2026-06-01", "2026-06-15")
CHANGES: Mapping[str, Change] = {
    "gb_coh_companies": Change("BasicCompanyDataAsOneFile-2026-06*", MIDDLE_OF_JUNE, rb'"(\d+ )', rb'"9\1'),
    "gb_coh_psc": Change("persons-with-*", MIDDLE_OF_JUNE, rb'"premises":"', rb'"premises":"9'),
    "gb_coh_officers": Change("Prod216*", SAME_NAME, rb"<\d(\d* )", rb"<9\1"),
    "gb_hmlr_ccod": Change("CCOD_FULL*", ("2026_06", "2026_07"), rb",(\d{5,}),", rb",1\1,"),
    "gb_hmlr_price_paid": Change("pp-complete*", SAME_NAME, rb'","(\d+)\d"', rb'","\g<1>1"'),
    "gb_council_spend": Change("harrowmere-spending*", SAME_NAME, rb",(\d+)\.00,", rb",1\1.00,"),
    "gb_coh_charges": Change("charges*", MIDDLE_OF_JUNE, rb'"outstanding"', rb'"fully-satisfied"'),
    "ftm_entities": Change("entities*", SAME_NAME, rb'"first_seen":"2026-06', rb'"first_seen":"2026-05'),
    "ocds_releases": Change("ocds*", MIDDLE_OF_JUNE, rb'"amount":(\d+)', rb'"amount":1\1'),
    "permits": Change("harrowmere-licences*", MIDDLE_OF_JUNE, rb",(\d+ [A-Z])", rb",9\1"),
}


def change(landing: Path, register: str) -> int:
    """Write the next edition of a register; returns how many records differ."""
    each = CHANGES[register]
    [path] = landing.glob(each.file)
    changed_n = 0
    lines = path.read_bytes().splitlines(keepends=True)
    for place in range(1, len(lines), ONE_IN):
        lines[place], n = re.subn(each.pattern, each.to, lines[place], count=1)
        changed_n += n
    path.with_name(path.name.replace(*each.renamed) if each.renamed[0] else path.name).write_bytes(
        b"".join(lines)
    )
    return changed_n


def night(landing: Path, home: Path) -> tuple[Night, Measured]:
    prepared = new_night(Home(home), landing, synthetic=True)
    return prepared, measured(lambda: run_night(prepared))


def content(home: Path) -> str:
    """Hash of the content of the release in force."""
    in_force = current_release(Home(home)).name
    return next(one.content_sha256 for one in releases(Home(home)) if one.release_id == in_force)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--companies", type=int, default=60_000)
    parser.add_argument("--why", action="store_true")
    given = parser.parse_args()
    logs.configure(quiet=True)
    with TemporaryDirectory(prefix="undertow-benchmark-") as folder:
        landing, home = Path(folder) / "landing", Path(folder) / "home"
        write_country(landing, given.companies)
        first, whole = night(landing, home)
        print(f"{machine()}\n{'first night':20}{whole}, {len(first.memory.done)} steps", flush=True)
        for register in CHANGES:
            changed_n = change(landing, register)
            again, took = night(landing, home)
            why = {step: why for step, why in again.memory.done.items() if why != AS_BEFORE}
            share = took.cpu_seconds / whole.cpu_seconds
            done = f"{changed_n:9,} records changed, {len(why)} steps done again"
            print(f"{register:20}{took} {share:5.0%} {done}", flush=True)
            for step in why if given.why else ():
                print(f"    {step}: {why[step]}")
        night(landing, Path(folder) / "another")
        equal = content(home) == content(Path(folder) / "another")
        print(f"a new home on the same files has {'the same' if equal else 'ANOTHER'} content\n{machine()}")
        sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()
