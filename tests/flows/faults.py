"""Run by test_release_faults.py: `faults.py FOLDER HOW [EVERY]` builds and publishes again and again, and
stops it each time.

FOLDER holds the Parquet files of two nights, in tables-0 and tables-1, with ROWS_N rows in each table. HOW:
kill, error (at the n-th call to the disk, n = 1, 1 + EVERY … until it gets through), delay (kill after a
random time), full (files may not grow beyond a size). Prints one JSON line a fault. Every build runs in a
forked child; the parent uses neither polars nor DuckDB, so that it has no threads when it forks.
"""

import errno
import json
import os
import random
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from flows.home import logs, warehouse
from flows.home.settings import Home
from flows.journal import ledger
from flows.release import build, manifests, publish, recovery, store
from flows.release.verification import verify
from tests.flows.release_tables import FACTS, new_home
from transforms.errors import UndertowError
from transforms.model.views import EVIDENCE, RELEASE_VIEW, RUN_VIEW
from transforms.values.vocabulary import vocabulary

CALLS = ("open", "mkdir", "chmod", "fsync", "replace", "rename", "symlink", "unlink", "rmdir")
DECLARED = {table.name: table for table in (EVIDENCE, RELEASE_VIEW, RUN_VIEW)}
ROWS_N = 2000
DELAYS_N = 12
# releases, of each of which every row is hashed twice after each fault: the seven of a real home would take
# most of the time
KEPT = 2
SIZES_BYTES = (0, 100, 5000, 300_000)  # the last stops DuckDB among its blocks
DELAY_SEED = 20261101
FIRED: list[str] = []


def main(folder: Path, how: str, every: int = 1) -> None:
    assert vocabulary.cache_info().currsize == 0, (
        "an import reads with polars, for whose threads a forked child would wait for ever"
    )
    logs.configure()  # to standard error
    home = new_home(folder / "home")
    tables = {seed: folder / f"tables-{seed}" for seed in (0, 1)}
    recovery.RELEASES_KEPT = KEPT
    for _ in range(KEPT):  # so that every further one prunes
        assert in_child(home, tables[0], lambda: None) == (0, {"exit_code": 0, "message": "", "fired": False})
    for fault, arm in enumerate(arms(how, every), 1):
        before = current(home)
        killed_by, report = in_child(home, tables[fault % 2], arm)
        if how in ("kill", "error") and not killed_by and not report["fired"]:
            print(json.dumps({"calls_n": fault - 1}), flush=True)
            return
        outcome = {
            **report,
            "fault": fault,
            "finished": not killed_by and report["exit_code"] == 0,
            "current": "old" if current(home) == before else "new",
            "problems": problems(home),
        }
        print(json.dumps(outcome), flush=True)


def arms(how: str, every: int) -> list[Callable[[], None]]:
    source = random.Random(DELAY_SEED)
    match how:
        case "kill":
            return [lambda n=n: at_call(n, kill) for n in range(1, 500, every)]
        case "error":
            return [lambda n=n: at_call(n, no_space) for n in range(1, 500, every)]
        case "delay":
            delays = [source.uniform(0.0005, 0.25) for _ in range(DELAYS_N)]
            return [lambda delay=delay: kill_after(delay) for delay in delays]
        case _:
            return [
                lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
                for size in SIZES_BYTES
            ]


def at_call(n: int, fault: Callable[[object], None]) -> None:
    """Do `fault` in place of the n-th call to the disk from now on."""
    seen = 0

    def counted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            nonlocal seen
            seen += 1
            if seen == n:
                FIRED.append(name)
                fault(arguments[0] if arguments else "")
            return real(*arguments, **named)

        return call

    for name in CALLS:
        setattr(os, name, counted(name, getattr(os, name)))


def kill(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def no_space(where: object) -> None:
    """As the system does it: a call on an open file names no path."""
    if isinstance(where, int):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(where))


def kill_after(seconds: float) -> None:
    signal.setitimer(
        signal.ITIMER_REAL, seconds
    )  # SIGALRM, not handled: it ends the process at once, wherever it is


def in_child(home: Home, tables: Path, arm: Callable[[], None]) -> tuple[int, dict[str, object]]:
    """(signal that ended it or 0, what it told) for a child that cleans up, arms the fault, builds and
    publishes.
    """
    read_end, write_end = os.pipe()
    if (child := os.fork()) == 0:
        exit_code, message = night(home, tables, arm)
        os.write(
            write_end, json.dumps({"exit_code": exit_code, "message": message, "fired": bool(FIRED)}).encode()
        )
        os._exit(0)
    return told_by(child, read_end, write_end)


def told_by(child: int, read_end: int, write_end: int) -> tuple[int, dict[str, object]]:
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        written = pipe.read()
    status = os.waitpid(child, 0)[1]
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, json.loads(written or "{}")


def night(home: Home, folder: Path, arm: Callable[[], None]) -> tuple[int, str]:
    """One night. Returns exit code and message."""
    paths = {path.stem: path for path in folder.glob("*.parquet")}
    work = home.work / "run"
    try:
        recovery.clean_leftovers(home)
        work.mkdir(parents=True)
        (work / "spill").mkdir()
        arm()
        publish.publish(home, build.build_release(home, work, paths, FACTS, declared=DECLARED))
    except UndertowError as error:
        return error.exit_code, str(error)
    except BaseException as error:
        return 70, repr(error)
    return 0, ""


def current(home: Home) -> str:
    return os.path.realpath(home.current) if home.current.is_symlink() else ""


def problems(home: Home) -> list[object]:
    """What is wrong with the home, before and after cleaning; checked in a child."""
    read_end, write_end = os.pipe()
    if (child := os.fork()) == 0:
        try:
            lines_found = checked(home)
        except BaseException as error:
            lines_found = [repr(error)]
        os.write(write_end, json.dumps({"problems": lines_found}).encode())
        os._exit(0)
    lines = told_by(child, read_end, write_end)[1].get("problems", ["the check died"])
    assert isinstance(lines, list)
    return lines


def checked(home: Home) -> list[str]:
    release = store.current_release(home)
    manifests.verify(release)
    with warehouse.open_release(release) as connection:
        shown = connection.execute(
            "select release_id, content_sha256, (select count(*) from v_evidence) from v_release"
        ).fetchall()
    manifest = json.loads((release / manifests.MANIFEST).read_text())
    faults = (
        []
        if shown == [(release.name, manifest["content_sha256"], ROWS_N)]
        else [f"{release.name} shows {shown}"]
    )
    faults += [f"before cleaning: {fault}" for fault in verify(home).faults]
    recovery.clean_leftovers(home)
    faults += [
        f"after cleaning: {one}"
        for one in verify(home).findings
        if one.kind == "fault" or "cut short by a kill" not in one.what
    ]
    faults += (
        []
        if ledger.in_force(home) == release.name
        else [f"by the ledger {ledger.in_force(home)} is in force"]
    )
    faults += [f"left in work: {path.name}" for path in home.work.iterdir()]
    kept = [listed.folder.name for listed in store.releases(home)]
    faults += [f"left in releases: {path.name}" for path in home.releases.iterdir() if path.name not in kept]
    faults += [f"left in home: {path.name}" for path in home.root.iterdir() if path.name.endswith(".part")]
    faults += [
        f"left in a release: {path}"
        for path in home.releases.glob("*/*")
        if path.name not in ("undertow.duckdb", "manifest.json", "published")
    ]
    faults += [] if KEPT <= len(kept) <= KEPT + 1 else [f"{len(kept)} releases kept"]
    faults += [] if store.current_release(home) == release else ["cleaning moved current"]
    return faults


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
