"""Checks of an installation made by `undertow deploy`: in a container, under systemd, and its PostgreSQL."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from flows.home import settings
from flows.operations.doctor.machine import file_system_of
from flows.operations.doctor.patient import NOT_OWNER, Findings, Patient, mode

UNITS = Path("/etc/systemd/system")
UNIT = "undertow.service"
LAYERS = frozenset({"overlay", "fuse.fuse-overlayfs", "aufs"})  # of a container: lost with it
DATABASE_SECONDS_MAX = 5.0
DATABASE_SETTINGS = ("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL")


def container_user(_patient: Patient) -> Findings:
    if settings.is_container() and os.getuid() == 0:
        yield (
            "the container runs as root, which is root of the machine too if it gets out",
            "user: of compose.yaml",
            "undertow deploy compose --to DIR && docker compose --project-directory DIR up --detach",
        )


def container_home(patient: Patient) -> Findings:
    """A home in the container's own layer is lost with the container."""
    if settings.is_container() and file_system_of(patient.home.root) in LAYERS:
        yield (
            "the home is in the container itself: it is gone when the container is replaced",
            str(patient.home.root),
            "undertow deploy compose --home /var/lib/undertow --to DIR && "
            "docker compose --project-directory DIR up --detach",
        )


# --- systemd ------------------------------------------------------------------------------------------------


def unit_paths(patient: Patient) -> Findings:
    """A unit that may not write to its home, because the home was moved or the unit was edited."""
    lines = list(_unit_lines())
    root = patient.home.root
    if ("ProtectSystem", "strict") not in lines or ("Environment", f"UNDERTOW_HOME={root}") not in lines:
        return
    writable = [
        Path(word.lstrip("-+"))
        for name, value in lines
        for word in value.split()
        if name == "ReadWritePaths" and word.lstrip("-+")
    ] + [Path("/var/lib", value) for name, value in lines if name == "StateDirectory" and value]
    if not any(root.is_relative_to(folder) for folder in writable):
        yield (
            "the unit runs nights in this home and may not write to it",
            str(UNITS / UNIT),
            f"undertow deploy systemd --home {root} && systemctl daemon-reload && systemctl restart undertow",
        )


def unit_credentials(_patient: Patient) -> Findings:
    """Keys that the unit needs: systemd does not start it if one is missing."""
    for name, value in _unit_lines():
        key, _, path = value.partition(":")
        if name != "LoadCredential" or not path:
            continue
        if not os.path.exists(path):  # noqa: PTH110  (Path.exists raises for a folder that may not be entered)
            yield (
                f"systemd is to give {key} to the unit, and the file is missing: the unit does not start",
                path,
                f"install -D -m 600 /dev/stdin {path}  # then type the key, and Ctrl-D",
            )
        elif mode(Path(path)) & NOT_OWNER:
            yield f"{key} is a secret, and others may read the file", path, f"chmod 600 {path}"


def _unit_lines() -> Iterator[tuple[str, str]]:
    """Name and value of each line of the unit and of what `systemctl edit` added to it; none without one."""
    for file in (UNITS / UNIT, *sorted((UNITS / f"{UNIT}.d").glob("*.conf"))):
        if file.is_file():
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                name, is_setting, value = line.strip().partition("=")
                if is_setting and not name.startswith(("#", ";")):
                    yield name, value


# --- PostgreSQL ---------------------------------------------------------------------------------------------


def database(patient: Patient) -> Findings:
    """Whether the Prefect server's PostgreSQL, if one is set, can be reached and accepts the login."""
    address, where = _database_address(patient)
    if not address.startswith("postgresql"):
        return
    import asyncpg  # type: ignore[import-untyped]  # the driver of Prefect; it has no types of its own

    async def connect() -> None:
        connection = await asyncpg.connect(address.replace("+asyncpg", "", 1), timeout=DATABASE_SECONDS_MAX)
        await connection.close(timeout=DATABASE_SECONDS_MAX)

    try:
        asyncio.run(connect())
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, TimeoutError) as error:
        yield (  # the error's text may hold the address, and with it the password
            f"PostgreSQL of the Prefect server cannot be used: {type(error).__name__}",
            where,
            "systemctl restart postgresql  # in containers: docker compose up --detach postgres; "
            "where the name or password is wrong, put the address right there",
        )


def _database_address(patient: Patient) -> tuple[str, str]:
    """The address, and where it is set."""
    file = patient.home.prefect_database
    if os.path.isfile(file):  # noqa: PTH113  (as above)
        return file.read_text(encoding="utf-8").strip(), str(file)
    setting = next(
        (patient.value_of(name) for name in DATABASE_SETTINGS if patient.value_of(name).value), None
    )
    return (setting.value, setting.where) if setting else ("", "")
