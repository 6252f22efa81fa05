"""The state of a home for Prometheus: numbers, names of registers and of tables, nothing about a subject.

`undertow metrics` prints the text, also for the textfile collector of the node exporter; `undertow serve`
answers /metrics with it.
"""

import os
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from flows.fetching import manifest
from flows.home import warehouse
from flows.home.lock import holder_in, is_locked
from flows.home.settings import Home
from flows.journal import diary
from flows.release import manifests, store
from transforms.errors import UndertowError

# Each is a gauge by the first columns; the last one is its value.
OF_RELEASE: Mapping[str, tuple[str, str]] = {
    "gates": (
        "Checks of the data, by severity and result",
        "select severity, case when passed then 'passed' else 'failed' end as result, count(*) as n "
        "from v_gate group by all",
    ),
    "alarms": ("Alarms of the last night", "select kind, count(*) as n from v_alarm group by all"),
    "editions": (
        "Editions of registers, by status",
        "select register, status, count(*) as n from v_edition group by all",
    ),
    "flags": ("Flags, by lane", "select lane, count(*) as n from v_flag group by all"),
}
NEWEST_EDITIONS = (
    "select register, status, max(edition_date) as newest from v_edition where edition_date is not null "
    "group by all"
)


def text(home: Home, now: datetime | None = None) -> bytes:
    """The metrics in Prometheus's text format. `now` has a time zone; by default it is the clock's time.

    What does not exist yet (a release, a diary) has no metric. Raises UndertowError if a release is damaged.
    """
    registry = CollectorRegistry()
    moment = now or datetime.now(UTC)
    _gauge(registry, "build_info", "Version of Undertow", ["version"]).labels(version("undertow")).set(1)
    _put_disk(registry, home)
    _put_nights(registry, home, moment)
    _put_fetches(registry, home, moment)
    if (current := current_release(home)) is not None:
        _put_release(registry, current, moment)
    return generate_latest(registry)


def current_release(home: Home) -> store.Release | None:
    """The release in force; None if there is none, or if its manifest cannot be read."""
    return next((one for one in store.releases(home, readable=True) if one.is_current), None)


def _gauge(registry: CollectorRegistry, name: str, what: str, labels: list[str] | None = None) -> Gauge:
    return Gauge(f"undertow_{name}", what, labels or [], registry=registry)


def _put_disk(registry: CollectorRegistry, home: Home) -> None:
    if home.root.is_dir():
        free = shutil.disk_usage(home.root).free
        _gauge(registry, "home_free_bytes", "Free bytes on the disk of the home").set(free)
        _gauge(registry, "home_used_bytes", "Bytes of the files of the home").set(_used_bytes(home.root))


def _used_bytes(folder: Path) -> int:
    """Of ordinary files, counting those with several names once. A running night may remove some
    meanwhile.
    """
    sizes = {}
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                status = Path(path, name).lstat()
                if stat.S_ISREG(status.st_mode):
                    sizes[status.st_ino] = status.st_size
    return sum(sizes.values())


def _put_nights(registry: CollectorRegistry, home: Home, now: datetime) -> None:
    is_running = home.lock.is_file() and is_locked(home.lock)
    holder = holder_in(home.lock.read_bytes()) if is_running else None
    running = _gauge(registry, "night_running", "1 while a night runs")
    running.set(holder is not None and holder.command == "run")
    events = diary.read(home)
    if ended := [event for event in events if event.kind == "ended"]:
        _gauge(registry, "night_exit_code", "Exit code of the last night").set(ended[-1].exit_code or 0)
        _gauge(registry, "night_ended_age_seconds", "Time since the end of the last night").set(
            (now - ended[-1].at).total_seconds()
        )
    _gauge(registry, "nights_missed", "Nights missed since the last published one").set(
        len(list(diary.since_published(events, "missed")))
    )


def _put_fetches(registry: CollectorRegistry, home: Home, now: datetime) -> None:
    age = _gauge(registry, "fetch_age_seconds", "Time since a fetch of a register ended well", ["register"])
    failed = _gauge(registry, "fetch_failed", "1 where the last fetch of a register failed", ["register"])
    for attempt in manifest.attempts(home):  # oldest first
        failed.labels(attempt.register).set(attempt.state == "failed")
        if attempt.state != "failed":
            age.labels(attempt.register).set((now - datetime.fromisoformat(attempt.at)).total_seconds())


def _put_release(registry: CollectorRegistry, current: store.Release, now: datetime) -> None:
    age = _gauge(registry, "release_age_seconds", "Time since the release in force was built")
    age.set((now - current.built_at).total_seconds())
    tables = manifests.of_release(current.folder)["tables"]
    rows = _gauge(registry, "release_rows", "Rows of the release in force", ["table"])
    for table, rows_n in tables.items() if isinstance(tables, dict) else ():
        rows.labels(table).set(rows_n)
    for name, (what, _) in OF_RELEASE.items():
        if figures := _rows(current.folder)[name]:
            *labels, value = figures[0]
            gauge = _gauge(registry, name, what, labels)
            for row in figures:
                gauge.labels(*(str(row[label]) for label in labels)).set(float(str(row[value])))
    edition_age = _gauge(
        registry, "edition_age_seconds", "Time since the date of the newest edition", ["register", "status"]
    )
    for row in _rows(current.folder)["newest"]:
        newest = row["newest"]
        if isinstance(newest, date):
            age_seconds = (now.date() - newest).total_seconds()
            edition_age.labels(str(row["register"]), str(row["status"])).set(age_seconds)


@lru_cache(maxsize=1)
def _rows(release: Path) -> Mapping[str, list[dict[str, object]]]:
    """Results of the queries on a release, which does not change. A release of an earlier version may lack a
    view, and then has no such metric.
    """
    queries = {name: query for name, (_, query) in OF_RELEASE.items()} | {"newest": NEWEST_EDITIONS}
    return {name: _query(release, query) for name, query in queries.items()}


def _query(release: Path, query: str) -> list[dict[str, object]]:
    try:
        rows: list[dict[str, object]] = warehouse.query(release, query).to_pylist()
    except UndertowError:
        return []
    return rows
