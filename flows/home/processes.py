"""Processes of this machine as /proc shows them: which live, which `undertow serve` started them, and
their end: its children, running nights, and what a killed `serve` left.

Process ids are reused, so a process is identified by its id and the clock tick at which it started. What
`serve` starts carries SERVED_BY in its environment, which every descendant inherits. Without /proc no process
is found, ended or reported."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.home.settings import Home

PROC = Path("/proc")
SERVED_BY = "UNDERTOW_SERVED_BY"
FLOW_RUN_ID = "PREFECT__FLOW_RUN_ID"  # set by Prefect for the process of a deployed flow run
PROCESS_TAG = (
    "process:"  # prefix of the tag with the process of a flow run that `undertow run` executes itself
)
START_FIELD = 19  # of /proc/<pid>/stat, counted after the command's closing parenthesis (proc(5), field 22)
STATE_FIELD = 0
PR_SET_PDEATHSIG = 1  # prctl(2)
PRIVATE_UMASK = 0o027


@dataclass(frozen=True)
class Process:
    """One process; `started` is in clock ticks since boot. Its text form is `<pid>:<started>`."""

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


COMMAND = "command-"  # begins the name of a work folder that is no night's


def command_folder(home: Home) -> TemporaryDirectory[str]:
    """A work folder for a command that holds no lock: a night that begins meanwhile leaves it alone."""
    home.work.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(dir=home.work, prefix=COMMAND, suffix=f"-{os.getpid()}")


def is_of_live_command(folder: Path) -> bool:
    name, _, pid = folder.name.rpartition("-")
    return name.startswith(COMMAND) and pid.isdigit() and find(int(pid)) is not None


def keep_private() -> None:
    """For processes that read records: files are readable by the user and group only, and a crash leaves no
    core dump.
    """
    os.umask(PRIVATE_UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def find(pid: int) -> Process | None:
    """The process that has this id now; None if there is none or it is a zombie."""
    try:
        fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[STATE_FIELD] in "ZX" else Process(pid, int(fields[START_FIELD]))


def this_process() -> Process:
    return find(os.getpid()) or Process(os.getpid(), 0)


def environment_of(pid: int) -> Mapping[str, str]:
    """The environment a process was started with; empty for another user's process."""
    try:
        raw = (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return {}
    return dict(pair.split("=", 1) for pair in raw.decode(errors="replace").split("\0") if "=" in pair)


def with_environment(matches: Callable[[Mapping[str, str]], bool]) -> list[Process]:
    """Living processes other than this one whose environment `matches`."""
    pids = [int(entry.name) for entry in PROC.glob("[0-9]*") if int(entry.name) != os.getpid()]
    return [
        process for pid in sorted(pids) if matches(environment_of(pid)) and (process := find(pid)) is not None
    ]


def orphans(home: Path) -> list[Process]:
    """Processes that a `serve` of this home started and that outlived it."""

    def orphaned(environment: Mapping[str, str]) -> bool:
        server = Process.parse(environment.get(SERVED_BY, ""))
        return server is not None and environment.get("UNDERTOW_HOME") == str(home) and not server.alive

    return with_environment(orphaned)


def dies_with_its_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For `Popen(preexec_fn=…)`: the child gets this signal when its parent ends. None if the system does not
    support it.
    """
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl  # looked up before the fork, because little is safe between fork and exec
    return lambda: prctl(PR_SET_PDEATHSIG, int(number)) and None


# --- ending them --------------------------------------------------------------------------------------------


# A running night stops and removes its work folder within this time; else it is killed, and the next run
# cleans up.
STOPPED_SECONDS_MAX = 30.0
POLL_SECONDS = 0.2


def end_orphans(home: Home) -> None:
    """End what a killed `serve` of this home left, except a night, which ends by itself."""
    left = [process for process in orphans(home.root) if FLOW_RUN_ID not in environment_of(process.pid)]
    for process in left:
        print(
            f"undertow: ending process {process.pid}, left by a `serve` that was killed",
            file=sys.stderr,
            flush=True,
        )
    end_all(left)


def end_all(left: Sequence[Process]) -> None:
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


def end_child(child: subprocess.Popen[bytes]) -> None:
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
    pids = [int(entry.name) for entry in PROC.glob("[0-9]*")]
    return [pid for pid in pids if pid != group and _group(pid) == group]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None
