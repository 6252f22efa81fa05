"""Blocks of whole lines of a JSON lines file, and the fast pass over them:
a columnar parser that fails on any shape that is not declared.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.json as pj

from transforms.model.register import FieldKind, JsonLines
from transforms.readers._records import BOM, Places, Window, text_fault
from transforms.readers.json_fields import Fields, Node, dtype_of


@dataclass(frozen=True)
class Block:
    """Whole lines, of which blank ones are not records.

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
        data = np.frombuffer(window.buffer, dtype=np.uint8)
        line_ends = np.flatnonzero(data == ord("\n"))
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
    """The block of the lines in `raw`. ends: positions of their line ends in it."""
    data = np.frombuffer(raw, dtype=np.uint8)
    starts = np.concatenate(([0], ends[:-1] + 1))
    has_cr = (ends > starts) & (data[np.maximum(ends - 1, 0)] == ord("\r"))
    lengths = ends - starts - has_cr
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


# The one type of a kind that the columnar parser accepts. A record with another type that the kind allows
# goes to the exact pass.
COLUMNAR: Mapping[FieldKind, pa.DataType] = {"integer": pa.int64(), "boolean": pa.bool_()}


def columnar(block: Block, fields: Fields, reader: JsonLines) -> pl.DataFrame | None:
    """The fields of all records of a block; None if a record has an undeclared shape or may be a totals
    record.

    Tested here, because the parser does not: length, encoding, NULs, two objects on a line, nulls in lists.
    """
    if (
        block.overlong_bytes
        or not block.is_plain
        or int(block.lengths.max(initial=0)) > reader.record_bytes_max
    ):
        return None
    if (
        text_fault(block.raw)
        or b"\\u0000" in block.raw
        or (fields.totals and fields.totals_prefix.encode() in block.raw)
    ):
        return None
    try:
        table = pj.read_json(
            io.BytesIO(block.raw),
            read_options=pj.ReadOptions(use_threads=False, block_size=len(block.raw) + 1),
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
        if child.declared:  # a declared path with children had an object or nothing
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
    all_rows = pl.DataFrame({"row": pl.int_range(len(lists), eager=True)}).join(
        listed, on="row", how="left", maintain_order="left"
    )
    return {
        child.path: all_rows.select(
            pl.when(pl.col(key).list.drop_nulls().list.len() > 0).then(pl.col(key)).alias(child.path)
        ).to_series()
        for key, child in node.children.items()
    }


def _may_be_totals(columns: Mapping[str, pl.Series], fields: Fields) -> bool:
    """Whether a value has the prefix of totals although the bytes do not: it was written with escapes."""
    values = columns.get(".".join(fields.totals)) if fields.totals else None
    return values is not None and bool(values.str.starts_with(fields.totals_prefix).any())
