"""Readers: a publisher's file to batches of untyped records, every physical record accounted for.

`open_reader` gives the reader that a register's declaration names. All readers yield `Batch`; what they
refuse is in `rejects` with its place, so that over a file  sum(records_in) = sum(frame.height + len(rejects)
+ len(ignored))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from transforms.model.register import Delimited, JsonLines, Register


@dataclass(frozen=True)
class Batch:
    """Some consecutive records of one file.

    frame: BATCH_COLUMNS and the native fields met, as String (List(String) for `texts`), in file order.
    rejects: REJECT_SCHEMA. ignored: IGNORED_SCHEMA (`trailer`, `totals`). totals: the raw bytes of those.
    findings: FINDING_SCHEMA (`unknown_field`). records_in: an independent count of physical records in this
    batch."""

    frame: pl.DataFrame
    rejects: pl.DataFrame
    ignored: pl.DataFrame
    totals: tuple[bytes, ...]
    findings: pl.DataFrame
    records_in: int


def read(register: Register, path: Path, *, part_no: int = 1, first_record_no: int = 1) -> Iterator[Batch]:
    """Batches of an unpacked file. Raises BlockedEdition (missing_column, empty_file, truncated, not_utf8
    header …).
    """
    from transforms.readers.delimited import read as read_delimited
    from transforms.readers.json_lines import read as read_json_lines

    match register.reader:
        case Delimited():
            yield from read_delimited(register, path, part_no=part_no, first_record_no=first_record_no)
        case JsonLines():
            yield from read_json_lines(register, path, part_no=part_no, first_record_no=first_record_no)
