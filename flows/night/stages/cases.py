"""Stage cases: group flagged subjects into cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from flows.home.warehouse import safe_errors
from flows.night.night import Counts, Night
from flows.night.stages.flags import rows_by_flag
from flows.night.tables import open_tables, write_stream, write_table
from graphs.cases.build import open_cases
from transforms.model.views import (
    CASE,
    CASE_LINK,
    CASE_MEMBER,
    FLAG,
    GRAPH_TABLES,
    MARTS,
)


def group_cases(night: Night) -> Counts:
    """Flagged subjects that belong together become cases, and every flag of a case gets its id."""
    connection = open_tables(night, (*MARTS, *GRAPH_TABLES, "flag", "indicator"))
    try:
        with safe_errors("cases"):
            book = open_cases(connection, night.as_of)
        for table, frame in ((CASE, book.cases), (CASE_MEMBER, book.members), (CASE_LINK, book.links)):
            write_table(night, table, frame)
    finally:
        connection.close()
    named = night.table("flag_in_case")
    write_stream(night, replace(FLAG, name=named.stem), _in_cases(night.table("flag"), book.case_of_flag))
    named.replace(night.table("flag"))
    return {"cases": book.cases.height, "flags_in_cases": book.case_of_flag.height}


def _in_cases(flags: Path, case_of_flag: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Every flag with its case, in the file's order."""
    for frame in rows_by_flag(flags, FLAG):
        yield FLAG.conformed(
            frame.drop("case_id").join(case_of_flag, on="flag_id", how="left", maintain_order="left")
        )
