"""Read records of several lines of text each (MT940). A file has a few megabytes and is read as a whole.

Text before the first record belongs to it. A record that has a NUL byte is rejected; one that is not UTF-8 is
read as Windows-1252.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from transforms.model.register import Register, TextBlocks
from transforms.readers import Batch
from transforms.readers._records import (
    NUL_BYTE,
    blocked,
    hashes_of,
    ignored_frame,
    located_records,
    reject_frame,
    unknown_fields,
)


def read(register: Register, path: Path, *, part_no: int, first_record_no: int) -> Iterator[Batch]:
    """One batch. Raises BlockedEdition: too_large, empty_file."""
    reader = register.reader
    assert isinstance(reader, TextBlocks)
    if path.stat().st_size > reader.file_bytes_max:
        what = f"is larger than {reader.file_bytes_max:,} bytes"
        raise blocked(register.name, path.name, "too_large", what, "have it delivered in parts")
    raw = path.read_bytes()
    starts = [match.start() for match in re.finditer(reader.begins.encode(), raw, re.MULTILINE)]
    if not starts:
        what = "has no record"
        raise blocked(register.name, path.name, "empty_file", what, "fetch it again")
    starts[0] = 0
    ends = [*starts[1:], len(raw)]
    blocks = [raw[start:end] for start, end in zip(starts, ends, strict=True)]
    located = located_records(
        np.arange(first_record_no, first_record_no + len(blocks), dtype=np.int64),
        np.array(starts, dtype=np.int64),
        np.array([len(block) for block in blocks], dtype=np.int64),
        part_no,
        hashes_of(blocks),
    )
    has_nul = pl.Series([b"\0" in block for block in blocks])
    rejected = located.filter(has_nul)
    yield Batch(
        frame=located.with_columns(pl.Series(reader.field, map(_text, blocks), dtype=pl.String)).filter(
            ~has_nul
        ),
        rejects=reject_frame(rejected, [NUL_BYTE] * rejected.height, [""] * rejected.height),
        ignored=ignored_frame([], ""),
        totals=(),
        findings=unknown_fields({}),
        records_in=len(blocks),
    )


def _text(block: bytes) -> str:
    try:
        return block.decode("utf-8-sig")
    except UnicodeDecodeError:
        return block.decode("cp1252", errors="replace")
