"""Time and peak memory of each stage of a night on a synthetic town, beside DuckDB merely reading the same
files.

    python tests/benchmarks/night.py [COMPANIES] [SEED]

Everything is written under a temporary folder, which is removed. Three yardsticks, each over every column of
every file, CSV with all columns as text:
- *inferring*: `read_json` finds the types itself, from the whole file (with its default sample it fails on a
  key that the sample lacks), and every column is counted;
- *told*: it is given the types that the first found, which nobody has who merely reads a file;
- *create table as*: the rows are kept, as whoever goes on working with them must.
`inferring` is what 'merely reading' means here: the least with which DuckDB reads these files when it is
handed nothing but the files. The lake stage is handed nothing else either, and also checks every record
against declarations. `told` is shown because it is the floor: the cost of the bytes alone. Prints seconds,
processor seconds, peak memory and the ratios; checks nothing (the tests do). Processor seconds compare fairly
on a busy machine, wall seconds
on an idle one: the load average is printed beside. The files are warm (just written), for the night and for
the yardsticks; each yardstick is the median of three readings. The import that gates need begins with the
landing stage and ends beside the lake's parsing, so the ratio is also given for the two stages together. Peak
memory is that of the process within the stage, so what an earlier stage still holds is in it."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import duckdb

from flows.home import logs
from flows.home.settings import Home
from flows.night.night import Counts, Night, Stage, new_night, run_stage
from flows.night.runner import run_night
from quality.town import write_town

Yardstick = Literal["inferring", "told", "create table as"]
YARDSTICKS: tuple[Yardstick, ...] = ("inferring", "told", "create table as")
READINGS_N = 3  # odd: the middle one is taken, by wall time
MEGABYTE = 1e6
STATUS = Path("/proc/self/status")
CLEAR_PEAK = Path("/proc/self/clear_refs")  # Linux: writing 5 sets the peak to what is held now


@dataclass(frozen=True)
class Measured:
    """Wall and processor seconds, and the peak of resident memory in bytes (0 where the system does not
    tell).
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        return f"{self.seconds:8.1f} s {self.cpu_seconds:8.1f} s {self.peak_bytes / MEGABYTE:8,.0f} MB"


def measured(work: Callable[[], object]) -> Measured:
    if CLEAR_PEAK.exists():
        CLEAR_PEAK.write_text("5")
    start, cpu_start = time.perf_counter(), time.process_time()
    work()
    return Measured(time.perf_counter() - start, time.process_time() - cpu_start, _peak_bytes())


def _peak_bytes() -> int:
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def night_on(landing: Path, home: Path) -> dict[str, Measured]:
    """Stage → what it took, of a whole night from landing to release."""
    found: dict[str, Measured] = {}

    def each(stage: Stage, night: Night) -> Counts:
        found[stage.name] = measured(lambda: run_stage(stage, night))
        return night.counts[stage.name]

    run_night(new_night(Home(home), landing, synthetic=True), each)
    return found


def reading(landing: Path, how: Yardstick) -> Measured:
    """DuckDB reads every column of every file in `landing`, one file after the other."""
    queries = [_query(path, number, how) for number, path in enumerate(sorted(landing.iterdir()))]
    connection = duckdb.connect()
    return measured(lambda: [connection.execute(query).fetchall() for query in queries])


def _query(path: Path, number: int, how: Yardstick) -> str:
    source = _source(path, told=how == "told")
    return (
        f"create table file_{number} as select * from {source}"
        if how == "create table as"
        else f"select count(columns(*)) from {source}"
    )


def _source(path: Path, *, told: bool) -> str:
    if path.suffix == ".csv":
        return f"read_csv('{path}', all_varchar = true, null_padding = true, ignore_errors = true)"
    inferred = f"read_json('{path}', format = 'newline_delimited', sample_size = -1)"
    if not told:
        return inferred
    described = duckdb.execute(f"describe select * from {inferred}").fetchall()
    columns = ", ".join(f"{name}: {_quoted(str(kind))}" for name, kind, *_ in described)
    return f"read_json('{path}', format = 'newline_delimited', columns = {{{columns}}})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _times(stages: Sequence[Measured], read: Measured) -> str:
    wall, cpu = (
        sum(stage.seconds for stage in stages) / read.seconds,
        sum(stage.cpu_seconds for stage in stages) / read.cpu_seconds,
    )
    return f"{wall:.1f} times as long ({cpu:.1f} times in processor seconds)"


def main(companies: int = 20_000, seed: int = 1) -> None:
    logs.configure(quiet=True)
    with TemporaryDirectory(prefix="undertow-benchmark-") as folder:
        town = write_town(Path(folder) / "town", companies=companies, seed=seed)
        size = sum(path.stat().st_size for path in town.landing.iterdir())
        print(
            f"{town}; {size / MEGABYTE:,.0f} MB of files, seed {seed}\n\n{'':10}{'wall':>10} "
            f"{'processor':>10} {'peak':>11}"
        )
        stages = night_on(town.landing, Path(folder) / "home")
        for name, took in stages.items():
            print(f"{name:10}{took}")
        print(
            f"{'all':10}{sum(took.seconds for took in stages.values()):8.1f} s "
            f"{sum(took.cpu_seconds for took in stages.values()):8.1f} s"
        )
        for how in YARDSTICKS:
            read = sorted(
                (reading(town.landing, how) for _ in range(READINGS_N)), key=lambda took: took.seconds
            )[READINGS_N // 2]
            print(
                f"\nDuckDB, {how}: {read}; the lake stage takes {_times([stages['lake']], read)}, with "
                f"landing {_times([stages['landing'], stages['lake']], read)}"
            )
        print(
            f"\nload average of the last 1, 5 and 15 minutes: "
            f"{', '.join(f'{load:.1f}' for load in os.getloadavg())}; {os.cpu_count()} processors"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
