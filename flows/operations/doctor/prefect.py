"""Checks of Prefect: its settings, its server, its files and its schedule."""

import os
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from flows.home import processes
from flows.operations import deployments
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


def _settings(patient: Patient, names: Sequence[str], is_wrong: Callable[[str], bool], why: str) -> Findings:
    """A finding for each of these settings that is made and wrong."""
    for name in names:
        if (setting := patient.value_of(name)).value and is_wrong(setting.value):
            yield f"{name}={setting.value}: {why}", setting.where, unset_command(setting, name)


def _is_true(value: str) -> bool:
    return value.lower() in TRUE


def analytics_on(patient: Patient) -> Findings:
    why = "the Prefect server reports its use to its makers"
    yield from _settings(patient, ["PREFECT_SERVER_ANALYTICS_ENABLED"], _is_true, why)
    yield from _settings(patient, ["DO_NOT_TRACK"], lambda value: not _is_true(value), why)


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
    why = "results would be stored as pickles, which run code when they are read"
    return _settings(patient, ["PREFECT_RESULTS_DEFAULT_SERIALIZER"], lambda value: value != "json", why)


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
    names = ("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "PREFECT_SERVER_EPHEMERAL_ENABLED")
    why = "Prefect may start a temporary server for every run, which outlives a killed run"
    return _settings(patient, names, _is_true, why)


def debug_logging(patient: Patient) -> Findings:
    levels = (
        "PREFECT_LOGGING_LEVEL",
        "PREFECT_SERVER_LOGGING_LEVEL",
        "PREFECT_LOGGING_SERVER_LEVEL",
        "PREFECT_INTERNAL_LOGGING_LEVEL",
        "PREFECT_LOGGING_INTERNAL_LEVEL",
    )
    why = "Prefect's log then holds parameters and values of calls"
    yield from _settings(patient, levels, lambda value: value.upper() == "DEBUG", why)
    yield from _settings(patient, ["PREFECT_DEBUG_MODE"], _is_true, why)


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
    import yaml  # type: ignore[import-untyped]  # the library has no types of its own

    file = deployments.prefect_file()
    try:
        zones = [
            (str(deployment.get("name")), str(schedule.get("timezone") or ""))
            for deployment in yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
            for schedule in deployment.get("schedules", [])
        ]
    except (yaml.YAMLError, LookupError, ValueError, RecursionError, TypeError, AttributeError) as error:
        yield (
            f"the schedule cannot be read: {type(error).__name__}",
            str(file),
            f"prefect deploy --all --prefect-file {file}  # says where",
        )
        return
    for name, zone in zones:
        if not zone:
            yield (
                f"the schedule of {name} names no time zone",
                str(file),
                f"sed -i 's/^\\( *\\)- cron: .*/&\\n\\1  timezone: Europe\\/Amsterdam/' {file}",
            )
        elif zone not in available_timezones():
            yield (
                f"time zone {zone} is unknown here",
                str(file),
                f"sed -i 's#timezone: .*#timezone: Europe/Amsterdam#' {file}  # or, if the name is "
                f"right: apt-get install tzdata",
            )


def orphaned_processes(patient: Patient) -> Findings:
    for process in processes.orphans(patient.home.root):
        yield (
            "its `undertow serve` has ended and it still runs",
            f"process {process.pid}",
            f"kill {process.pid}  # or: undertow serve, which ends it first",
        )
