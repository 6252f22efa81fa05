"""Checks of Prefect: its settings, its server, its files and its schedule."""

import os
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flows.home import processes
from flows.operations import serving
from flows.operations.doctor.patient import (
    NAMED_MAX,
    NOT_OWNER,
    Findings,
    Patient,
    files_below,
    mode,
    named,
    unset_command,
)

LOOPBACK = ("127.", "localhost", "::1", "[::1]")
TRUE = frozenset({"1", "true", "yes", "on", "t", "y"})
PICKLE = re.compile(rb"^\x80[\x02-\x05]|gASV")  # a pickle's first bytes, or the same in base64
PICKLE_HEAD_BYTES = 4096


def analytics_on(patient: Patient) -> Findings:
    for name, tracks in (("PREFECT_SERVER_ANALYTICS_ENABLED", True), ("DO_NOT_TRACK", False)):
        if (setting := patient.value_of(name)).value and (setting.value.lower() in TRUE) == tracks:
            yield (
                f"{name}={setting.value}: the Prefect server reports its use to its makers",
                setting.where,
                unset_command(setting, name),
            )


def api_open(patient: Patient) -> Findings:
    """An API that other machines reach runs code for whoever calls it."""
    host, secret = (
        patient.value_of("PREFECT_SERVER_API_HOST"),
        patient.value_of("PREFECT_SERVER_API_AUTH_STRING").value,
    )
    if host.value and not host.value.startswith(LOOPBACK) and not secret:
        yield (
            f"the Prefect API is bound to {host.value} and needs no authentication",
            host.where,
            f'export PREFECT_SERVER_API_AUTH_STRING="$(cat {patient.home.prefect_auth})"  # or: '
            f"{unset_command(host, 'PREFECT_SERVER_API_HOST')}",
        )
    for process in processes.with_environment(
        lambda environment: environment.get("PREFECT_HOME") == str(patient.home.prefect)
    ):
        bound = next(
            (after for name, after in pairwise(command_line_of(process.pid)) if name == "--host"), ""
        )
        if (
            bound
            and not bound.startswith(LOOPBACK)
            and not processes.environment_of(process.pid).get("PREFECT_SERVER_API_AUTH_STRING")
        ):
            yield (
                f"the Prefect server listens on {bound} and needs no authentication",
                f"process {process.pid}",
                f"kill {process.pid} && undertow serve",
            )


def command_line_of(pid: int) -> list[str]:
    return (processes.PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")


def api_without_secret(patient: Patient) -> Findings:
    url = patient.value_of("PREFECT_API_URL")
    host = urlsplit(url.value).hostname or ""
    if (
        host
        and not host.startswith(LOOPBACK)
        and not (
            patient.value_of("PREFECT_API_AUTH_STRING").value or patient.value_of("PREFECT_API_KEY").value
        )
    ):
        yield (
            f"PREFECT_API_URL names {host}, another machine, and no secret is set",
            url.where,
            "export PREFECT_API_AUTH_STRING=…  # the same as on the server",
        )


def pickled_results(patient: Patient) -> Findings:
    name = "PREFECT_RESULTS_DEFAULT_SERIALIZER"
    if (setting := patient.value_of(name)).value and setting.value != "json":
        yield (
            f"{name}={setting.value}: results would be stored as pickles, which run code when they are read",
            setting.where,
            unset_command(setting, name),
        )


def pickle_files(patient: Patient) -> Findings:
    paths = [
        path
        for path in files_below(patient.home.prefect)
        if "prefect.db" not in path.name and _is_pickle(path)
    ]
    if paths:
        yield (
            f"{len(paths)} pickle files, which run code when they are read",
            named(paths),
            f"rm {' '.join(map(str, paths[:NAMED_MAX]))}",
        )


def _is_pickle(path: Path) -> bool:
    with path.open("rb") as file:
        return PICKLE.search(file.read(PICKLE_HEAD_BYTES)) is not None


def ephemeral_on(patient: Patient) -> Findings:
    for name in ("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "PREFECT_SERVER_EPHEMERAL_ENABLED"):
        if (setting := patient.value_of(name)).value.lower() in TRUE:
            yield (
                "Prefect may start a temporary server for every run, which outlives a killed run",
                setting.where,
                unset_command(setting, name),
            )


def debug_logging(patient: Patient) -> Findings:
    for name in (
        "PREFECT_LOGGING_LEVEL",
        "PREFECT_SERVER_LOGGING_LEVEL",
        "PREFECT_LOGGING_SERVER_LEVEL",
        "PREFECT_INTERNAL_LOGGING_LEVEL",
        "PREFECT_LOGGING_INTERNAL_LEVEL",
    ):
        if (setting := patient.value_of(name)).value.upper() == "DEBUG":
            yield (
                f"{name}=DEBUG: Prefect's log then holds parameters and values of calls",
                setting.where,
                unset_command(setting, name),
            )
    if (setting := patient.value_of("PREFECT_DEBUG_MODE")).value.lower() in TRUE:
        yield (
            "PREFECT_DEBUG_MODE is on: Prefect's log then holds parameters and values of calls",
            setting.where,
            unset_command(setting, "PREFECT_DEBUG_MODE"),
        )


def prefect_home_elsewhere(patient: Patient) -> Findings:
    setting = patient.value_of("PREFECT_HOME")
    folder = os.path.expanduser(setting.value)  # noqa: PTH111  (Path raises for an unknown user)
    if setting.value and Path(folder).resolve() != patient.home.prefect:
        yield (
            f"PREFECT_HOME is {setting.value}: Prefect's database and storage are outside this home",
            setting.where,
            f"export PREFECT_HOME={patient.home.prefect}",
        )


def secret_in_profile(patient: Patient) -> Findings:
    """Prefect's profile may hold the password of a database or the secret of the API."""
    file = patient.home.prefect / "profiles.toml"
    secret = [
        name
        for name, setting in patient.prefect.items()
        if setting.where == str(file) and _is_secret(name, setting.value)
    ]
    if secret and mode(file) & NOT_OWNER:
        yield f"{secret[0]} holds a secret, and others may read the file", str(file), f"chmod 600 {file}"


def _is_secret(name: str, value: str) -> bool:
    return name.endswith(("AUTH_STRING", "API_KEY", "PASSWORD")) or (
        name.endswith("CONNECTION_URL") and ":" in value.partition("//")[2].rpartition("@")[0]
    )


def schedule_time_zone(_patient: Patient) -> Findings:
    """Without a time zone 02:30 is UTC; without the zone's data the deployment fails."""
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
                    f"sed -i 's#timezone: .*#timezone: Europe/Amsterdam#' {file}  # or, if the name is "
                    f"right: apt-get install tzdata",
                )


def _deployments(file: Path) -> list[tuple[str, list[str]]]:
    """Name of each deployment, and the time zones of its schedules ("" if one names none). Raises
    ValueError.
    """
    import yaml  # type: ignore[import-untyped]  # the library has no types of its own

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}") from None
    listed = content.get("deployments") if isinstance(content, dict) else None
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


def orphaned_processes(patient: Patient) -> Findings:
    for process in processes.orphans(patient.home.root):
        yield (
            "its `undertow serve` has ended and it still runs",
            f"process {process.pid}",
            f"kill {process.pid}  # or: undertow serve, which ends it first",
        )
