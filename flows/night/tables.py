"""The tables of a run under `work/<run>/tables`, and a connection that sees them beside the lake."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from pyarrow.parquet import ParquetWriter

from flows.home import disk, warehouse
from flows.ingest import lake
from flows.night.night import Night
from transforms.flags.absence import mentioned
from transforms.model.sql import create_macros
from transforms.model.statements import STATEMENT_TABLES, Table
from transforms.values.addresses import address_class_list
from transforms.values.areas import area_list
from transforms.values.exempt import exempt_list

HELD_BYTES = 1_000_000  # (own) of a table that the flags ask for some hundred times: below it, what takes time is to open its files


def open_tables(night: Night, tables: Iterable[str], *, held_bytes: int = 0) -> warehouse.Connection:
    """A connection with the statement tables, `edition_in_use` and the night's own tables named. It sees the lake.

    `held_bytes`: tables whose files are no larger together are read into memory, for a stage that asks for them again and again.
    """
    connection = warehouse.connect(night.work, read_paths=[night.home.lake])
    usable = night.editions.usable
    for name, table in STATEMENT_TABLES.items():
        warehouse.parquet_view(
            connection, name, lake.table_files(night.home, name, usable), table=table, held_bytes=held_bytes
        )
    warehouse.parquet_view(
        connection,
        "mention_as_written",
        lake.table_files(night.home, lake.MENTION.name, usable),
        table=lake.MENTION,
    )
    connection.execute(f"create view {lake.MENTION.name} as {mentioned('mention_as_written')}")
    register_frame(connection, "edition_in_use", _editions_in_use(night))
    register_frame(connection, "address_class_list", address_class_list())
    register_frame(connection, "exempt_list", exempt_list())
    register_frame(connection, "area_list", area_list())
    for name in tables:
        warehouse.parquet_view(connection, name, [night.table(name)], held_bytes=held_bytes)
    create_macros(connection)
    return connection


def open_lake(night: Night) -> warehouse.Connection:
    """A connection with the statement tables and `edition_in_use`, as the resolve stage has it."""
    return open_tables(night, ())


def _editions_in_use(night: Night) -> pl.DataFrame:
    """The editions in force and history. edition_order: '' for undated ones, which are older than all others."""
    rows = [
        (
            e.facts.register,
            e.facts.dataset,
            e.facts.label,
            e.status,
            e.facts.completeness,
            e.facts.edition_date,
            e.facts.edition_date.isoformat() if e.facts.edition_date else "",
            e.facts.file_sha256,
            e.stale_since,
        )
        for e in night.editions.all
        if e.status in ("in_force", "history")
    ]
    texts = dict.fromkeys(("register", "dataset", "edition", "status", "completeness"), pl.String)
    more = {
        "edition_date": pl.Date,
        "edition_order": pl.String,
        "file_sha256": pl.String,
        "stale_since": pl.Date,
    }
    return pl.DataFrame(rows, schema={**texts, **more}, orient="row")


def register_frame(connection: warehouse.Connection, name: str, frame: pl.DataFrame) -> None:
    connection.register(name, frame.to_arrow())


def write_table(night: Night, table: Table, frame: pl.DataFrame) -> None:
    path = night.table(table.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with disk.naming(path):
        table.conformed(frame).sort(table.key).write_parquet(path, compression="zstd")


def write_stream(night: Night, table: Table, frames: Iterable[pl.DataFrame]) -> None:
    """Frames in the table's schema and key order, one row group each: a table that is larger than memory as a frame."""
    path = night.table(table.name)
    schema = table.empty().to_arrow().schema
    with disk.naming(path), ParquetWriter(path, schema, compression="zstd") as writer:
        for frame in frames:
            writer.write_table(frame.to_arrow().cast(schema))
