"""How long `undertow check` takes on the town, from a cold start, beside a Python that imports polars and
DuckDB and does nothing.

    python tests/benchmarks/check.py [--companies 4000] [--rows 10000]

Both are processes of their own, run in turn, five times each; the middle one is taken. For one number, and
for a list of `--rows` names as JSON. The goal is 2 s for one. Processor seconds, as other work may run
beside. Prints; checks nothing (the tests do)."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

TIMES_N = 5
NOTHING = ("-c", "import polars, duckdb")
COMMAND = "import sys; from flows.cli.app import main; main(sys.argv[1:])"
ONE = "98254"  # the registration number of a planted company


def cpu_seconds(arguments: Sequence[str]) -> float:
    """Of one process that has these arguments, with its children. Raises CalledProcessError where it
    fails.
    """
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), arguments)
    return used.ru_utime + used.ru_stime


def beside_nothing(name: str, arguments: Sequence[str]) -> None:
    pairs = [(cpu_seconds(arguments), cpu_seconds(NOTHING)) for _ in range(TIMES_N)]
    taken, nothing = (median(pair[place] for pair in pairs) for place in (0, 1))
    print(f"{name:<24} {taken:6.2f} s   imports alone {nothing:5.2f} s   ratio {taken / nothing:5.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--companies", type=int, default=4000)
    parser.add_argument("--rows", type=int, default=10_000)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        home, rows = Path(folder) / "home", Path(folder) / "names.csv"
        subprocess.run(
            [sys.executable, "-c", COMMAND, "demo", "--home", str(home), "--companies", str(given.companies)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        rows.write_text(
            "name\n" + "".join(f"ZEDTON TRADER {n} LIMITED\n" for n in range(given.rows)), encoding="utf-8"
        )
        beside_nothing("one number", ["-c", COMMAND, "check", ONE, "--home", str(home)])
        beside_nothing(
            f"{given.rows:,} names as JSON",
            ["-c", COMMAND, "check", str(rows), "--json", "--home", str(home)],
        )


if __name__ == "__main__":
    main()
