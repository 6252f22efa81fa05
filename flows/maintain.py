"""The upkeep of a home as a Prefect flow: a backup, tried, retention, and what `undertow doctor` finds.

The entrypoint is dotted, `flows.maintain.maintain`.
"""

import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from flows.home import logs, settings

settings.set_prefect_environment()

from prefect import State, flow, task  # noqa: E402  (the environment has to be set first)
from prefect.artifacts import create_table_artifact  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402
from prefect.states import Completed  # noqa: E402

from flows.home.lock import held  # noqa: E402
from flows.home.processes import keep_private  # noqa: E402
from flows.journal import diary  # noqa: E402
from flows.night.runner import safe_errors  # noqa: E402
from flows.operations.backup import backup as write_backup  # noqa: E402
from flows.operations.backup import try_restore  # noqa: E402
from flows.operations.deployments import absolute  # noqa: E402
from flows.operations.doctor import examine  # noqa: E402
from flows.release.recovery import clean_leftovers  # noqa: E402
from flows.release.store import discard  # noqa: E402
from flows.review.attachments import sweep  # noqa: E402
from flows.review.retention import expire  # noqa: E402
from transforms.errors import LockHeld, UndertowError  # noqa: E402

FINDINGS = "FindingsOfDoctor"
# (own) A night may hold the home's lock.
RETRY_SECONDS = [60.0, 600.0, 3600.0]
BACKUPS_KEPT = 4  # (own) about a month of Sundays


@flow(name="maintain", persist_result=False, result_serializer="json")
def maintain(home: str, backup_to: str | None = None) -> int | State[int]:
    """Back up the home, remove what is no longer kept, and examine it. Returns the number of findings.

    `backup_to`: file to write, outside the home, with the day put into its name (`dated`); without it no
    backup is made. Both paths are absolute. A backup that cannot be restored is a finding. The state of a run
    with findings is named FINDINGS. The diary says how it ended, and the next night notifies who wants to
    know. Raises UndertowError.
    """
    with safe_errors("maintain"):
        logs.configure()
        keep_private()
        where = absolute("home", home)
        ended = 4
        try:
            findings_n = _upkeep(str(where), backup_to)
            ended = 5 if findings_n else 0
        finally:
            diary.record(settings.Home(where), diary.Event("upkept", datetime.now(UTC), exit_code=ended))
    if not findings_n:
        return 0
    return Completed(name=FINDINGS, message=f"findings of doctor: {findings_n}", data=findings_n)


def _upkeep(where: str, backup_to: str | None) -> int:
    findings_n = 0
    try:
        if backup_to:
            given = absolute("backup_to", backup_to)
            remove_left_over(given)
            file = str(dated(given, datetime.now(UTC).date()))
            backup(where, file)
            findings_n += trial(file, backup_to)
        else:
            get_run_logger().warning("no backup: deploy with UNDERTOW_BACKUP set, or give backup_to")
    finally:  # what may be kept no longer goes, also where the backup's disk is full
        retention(where)
        findings_n += doctor(where)
    return findings_n


def dated(file: Path, day: date) -> Path:
    """`undertow.tar` of a day is `undertow-2026-11-29.tar`."""
    return file.with_name(f"{file.stem}-{day}{file.suffix}")


def of_any_day(file: Path) -> str:
    """Regular expression of the names that `dated` gives."""
    return rf"{re.escape(file.stem)}-\d{{4}}-\d\d-\d\d{re.escape(file.suffix)}"


def remove_left_over(file: Path) -> None:
    """Remove what a killed backup or trial of this home left beside its backups."""
    left = re.compile(rf"\.{of_any_day(file)}\.(?:part|trial-\w+)")
    for path in [path for path in file.parent.iterdir() if left.fullmatch(path.name)]:
        discard(path)


def _is_locked(_task: object, _run: object, state: State[object]) -> bool:
    return isinstance(state.result(raise_on_failure=False), LockHeld)


retried = task(
    retries=len(RETRY_SECONDS),
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_is_locked,
    persist_result=False,
)


@retried
def backup(home: str, to: str) -> int:
    """Write the whole home to one file, replacing one of the same day. Returns its bytes."""
    with safe_errors("backup"):
        made = write_backup(settings.Home(absolute("home", home)), absolute("backup_to", to))
    get_run_logger().info("%d files, %d bytes", len(made.files), made.bytes_n)
    return made.bytes_n


@task(persist_result=False)
def trial(file: str, backup_to: str) -> int:
    """Restore a new backup beside it, compare every byte and chain, and remove that again. Returns the number
    of findings: 1 where it failed, or there is no room for it.

    Older backups than the newest BACKUPS_KEPT are removed once a newer one could be restored.
    """
    try:
        try_restore(Path(file))
    except UndertowError:
        why = "the backup was not restored on trial: `undertow restore` of it into a new home says why"
        get_run_logger().error(why)
        return 1
    given = absolute("backup_to", backup_to)
    kept = sorted(path for path in given.parent.iterdir() if re.fullmatch(of_any_day(given), path.name))
    for older in kept[:-BACKUPS_KEPT]:
        older.unlink()
    return 0


@retried
def retention(home: str) -> None:
    """Remove releases beyond those kept with their pages, reviews beyond their periods, and what killed runs
    left.
    """
    where = settings.Home(absolute("home", home))
    with safe_errors("retention"), held(where, "maintain"):
        clean_leftovers(where)
        expire(where)
        sweep(where)


@task(persist_result=False)
def doctor(home: str) -> int:
    """Show which checks have findings. Returns the number of findings.

    What they say is left out, because it may name files that somebody delivered.
    """
    with safe_errors("doctor"):
        findings = Counter(one.check for one in examine(settings.Home(absolute("home", home))).findings)
    if findings:
        rows = [{"check": check, "findings": n} for check, n in findings.items()]
        create_table_artifact(rows, key="doctor", description="`undertow doctor` says more, and what to do.")
    return findings.total()
