"""Read JSON lines of any size in bounded memory and account for every physical record.

A line is a record: an object, flattened to dotted paths (`data.address.postal_code`). Declared paths are
kept; others are reported as findings. An empty line is not a record. If the register declares `packages`, the
file may also be one array of objects, or have objects that span several lines (`json_packages`); the exact
pass reads those.

The file is read in chunks. The *fast pass* gives a chunk to a columnar parser that knows the declared shapes
and fails on any other: an undeclared key, a repeated key, another type. A chunk on which it fails goes
through the *exact pass*, one record at a time. Both passes give the same values for what the fast pass
accepts.

Shapes by kind: `text` and `category` any scalar; `date` a string; `integer` a whole number or a string;
`money` a number or a string; `boolean` a boolean; `texts` a list of strings. Numbers become decimal text (a
fraction: the shortest text of its 64-bit value), booleans `true` and `false`. Below a list of objects, each
declared path is a `texts` with one element for each object, null if the object lacks the path. If there are
declared paths below such a path, an object may have a scalar or an object there. A field that is declared as
ignored may have any shape, so one declaration covers a whole object. Any other shape is rejected as
`wrong_type`."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.json as pj

from transforms.model.register import FieldKind, JsonLines, Register
from transforms.readers import Batch, json_packages
from transforms.readers._records import (
    BOM,
    INVALID_UTF8,
    Places,
    Window,
    blocked,
    hashes_in,
    hashes_of,
    ignored_frame,
    lines_ending_at,
    located_records,
    reject_frame,
    text_fault,
    unknown_fields,
)
from transforms.readers.json_exact import (
    BROKEN_JSON,
    TOO_LONG,
    Fields,
    Node,
    Rejected,
    Sorted,
    dtype_of,
    exact,
    fields_of,
)


@dataclass(frozen=True)
class Block:
    """Whole lines. Blank lines are not records.

    starts, lengths: of the records in `raw`, without line ends. offset: of `raw` in the file. is_cut: the
    last line has no newline in the file. is_plain: every record begins with { and ends with }.
    overlong_bytes: if not 0, the block stands for one skipped line of this length, and `raw` is empty."""

    raw: bytes
    starts: Places
    lengths: Places
    offset: int
    is_cut: bool = False
    is_plain: bool = False
    overlong_bytes: int = 0

    def lines(self) -> list[bytes]:
        return [
            self.raw[start:end]
            for start, end in zip(self.starts.tolist(), (self.starts + self.lengths).tolist(), strict=True)
        ]


def blocks(window: Window, record_bytes_max: int, batch_lines: int) -> Iterator[Block]:
    """Blocks of at most `batch_lines` lines, in file order."""
    while window.fill():
        if window.offset == 0 and window.buffer.startswith(BOM):
            window.drop(len(BOM))
        line_ends = np.flatnonzero(np.frombuffer(window.buffer, dtype=np.uint8) == ord("\n"))
        first = 0
        for start in range(0, len(line_ends), batch_lines):
            ends = line_ends[start : start + batch_lines]
            last = int(ends[-1]) + 1
            is_cut = window.is_cut and last == len(window.buffer)
            yield _block(window.buffer[first:last], ends - first, window.offset + first, is_cut=is_cut)
            first = last
        window.drop(first)
        if len(window.buffer) > record_bytes_max + 2:
            start_of_line, none = window.offset, np.zeros(1, dtype=np.int64)
            yield Block(b"", none, none, start_of_line, overlong_bytes=window.drop_line())


def _block(raw: bytes, ends: Places, offset: int, *, is_cut: bool) -> Block:
    """The block of the lines in `raw`. ends: the positions of their newlines."""
    data = np.frombuffer(raw, dtype=np.uint8)
    starts, lengths = lines_ending_at(ends, raw)
    is_object = (
        (lengths > 1) & (data[starts] == ord("{")) & (data[np.maximum(starts + lengths - 1, 0)] == ord("}"))
    )
    if not is_object.all():
        kept = is_object | _has_text(raw, starts, lengths)
        starts, lengths, is_object = starts[kept], lengths[kept], is_object[kept]
    return Block(raw, starts, lengths, offset, is_cut, bool(is_object.all()))


def _has_text(raw: bytes, starts: Places, lengths: Places) -> npt.NDArray[np.bool_]:
    lines = zip(starts.tolist(), (starts + lengths).tolist(), strict=True)
    return np.array([bool(raw[start:end].strip()) for start, end in lines])


# (own) Parsed at a time. Blocks that fit into a processor's cache are parsed faster.
PARSED_BYTES = 4 << 20
# The one type that the columnar parser accepts for a kind (text for all others). A chunk with another type
# that the kind allows goes through the exact pass.
COLUMNAR: Mapping[FieldKind, pa.DataType] = {"integer": pa.int64(), "boolean": pa.bool_()}


def columnar(block: Block, fields: Fields, reader: JsonLines) -> pl.DataFrame | None:
    """The fields of all records of a block; None if a record has an undeclared shape or may be a totals
    record.

    The parser does not check length, encoding, NULs, two objects on a line and nulls in lists; this does.
    """
    longest = int(block.lengths.max(initial=0))
    if block.overlong_bytes or not block.is_plain or longest > reader.record_bytes_max:
        return None
    if (
        text_fault(block.raw)
        or b"\\u0000" in block.raw
        or (fields.totals and fields.totals_prefix.encode() in block.raw)
    ):
        return None
    try:
        table = pj.read_json(
            pa.BufferReader(block.raw),  # type: ignore[arg-type]  # documented; the package's stub omits it
            read_options=pj.ReadOptions(use_threads=False, block_size=max(PARSED_BYTES, longest + 2)),
            parse_options=pj.ParseOptions(
                explicit_schema=pa.schema(_members(fields.root)), unexpected_field_behavior="error"
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = _columns(fields.root, pl.DataFrame(table)) if table.num_rows == len(block.starts) else None
    if columns is None or _may_be_totals(columns, fields):
        return None
    return pl.DataFrame([columns[node.path] for node in fields.nodes])


def _members(node: Node) -> list[pa.Field[pa.DataType]]:
    return [pa.field(key, _shape(child, in_list=node.is_object_list)) for key, child in node.children.items()]


def _shape(node: Node, *, in_list: bool) -> pa.DataType:
    if node.children:
        members = pa.struct(_members(node))
        return pa.list_(members) if node.is_object_list else members
    if node.is_list and not in_list:
        return pa.list_(pa.string())
    return COLUMNAR.get(node.declared.kind, pa.string()) if node.declared else pa.string()


def _columns(node: Node, objects: pl.DataFrame) -> dict[str, pl.Series] | None:
    """Path → column for the declared paths below `node`; None if a list has a null. objects: one column for
    each member of the node."""
    columns: dict[str, pl.Series] = {}
    for key, child in node.children.items():
        values = objects[key]
        if child.children:
            below = _items(child, values) if child.is_object_list else _columns(child, values.struct.unnest())
            if below is None:
                return None
            columns |= below
        elif child.is_list and values.drop_nulls().list.eval(pl.element().is_null()).list.any().any():
            return None
        if child.declared:  # with children, the path had an object or nothing, so its own value is null
            columns[child.path] = (
                _nulls(child, len(values))
                if child.children
                else values.cast(dtype_of(child)).alias(child.path)
            )
    return columns


def _nulls(node: Node, rows_n: int) -> pl.Series:
    return pl.Series(node.path, [None], dtype=dtype_of(node)).new_from_index(0, rows_n)


def _items(node: Node, lists: pl.Series) -> dict[str, pl.Series] | None:
    """Path → column below a list of objects: a list with one element for each object, null if no object has
    the path. None if a list has a null."""
    rows = pl.DataFrame({"row": pl.int_range(len(lists), eager=True), "item": lists}).filter(
        pl.col("item").list.len() > 0
    )
    if not rows.height:
        return {child.path: _nulls(child, len(lists)) for child in node.children.values()}
    items = rows.explode("item")
    if items["item"].null_count():
        return None
    listed = items.unnest("item").group_by("row", maintain_order=True).agg(pl.exclude("row"))
    stated = listed.with_columns(
        pl.when(pl.col(key).list.drop_nulls().list.len() > 0).then(pl.col(key)) for key in node.children
    )
    all_rows = pl.DataFrame({"row": pl.int_range(len(lists), eager=True)}).join(
        stated, on="row", how="left", maintain_order="left"
    )
    return {child.path: all_rows[key].alias(child.path) for key, child in node.children.items()}


def _may_be_totals(columns: Mapping[str, pl.Series], fields: Fields) -> bool:
    """Whether a value has the prefix of totals, also if it was written with escapes."""
    values = columns.get(".".join(fields.totals)) if fields.totals else None
    return values is not None and bool(values.str.starts_with(fields.totals_prefix).any())


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
    assert isinstance(reader, JsonLines)
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
                and (code := batch.rejects["code"][-1]) in (BROKEN_JSON, INVALID_UTF8)
            ):
                what = f"ends within its last record ({code})"
                raise blocked(register.name, path.name, "truncated", what, "fetch it again")
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
    head = file.read(HEAD_BYTES)
    array_at = json_packages.arrays_in(head, reader.array_at, reader.record_key)
    is_package = reader.packages and json_packages.is_package(head, array_at)
    file.seek(0)
    if not is_package:
        return blocks(Window(file, chunk_bytes), reader.record_bytes_max, batch_lines)
    window = Window(file, min(chunk_bytes, json_packages.CHUNK_BYTES))
    return (
        Block(*cut)
        for cut in json_packages.cuts(
            window, register_name, file_name, reader.record_bytes_max, batch_lines, array_at=array_at
        )
    )


def _named(unknown: Counter[str]) -> dict[str, int]:
    """Undeclared path → records with it: the UNKNOWN_MAX most frequent, and the rest as one entry."""
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
        frame=(located if columns.height == records_n else located[list(sorted_.kept)]).hstack(columns),
        rejects=reject_frame(
            located[rejected], [fault.code for fault in faults], [fault.path for fault in faults]
        ),
        ignored=ignored_frame(numbers[list(sorted_.totals)].tolist(), TOTALS),
        totals=totals,
        findings=unknown_fields(_named(fields.unknown)),
        records_in=records_n,
    )
