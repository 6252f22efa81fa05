"""One call to the disk fails in a night: what became of it, for the two tests of R2, which are files of
their own so that two workers can run them.
"""

import errno
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from flows.home.settings import Home
from tests.reliability import nights
from tests.reliability.nights import Fault, Stand

ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES)
# Where the night goes on: it has done its work, and what is left over decides nothing or is removed by the
# next one. Function → path.
TOLERATED = {
    # a folder of the home, or of the run's work, that is there already: what it is for is looked at by the
    # release's content
    "mkdir": r"\w+|work/[^/]+/[\w/]+",
    # the folder of a run's work is removed as far as can be, and so are steps that no later run takes over
    "unlink": r"work/.*|kept/(?:build|report)/.*",
    # the holder's name, taken out of the lock; and a database from which all is read, when it is closed
    "pwrite": r"lock|work/[^/]+/flags/flags\.duckdb",
    "fsync": r"work/[^/]+/flags/flags\.duckdb\.wal",
    "ftruncate": r"lock",
}
# The release is in force by then, and how the night ended is told on standard error in place of the diary.
TOLD_INSTEAD, REPORTED = ("open", "write", "fsync"), r"state/nights\.jsonl"


@dataclass
class Account:
    """What became of the faults. homes: digests of homes that faults left, each of which was run again
    once. wrong: what was hidden, or told without path and errno.
    """

    stopped: Counter[str] = field(default_factory=Counter)
    went_on: Counter[str] = field(default_factory=Counter)
    in_force: Counter[str] = field(default_factory=Counter)
    homes: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.stopped.total() + self.went_on.total()} faults: {self.stopped.total()} nights "
            f"stopped with path and errno in one line, "
            f"{self.went_on.total()} went on "
            f"({', '.join(f'{name} {n}' for name, n in sorted(self.went_on.items())) or 'none'}); "
            f"0 torn; {len(self.homes)} kinds of homes left, each rerun, 0 rows lost or doubled"
        )


def failed(stand: Stand, folder: Path, fault: Fault, account: Account, begins: Home) -> bool:
    """One night with one fault on a copy of `begins`, and all that must hold. False where the night had no
    such call.
    """
    home = nights.copied(begins, folder / "home")
    ended = nights.warm().run(
        "run",
        "--home",
        home.root,
        "--landing",
        stand.landing,
        aside=folder / "aside",
        fault=fault,
        home=home.root,
    )
    if not ended.hit:
        assert ended.exit_code == 0, ended.stderr
        return False
    _, function, path = ended.hit.strip().split(" ", 2)
    where = f"{fault} at {function} {path}: exit code {ended.exit_code}, {ended.stderr}"
    print(where)
    now = nights.in_force(stand, home)
    if ended.exit_code == 0:
        if not (now == "new" and goes_on(function, path, ended.stderr, fault.error)):
            account.wrong.append(where)
        account.went_on[function] += 1
    else:
        if not (ended.exit_code == 4 and is_reported(ended.stderr, home.root, fault.error, function)):
            account.wrong.append(where)
        account.stopped[function] += 1
    account.in_force[now] += 1
    if (digest := nights.digest(home)) not in account.homes:
        account.homes.add(digest)
        nights.rerun_is_clean(stand, home, folder / "aside", was=now)
    return True


def goes_on(function: str, path: str, stderr: str, number: int) -> bool:
    """Whether a night may go on after this fault."""
    is_told = (
        function in TOLD_INSTEAD
        and re.fullmatch(REPORTED, path) is not None
        and f"nights.jsonl: {os.strerror(number)}" in stderr
    )
    is_told_of_the_release = (
        "is in force; the next run does what is left of its publication" in stderr
        and f"{os.strerror(number)} (errno {number})" in stderr
    )
    return is_told or is_told_of_the_release or re.fullmatch(TOLERATED.get(function, ""), path) is not None


def is_reported(stderr: str, home: Path, number: int, function: str) -> bool:
    """One error line, with a path of the home, the system's words and their number. The log may add that
    the diary could not be written either.
    """
    lines = [line for line in stderr.splitlines() if line.startswith("undertow:")]
    # Of a flush of its own file DuckDB says that it failed, and not why; of the last write of a Parquet file
    # polars.
    untold = f"{function} failed, and "
    words = (
        untold
        if function in ("fsync", "write") and untold in stderr
        else rf": {os.strerror(number)} \(errno {number}\)"
    )
    return len(lines) == 1 and str(home) in lines[0] and re.search(words, lines[0]) is not None
