"""Merges and splits of parties since the previous release, and where older ids lead
(`transforms.resolution.resolve`).

A release reports the changes since the one before, and is deleted some runs later. Each run therefore copies
those of the release in force to `state/party-changes/<release>.jsonl` before it publishes the next: one line
for two ids and a reason, with the number of records, and without locators or names. Files are written whole
and never changed, except by `undertow purge`, which removes the lines of a person's ids.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from flows.home import disk, warehouse
from flows.home.durable import write_bytes_durably
from flows.home.settings import STATE_DIRECTORY_MODE, Home
from flows.journal import chain
from flows.release import base, manifests
from flows.release.content import TableContent
from flows.release.store import Part, open_before, open_current, release_id, write_before
from transforms.errors import RunFailed, UndertowError
from transforms.model.sql import frame, read_sql
from transforms.model.views import PARTY_ALIAS, RESOLUTION, RESOLUTION_CHANGE
from transforms.resolution.resolve import changes_and_aliases

HISTORY = "party-changes"
# Columns of a line.
CHANGED = ("as_of", "release_id", "previous_party_id", "party_id", "change", "reason", "records_n")
ALIASES_SQL = "from v_party_alias order by previous_party_id, party_id"
BEFORE = {
    "resolution_before": Part(RESOLUTION, ("statement_id", "party_id", "method")),
    "alias_before": Part(PARTY_ALIAS, PARTY_ALIAS.names),
}


def since_release(
    home: Home,
    work: Path,
    resolution: Path,
    links: Path,
    known_at: date | None,
    *,
    known: TableContent | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """RESOLUTION_CHANGE and PARTY_ALIAS rows; none if there is no release to compare with.

    `resolution`, `links`: Parquet files of this run. `known_at`: of this run. `known`: the content of the
    first file, if it is known from last time.
    """
    try:
        with open_current(home) as in_force:
            _keep(home, in_force)
        with open_before(home, known_at) as last:
            if known is not None and _holds(home, last, known):
                return RESOLUTION_CHANGE.empty(), PARTY_ALIAS.conformed(frame(last, ALIASES_SQL))
    except UndertowError:
        return RESOLUTION_CHANGE.empty(), PARTY_ALIAS.empty()
    before = write_before(home, known_at, work / "before", BEFORE)
    if before is None:
        return RESOLUTION_CHANGE.empty(), PARTY_ALIAS.empty()
    release, paths = before
    with warehouse.connect(work) as connection:
        for name, path in {**paths, "resolution": resolution, "resolution_link": links}.items():
            warehouse.parquet_view(connection, name, [path])
        return changes_and_aliases(connection, release)


def _holds(home: Home, release: warehouse.Connection, resolution: TableContent) -> bool:
    """Whether a release has this same resolution, so that no party has changed since."""
    manifest = manifests.of_release(home.releases / release_id(release))
    return base.contents(manifest).get(RESOLUTION.name) == resolution.sha256


# --- the changes of all releases ----------------------------------------------------------------------------


def _keep(home: Home, release: warehouse.Connection) -> None:
    """Write the release's file once. After a kill the next run does it: the release is still in force."""
    path = home.state / HISTORY / f"{release_id(release)}.jsonl"
    if path.exists() or not (lines := _changes(release)):
        return
    with disk.naming(path):
        path.parent.mkdir(mode=STATE_DIRECTORY_MODE, exist_ok=True)
        _write(path, lines)


def _changes(release: warehouse.Connection) -> list[dict[str, object]]:
    return list(frame(release, read_sql("flows.release.sql", "party_changes")).iter_rows(named=True))


def _write(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    write_bytes_durably(path, text.encode(), mode=chain.FILE_MODE)


def _read(path: Path) -> list[dict[str, object]]:
    try:
        return [dict(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        raise RunFailed(
            f"{path}: cannot be read; restore it from a backup, or move it aside: no run needs it"
        ) from None


def history(home: Home, release: warehouse.Connection) -> list[dict[str, object]]:
    """Every merge and split that a release reported, newest first, as lines of CHANGED.

    `release`: in force.
    """
    by_release = {path.stem: _read(path) for path in (home.state / HISTORY).glob("*.jsonl")}
    by_release[release_id(release)] = _changes(release)
    return [line for name in sorted(by_release, reverse=True) for line in by_release[name]]


def forget(home: Home, party_ids: Iterable[str]) -> int:
    """Remove the lines of a person's ids, and of the ids that led to them; returns how many.

    For `undertow purge`.
    """
    files = {path: _read(path) for path in (home.state / HISTORY).glob("*.jsonl")}
    led_to = [
        (str(line["previous_party_id"]), line["party_id"]) for lines in files.values() for line in lines
    ]
    ids = set(filter(None, party_ids))
    while earlier := {previous for previous, party_id in led_to if party_id in ids} - ids:
        ids |= earlier
    removed_n = 0
    for path, lines in files.items():
        kept = [line for line in lines if ids.isdisjoint((line["party_id"], line["previous_party_id"]))]
        if len(kept) < len(lines):
            removed_n += len(lines) - len(kept)
            _write(path, kept)
    return removed_n
