"""Read lines whose fields stand at fixed places, in bounded memory, and account for every line.

The first line is the header, which is not a record. The last line is the trailer; without it the file is
truncated. A line that has a NUL byte, is not UTF-8, or is too long or too short is a rejected record. Places
count characters. Fields that the register ignores are not extracted.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from transforms.model.register import FixedWidth, Register
from transforms.readers import Batch
from transforms.readers._records import (
    BOM,
    Window,
    blocked,
    hashes_in,
    hashes_of,
    located_records,
    reject_frame,
    text_fault,
    unknown_fields,
)
from transforms.readers.json_lines import Block, blocks

CHUNK_BYTES, BATCH_LINES = 16 << 20, 50_000
TRAILER, TOO_LONG, TOO_SHORT, BEYOND = "trailer", "too_long", "too_short", "beyond the fields"


def read(
    register: Register, path: Path, *, part_no: int, first_record_no: int, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Batch]:
    """Batches in file order. Raises BlockedEdition: wrong_header, truncated, empty_file."""
    reader, where = register.reader, (register.name, path.name)
    assert isinstance(reader, FixedWidth)
    is_ended = has_records = False
    with path.open("rb", buffering=0) as file:
        window = Window(file, chunk_bytes)
        if window.fill() and window.buffer.startswith(BOM):
            window.drop(len(BOM))
        if not re.match(reader.header.encode(), window.buffer):
            raise blocked(*where, "wrong_header", "does not begin with the declared header", "fetch it again")
        window.drop_line()
        for block in blocks(window, reader.record_bytes_max, BATCH_LINES):
            if not len(block.starts):
                continue
            batch = _batch(register, reader, block, part_no, first_record_no)
            first_record_no += batch.records_in
            has_records |= batch.ignored.height < batch.records_in
            is_ended |= bool(batch.totals)
            yield batch
    if not is_ended:
        raise blocked(*where, "truncated", "has no trailer", "fetch it again")
    if not has_records:
        raise blocked(*where, "empty_file", "has no record", "fetch it again")


def _batch(register: Register, reader: FixedWidth, block: Block, part_no: int, first_record_no: int) -> Batch:
    records_n, lengths = len(block.starts), block.lengths
    numbers = np.arange(first_record_no, first_record_no + records_n, dtype=np.int64)
    if block.overlong_bytes:
        raw, lengths = [b""], np.array([block.overlong_bytes], dtype=np.int64)
        hashes, faults = hashes_of(raw), [TOO_LONG]
    else:
        raw, hashes = block.lines(), hashes_in(block.raw, block.starts, lengths)
        faults = [text_fault(line) for line in raw] if text_fault(block.raw) else [""] * records_n
    located = located_records(numbers, block.starts + block.offset, lengths, part_no, hashes)
    texts = ["" if fault else line.decode() for line, fault in zip(raw, faults, strict=True)]
    lines = located.with_columns(pl.Series("line", texts), pl.Series("fault", faults))
    lines = lines.with_columns(_why_ignored(reader)).with_columns(_fault(reader))
    rejected = lines.filter(pl.col("fault") != "")
    ignored = lines.filter(pl.col("reason").is_not_null())
    totals = ignored.filter(pl.col("reason") == TRAILER)["line"].to_list()
    good = lines.filter((pl.col("fault") == "") & pl.col("reason").is_null())
    return Batch(
        frame=good.select(located.columns).hstack(_fields(register, reader, good)),
        rejects=reject_frame(rejected, rejected["fault"].to_list(), [""] * rejected.height),
        ignored=ignored.select("record_no", "reason"),
        totals=tuple(line.encode() for line in totals),
        findings=unknown_fields({}),
        records_in=records_n,
    )


def _why_ignored(reader: FixedWidth) -> pl.Expr:
    reasons = {reader.trailer: TRAILER, **reader.others}
    return pl.coalesce(
        pl.when(pl.col("line").str.contains(pattern)).then(pl.lit(reason))
        for pattern, reason in reasons.items()
    ).alias("reason")


def _fault(reader: FixedWidth) -> pl.Expr:
    line = pl.col("line")
    is_short = (
        (pl.col("fault") == "") & pl.col("reason").is_null() & (line.str.len_chars() < reader.further_from)
    )
    is_long = line.str.len_bytes() > reader.record_bytes_max
    return (
        pl.when(is_short).then(pl.lit(TOO_SHORT)).when(is_long).then(pl.lit(TOO_LONG)).otherwise("fault")
    ).alias("fault")


def _fields(register: Register, reader: FixedWidth, lines: pl.DataFrame) -> pl.DataFrame:
    """The fields that the register uses."""
    line, used = pl.col("line"), {field.name for field in register.fields if not field.ignored}
    placed = (line.str.slice(first, length).alias(name) for name, (first, length) in reader.places.items())
    names = [*reader.further, BEYOND]
    further = line.str.slice(reader.further_from).str.split_exact("<", len(reader.further))
    cut = lines.select(*placed, further.struct.rename_fields(names).alias(BEYOND)).unnest(BEYOND)
    return cut.select(name for name in cut.columns if name in used)
