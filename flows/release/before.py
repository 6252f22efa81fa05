"""Tables of the release before, while the next one is built."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from flows.home import disk, warehouse
from flows.home.settings import Home
from flows.home.warehouse import Connection
from flows.release import store
from transforms.errors import UndertowError
from transforms.model.statements import Table


@dataclass(frozen=True)
class Part:
    """Columns of a table, and the rows for which a condition in SQL holds."""

    table: Table
    columns: tuple[str, ...]
    where: str = "true"


def write_before(
    home: Home, known_at: date | None, folder: Path, parts: Mapping[str, Part]
) -> tuple[str, dict[str, Path]] | None:
    """The id of the release before (`store.open_before`), and a Parquet file for each part by its name.

    None where there is no such release. A part has no rows where the release lacks one of its columns.
    """
    try:
        release = store.open_before(home, known_at)
    except UndertowError:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    with release:
        paths = {name: _write(release, part, folder / f"{name}.parquet") for name, part in parts.items()}
        return release_id(release), paths


def release_id(release: Connection) -> str:
    return str(release.execute("select release_id from v_release").fetchall()[0][0])


def _write(release: Connection, part: Part, path: Path) -> Path:
    """In bounded memory."""
    view = part.table.view
    schema: pa.Schema = part.table.empty().select(part.columns).to_arrow().schema
    rows = release.execute("select column_name from duckdb_columns() where table_name = ?", [view]).fetchall()
    is_whole = {name for (name,) in rows} >= set(part.columns)
    query = f"select {', '.join(part.columns)} from {view} where {part.where}"
    with disk.naming(path), ParquetWriter(path, schema) as writer:
        for batch in warehouse.stream(release, query, where=view) if is_whole else ():
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
    return path
