"""`undertow doctor`: what is wrong with a home and with what it runs in, each finding with where and the command that puts it right.

A check is one function of CHECKS: it looks at a `Patient` and yields findings; its name is the finding's. Nothing is
changed or created, and a part of the home that this user may not read is said to be unseen rather than sound.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import requires, version
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flows.home import processes, settings, warehouse
from flows.home.lock import Holder
from flows.home.settings import Home
from flows.journal import diary as nights
from flows.operations import serving
from flows.release import store
from flows.release.manifests import verify as verify_release
from transforms.errors import UndertowError, place

MOUNTS = Path("/proc/self/mountinfo")
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
CORE_FILE = re.compile(r"^core(\.\d+)?$")
# They leave nothing where the limit of the process is 0, which every command that reads records sets.
CORE_HANDLERS = ("systemd-coredump", "apport")
FREE_BYTES_MIN = (
    1 << 30
)  # (own) beside twice the landing and twice the release in force, which is what a night was seen to take at most
VOLATILE = frozenset({"tmpfs", "ramfs"})
# Locks and renames of another machine's disk: neither flock(2) nor an fsynced rename is promised there.
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
LOOPBACK = ("127.", "localhost", "::1", "[::1]")
TRUE = frozenset({"1", "true", "yes", "on", "t", "y"})
PICKLE = re.compile(rb"^\x80[\x02-\x05]|gASV")  # a pickle's first bytes, or the same in base64
PICKLE_HEAD_BYTES = 4096
OTHERS_READ, OTHERS_WRITE, NOT_OWNER, WRITE = 0o004, 0o002, 0o077, 0o222
NAMED_MAX = 3  # files named in one finding
NESTED_DEPTH = 2


@dataclass(frozen=True)
class Finding:
    """`check`: name of the check; `fix`: a command line."""

    check: str
    what: str
    where: str
    fix: str


@dataclass(frozen=True)
class Said:
    """A Prefect setting that somebody made: its value, and where it stands."""

    value: str
    where: str


@dataclass(frozen=True)
class Patient:
    """A home, the Prefect settings made for it, and the moment (UTC) that it is looked at."""

    home: Home
    prefect: Mapping[str, Said]
    now: datetime

    def setting(self, name: str) -> Said:
        return self.prefect.get(name, Said("", ""))


@dataclass(frozen=True)
class Examined:
    """`unseen`: name of a check → path that it was not allowed to read."""

    findings: tuple[Finding, ...]
    unseen: Mapping[str, str]


Told = Iterator[tuple[str, str, str]]  # what, where, fix
Check = Callable[[Patient], Told]


def examine(home: Home, now: datetime | None = None) -> Examined:
    """Every check. `now`: with a time zone; default the clock's."""
    patient = Patient(home, _prefect_settings(home), now or datetime.now(UTC))
    findings: list[Finding] = []
    unseen: dict[str, str] = {}
    for check in CHECKS:
        try:
            findings += [Finding(check.__name__, *told) for told in check(patient)]
        except PermissionError as error:
            unseen[check.__name__] = str(error.filename)
        except Exception as error:  # one check that fails must not hide what the others find
            said = f"this check failed: {type(error).__name__} at {place(error)}"
            findings.append(
                Finding(
                    check.__name__, said, str(home.root), "undertow doctor  # and please report this line"
                )
            )
    return Examined(tuple(findings), unseen)


def _prefect_settings(home: Home) -> dict[str, Said]:
    """Of the active profile, and over them those of the environment: only what somebody set, as the project's own are right."""
    file = home.prefect / "profiles.toml"
    try:
        told = tomllib.loads(file.read_text())
        profile = dict(told.get("profiles", {}).get(str(told.get("active", "")), {}))
    except (OSError, ValueError, TypeError, AttributeError):
        profile = {}
    environment = {
        name: Said(value, f"environment: {name}") for name, value in settings.prefect_environment().items()
    }
    return {**{name: Said(str(value), str(file)) for name, value in profile.items()}, **environment}


def _unset(said: Said, name: str) -> str:
    return f"unset {name}" if said.where.startswith("environment") else f"sed -i '/^{name} /d' {said.where}"


# --- Prefect --------------------------------------------------------------------------------------------------------


def analytics_on(patient: Patient) -> Told:
    for name, tracks in (("PREFECT_SERVER_ANALYTICS_ENABLED", True), ("DO_NOT_TRACK", False)):
        if (said := patient.setting(name)).value and (said.value.lower() in TRUE) == tracks:
            yield (
                f"{name}={said.value}: the Prefect server reports its use to its makers",
                said.where,
                _unset(said, name),
            )


def api_open(patient: Patient) -> Told:
    """An API beyond this machine starts code for whoever reaches it."""
    host, secret = (
        patient.setting("PREFECT_SERVER_API_HOST"),
        patient.setting("PREFECT_SERVER_API_AUTH_STRING").value,
    )
    if host.value and not host.value.startswith(LOOPBACK) and not secret:
        yield (
            f"the Prefect API is bound to {host.value} and asks nobody who they are",
            host.where,
            f'export PREFECT_SERVER_API_AUTH_STRING="$(cat {patient.home.prefect_auth})"  # or: {_unset(host, "PREFECT_SERVER_API_HOST")}',
        )
    for process in processes.with_environment(
        lambda told: told.get("PREFECT_HOME") == str(patient.home.prefect)
    ):
        bound = next((after for name, after in pairwise(_command(process.pid)) if name == "--host"), "")
        if (
            bound
            and not bound.startswith(LOOPBACK)
            and not processes.environment_of(process.pid).get("PREFECT_SERVER_API_AUTH_STRING")
        ):
            yield (
                f"the Prefect server listens on {bound} and asks nobody who they are",
                f"process {process.pid}",
                f"kill {process.pid} && undertow serve",
            )


def _command(pid: int) -> list[str]:
    return (processes.PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")


def api_without_secret(patient: Patient) -> Told:
    url = patient.setting("PREFECT_API_URL")
    host = urlsplit(url.value).hostname or ""
    if (
        host
        and not host.startswith(LOOPBACK)
        and not (patient.setting("PREFECT_API_AUTH_STRING").value or patient.setting("PREFECT_API_KEY").value)
    ):
        yield (
            f"PREFECT_API_URL names {host}, beyond this machine, and no secret is given",
            url.where,
            "export PREFECT_API_AUTH_STRING=…  # what the server was given",
        )


def pickled_results(patient: Patient) -> Told:
    name = "PREFECT_RESULTS_DEFAULT_SERIALIZER"
    if (said := patient.setting(name)).value and said.value != "json":
        yield (
            f"{name}={said.value}: results would be stored as code that runs when it is read",
            said.where,
            _unset(said, name),
        )


def pickle_files(patient: Patient) -> Told:
    found = [
        path for path in _files(patient.home.prefect) if "prefect.db" not in path.name and _is_pickle(path)
    ]
    if found:
        yield (
            f"{len(found)} pickle files, which are code that runs when it is read",
            _named(found),
            f"rm {' '.join(map(str, found[:NAMED_MAX]))}",
        )


def _is_pickle(path: Path) -> bool:
    with path.open("rb") as file:
        return PICKLE.search(file.read(PICKLE_HEAD_BYTES)) is not None


def ephemeral_on(patient: Patient) -> Told:
    for name in ("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "PREFECT_SERVER_EPHEMERAL_ENABLED"):
        if (said := patient.setting(name)).value.lower() in TRUE:
            yield (
                "Prefect may start a server of its own for every run, which outlives a killed run",
                said.where,
                _unset(said, name),
            )


def debug_logging(patient: Patient) -> Told:
    for name in (
        "PREFECT_LOGGING_LEVEL",
        "PREFECT_SERVER_LOGGING_LEVEL",
        "PREFECT_LOGGING_SERVER_LEVEL",
        "PREFECT_INTERNAL_LOGGING_LEVEL",
        "PREFECT_LOGGING_INTERNAL_LEVEL",
    ):
        if (said := patient.setting(name)).value.upper() == "DEBUG":
            yield (
                f"{name}=DEBUG: Prefect's log then holds the parameters and values of what it calls",
                said.where,
                _unset(said, name),
            )
    if (said := patient.setting("PREFECT_DEBUG_MODE")).value.lower() in TRUE:
        yield (
            "PREFECT_DEBUG_MODE is on: Prefect's log then holds the parameters and values of what it calls",
            said.where,
            _unset(said, "PREFECT_DEBUG_MODE"),
        )


def prefect_home_elsewhere(patient: Patient) -> Told:
    said = patient.setting("PREFECT_HOME")
    folder = os.path.expanduser(said.value)  # noqa: PTH111  (Path's raises for a user that there is not)
    if said.value and Path(folder).resolve() != patient.home.prefect:
        yield (
            f"PREFECT_HOME is {said.value}: Prefect's database and storage are outside this home",
            said.where,
            f"export PREFECT_HOME={patient.home.prefect}",
        )


def secret_in_profile(patient: Patient) -> Told:
    """Prefect's profile may hold a database's password or the API's secret: then it is a secret file."""
    file = patient.home.prefect / "profiles.toml"
    secret = [
        name
        for name, said in patient.prefect.items()
        if said.where == str(file) and _is_secret(name, said.value)
    ]
    if secret and _mode(file) & NOT_OWNER:
        yield f"{secret[0]} holds a secret, and others may read the file", str(file), f"chmod 600 {file}"


def _is_secret(name: str, value: str) -> bool:
    return name.endswith(("AUTH_STRING", "API_KEY", "PASSWORD")) or (
        name.endswith("CONNECTION_URL") and ":" in value.partition("//")[2].rpartition("@")[0]
    )


def schedule_time_zone(_patient: Patient) -> Told:
    """Without a zone 02:30 is UTC's, and without the zone's data the deployment fails."""
    file = serving.prefect_file()
    try:
        deployments = _deployments(file)
    except ValueError as error:
        yield (
            f"the schedule cannot be read: {error}",
            str(file),
            f"prefect deploy --all --prefect-file {file}  # says where",
        )
        return
    for name, schedules in deployments:
        for zone in schedules:
            if not zone:
                yield (
                    f"the schedule of {name} names no time zone",
                    str(file),
                    f"sed -i 's/^\\( *\\)- cron: .*/&\\n\\1  timezone: Europe\\/Amsterdam/' {file}",
                )
            elif not _is_zone(zone):
                yield (
                    f"time zone {zone} is unknown here",
                    str(file),
                    f"sed -i 's#timezone: .*#timezone: Europe/Amsterdam#' {file}  # or, if the name is right: apt-get install tzdata",
                )


def _deployments(file: Path) -> list[tuple[str, list[str]]]:
    """Name of each deployment, and the time zones of its schedules ("" where one names none). Raises ValueError where it is no such file."""
    import yaml  # type: ignore[import-untyped]  # the library has no types of its own

    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}") from None
    listed = told.get("deployments") if isinstance(told, dict) else None
    if not isinstance(listed, list) or not all(
        isinstance(one, dict) and isinstance(one.get("schedules", []), list) for one in listed
    ):
        raise ValueError("it has no list of deployments with lists of schedules")
    return [
        (str(one.get("name")), [_zone(schedule) for schedule in one.get("schedules", [])]) for one in listed
    ]


def _zone(schedule: object) -> str:
    return str(schedule.get("timezone") or "") if isinstance(schedule, dict) else ""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def orphaned_processes(patient: Patient) -> Told:
    for process in processes.orphans(patient.home.root):
        yield (
            "its `undertow serve` is gone and it runs on",
            f"process {process.pid}",
            f"kill {process.pid}  # or: undertow serve, which ends it first",
        )


# --- the machine ----------------------------------------------------------------------------------------------------


def duckdb_version(_patient: Patient) -> Told:
    """Of the installed one, and whatever the lock says: releases and their readers were tested from this one on."""
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


def file_system(patient: Patient) -> Told:
    """Where the home stands: a disk of this machine, or nothing that is promised holds."""
    kind = _file_system(patient.home.root)
    move = f"mv {patient.home.root} /srv/undertow && export UNDERTOW_HOME=/srv/undertow"
    if kind in VOLATILE:
        yield f"the home is on {kind}: it is gone when the machine restarts", str(patient.home.root), move
    if kind in NETWORK:
        yield (
            f"the home is on {kind}, a network file system: the lock and the change of releases are not sure there",
            str(patient.home.root),
            move,
        )


def _file_system(path: Path) -> str:
    """Type of the file system that a path is, or would be, on; "" where the system does not say."""
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


def one_disk(patient: Patient) -> Told:
    """Spill, staging and releases are one file system, or a rename between them is no rename; and rows stay in the home."""
    root = patient.home.root
    for folder in _folders(patient.home):
        if not folder.resolve().is_relative_to(root):
            yield (
                f"{folder.name}/ is outside the home, at {folder.resolve()}",
                str(folder),
                f"rm {folder} && mv {folder.resolve()} {folder}",
            )
        elif folder.stat().st_dev != root.stat().st_dev:
            yield (
                f"{folder.name}/ is on another disk than the home, so that nothing can be renamed into place",
                str(folder),
                f"umount {folder}",
            )


def free_space(patient: Patient) -> Told:
    where = _existing(patient.home.work)
    needed = FREE_BYTES_MIN + 2 * sum(
        path.stat().st_size
        for folder in (patient.home.landing, patient.home.current.resolve())
        for path in _files(folder)
    )
    free = shutil.disk_usage(where).free
    if free < needed:
        yield (
            f"{free / 1e9:.1f} GB free, and a night may need {needed / 1e9:.1f} GB",
            str(where),
            f"du -xsh {patient.home.root}/* | sort -h  # then free or add space",
        )


def crash_dumps(patient: Patient) -> Told:
    """A core file is a copy of memory, persons in it."""
    pattern = CORE_PATTERN.read_text().strip() if CORE_PATTERN.exists() else ""
    if pattern.startswith("|") and not any(handler in pattern for handler in CORE_HANDLERS):
        yield (
            "a crash hands a copy of memory to a program that does not ask for the limit of 0",
            f"{CORE_PATTERN}: {pattern}",
            "sysctl -w kernel.core_pattern=core",
        )
    found = [
        path
        for folder in (patient.home.root, patient.home.prefect, patient.home.work)
        for path in _children(folder)
        if CORE_FILE.match(path.name)
    ]
    for path in found:
        yield "a core file, which is a copy of memory", str(path), f"rm {path}"


def clock(patient: Patient) -> Told:
    """Editions of days to come: the clock is behind, or a file's name is wrong. The synthetic town is of one fixed month, whatever the day."""
    newest = max(
        (dated for dated, synthetic in _editions_held(patient.home) if not synthetic), default=date.min
    )
    if newest > patient.now.date():
        yield (
            f"the clock says {patient.now:%Y-%m-%d}, and an edition of {newest} is held",
            str(patient.home.lake / "manifests"),
            "timedatectl set-ntp true",
        )


def _editions_held(home: Home) -> Iterator[tuple[date, bool]]:
    for path in sorted((home.lake / "manifests").glob("*/*.json")):
        facts = json.loads(path.read_text())
        if facts["edition_date"]:
            yield date.fromisoformat(facts["edition_date"]), bool(facts["synthetic"])


# --- files of the home ----------------------------------------------------------------------------------------------


def open_home(patient: Patient) -> Told:
    if patient.home.root.is_dir() and _mode(patient.home.root) & OTHERS_WRITE:
        yield (
            "every user of this machine may put files into the home",
            str(patient.home.root),
            f"chmod o-w {patient.home.root}",
        )


def open_folders(patient: Patient) -> Told:
    """Whole registers, keys, rejected records, the state and what is under way are the nightly's alone."""
    home = patient.home
    for folder in (home.secrets, home.quarantine, home.work, home.state, home.lake, home.prefect):
        if folder.is_dir() and _mode(folder) & NOT_OWNER:
            yield (
                f"{folder.name}/ has mode {_mode(folder):04o}, and others may look into it",
                str(folder),
                f"chmod 700 {folder}",
            )


def open_secrets(patient: Patient) -> Told:
    for path in _files(patient.home.secrets):
        if _mode(path) & NOT_OWNER:
            yield f"a secret with mode {_mode(path):04o}", str(path), f"chmod 600 {path}"


def world_readable(patient: Patient) -> Told:
    """What Undertow writes is for its user and the analysts' group. Landing is what others delivered: `landing_folder`."""
    for folder in _folders(patient.home):
        found = (
            [path for path in _files(folder) if _mode(path) & OTHERS_READ]
            if folder != patient.home.landing
            else []
        )
        if found:
            yield (
                f"{len(found)} files in {folder.name}/ can be read by every user of this machine",
                _named(found),
                f"chmod -R o-rwx {folder}",
            )


def landing_folder(patient: Patient) -> Told:
    landing = patient.home.landing
    if not landing.is_dir():
        return
    if not os.access(landing, os.R_OK | os.X_OK):
        yield (
            "the landing folder cannot be read",
            str(landing),
            f"chown -R {os.getuid()} {landing} && chmod u+rX {landing}",
        )
    if _mode(landing) & OTHERS_WRITE:
        yield (
            "every user of this machine may put a register into the landing folder",
            str(landing),
            f"chmod o-w {landing}",
        )


def writable_release(patient: Patient) -> Told:
    """A published release is never written to: a reader's cached pages would be of two nights."""
    found = [path for path in _files(patient.home.releases) if _mode(path) & WRITE]
    if found:
        yield (
            f"{len(found)} files of published releases can be written to",
            _named(found),
            f"chmod a-w {' '.join(map(str, found[:NAMED_MAX]))}",
        )


def current_link(patient: Patient) -> Told:
    current, releases = patient.home.current, patient.home.releases
    if not os.path.lexists(current):
        return
    back = (
        f"rm {current} && undertow rollback --to ID --home {patient.home.root}  # ID: see undertow releases"
    )
    if not current.is_symlink():
        yield (
            "current is a folder or a file of its own, and not a link to a release",
            str(current),
            back.replace("rm", "rm -r"),
        )
    elif current.resolve().parent != releases.resolve():
        yield f"current points outside the releases, to {current.readlink()}", str(current), back
    elif not current.is_dir():
        yield f"current points to {current.readlink()}, which is not there", str(current), back


def manifests(patient: Patient) -> Told:
    """Bytes of every release kept against its manifest."""
    for release in _children(patient.home.releases):
        if store.RELEASE_NAME.match(release.name):
            try:
                verify_release(release)
            except UndertowError as error:
                yield str(error), str(release), f"undertow rollback --home {patient.home.root}"


def lock_file(patient: Patient) -> Told:
    """The lock is an flock on a file that names its holder while it is held. Anything else in it was put there by hand, or by a kill."""
    lock = patient.home.lock
    if not os.path.lexists(lock):
        return
    if not stat.S_ISREG(lock.lstat().st_mode):
        yield "the lock is no ordinary file, so that nothing can hold it", str(lock), f"rm -r {lock}"
        return
    text = lock.read_bytes()
    holder, is_held = _holder(text), _is_held(lock)
    if holder is None and text.strip() and not is_held:
        yield (
            "a pid file stands where the lock is; it holds nothing, and another program may take it for its own",
            str(lock),
            f"truncate -s 0 {lock}",
        )
    elif holder is not None and is_held and not holder.is_alive:
        yield (
            f"the lock is held, and pid {holder.pid}, which took it, is gone: a child of it holds on",
            str(lock),
            f"fuser -k {lock}",
        )
    elif holder is not None and not is_held:
        yield (
            f"the {holder.command} of {holder.since} (pid {holder.pid}) was killed; nothing is held any more",
            str(lock),
            _run(patient.home),
        )


def _holder(text: bytes) -> Holder | None:
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return None


def _is_held(lock: Path) -> bool:
    """Asked for a moment and shared; a run that starts in that moment tries again."""
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def nested_homes(patient: Patient) -> Told:
    """One home in a folder that another one reads, empties or publishes from."""
    root = patient.home.root
    pairs = [(outer, root) for outer in root.parents if _is_home(outer) and _owns(outer, root)]
    below = [
        inner
        for folder in _folders(patient.home)
        for depth in range(1, NESTED_DEPTH + 1)
        for inner in folder.glob("/".join("*" * depth))
        if _is_home(inner)
    ]
    for outer, inner in (*pairs, *((root, inner) for inner in below)):
        yield (
            f"the home {inner.name} lies in {inner.relative_to(outer).parts[0]}/ of the home {outer}",
            str(inner),
            f"mv {inner} {outer.parent}/{inner.name}-home",
        )


def _is_home(folder: Path) -> bool:
    return (folder / "lock").exists() and (folder / "releases").is_dir() and (folder / "state").is_dir()


def _owns(outer: Path, inner: Path) -> bool:
    return inner.relative_to(outer).parts[0] in {folder.name for folder in _folders(Home(outer))}


# --- what the nights say --------------------------------------------------------------------------------------------


def stale_registers(patient: Patient) -> Told:
    """Of the release in force: editions that a blocked delivery could not replace, and what the night itself raised an alarm on."""
    for row in _asked(
        patient.home,
        "select register, edition, stale_since from v_edition where stale_since is not null order by all",
    ):
        yield (
            f"{row['register']}: a newer delivery was blocked, and {row['edition']} is in force since {row['stale_since']}",
            str(patient.home.current),
            _run(patient.home),
        )
    for row in _asked(
        patient.home, "select register, dataset, kind, message from v_alarm order by register, dataset, kind"
    ):
        todo = (
            f"undertow audit verify --home {patient.home.root}"
            if row["kind"] == "damaged"
            else _run(patient.home)
        )
        yield f"ALARM: {row['message']}", str(patient.home.current), todo


def _asked(home: Home, query: str) -> list[dict[str, object]]:
    """Rows of the release in force; none where there is none, or it is older than the view asked for. Other checks say what is wrong with it."""
    try:
        return warehouse.query(store.current_release(home), query).to_pylist()
    except (UndertowError, NotADirectoryError, OSError):
        return []


def missed_nights(patient: Patient) -> Told:
    events = nights.read(patient.home)
    due = nights.missed(events, nights.read_schedule(patient.home), patient.now)
    for moment in sorted({*due, *(event.at for event in nights.missed_since_published(events))}):
        yield (
            f"the night of {moment:%Y-%m-%d %H:%M} UTC did not run, and none has been published since",
            str(patient.home.state),
            f"undertow serve --home {patient.home.root}",
        )


def killed_nights(patient: Patient) -> Told:
    lock = patient.home.lock
    if lock.is_file() and _is_held(lock):
        return
    for event in nights.killed_since_published(nights.read(patient.home)):
        yield (
            f"the night of {event.at:%Y-%m-%d %H:%M} UTC was killed, and none has been published since",
            str(nights.path(patient.home)),
            _run(patient.home),
        )


CHECKS: tuple[Check, ...] = (
    analytics_on,
    api_open,
    api_without_secret,
    pickled_results,
    pickle_files,
    ephemeral_on,
    debug_logging,
    prefect_home_elsewhere,
    secret_in_profile,
    schedule_time_zone,
    orphaned_processes,
    duckdb_version,
    file_system,
    one_disk,
    free_space,
    crash_dumps,
    clock,
    open_home,
    open_folders,
    open_secrets,
    world_readable,
    landing_folder,
    writable_release,
    current_link,
    manifests,
    lock_file,
    nested_homes,
    stale_registers,
    missed_nights,
    killed_nights,
)


# --- small things ---------------------------------------------------------------------------------------------------


def _run(home: Home) -> str:
    """The home's own landing folder where something lies in it: it is made with the home, and files may be landed anywhere."""
    if any(names for _, _, names in os.walk(home.landing)):
        return f"undertow run --landing {home.landing} --home {home.root}"
    return f"undertow run --landing DIR --home {home.root}  # DIR: where the publishers' files are"


def _folders(home: Home) -> list[Path]:
    """Those of the contract that are there."""
    all_folders = (
        home.landing,
        home.lake,
        home.releases,
        home.reports,
        home.docs,
        home.prefect,
        home.state,
        home.secrets,
        home.quarantine,
        home.work,
    )
    return [folder for folder in all_folders if folder.is_dir()]


def _files(folder: Path) -> Iterator[Path]:
    """Ordinary files below a folder, in order. Raises PermissionError where one of its folders cannot be read."""

    def refuse(error: OSError) -> None:
        if isinstance(error, PermissionError):
            raise error

    for path, folders, names in os.walk(folder, onerror=refuse):
        folders.sort()
        yield from (
            file for name in sorted(names) if (file := Path(path, name)).is_file() and not file.is_symlink()
        )


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _named(paths: Iterable[Path]) -> str:
    listed = list(map(str, paths))
    return ", ".join(listed[:NAMED_MAX]) + (
        f" and {len(listed) - NAMED_MAX} more" if len(listed) > NAMED_MAX else ""
    )
