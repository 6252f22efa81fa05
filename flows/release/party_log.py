"""Merges and splits since the release before (`store.open_before`), and where older ids lead (`transforms.resolution.changes`), while the next release is built.

A release tells of the changes since the one before, and is pruned. So each night copies those of the release in force to `state/party-changes/<release>.jsonl`
before another takes its place: one line for each two ids and reason, with how many records it was, and no locators or names. Files are written whole and never
changed, but by `undertow purge`, which takes out the lines of a person's ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from flows.home import disk, warehouse
from flows.home.durable import write_bytes_durably
from flows.home.settings import STATE_DIRECTORY_MODE, Home
from flows.home.warehouse import Connection
from flows.journal import chain
from flows.release import store
from transforms.errors import RunFailed, UndertowError
from transforms.model.sql import frame
from transforms.model.statements import Table
from transforms.model.views import PARTY_ALIAS, RESOLUTION, RESOLUTION_CHANGE
from transforms.resolution.changes import aliases, changes


def since_release(
    home: Home, work: Path, resolution: Path, links: Path, known_at: date | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """RESOLUTION_CHANGE and PARTY_ALIAS rows; none where no release is in force, or one that has not this table. `known_at`: the night's, as `store.open_before` takes it."""
    folder = work / "before"
    try:
        with closing(store.open_current(home)) as in_force:
            _keep(home, in_force, _release_id(in_force))
        release = store.open_before(home, known_at)
    except UndertowError:
        return RESOLUTION_CHANGE.empty(), PARTY_ALIAS.empty()
    try:
        release_id = _release_id(release)
        folder.mkdir(parents=True, exist_ok=True)
        before = {
            name: kept(release, table, columns, folder / f"{name}.parquet")
            for name, (table, columns) in BEFORE.items()
        }
    finally:
        release.close()
    connection = warehouse.connect(work)
    try:
        for name, path in {**before, "resolution": resolution, "resolution_link": links}.items():
            warehouse.parquet_view(connection, name, [path])
        return changes(connection), aliases(connection, release_id)
    finally:
        connection.close()


# --- what is kept of all releases -----------------------------------------------------------------------------------

HISTORY = "party-changes"
CHANGED = (
    "as_of",
    "release_id",
    "previous_party_id",
    "party_id",
    "change",
    "reason",
    "records_n",
)  # columns of a line
CHANGED_SQL = f"""
select (select strftime(as_of, '%Y-%m-%d') from v_release) as as_of, (select release_id from v_release) as release_id, previous_party_id, party_id, change, reason,
       count(*) as records_n
from {RESOLUTION_CHANGE.view} group by previous_party_id, party_id, change, reason order by all
"""


def _release_id(release: Connection) -> str:
    return str(release.execute("select release_id from v_release").fetchall()[0][0])


def _keep(home: Home, release: Connection, release_id: str) -> None:
    """Once: killed before, the next night does it, as the release is still in force."""
    path = home.state / HISTORY / f"{release_id}.jsonl"
    if path.exists() or not (lines := _changed(release)):
        return
    with disk.naming(path):
        path.parent.mkdir(mode=STATE_DIRECTORY_MODE, exist_ok=True)
        _write(path, lines)


def _changed(release: Connection) -> list[dict[str, object]]:
    """Of one release; none where it has no such view."""
    has = release.execute(
        "select count(*) from duckdb_views() where view_name = ?", [RESOLUTION_CHANGE.view]
    ).fetchall()[0][0]
    return list(frame(release, CHANGED_SQL).iter_rows(named=True)) if has else []


def _write(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    write_bytes_durably(
        path, "".join(json.dumps(line) + "\n" for line in lines).encode(), mode=chain.FILE_MODE
    )


def history(home: Home, release: Connection) -> list[dict[str, object]]:
    """Every merge and split that releases told of, newest first: as_of, release_id, previous_party_id, party_id, change, reason, records_n. `release`: in force."""
    of_release = {path.stem: _read(path) for path in (home.state / HISTORY).glob("*.jsonl")}
    of_release[_release_id(release)] = _changed(release)
    return [line for name in sorted(of_release, reverse=True) for line in of_release[name]]


def _read(path: Path) -> list[dict[str, object]]:
    try:
        return [dict(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        raise RunFailed(
            f"{path}: cannot be read; restore it from a backup, or move it aside: no night needs it"
        ) from None


def forget(home: Home, party_ids: Iterable[str]) -> int:
    """Take out the lines of a person's ids, and of the ids that led to them; how many. For `undertow purge`."""
    held = {path: _read(path) for path in (home.state / HISTORY).glob("*.jsonl")}
    theirs = set(filter(None, party_ids))
    while (
        earlier := {
            str(line["previous_party_id"])
            for lines in held.values()
            for line in lines
            if line["party_id"] in theirs
        }
        - theirs
    ):
        theirs |= earlier
    gone_n = 0
    for path, lines in held.items():
        kept = [line for line in lines if theirs.isdisjoint((line["party_id"], line["previous_party_id"]))]
        if len(kept) < len(lines):
            gone_n += len(lines) - len(kept)
            _write(path, kept)
    return gone_n


# --- the release before ---------------------------------------------------------------------------------------------

BEFORE: dict[str, tuple[Table, tuple[str, ...]]] = {
    "resolution_before": (RESOLUTION, ("statement_id", "party_id", "method")),
    "alias_before": (PARTY_ALIAS, PARTY_ALIAS.names),
}


def kept(
    release: Connection, table: Table, columns: Sequence[str], path: Path, *, where: str = "true"
) -> Path:
    """These columns of a view as Parquet, in bounded memory; no rows where the release has not all of them. `where`: a condition in SQL."""
    schema: pa.Schema = table.empty().select(columns).to_arrow().schema
    has = {
        name
        for (name,) in release.execute(
            "select column_name from duckdb_columns() where table_name = ?", [table.view]
        ).fetchall()
    }
    query = f"select {', '.join(columns)} from {table.view} where {where}"
    with disk.naming(path), ParquetWriter(path, schema) as writer:
        for batch in warehouse.stream(release, query, where=table.view) if has >= set(columns) else ():
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
    return path
