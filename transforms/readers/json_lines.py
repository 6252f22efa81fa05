"""Read JSON lines of any size in bounded memory and account for every physical record.

A line is a record: an object, flattened to dotted paths (`data.address.postal_code`). Declared paths are
kept, others are reported as findings. An empty line is not a record. If the register declares `packages`, the
file may also be one array of objects or have objects over several lines (`json_packages`); the exact pass
reads those.

The file is read in chunks. The *fast pass* gives a chunk to a columnar parser that knows the declared shapes
and fails on any other: an undeclared key, a repeated key, another type. A chunk on which it fails goes
through the *exact pass*, one record at a time. The exact pass gives the same values for all that the fast
pass accepts.

Shapes by kind: `text` and `category` any scalar; `date` a string; `integer` a whole number or a string;
`money` a number or a string; `boolean` a boolean; `texts` a list of strings. Numbers become decimal text (a
fraction the shortest text of its 64-bit value), booleans `true` and `false`. Below a list of objects each
declared path is a `texts` with one element for each object, null if the object lacks it; if there are
declared paths below such a path too, an object may have a scalar or an object there. A field that is declared
as ignored may have any shape, so one declaration covers a whole object. Any other shape is rejected as
`wrong_type`."""

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from transforms.errors import DeclarationError
from transforms.model.register import JsonLines, Register
from transforms.readers import Batch, json_packages
from transforms.readers._records import (
    INVALID_UTF8,
    Window,
    blocked,
    hashes_in,
    hashes_of,
    ignored_frame,
    located_records,
    reject_frame,
    unknown_fields,
)
from transforms.readers.json_exact import BROKEN_JSON, TOO_LONG, Rejected, Sorted, exact
from transforms.readers.json_fast import Block, blocks, columnar
from transforms.readers.json_fields import Fields, dtype_of, fields_of

CHUNK_BYTES = 24 << 20
HEAD_BYTES = 64 << 10  # enough to distinguish an array from lines
BATCH_LINES = 50_000
UNKNOWN_MAX = 200  # undeclared paths reported by name in a batch: keys may be data
TOTALS = "totals"


def read(
    register: Register,
    path: Path,
    *,
    part_no: int,
    first_record_no: int,
    chunk_bytes: int = CHUNK_BYTES,
    batch_lines: int = BATCH_LINES,
) -> Iterator[Batch]:
    """Batches of `path` in file order, at most `batch_lines` records each.

    Memory: a small multiple of `chunk_bytes` + `record_bytes_max`, whatever the size of the file.
    Raises BlockedEdition: empty_file, truncated, and for a package also broken_package.
    """
    reader = register.reader
    if not isinstance(reader, JsonLines):
        raise DeclarationError(f"register {register.name}: reader must be JsonLines")
    fields = fields_of(register, reader)
    records_n = 0
    with path.open("rb", buffering=0) as file:
        for block in _blocks_of(
            file, path.name, register.name, reader, chunk_bytes=chunk_bytes, batch_lines=batch_lines
        ):
            batch = _batch(block, fields, reader, part_no, first_record_no)
            if (
                block.is_cut
                and batch.rejects.height
                and batch.rejects["record_no"][-1] == first_record_no + batch.records_in - 1
            ):
                _refuse_truncated(register.name, path.name, batch.rejects["code"][-1])
            first_record_no += batch.records_in
            records_n += batch.records_in - batch.ignored.height
            if batch.records_in:
                yield batch
    if not records_n:
        raise blocked(register.name, path.name, "empty_file", "has no record", "fetch it again")


def _blocks_of(
    file: io.FileIO,
    file_name: str,
    register_name: str,
    reader: JsonLines,
    *,
    chunk_bytes: int,
    batch_lines: int,
) -> Iterator[Block]:
    """Blocks of lines, or of the objects in a package."""
    is_package = reader.packages and json_packages.is_package(file.read(HEAD_BYTES))
    file.seek(0)
    if not is_package:
        return blocks(Window(file, chunk_bytes), reader.record_bytes_max, batch_lines)
    window = Window(file, min(chunk_bytes, json_packages.CHUNK_BYTES))
    return (
        Block(*cut)
        for cut in json_packages.cuts(window, register_name, file_name, reader.record_bytes_max, batch_lines)
    )


def _refuse_truncated(register_name: str, file_name: str, code: str) -> None:
    if code in (BROKEN_JSON, INVALID_UTF8):
        raise blocked(
            register_name, file_name, "truncated", f"ends within its last record ({code})", "fetch it again"
        )


def _named(unknown: Counter[str]) -> dict[str, int]:
    """The most frequent undeclared paths, and the rest as one entry."""
    named = dict(unknown.most_common(UNKNOWN_MAX))
    rest = unknown.total() - sum(named.values())
    return {**named, "(further fields)": rest} if rest else named


def _batch(block: Block, fields: Fields, reader: JsonLines, part_no: int, first_record_no: int) -> Batch:
    records_n = len(block.starts)
    numbers = np.arange(first_record_no, first_record_no + records_n, dtype=np.int64)
    lengths, hashes = block.lengths, hashes_in(block.raw, block.starts, block.lengths)
    fields.begin(records_n)
    totals: tuple[bytes, ...] = ()
    if block.overlong_bytes:
        lengths, hashes = np.array([block.overlong_bytes], dtype=np.int64), hashes_of([b""])
        sorted_ = Sorted(rejected={0: Rejected(TOO_LONG)})
        columns = pl.DataFrame(schema={node.path: dtype_of(node) for node in fields.nodes})
    elif (fast := columnar(block, fields, reader)) is not None:
        sorted_, columns = Sorted(kept=range(records_n)), fast
    else:
        lines = block.lines()
        sorted_, columns = exact(lines, fields, reader)
        totals = tuple(lines[index] for index in sorted_.totals)
    located = located_records(numbers, block.starts + block.offset, lengths, part_no, hashes)
    rejected = sorted(sorted_.rejected)
    faults = [sorted_.rejected[index] for index in rejected]
    return Batch(
        frame=located[list(sorted_.kept)].hstack(columns),
        rejects=reject_frame(
            located[rejected], [fault.code for fault in faults], [fault.path for fault in faults]
        ),
        ignored=ignored_frame(numbers[list(sorted_.totals)].tolist(), TOTALS),
        totals=totals,
        findings=unknown_fields(_named(fields.unknown)),
        records_in=records_n,
    )
