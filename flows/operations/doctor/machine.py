"""Checks of the machine: DuckDB's version, file systems, free space, core dumps and the clock."""

import os
import re
import shutil
from importlib.metadata import requires, version
from pathlib import Path

from flows.home import disk
from flows.home.settings import Home
from flows.ingest import lake
from flows.ingest.editions import newest_date
from flows.journal import diary
from flows.operations.doctor.patient import (
    Findings,
    Patient,
    files_below,
    folders,
    run_command,
)
from flows.release import store

MOUNTS = Path("/proc/self/mountinfo")
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
CORE_FILE = re.compile(r"^core(\.\d+)?$")
# These write nothing if the core limit of the process is 0, which every command that reads records sets.
CORE_HANDLERS = ("systemd-coredump", "apport")
# Own bound: added to what a night needs for unread files in the landing folder and the release in force.
FREE_BYTES_MIN = 1 << 30
VOLATILE = frozenset({"tmpfs", "ramfs"})
# File systems on other machines, which guarantee neither flock(2) nor a flushed rename.
NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "ceph",
        "glusterfs",
        "afs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "lustre",
        "beegfs",
    }
)


def duckdb_version(_patient: Patient) -> Findings:
    """Releases and their readers are tested from this version of DuckDB on."""
    wanted = next(
        (line.partition(">=")[2] for line in requires("undertow") or () if line.startswith("duckdb>=")), "0"
    )
    if _numbers(version("duckdb")) < _numbers(wanted):
        yield (
            f"DuckDB {version('duckdb')} is installed, and {wanted} or newer is needed",
            "the Python environment",
            f"uv pip install 'duckdb>={wanted}'",
        )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text.partition(";")[0])[:3])


def file_system(patient: Patient) -> Findings:
    """The home must be on a disk of this machine, and one that takes files."""
    if patient.home.root.is_dir() and os.statvfs(patient.home.root).f_flag & os.ST_RDONLY:
        yield (
            "the home is on a disk that is mounted read-only, often after errors of that disk; no night can "
            "start",
            str(patient.home.root),
            f"dmesg | tail && mount -o remount,rw $(findmnt -nT {patient.home.root} -o TARGET)  # as root",
        )
    kind = file_system_of(patient.home.root)
    move = f"mv {patient.home.root} /srv/undertow && export UNDERTOW_HOME=/srv/undertow"
    if kind in VOLATILE:
        yield f"the home is on {kind}: it is gone when the machine restarts", str(patient.home.root), move
    if kind in NETWORK:
        yield (
            f"the home is on {kind}, a network file system: the lock and the change of releases are not "
            f"safe there",
            str(patient.home.root),
            move,
        )


def file_system_of(path: Path) -> str:
    """Type of the file system of a path, also of one that does not exist yet; "" if unknown."""
    try:
        mounts = [line.split() for line in MOUNTS.read_text().splitlines()]
    except OSError:
        return ""
    held = [
        (fields[4].replace("\\040", " "), fields[fields.index("-") + 1]) for fields in mounts if "-" in fields
    ]
    on = [
        (len(point), number, kind) for number, (point, kind) in enumerate(held) if path.is_relative_to(point)
    ]
    return max(on, default=(0, 0, ""))[2]


def one_disk(patient: Patient) -> Findings:
    """All folders of a home must be on one file system, or a rename between them is a copy."""
    root = patient.home.root
    for folder in folders(patient.home):
        if not folder.resolve().is_relative_to(root):
            yield (
                f"{folder.name}/ is outside the home, at {folder.resolve()}",
                str(folder),
                f"rm {folder} && mv {folder.resolve()} {folder}",
            )
        elif folder.stat().st_dev != root.stat().st_dev:
            yield (
                f"{folder.name}/ is on another disk than the home, so nothing can be renamed into place",
                str(folder),
                f"umount {folder}",
            )


def free_space(patient: Patient) -> Findings:
    work = patient.home.work
    where = next(folder for folder in (work, *work.parents) if folder.exists())
    released = sum(path.stat().st_size for path in files_below(patient.home.current.resolve()))
    needed = FREE_BYTES_MIN + disk.needed_bytes(_unread_bytes(patient.home), released)
    free = shutil.disk_usage(where).free
    if free < needed:
        yield (
            f"{free / 1e9:.1f} GB free, and a night may need {needed / 1e9:.1f} GB",
            str(where),
            f"du -xsh {patient.home.root}/* | sort -h  # then free or add space",
        )


def _unread_bytes(home: Home) -> int:
    """Of the landing folder, unpacked, without editions that the lake holds as they are read today."""
    landed = ((path, path.stat().st_size) for path in files_below(home.landing))
    held = {
        home.landing / facts.file_name: facts.file_bytes
        for facts in lake.manifests(home)
        if lake.is_read_as_today(facts) and (home.landing / facts.file_name).is_file()
    }
    landed_n, held_n = (
        sum(disk.unpacked_bytes(path, bytes_n) for path, bytes_n in files) for files in (landed, held.items())
    )
    return max(0, landed_n - held_n)


def crash_dumps(patient: Patient) -> Findings:
    """A core file is a copy of memory and may hold names."""
    pattern = CORE_PATTERN.read_text().strip() if CORE_PATTERN.exists() else ""
    if pattern.startswith("|") and not any(handler in pattern for handler in CORE_HANDLERS):
        yield (
            "a crash gives a copy of memory to a program that ignores the core limit",
            f"{CORE_PATTERN}: {pattern}",
            "sysctl -w kernel.core_pattern=core",
        )
    paths = [
        path
        for folder in (patient.home.root, patient.home.prefect, patient.home.work)
        for path in store.children(folder)
        if CORE_FILE.match(path.name)
    ]
    for path in paths:
        yield "a core file, which is a copy of memory", str(path), f"rm {path}"


def clock(patient: Patient) -> Findings:
    """An edition or the last night is in the future: the clock is behind or was ahead, or a file's name is
    wrong. The synthetic town's editions do not count.
    """
    newest = newest_date(facts for facts in lake.manifests(patient.home) if not facts.synthetic)
    if newest is not None and newest > patient.now.date():
        yield (
            f"the clock says {patient.now:%Y-%m-%d}, and an edition of {newest} is held",
            str(patient.home.lake / "manifests"),
            "timedatectl set-ntp true",
        )
    started = [event.at for event in diary.read(patient.home) if event.kind == "started"]
    for last in started[-1:]:
        if last > patient.now:
            yield (
                f"the clock says {patient.now:%Y-%m-%d %H:%M} UTC, and the last night started at "
                f"{last:%Y-%m-%d %H:%M}: the clock was ahead then, or is behind now",
                str(diary.path(patient.home)),
                f"timedatectl set-ntp true && {run_command(patient.home)}",
            )
