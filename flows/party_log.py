"""Merges and splits since the release in force, and where older ids lead (`transforms.resolution.changes`), while the next release is built."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from flows import disk, publish, warehouse
from flows.settings import Home
from flows.warehouse import Connection
from transforms.errors import UndertowError
from transforms.resolution.changes import aliases, changes
from transforms.statements import Table
from transforms.views import PARTY_ALIAS, RESOLUTION, RESOLUTION_CHANGE


def since_release(home: Home, work: Path, resolution: Path, links: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """RESOLUTION_CHANGE and PARTY_ALIAS rows; none where no release is in force, or one that has not this table."""
    folder = work / "before"
    try:
        release = publish.open_current(home)
    except UndertowError:
        return RESOLUTION_CHANGE.empty(), PARTY_ALIAS.empty()
    try:
        release_id = str(release.execute("select release_id from v_release").fetchall()[0][0])
        folder.mkdir(parents=True, exist_ok=True)
        before = {name: _kept(release, table, columns, folder / f"{name}.parquet") for name, (table, columns) in BEFORE.items()}
    finally:
        release.close()
    connection = warehouse.connect(work)
    try:
        for name, path in {**before, "resolution": resolution, "resolution_link": links}.items():
            warehouse.parquet_view(connection, name, [path])
        return changes(connection), aliases(connection, release_id)
    finally:
        connection.close()


BEFORE: dict[str, tuple[Table, tuple[str, ...]]] = {
    "resolution_before": (RESOLUTION, ("statement_id", "party_id", "method")),
    "alias_before": (PARTY_ALIAS, PARTY_ALIAS.names),
}


def _kept(release: Connection, table: Table, columns: Sequence[str], path: Path) -> Path:
    """These columns of a view as Parquet, in bounded memory; no rows where the release has no such view."""
    schema: pa.Schema = table.empty().select(columns).to_arrow().schema
    has = release.execute("select count(*) from duckdb_views() where view_name = ?", [table.view]).fetchall()[0][0]
    with disk.naming(path), ParquetWriter(path, schema) as writer:
        for batch in warehouse.stream(release, f"select {', '.join(columns)} from {table.view}", where=table.view) if has else ():
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
    return path
