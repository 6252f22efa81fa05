"""Checks of the nights: stale registers, alarms, and nights that were missed or killed."""

from flows.home import warehouse
from flows.home.settings import Home
from flows.journal import diary
from flows.operations.doctor.patient import (
    Findings,
    Patient,
    is_locked,
    run_command,
)
from flows.release import store
from transforms.errors import UndertowError


def stale_registers(patient: Patient) -> Findings:
    """Editions that a blocked delivery could not replace, and alarms of the night itself."""
    for row in release_rows(
        patient.home,
        "select register, edition, stale_since from v_edition where stale_since is not null order by all",
    ):
        yield (
            f"{row['register']}: a newer delivery was blocked, and {row['edition']} is in force since "
            f"{row['stale_since']}",
            str(patient.home.current),
            run_command(patient.home),
        )
    for row in release_rows(
        patient.home, "select register, dataset, kind, message from v_alarm order by register, dataset, kind"
    ):
        todo = (
            f"undertow audit verify --home {patient.home.root}"
            if row["kind"] == "damaged"
            else run_command(patient.home)
        )
        yield f"ALARM: {row['message']}", str(patient.home.current), todo


def release_rows(home: Home, query: str) -> list[dict[str, object]]:
    """Rows of a query on the release in force; none if there is no release or it lacks the view."""
    try:
        return warehouse.query(store.current_release(home), query).to_pylist()
    except (UndertowError, NotADirectoryError, OSError):
        return []


def missed_nights(patient: Patient) -> Findings:
    events = diary.read(patient.home)
    due = diary.missed(events, diary.read_schedule(patient.home), patient.now)
    for moment in sorted({*due, *(event.at for event in diary.missed_since_published(events))}):
        yield (
            f"the night of {moment:%Y-%m-%d %H:%M} UTC did not run, and no night has been published since",
            str(patient.home.state),
            f"undertow serve --home {patient.home.root}",
        )


def killed_nights(patient: Patient) -> Findings:
    lock = patient.home.lock
    if lock.is_file() and is_locked(lock):
        return
    for event in diary.killed_since_published(diary.read(patient.home)):
        yield (
            f"the night of {event.at:%Y-%m-%d %H:%M} UTC was killed, and no night has been published since",
            str(diary.path(patient.home)),
            run_command(patient.home),
        )
