"""Readers turn a publisher's file into batches of untyped records and account for every physical record. May
import `transforms.errors` and `transforms.model`.

`read` uses the reader that the register declares. Each batch lists its rejected and ignored records, so that
over a file sum(records_in) = sum(frame.height + rejects.height + ignored.height)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from transforms.model.layout import OtherForm
from transforms.model.register import (
    Delimited,
    DelimitedTables,
    FixedWidth,
    JsonLines,
    Register,
    TextBlocks,
    XmlRecords,
)
from transforms.readers._records import BOM

FORM_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Batch:
    """Consecutive records of one file.

    frame: BATCH_COLUMNS and the declared native fields as String (List(String) for `texts`), in file order.
    rejects: REJECT_SCHEMA. ignored: IGNORED_SCHEMA (`trailer`, `totals`). totals: raw bytes of the ignored
    records. findings: FINDING_SCHEMA (`unknown_field`). records_in: number of physical records, counted
    independently of the frame."""

    frame: pl.DataFrame
    rejects: pl.DataFrame
    ignored: pl.DataFrame
    totals: tuple[bytes, ...]
    findings: pl.DataFrame
    records_in: int


def read(register: Register, path: Path, *, part_no: int = 1, first_record_no: int = 1) -> Iterator[Batch]:
    """Batches of an unpacked file. Raises BlockedEdition; each reader's `read` lists its codes."""
    from transforms.readers.delimited import read as read_delimited
    from transforms.readers.delimited_tables import read as read_table
    from transforms.readers.fixed_width import read as read_fixed_width
    from transforms.readers.json_lines import read as read_json_lines
    from transforms.readers.text_blocks import read as read_text_blocks
    from transforms.readers.xml_records import read as read_xml

    if form := _other_form(register, path):
        read_as = replace(register, reader=form.reader, fields=form.fields, other_forms=())
        for batch in read(read_as, path, part_no=part_no, first_record_no=first_record_no):
            yield replace(batch, frame=form.in_columns(batch.frame))
        return
    readers = {
        Delimited: read_delimited,
        DelimitedTables: read_table,
        FixedWidth: read_fixed_width,
        JsonLines: read_json_lines,
        TextBlocks: read_text_blocks,
        XmlRecords: read_xml,
    }
    reader = readers[type(register.reader)]
    yield from reader(register, path, part_no=part_no, first_record_no=first_record_no)


def _other_form(register: Register, path: Path) -> OtherForm | None:
    """The declared other form that the file has; None if it has the form of the register's reader."""
    if not register.other_forms:
        return None
    with path.open("rb") as file:
        head = file.read(FORM_HEAD_BYTES).removeprefix(BOM)
    return next((form for form in register.other_forms if re.match(form.begins, head)), None)
