"""What a night costs in which one register of ten has a new edition, with 1 per cent of its records changed.

    python -m tests.benchmarks.changed [--companies 20000] [--registers NAME …] [--why] [--equal]

Writes the files of a country in small (`country_files.py`), runs one night on them, and a second one in which
nothing changed. Then, for one register after the other, puts a new edition beside the last one, in which
every hundredth record has another house number, price, amount or status, and runs the night again in the same
home. --equal: at the end all is computed again with nothing kept, and must give the same content.

Printed: seconds of the clock and of the processors, the share of the first night, how many steps were done
again, and processor seconds of each stage; with --why, each of these steps and what it reads that has
changed."""

import argparse
import re
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import NamedTuple

from flows.home import logs
from flows.home.settings import Home
from flows.night.memory import AS_BEFORE
from flows.night.night import Counts, Night, Stage, new_night, run_stage
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


class Done(NamedTuple):
    """What a night did again, and why; and processor seconds of its stages."""

    steps_n: int
    again: Mapping[str, str]
    stages: Mapping[str, float]


def night(landing: Path, home: Path) -> tuple[Done, Measured]:
    """One night in a process of its own, as nights are: its start is in the figures."""
    done: list[Done] = []

    def run() -> None:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            done.append(process.submit(_night, landing, home).result())

    took = measured(run)
    return done[0], took


def _night(landing: Path, home: Path) -> Done:
    logs.configure(quiet=True)
    prepared = new_night(Home(home), landing, synthetic=True)
    stages: dict[str, float] = {}

    def each(stage: Stage, night: Night) -> Counts:
        stages[stage.name] = measured(lambda: run_stage(stage, night)).cpu_seconds
        return night.counts[stage.name]

    run_night(prepared, each)
    again = {step: why for step, why in prepared.memory.done.items() if why != AS_BEFORE}
    return Done(len(prepared.memory.done), again, stages)


def content(home: Path) -> str:
    """Hash of the content of the release in force."""
    in_force = current_release(Home(home)).name
    return next(one.content_sha256 for one in releases(Home(home)) if one.release_id == in_force)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--companies", type=int, default=20_000)
    parser.add_argument("--registers", nargs="*", choices=CHANGES, default=[*CHANGES])
    parser.add_argument("--why", action="store_true")
    parser.add_argument("--equal", action="store_true", help="compare with nothing kept")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="undertow-benchmark-") as folder:
        landing, home = Path(folder) / "landing", Path(folder) / "home"
        write_country(landing, given.companies)
        print(machine(), flush=True)
        whole = _show("first night", landing, home, None, why=False)
        _show("nothing", landing, home, whole, why=given.why)
        for register in given.registers:
            changed_n = change(landing, register)
            _show(f"{register}, {changed_n:,} records", landing, home, whole, why=given.why)
        print(machine())
        if given.equal:
            taken_over = content(home)
            rmtree(Home(home).kept)
            night(landing, home)
            equal = content(home) == taken_over
            print(f"computed with nothing kept: {'the same' if equal else 'ANOTHER'} content")
            sys.exit(0 if equal else 1)


def _show(what: str, landing: Path, home: Path, whole: Measured | None, *, why: bool) -> Measured:
    done, took = night(landing, home)
    share = took.cpu_seconds / (whole or took).cpu_seconds
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in done.stages.items())
    print(f"{what:40}{took.seconds:8.1f} s {took.cpu_seconds:8.1f} s {share:5.0%}", end="")
    print(f" {len(done.again):4} of {done.steps_n} steps\n    {stages}", flush=True)
    for step in done.again if why else ():
        print(f"    {step}: {done.again[step]}", flush=True)
    return took


if __name__ == "__main__":
    main()
