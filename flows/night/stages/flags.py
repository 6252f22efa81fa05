"""Stage flags: run every indicator and write its flags and evidence."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from flows.home import disk, warehouse
from flows.night.night import Counts, Night
from flows.night.stages.editions import home_countries
from flows.night.tables import HELD_BYTES, open_tables, register_frame, write_stream, write_table
from transforms.flags.engine import raise_flags
from transforms.model.indicator import Indicator, indicators
from transforms.model.statements import Table
from transforms.model.views import (
    EVIDENCE,
    FLAG,
    GRAPH_TABLES,
    INDICATOR_VIEW,
    MARTS,
)

PART_ROWS = 100_000  # of a file that is read in ranges of flag ids
FLAG_ID_BOUNDS = tuple("123456789abcdef")  # ids are hex digits


def find_flags(night: Night) -> Counts:
    """Every indicator's states, sentences and evidence: each indicator's are written before the next is asked, then brought together by flag."""
    connection = open_tables(night, (*MARTS, *GRAPH_TABLES), held_bytes=HELD_BYTES)
    try:
        register_frame(connection, "home_country", home_countries(night))
        counted = [_raise_one(night, connection, indicator) for indicator in indicators().values()]
    finally:
        connection.close()
    totals = pl.concat([INDICATOR_VIEW.empty(), *counted])
    write_table(night, INDICATOR_VIEW, totals)
    for table in (FLAG, EVIDENCE):
        write_stream(night, table, rows_by_flag(_part(night, table, "*"), table))
    shutil.rmtree(night.work / "flags")
    return {
        "flagged": int(totals["n_flagged"].sum()),
        "not_assessable": int(totals["n_not_assessable"].sum()),
    }


def _raise_one(night: Night, connection: warehouse.Connection, indicator: Indicator) -> pl.DataFrame:
    """Write an indicator's flags and evidence to its own files; its counts are given back. At most one indicator's rows are held at a time."""
    with warehouse.safe_errors(indicator.code):
        raised = raise_flags(connection, [indicator], night.as_of)
    for table, frame in ((FLAG, raised.flags), (EVIDENCE, raised.evidence)):
        path = _part(night, table, indicator.code)
        path.parent.mkdir(exist_ok=True)
        with disk.naming(path):
            frame.write_parquet(path, compression="lz4", row_group_size=PART_ROWS)
    return raised.indicators


def _part(night: Night, table: Table, code: str) -> Path:
    return night.work / "flags" / f"{table.name}-{code}.parquet"


def rows_by_flag(parts: Path, table: Table) -> Iterator[pl.DataFrame]:
    """Rows of files that are sorted by `flag_id` each, in the table's key order, a range of ids at a time: ids are hashes, so ranges are of one size."""
    rows = pl.scan_parquet(parts)
    bounds = () if rows.select(pl.len()).collect().item() <= PART_ROWS else FLAG_ID_BOUNDS
    for least, below in zip(("", *bounds), (*bounds, ""), strict=True):
        yield table.conformed(rows.filter(_within(least, below)).collect()).sort(table.key)


def _within(least: str, below: str) -> pl.Expr:
    """Ids from `least` on and before `below`; "" is no bound."""
    flag_id = pl.col("flag_id")
    from_least = flag_id >= least if least else pl.lit(True)
    return from_least & (flag_id < below) if below else from_least
