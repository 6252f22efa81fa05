"""JSON lines of any size to batches, in bounded memory, every physical record accounted for.

One line is one record: an object, flattened to dotted paths (`data.address.postal_code`). Only declared paths are kept;
others are findings. An empty line is none. Where the register declares `packages`, the file may also be one array of objects,
or objects over several lines (`json_packages`); those are read by the exact pass.

A file is read in chunks. The *fast pass* gives a chunk to a columnar parser that knows the declared shapes and fails on any
other: an undeclared key, a key twice, another type. A chunk that it does not take whole goes through the *exact pass*, one
record at a time. What the fast pass takes, the exact pass would take with the same values.

Shapes. A scalar kind takes a scalar: `text` and `category` any, `date` a string, `integer` a whole number or a string,
`money` a number or a string, `boolean` a boolean; `texts` takes a list of strings. Numbers become decimal text (a fraction
as the shortest text of its 64-bit value), booleans `true` and `false`. Below a list of objects each declared path is a
`texts` with one element an object, null where the object lacks it; where such a path has declared paths below it too, each object
may have a scalar or an object there. A field declared as ignored takes any shape, so one declaration covers a whole object.
Any other shape is `wrong_type`.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.json as pj

from transforms.errors import DeclarationError
from transforms.model.register import FieldKind, JsonLines, Register, SourceField
from transforms.readers import Batch, json_packages
from transforms.readers._records import (
    BOM,
    Places,
    Window,
    blocked,
    hashes_in,
    hashes_of,
    holds,
    ignored_frame,
    is_utf8,
    located_records,
    reject_frame,
    unknown_fields,
)

CHUNK_BYTES = 24 << 20  # larger blocks are given back to the system, and each new one is mapped page by page
HEAD_BYTES = 64 << 10  # enough to tell an array from lines
BATCH_LINES = 50_000
WORTH_A_BLOCK_BYTES = 1 << 20  # (own) less than this before a line of totals is read with it
UNKNOWN_MAX = 200  # distinct undeclared paths named in one batch: keys may be data
EXACT_INTEGER = 1 << 53  # a whole number beyond it is no longer exact as a 64-bit float

BROKEN_JSON, TOO_DEEP, TOO_LONG, INVALID_UTF8, NUL_BYTE, WRONG_TYPE = (
    "broken_json",
    "too_deep",
    "too_long",
    "invalid_utf8",
    "nul_byte",
    "wrong_type",
)
TOTALS = "totals"

TAKES: Mapping[FieldKind, frozenset[type]] = {
    "text": frozenset({str, int, float, bool}),
    "category": frozenset({str, int, float, bool}),
    "date": frozenset({str}),
    "integer": frozenset({str, int}),
    "money": frozenset({str, int, float}),
    "boolean": frozenset({bool}),
    "texts": frozenset(),
}
STRINGS = frozenset({str})
STRING_IN_JSON = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*+\\u0000")
# Kinds whose values the columnar parser takes in one type; a record with another type the kind allows is left to the exact pass.
COLUMNAR: Mapping[FieldKind, pa.DataType] = {"integer": pa.int64(), "boolean": pa.bool_()}


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
    Raises BlockedEdition: empty_file, truncated; of a package also broken_package.
    """
    reader = register.reader
    if not isinstance(reader, JsonLines):
        raise DeclarationError(f"register {register.name}: reader must be JsonLines")
    plan = _plan(register, reader)
    records_n = 0
    with path.open("rb", buffering=0) as file:
        for block in _blocks_of(
            file, path.name, register.name, reader, chunk_bytes=chunk_bytes, batch_lines=batch_lines
        ):
            batch = _batch(block, plan, reader, part_no, first_record_no)
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
) -> Iterator[_Block]:
    """Blocks of lines, or of the objects of a package."""
    is_package = reader.packages and json_packages.is_package(file.read(HEAD_BYTES))
    file.seek(0)
    if not is_package:
        return _blocks(
            Window(file, chunk_bytes), reader.record_bytes_max, batch_lines, reader.totals[1].encode()
        )
    window = Window(file, min(chunk_bytes, json_packages.CHUNK_BYTES))
    return (
        _Block(*cut)
        for cut in json_packages.cuts(window, register_name, file_name, reader.record_bytes_max, batch_lines)
    )


def _refuse_truncated(register_name: str, file_name: str, code: str) -> None:
    if code in (BROKEN_JSON, INVALID_UTF8):
        raise blocked(
            register_name, file_name, "truncated", f"ends within its last record ({code})", "fetch it again"
        )


# --- lines ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Block:
    """Whole lines. starts, lengths: places of the records in `raw`, without their line ends; blank lines are no records.

    offset: of `raw` in the file. is_cut: the last line has no newline in the file. is_plain: every record begins with { and ends
    with }. overlong_bytes: in place of lines, the length of one line that was not kept.
    """

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


def _blocks(
    window: Window, record_bytes_max: int, batch_lines: int, totals_prefix: bytes
) -> Iterator[_Block]:
    """Blocks in file order. A line that may hold totals begins a block, because the fast pass takes none."""
    while window.fill():
        if window.offset == 0 and window.buffer.startswith(BOM):
            window.drop(len(BOM))
        end = window.buffer.rfind(b"\n") + 1
        line_ends = np.flatnonzero(np.frombuffer(window.buffer, dtype=np.uint8, count=end) == ord("\n"))
        for first, last in _cuts(window.buffer, line_ends, batch_lines, totals_prefix):
            within = line_ends[np.searchsorted(line_ends, first) : np.searchsorted(line_ends, last)] - first
            yield _block(
                window.buffer[first:last], within, window.offset + first, is_cut=window.is_cut and last == end
            )
        window.drop(end)
        if len(window.buffer) > record_bytes_max + 2:
            start = window.offset
            yield _Block(
                b"",
                np.zeros(1, dtype=np.int64),
                np.zeros(1, dtype=np.int64),
                start,
                overlong_bytes=window.drop_line(),
            )


def _cuts(
    buffer: bytes, line_ends: Places, batch_lines: int, totals_prefix: bytes
) -> Iterator[tuple[int, int]]:
    """Where blocks begin and end: after `batch_lines` lines, and before the first line with the prefix in it if much stands before it."""
    end = int(line_ends[-1]) + 1 if len(line_ends) else 0
    cuts = (line_ends[batch_lines - 1 :: batch_lines] + 1).tolist()
    if (
        totals_prefix
        and holds(buffer, totals_prefix)
        and (found := buffer.find(totals_prefix, 0, end)) >= WORTH_A_BLOCK_BYTES
    ):
        cuts.append(buffer.rfind(b"\n", 0, found) + 1)
    places = sorted({0, *cuts, end})
    return pairwise(places)


def _block(raw: bytes, ends: Places, offset: int, *, is_cut: bool) -> _Block:
    """ends: places of the line ends in `raw`."""
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
    return _Block(raw, starts, lengths, offset, is_cut, bool(is_object.all()))


def _has_text(raw: bytes, starts: Places, lengths: Places) -> npt.NDArray[np.bool_]:
    found = lengths > 0
    kept = np.flatnonzero(found)
    places = zip(starts[kept].tolist(), (starts + lengths)[kept].tolist(), strict=True)
    found[kept] = [not raw[start:end].isspace() for start, end in places]
    return found


# --- the plan: declared paths as a tree -------------------------------------------------------------------------------


class _Node:
    """A declared path, or an object on the way to one. `column`: the values of the batch being read, one a row."""

    __slots__ = (
        "children",
        "column",
        "depth_left",
        "field",
        "is_list",
        "is_object_list",
        "is_string",
        "path",
        "takes",
        "takes_one",
    )

    def __init__(self, path: str, depth_left: int) -> None:
        self.path = path
        self.depth_left = depth_left  # levels of nesting that a value below this object may add
        self.children: dict[str, _Node] = {}
        self.column: list[object] = []
        self.field: SourceField | None = None
        self.takes: frozenset[type] = frozenset()
        self.is_list = False
        self.is_object_list = False  # declared so: the columnar parser expects a list of objects here
        self.is_string = False  # a string goes in as it is: the common case, tested first
        self.takes_one = False  # a string where a list is declared is a list of one

    def declare(self, source_field: SourceField) -> None:
        self.field = source_field
        self.takes = (
            TAKES["text"]
            if source_field.ignored and source_field.kind != "texts"
            else TAKES[source_field.kind]
        )
        self.is_list = source_field.kind == "texts"
        self.is_string = str in self.takes


@dataclass(frozen=True)
class _Plan:
    """root: the tree; nodes: those with a field, in declaration order. totals: keys to the value that tells a totals record."""

    root: _Node
    nodes: tuple[_Node, ...]
    totals: tuple[str, ...]
    totals_prefix: str
    unknown: Counter[str] = field(default_factory=Counter)

    def begin(self, rows_n: int) -> None:
        self.unknown.clear()
        for node in self.nodes:
            node.column = [None] * rows_n


def _plan(register: Register, reader: JsonLines) -> _Plan:
    root = _Node("", reader.depth_max - 1)
    nodes = []
    for source_field in register.fields:
        node = root
        keys = source_field.name.split(".")
        if len(keys) > reader.depth_max:
            raise DeclarationError(
                f"register {register.name}: field {source_field.name} is deeper than depth_max {reader.depth_max}"
            )
        for depth, key in enumerate(keys, start=1):
            node = node.children.setdefault(key, _Node(".".join(keys[:depth]), reader.depth_max - 1 - depth))
        node.declare(source_field)
        node.takes_one = node.is_list and reader.lone_texts
        nodes.append(node)
    for path in reader.object_lists:
        _declare_object_list(register.name, root, path)
    path, prefix = reader.totals
    return _Plan(root, tuple(nodes), tuple(path.split(".")) if path else (), prefix)


def _declare_object_list(register_name: str, root: _Node, path: str) -> None:
    node: _Node | None = root
    for key in path.split("."):
        node = node.children.get(key) if node else None
    if (
        node is None
        or not node.children
        or not all(child.is_list and not child.children for child in node.children.values())
    ):
        raise DeclarationError(
            f"register {register_name}: {path} is declared as a list of objects, and what lies below it is not all `texts`"
        )
    node.is_object_list = True


# --- one record -------------------------------------------------------------------------------------------------------


class _Rejected(Exception):
    """One record does not fit: a code, and the declared path at fault ("" for all of it)."""

    def __init__(self, code: str, path: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.path = path


def _object(line: bytes, reader: JsonLines) -> dict[str, object]:
    """The object on a line. Raises _Rejected."""
    if len(line) > reader.record_bytes_max:
        raise _Rejected(TOO_LONG)
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise _Rejected(_broken(line, reader.depth_max)) from None
    if type(record) is not dict:
        raise _Rejected(BROKEN_JSON)
    return record


def _broken(line: bytes, depth_max: int) -> str:
    """Why a line does not parse. The parser gives up at its own depth, which is far beyond `depth_max`."""
    if b"\0" in line:
        return NUL_BYTE
    if not is_utf8(line):
        return INVALID_UTF8
    depths = accumulate((byte in b"{[") - (byte in b"}]") for byte in STRING_IN_JSON.sub(b"", line))
    return TOO_DEEP if max(depths, default=0) > depth_max else BROKEN_JSON


def _refuse_too_deep(value: object, depth_left: int) -> None:
    """Raise where `value` nests deeper than `depth_left`: only a value that the plan does not walk can."""
    if isinstance(value, dict | list):
        if depth_left <= 0:
            raise _Rejected(TOO_DEEP)
        for item in value.values() if isinstance(value, dict) else value:
            _refuse_too_deep(item, depth_left - 1)


def _has_repeated_key(line: bytes) -> bool:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) < len(pairs):
            raise _Rejected(BROKEN_JSON)
        return members

    try:
        json.loads(line, object_pairs_hook=unique, parse_int=str, parse_float=str)
    except _Rejected:
        return True
    return False


def _is_totals(record: dict[str, object], plan: _Plan) -> bool:
    value: object = record
    for key in plan.totals:
        if not isinstance(value, dict):
            return False
        value = value.get(key)
    return isinstance(value, str) and value.startswith(plan.totals_prefix)


def _fill(node: _Node, members: dict[str, object], row: int, unknown: Counter[str]) -> None:
    """Put the members of an object into row `row` of the columns below `node`. Raises _Rejected."""
    children = node.children
    for key, value in members.items():
        child = children.get(key)
        if child is None:
            unknown[f"{node.path}.{key}" if node.path else key] += 1
            _refuse_too_deep(value, node.depth_left)
        elif child.is_string and type(value) is str:
            child.column[row] = value
        elif type(value) is dict and child.children:
            _fill(child, value, row, unknown)
        elif value is not None:
            _put(child, value, row, unknown)


def _put(node: _Node, value: object, row: int, unknown: Counter[str]) -> None:
    if type(value) in node.takes:
        node.column[row] = _text(value, node)
    elif node.is_list and isinstance(value, list) and STRINGS.issuperset(map(type, value)):
        node.column[row] = value
    elif node.takes_one and type(value) is str:
        node.column[row] = [value]
    elif node.children and isinstance(value, list) and all(type(item) is dict for item in value):
        _fill_items(node, value, row, unknown)
    else:
        _refuse_too_deep(value, node.depth_left + 1)
        if node.field is None or not node.field.ignored:
            raise _Rejected(WRONG_TYPE, node.path)


def _fill_items(node: _Node, items: list[dict[str, object]], row: int, unknown: Counter[str]) -> None:
    """A list of objects: each declared path below is a list with one element an object."""
    for key in {key for item in items for key in item}:
        child = node.children.get(key)
        if child is None:
            unknown[f"{node.path}.{key}"] += 1
            _refuse_too_deep([item.get(key) for item in items], node.depth_left)
            continue
        values = [item.get(key) for item in items]
        if all(value is None for value in values):
            continue
        taken = (
            frozenset({type(None)})
            | (TAKES["text"] if child.is_list else frozenset())
            | (frozenset({dict}) if child.children else frozenset())
        )
        if not taken.issuperset(map(type, values)):
            _refuse_too_deep(values, child.depth_left)
            if child.field is None or not child.field.ignored:
                raise _Rejected(WRONG_TYPE, child.path)
            continue
        scalars = [
            None if value is None or isinstance(value, dict) else _text(value, child) for value in values
        ]
        if any(isinstance(value, dict) for value in values):
            _fill_items(child, [value if isinstance(value, dict) else {} for value in values], row, unknown)
        if any(scalar is not None for scalar in scalars):
            child.column[row] = scalars


def _text(value: object, node: _Node) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if abs(value) >= EXACT_INTEGER:
            raise _Rejected(WRONG_TYPE, node.path)
        return format(Decimal(repr(value)), "f")
    return str(value)


# --- the fast pass ----------------------------------------------------------------------------------------------------


def _columnar(block: _Block, plan: _Plan, reader: JsonLines) -> pl.DataFrame | None:
    """The fields of all records of a block; None where one of them is not plainly as declared, or may be totals.

    What the parser does not see by itself is looked at here: length, encoding, NULs, two objects on a line, nulls inside lists.
    """
    if (
        block.overlong_bytes
        or not block.is_plain
        or int(block.lengths.max(initial=0)) > reader.record_bytes_max
    ):
        return None
    if (
        b"\0" in block.raw
        or holds(block.raw, b"\\u0000")
        or not is_utf8(block.raw)
        or (plan.totals and holds(block.raw, plan.totals_prefix.encode()))
    ):
        return None
    try:
        table = pj.read_json(
            io.BytesIO(block.raw),
            read_options=pj.ReadOptions(use_threads=False, block_size=len(block.raw) + 1),
            parse_options=pj.ParseOptions(
                explicit_schema=pa.schema(_members(plan.root)), unexpected_field_behavior="error"
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = _columns(plan.root, pl.DataFrame(table)) if table.num_rows == len(block.starts) else None
    return (
        None
        if columns is None or _may_be_totals(columns, plan)
        else pl.DataFrame([columns[node.path] for node in plan.nodes])
    )


def _members(node: _Node) -> list[pa.Field[pa.DataType]]:
    return [pa.field(key, _shape(child, in_list=node.is_object_list)) for key, child in node.children.items()]


def _shape(node: _Node, *, in_list: bool) -> pa.DataType:
    if node.children:
        members = pa.struct(_members(node))
        return pa.list_(members) if node.is_object_list else members
    if node.is_list and not in_list:
        return pa.list_(pa.string())
    return COLUMNAR.get(node.field.kind, pa.string()) if node.field else pa.string()


def _columns(node: _Node, objects: pl.DataFrame) -> dict[str, pl.Series] | None:
    """Path → column, for the declared paths below `node`; `objects` has its members. None where a list holds a null."""
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
        if child.field:  # with children too: an object stood there, if anything
            columns[child.path] = (
                _nothing(child, len(values))
                if child.children
                else values.cast(_dtype(child)).alias(child.path)
            )
    return columns


def _nothing(node: _Node, rows_n: int) -> pl.Series:
    return pl.Series(node.path, [None], dtype=_dtype(node)).new_from_index(0, rows_n)


def _items(node: _Node, lists: pl.Series) -> dict[str, pl.Series] | None:
    """A list of objects: each path below is a list with one element an object; null where no object has it."""
    rows = pl.DataFrame({"row": pl.int_range(len(lists), eager=True), "item": lists}).filter(
        pl.col("item").list.len() > 0
    )
    if not rows.height:
        return {child.path: _nothing(child, len(lists)) for child in node.children.values()}
    items = rows.explode("item")
    if items["item"].null_count():
        return None
    listed = items.unnest("item").group_by("row", maintain_order=True).agg(pl.exclude("row"))
    everything = pl.DataFrame({"row": pl.int_range(len(lists), eager=True)}).join(
        listed, on="row", how="left", maintain_order="left"
    )
    return {
        child.path: everything.select(
            pl.when(pl.col(key).list.drop_nulls().list.len() > 0).then(pl.col(key)).alias(child.path)
        ).to_series()
        for key, child in node.children.items()
    }


def _may_be_totals(columns: Mapping[str, pl.Series], plan: _Plan) -> bool:
    """True where the prefix stands in a value although it was not in the bytes: written with escapes."""
    values = columns.get(".".join(plan.totals)) if plan.totals else None
    return values is not None and bool(values.str.starts_with(plan.totals_prefix).any())


# --- the exact pass ---------------------------------------------------------------------------------------------------


@dataclass
class _Sorted:
    """What became of the lines of a block, by index. parsed: lines that hold an object; dumped: that object, written again."""

    kept: Sequence[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    rejected: dict[int, _Rejected] = field(default_factory=dict)
    parsed: list[int] = field(default_factory=list)
    dumped: list[bytes] = field(default_factory=list)

    def reject(self, faults: Mapping[int, _Rejected]) -> None:
        """Reject lines, also such as were taken."""
        self.rejected |= faults
        self.kept = [index for index in self.kept if index not in faults]
        self.totals = [index for index in self.totals if index not in faults]


def _sort(lines: list[bytes], plan: _Plan, reader: JsonLines) -> _Sorted:
    result, kept = _Sorted(), []
    for index, line in enumerate(lines):
        try:
            record = _object(line, reader)
            result.dumped.append(_dumped(record))
            result.parsed.append(index)
            if plan.totals and _is_totals(record, plan):
                result.totals.append(index)
                continue
            _fill(plan.root, record, index, plan.unknown)
            kept.append(index)
        except _Rejected as fault:
            result.rejected[index] = fault
    result.kept = kept
    if late := _late_faults(lines, result):
        result.reject(late)
    return result


def _dumped(record: dict[str, object]) -> bytes:
    try:
        return orjson.dumps(record)
    except orjson.JSONEncodeError:  # what was parsed can be written, up to the writer's depth
        raise _Rejected(TOO_DEEP) from None


def _late_faults(lines: list[bytes], result: _Sorted) -> dict[int, _Rejected]:
    """Faults that the parser lets pass, found in a whole block at once: a key twice in one object, and a NUL as an escape.

    Method: the parser keeps the last of two equal keys, so the other's colon is not in what is written again. Nothing else takes
    a colon away or adds one, but a colon written as an escape. So a block with as many colons before as after has no such line.
    """
    before = b"\n".join(lines[index] for index in result.parsed)
    has_nul, has_escape = b"\\u0000" in before, b"\\u003a" in before or b"\\u003A" in before
    repeated: list[int] = []
    if has_escape or _colons(before) != _colons(b"\n".join(result.dumped)):
        pairs = zip(result.parsed, result.dumped, strict=True)
        suspects = [
            index for index, dumped in pairs if has_escape or lines[index].count(b":") != dumped.count(b":")
        ]
        repeated = [index for index in suspects if _has_repeated_key(lines[index])]
    with_nul = [index for index in result.parsed if ESCAPED_NUL.search(lines[index])] if has_nul else []
    return {index: _Rejected(NUL_BYTE) for index in with_nul} | {
        index: _Rejected(BROKEN_JSON) for index in repeated
    }


def _colons(raw: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(raw, dtype=np.uint8) == ord(":")))


def _exact(lines: list[bytes], plan: _Plan, reader: JsonLines) -> tuple[_Sorted, pl.DataFrame]:
    """What became of the lines, and the fields of those kept."""
    result = _sort(lines, plan, reader)
    fields = pl.DataFrame([_series(node) for node in plan.nodes])
    return result, fields if len(result.kept) == len(lines) else fields[
        pl.Series(result.kept, dtype=pl.UInt32())
    ]


def _dtype(node: _Node) -> pl.DataType:
    return pl.List(pl.String) if node.is_list else pl.String()


def _series(node: _Node) -> pl.Series:
    if not node.is_list:
        return pl.Series(node.path, node.column, dtype=pl.String())
    lists = pl.from_arrow(
        pa.array(node.column, type=pa.large_list(pa.large_string()))
    )  # polars builds lists 20 times as slowly
    return pl.Series(node.path, lists, dtype=pl.List(pl.String()))


def _named(unknown: Counter[str]) -> dict[str, int]:
    named = dict(unknown.most_common(UNKNOWN_MAX))
    rest = unknown.total() - sum(named.values())
    return {**named, "(further fields)": rest} if rest else named


# --- a block to a batch -----------------------------------------------------------------------------------------------


def _batch(block: _Block, plan: _Plan, reader: JsonLines, part_no: int, first_record_no: int) -> Batch:
    records_n = len(block.starts)
    numbers = np.arange(first_record_no, first_record_no + records_n, dtype=np.int64)
    if block.overlong_bytes:
        located = located_records(
            numbers,
            block.starts + block.offset,
            np.array([block.overlong_bytes], dtype=np.int64),
            part_no,
            hashes_of([b""]),
        )
        return _as_batch(
            located,
            _Sorted(rejected={0: _Rejected(TOO_LONG)}),
            pl.DataFrame([_series(node) for node in plan.nodes])[:0],
            plan,
            (),
        )
    located = located_records(
        numbers,
        block.starts + block.offset,
        block.lengths,
        part_no,
        hashes_in(block.raw, block.starts, block.lengths),
    )
    plan.begin(records_n)
    fields = _columnar(block, plan, reader)
    if fields is not None:
        return _as_batch(located, _Sorted(kept=range(records_n)), fields, plan, ())
    lines = block.lines()
    result, fields = _exact(lines, plan, reader)
    return _as_batch(located, result, fields, plan, tuple(lines[index] for index in result.totals))


def _as_batch(
    located: pl.DataFrame, result: _Sorted, fields: pl.DataFrame, plan: _Plan, totals: tuple[bytes, ...]
) -> Batch:
    """located: every record of the block. fields: of those kept."""
    faults = result.rejected
    refused = sorted(faults)
    kept = (
        located if len(result.kept) == located.height else located[pl.Series(result.kept, dtype=pl.UInt32())]
    )
    return Batch(
        frame=kept.hstack(fields),
        rejects=reject_frame(
            located[refused],
            [faults[index].code for index in refused],
            [faults[index].path for index in refused],
        ),
        ignored=ignored_frame(located["record_no"][result.totals].to_list(), TOTALS),
        totals=totals,
        findings=unknown_fields(_named(plan.unknown)),
        records_in=located.height,
    )
