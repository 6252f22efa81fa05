"""Processes of this machine, as /proc shows them: who lives, and who was started by whose `undertow serve`.

A process id comes back after its owner is gone, so a process is named by its id and the clock tick it started at. What
`serve` starts carries its name in the environment (SERVED_BY), which every descendant inherits, whatever group it is in.
Where there is no /proc nothing is found: then nothing is ended or reported either.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
SERVED_BY = "UNDERTOW_SERVED_BY"
FLOW_RUN_ID = "PREFECT__FLOW_RUN_ID"  # Prefect gives it to the process of a deployed flow run
PROCESS_TAG = "process:"  # of a flow run that `undertow run` works on itself: this, and the process
START_FIELD = 19  # of /proc/<pid>/stat, counted after the command's closing parenthesis (proc(5), field 22)
STATE_FIELD = 0
PR_SET_PDEATHSIG = 1  # prctl(2)
PRIVATE_UMASK = 0o027


@dataclass(frozen=True)
class Process:
    """One process for ever: `started` is in clock ticks since boot. Its text form is `<pid>:<started>`."""

    pid: int
    started: int

    @classmethod
    def parse(cls, text: str) -> Process | None:
        pid, _, started = text.partition(":")
        return cls(int(pid), int(started)) if pid.isdigit() and started.isdigit() else None

    @property
    def alive(self) -> bool:
        return find(self.pid) == self

    def __str__(self) -> str:
        return f"{self.pid}:{self.started}"


def keep_private() -> None:
    """For a process that reads records: what it writes is for its user and the analysts' group, and a crash leaves no copy of its memory."""
    os.umask(PRIVATE_UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def find(pid: int) -> Process | None:
    """The process that has this id now; None where there is none, or only its exit code is left."""
    try:
        fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[STATE_FIELD] in "ZX" else Process(pid, int(fields[START_FIELD]))


def this_process() -> Process:
    return find(os.getpid()) or Process(os.getpid(), 0)


def environment_of(pid: int) -> Mapping[str, str]:
    """What it was started with; empty for another user's process."""
    try:
        raw = (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return {}
    return dict(pair.split("=", 1) for pair in raw.decode(errors="replace").split("\0") if "=" in pair)


def with_environment(matches: Callable[[Mapping[str, str]], bool]) -> list[Process]:
    """Living processes, but this one, whose first environment `matches`."""
    pids = [int(entry.name) for entry in PROC.glob("[0-9]*") if int(entry.name) != os.getpid()]
    return [
        process for pid in sorted(pids) if matches(environment_of(pid)) and (process := find(pid)) is not None
    ]


def orphans(home: Path) -> list[Process]:
    """What a `serve` of this home started that is no longer there."""

    def orphaned(environment: Mapping[str, str]) -> bool:
        server = Process.parse(environment.get(SERVED_BY, ""))
        return server is not None and environment.get("UNDERTOW_HOME") == str(home) and not server.alive

    return with_environment(orphaned)


def dies_with_its_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For `Popen(preexec_fn=…)`: the child gets this signal when its parent ends, however that ends. None where the system cannot."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl  # looked up here: between fork and exec as little as possible may happen
    return lambda: prctl(PR_SET_PDEATHSIG, int(number)) and None
