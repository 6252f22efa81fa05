"""Read delimited text (RFC 4180) of any size in bounded memory and account for every physical record.

The file is read in chunks. The *fast pass* tests a whole chunk with array masks and accepts it only if every
record in it is strictly valid. Any other chunk goes through the *exact pass*, one record at a time. Polars
parses the good records of both passes with the same call, and its number of rows must equal the number of
records that the pass counted.

What counts as a record:
- An empty line is not a record. A line that matches the declared trailer is one, and is ignored.
- A strictly valid record with the right number of columns, of at most `record_bytes_max` bytes, is one; its
  quoted fields may span lines. If it has a NUL or is not UTF-8, it is rejected.
- Anything else is a violation: the physical line on which it starts is one rejected record, and reading
  resumes on the next line. So a stray quote costs one line and not the rest of the file.

A violation is only judged when the next `record_bytes_max` bytes or the end of the file are in the window, so
that the result does not depend on where chunks end."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from transforms.model.register import Register
from transforms.readers import Batch
from transforms.readers._records import (
    BOM,
    Window,
    blocked,
    hashes_in,
    hashes_of,
    ignored_frame,
    located_records,
    reject_frame,
    unknown_fields,
)
from transforms.readers.delimited_layout import Layout, layout_of
from transforms.readers.delimited_passes import TOO_LONG, TRAILER, Split, exact, fast, refuse_truncated

CHUNK_BYTES = 16 << 20


def read(
    register: Register, path: Path, *, part_no: int, first_record_no: int, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Batch]:
    """Batches of `path` in file order, each from about `chunk_bytes` of it.

    Memory: a small multiple of `chunk_bytes` + `record_bytes_max`, whatever the size of the file.
    Raises BlockedEdition: empty_file, not_utf8, wrong_header, duplicate_column, missing_column, truncated,
    count_mismatch."""
    with path.open("rb", buffering=0) as file:
        yield from _batches(register, path.name, Window(file, chunk_bytes), part_no, first_record_no)


def _batches(
    register: Register, file_name: str, window: Window, part_no: int, first_record_no: int
) -> Iterator[Batch]:
    layout = layout_of(register, file_name, window)
    number, has_records = first_record_no, False
    while window.fill():
        split = fast(layout, window.buffer) or exact(layout, window)
        records_n = len(split.starts)
        if window.is_cut and split.consumed == len(window.buffer):
            refuse_truncated(layout, window.buffer, split)
        if records_n:
            yield _batch(layout, window, split, part_no, number)
        window.drop(split.consumed)
        if split.is_overlong:
            yield _overlong(layout, window, part_no, number + records_n)
        number += records_n + split.is_overlong
        has_records |= (
            split.is_overlong
            or any(fault != TRAILER for fault in split.faults.values())
            or records_n > len(split.faults)
        )
    if not has_records:
        raise blocked(
            layout.register_name, file_name, "empty_file", "has a header and no record", "fetch it again"
        )


def _batch(layout: Layout, window: Window, split: Split, part_no: int, first_record_no: int) -> Batch:
    numbers = np.arange(first_record_no, first_record_no + len(split.starts), dtype=np.int64)
    hashes = hashes_in(window.buffer[: split.consumed], split.starts, split.lengths)
    located = located_records(numbers, split.starts + window.offset, split.lengths, part_no, hashes)
    fields = _parsed(layout, split)
    ignored = [index for index, fault in split.faults.items() if fault == TRAILER]
    rejected = [index for index, fault in split.faults.items() if fault != TRAILER]
    good = located[np.delete(np.arange(len(numbers)), list(split.faults))]
    if fields.height != good.height:
        what = (
            f"gives {fields.height} rows where {good.height} records were counted from record "
            f"{first_record_no} on"
        )
        raise blocked(
            layout.register_name,
            layout.file_name,
            "count_mismatch",
            what,
            "report this as a fault of the reader",
        )
    return Batch(
        frame=good.hstack(fields.select(layout.kept)),
        rejects=reject_frame(
            located[rejected], [split.faults[index] for index in rejected], [""] * len(rejected)
        ),
        ignored=ignored_frame([int(numbers[index]) for index in ignored], TRAILER),
        totals=tuple(_raw(window.buffer, split, index) for index in ignored),
        findings=unknown_fields(dict.fromkeys(layout.unknown, good.height) if good.height else {}),
        records_in=len(split.starts),
    )


def _raw(buffer: bytes, split: Split, index: int) -> bytes:
    start = int(split.starts[index])
    return buffer[start : start + int(split.lengths[index])]


def _parsed(layout: Layout, split: Split) -> pl.DataFrame:
    """The fields of the good records as String, empty ones null, one row for each record."""
    # polars takes the number of columns from the first line, and drops a byte order mark, which is data here.
    # A row of empty fields before either prevents that.
    is_guarded = split.body.startswith((BOM, b"\r", b"\n"))
    guard = layout.separator * (len(layout.names) - 1) + b"\n" if is_guarded else b""
    frame = pl.read_csv(
        guard + split.body,
        has_header=False,
        schema={name: pl.String() for name in layout.names},
        separator=layout.separator.decode(),
        infer_schema=False,
    )
    frame = frame[1:] if is_guarded else frame
    return frame if split.is_blank is None else frame.filter(pl.Series(~split.is_blank))


def _overlong(layout: Layout, window: Window, part_no: int, record_no: int) -> Batch:
    """A rejected record for a line that is longer than the window. Its hash is that of no bytes."""
    start, empty = np.array([window.offset]), np.zeros(0, dtype=np.int64)
    length = np.array([window.drop_line()])
    located = located_records(np.array([record_no]), start, length, part_no, hashes_of([b""]))
    return Batch(
        frame=located_records(empty, empty, empty, part_no, hashes_of([])).hstack(
            pl.DataFrame(schema=dict.fromkeys(layout.kept, pl.String()))
        ),
        rejects=reject_frame(located, [TOO_LONG], [""]),
        ignored=ignored_frame([], TRAILER),
        totals=(),
        findings=unknown_fields({}),
        records_in=1,
    )
