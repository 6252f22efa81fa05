"""Time and memory of each stage of a night on a country, beside DuckDB merely reading the same files.

    python -m tests.benchmarks.country [--companies 5700000] [--r21] [--landing DIR] [--home DIR]
        [--memory 8G] [--stop-after STAGE]

Makes the files of an invented country (`country_files.py`; 13 minutes of a processor for 5.7 million
companies, all else in proportion), runs one night on them in a process of its own, and lets DuckDB read them.
--r21: only what the reliability test R21 asks for (12 million records of control and 3.5 million titles).
--landing: made there and kept, or read from there if it exists. --home: the home folder is kept there.
Everything else is temporary. --memory: the operating system holds the night to it (control groups of Linux,
version 1 or 2, if this user may make one).

Printed for each stage: seconds of the clock and of the processors with those of child processes, the most
memory that this process had within the stage (what earlier stages still hold is in it).
Then rows of each table, the group's peak (the cache of files is in it, which the system gives back) and how
often it was out of memory. DuckDB finds the types of JSON itself, reads CSV as text, counts every column and
keeps nothing: the least that reading these files takes. Processor seconds compare fairly on a busy machine,
seconds of the clock on an idle one. Files that were just written are read from memory, as far as they fit.
Checks nothing (the tests do)."""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from pyarrow import parquet

from flows.home import logs, warehouse
from flows.home.settings import Home
from flows.night.night import Counts, Night, Stage, new_night, run_stage
from flows.night.runner import run_night
from tests.benchmarks.country_files import COMPANIES, write_country
from transforms.errors import RunFailed

MEGABYTE = 1e6
STATUS = Path("/proc/self/status")
CLEAR_PEAK = Path("/proc/self/clear_refs")  # Linux: writing 5 sets the peak to what is held now
GROUPS = Path("/sys/fs/cgroup")
# Of the two versions of control groups: folder, and the files for limit, peak and count of kills.
VERSIONS = (
    (GROUPS / "memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control"),
    (GROUPS, "memory.max", "memory.peak", "memory.events"),
)


@dataclass(frozen=True)
class Measured:
    """Seconds of the clock and of the processors, and the peak of resident memory in bytes (0 where the
    system does not tell).
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        return f"{self.seconds:9.1f} s {self.cpu_seconds:9.1f} s {self.peak_bytes / MEGABYTE:8,.0f} MB"


class Stopped(RunFailed):
    """After the stage that was asked for."""


def measured(work: Callable[[], object]) -> Measured:
    if CLEAR_PEAK.exists():
        CLEAR_PEAK.write_text("5")
    start, cpu_start = time.perf_counter(), _cpu_seconds()
    work()
    return Measured(time.perf_counter() - start, _cpu_seconds() - cpu_start, _peak_bytes())


def _cpu_seconds() -> float:
    return sum(os.times()[:4])


def _peak_bytes() -> int:
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


# --- one night --------------------------------------------------------------------------------------------


def night_on(landing: Path, home: Path, stop_after: str) -> None:
    """Run a night and print what each stage took."""
    logs.configure(quiet=True)
    print(f"\nthis process may use {warehouse.memory_bytes() / MEGABYTE:,.0f} MB")
    print(f"{'':10}{'clock':>11} {'processors':>11} {'peak':>11}", flush=True)
    whole: list[Measured] = []
    rows: dict[str, int] = {}

    def each(stage: Stage, night: Night) -> Counts:
        took = measured(lambda: run_stage(stage, night))
        whole.append(took)
        print(f"{stage.name:10}{took}", flush=True)
        rows.update(_rows(night.work / "tables"))
        if stage.name == stop_after:
            raise Stopped(f"stopped after {stage.name}, as asked")
        return night.counts[stage.name]

    try:
        run_night(new_night(Home(home), landing, synthetic=True), each)
    except RunFailed as error:
        print(error)
    total = Measured(
        sum(took.seconds for took in whole),
        sum(took.cpu_seconds for took in whole),
        max(took.peak_bytes for took in whole),
    )
    print(f"{'all':10}{total}\n")
    print("rows:", ", ".join(f"{name} {count:,}" for name, count in sorted(rows.items())), flush=True)


def _rows(tables: Path) -> dict[str, int]:
    """Rows of each table that the night has written, without those of single indicators."""
    files = [path for path in tables.glob("*.parquet") if "-" not in path.stem]
    return {path.stem: parquet.read_metadata(path).num_rows for path in files}


@contextmanager
def memory_group(limit: str) -> Iterator[Path | None]:
    """A control group with this limit, e.g. 8G; None where there is no limit or the system allows none."""
    for root, limit_file, peak_file, kills_file in VERSIONS if limit else ():
        group = root / f"undertow-{os.getpid()}"
        try:
            group.mkdir()
            (group / limit_file).write_text(limit)
        except OSError:
            if group.exists():
                group.rmdir()
            continue
        try:
            yield group
        finally:
            peak = int((group / peak_file).read_text())
            kills = [line for line in (group / kills_file).read_text().splitlines() if "oom_kill " in line]
            print(f"group with {limit}: peak {peak / MEGABYTE:,.0f} MB with the cache of files; {kills}")
            group.rmdir()
        return
    print("no limit on memory was held")
    yield None


def within(group: Path | None) -> list[str]:
    """What to put before a command so that its process is in the group from its start."""
    return ["sh", "-c", 'echo $$ > "$0/cgroup.procs"; exec "$@"', str(group)] if group else []


# --- DuckDB beside it -------------------------------------------------------------------------------------


def reading(landing: Path) -> Measured:
    """DuckDB reads every column of every file, one after the other; small XML and zip files are left out."""
    files = sorted(path for path in landing.iterdir() if path.suffix not in (".xml", ".zip"))
    queries = [f"select count(columns(*)) from {_source(path)}" for path in files]
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    return measured(lambda: [connection.execute(query).fetchall() for query in queries])


def _source(path: Path) -> str:
    if path.suffix == ".csv":
        return f"read_csv('{path}', all_varchar = true, null_padding = true, ignore_errors = true)"
    if path.suffix == ".dat":
        return (
            f"read_csv('{path}', columns = {{'line': 'varchar'}}, delim = '\x1f', quote = '', header = false)"
        )
    return f"read_json('{path}', format = 'newline_delimited', sample_size = -1)"


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors ({platform.machine()}), "
        f"{memory / 2**30:.0f} GiB, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}; load average of the last 1, 5 and 15 minutes {loads}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--companies", type=int, default=COMPANIES)
    parser.add_argument("--r21", action="store_true")
    parser.add_argument("--landing", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--memory", default="")
    parser.add_argument("--stop-after", default="")
    parser.add_argument("--only-files", action="store_true", help="make the files and stop")
    parser.add_argument("--only-night", action="store_true", help="in this process, on files that are there")
    given = parser.parse_args()
    if given.only_night:
        night_on(given.landing, given.home, given.stop_after)
        return
    with TemporaryDirectory(prefix="undertow-benchmark-") as folder:
        landing, home = given.landing or Path(folder) / "landing", given.home or Path(folder) / "home"
        print(machine(), flush=True)
        if not landing.exists():
            made = measured(lambda: write_country(landing, given.companies, for_r21=given.r21))
            print(f"files    {made}", flush=True)
        size = sum(path.stat().st_size for path in landing.iterdir())
        print(f"{size / MEGABYTE:,.0f} MB in {len([*landing.iterdir()])} files", flush=True)
        if given.only_files:
            return
        with memory_group(given.memory) as group:
            command = [sys.executable, "-m", "tests.benchmarks.country", "--only-night"]
            options = [f"--landing={landing}", f"--home={home}", f"--stop-after={given.stop_after}"]
            ended = subprocess.run([*within(group), *command, *options], check=False)
        print(f"the night's process ended with {ended.returncode}\nDuckDB    {reading(landing)}\n{machine()}")
        sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
