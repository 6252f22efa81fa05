"""Ending the processes of `undertow serve`: its children, running nights, and what a killed `serve` left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flows.home import processes
from flows.home.processes import FLOW_RUN_ID
from flows.home.settings import Home

# A running night stops and removes its work folder within this time; else it is killed, and the next run
# cleans up.
STOPPED_SECONDS_MAX = 30.0
POLL_SECONDS = 0.2

type Popen = subprocess.Popen[bytes]


def end_orphans(home: Home) -> None:
    """End what a killed `serve` of this home left, except a night, which ends by itself."""
    left = [
        process
        for process in processes.orphans(home.root)
        if FLOW_RUN_ID not in processes.environment_of(process.pid)
    ]
    for process in left:
        print(
            f"undertow: ending process {process.pid}, left by a `serve` that was killed",
            file=sys.stderr,
            flush=True,
        )
    end_all(left)


def end_all(left: Sequence[processes.Process]) -> None:
    """SIGTERM, then SIGKILL to what still lives after STOPPED_SECONDS_MAX."""
    deadline = time.monotonic() + STOPPED_SECONDS_MAX
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in left:
            with suppress(ProcessLookupError, PermissionError):
                if process.alive:
                    os.kill(process.pid, number)
        while (
            number == signal.SIGTERM
            and time.monotonic() < deadline
            and any(process.alive for process in left)
        ):
            time.sleep(POLL_SECONDS)


def end_child(child: Popen) -> None:
    """SIGTERM to a running night, then to the child; SIGKILL to the rest of its group after
    STOPPED_SECONDS_MAX each.
    """
    for pid in _group_members(child.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPPED_SECONDS_MAX
    while _group_members(child.pid) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(STOPPED_SECONDS_MAX)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _group_members(group: int) -> list[int]:
    """Processes of a group without its leader; empty without /proc."""
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if pid != group and _group(pid) == group]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None
