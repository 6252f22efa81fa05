"""`undertow doctor`: what is wrong with a home and its environment, where, and the command that fixes it.

A check is one function in CHECKS. It looks at a `Patient` and yields findings; its name is the name of the
finding. Nothing is changed or created. A part of the home that this user may not read is reported as unseen,
not as sound.
"""

import tomllib
from datetime import UTC, datetime

from flows.home import settings
from flows.home.settings import Home
from flows.operations.doctor import deployment, files, machine, prefect, upgrade
from flows.operations.doctor.patient import Check, Examined, Finding, Patient, Setting
from transforms.errors import place

CHECKS: tuple[Check, ...] = (
    prefect.analytics_on,
    prefect.api_open,
    prefect.api_without_secret,
    prefect.pickled_results,
    prefect.pickle_files,
    prefect.ephemeral_on,
    prefect.debug_logging,
    prefect.prefect_home_elsewhere,
    prefect.secret_in_profile,
    prefect.schedule_time_zone,
    prefect.orphaned_processes,
    machine.duckdb_version,
    machine.file_system,
    machine.one_disk,
    machine.free_space,
    machine.crash_dumps,
    machine.clock,
    deployment.container_user,
    deployment.container_home,
    deployment.unit_paths,
    deployment.unit_credentials,
    deployment.database,
    files.open_home,
    files.open_folders,
    files.open_secrets,
    files.world_readable,
    files.other_owners,
    files.landing_folder,
    files.writable_release,
    files.current_link,
    files.manifests,
    files.lock_file,
    files.nested_homes,
    files.stale_registers,
    files.missed_nights,
    files.killed_nights,
    upgrade.earlier_readings,
    upgrade.left_over,
    files.settings_files,
    files.sources_file,
    files.notify_file,
    files.purposes_without_period,
    files.measures_not_recorded,
)


def examine(home: Home, now: datetime | None = None) -> Examined:
    """Run every check. `now` has a time zone; by default it is the clock's time."""
    patient = Patient(home, _prefect_settings(home), now or datetime.now(UTC))
    findings: list[Finding] = []
    unseen: dict[str, str] = {}
    for check in CHECKS:
        try:
            findings += [Finding(check.__name__, *finding) for finding in check(patient)]
        except PermissionError as error:
            unseen[check.__name__] = str(error.filename)
        except Exception as error:  # one check that fails must not hide what the others find
            what = f"this check failed: {type(error).__name__} at {place(error)}"
            fix = "undertow doctor  # and please report this line"
            findings.append(Finding(check.__name__, what, str(home.root), fix))
    return Examined(tuple(findings), unseen)


def _prefect_settings(home: Home) -> dict[str, Setting]:
    """Settings of the active profile, overridden by those of the environment. Prefect's defaults are left
    out.
    """
    file = home.prefect / "profiles.toml"
    try:
        profiles = tomllib.loads(file.read_text())
        profile = dict(profiles.get("profiles", {}).get(str(profiles.get("active", "")), {}))
    except (OSError, ValueError, TypeError, AttributeError):
        profile = {}
    of_profile = {name: Setting(str(value), str(file)) for name, value in profile.items()}
    environment = settings.prefect_environment().items()
    return of_profile | {name: Setting(value, f"environment: {name}") for name, value in environment}
