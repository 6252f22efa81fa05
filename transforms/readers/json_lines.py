"""JSON lines of any size to batches, in bounded memory, every physical record accounted for.

One line is one record: an object, flattened to dotted paths (`data.address.postal_code`). Only declared paths are kept;
others are findings. An empty line is none.

Shapes. A scalar kind takes a scalar: `text` and `category` any, `date` a string, `integer` a whole number or a string,
`money` a number or a string, `boolean` a boolean; `texts` takes a list of strings. Numbers become decimal text (a fraction
as the shortest text of its 64-bit value), booleans `true` and `false`. Below a list of objects each declared path is a
`texts` with one element an object, null where the object lacks it. A field declared as ignored takes any shape, so one
declaration covers a whole object. Any other shape is `wrong_type`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import numpy as np
import orjson
import polars as pl
import pyarrow as pa

from transforms.errors import DeclarationError
from transforms.readers import Batch
from transforms.readers._records import BOM, Window, blocked, hashes_of, ignored_frame, is_utf8, located_records, reject_frame, unknown_fields
from transforms.register import FieldKind, JsonLines, Register, SourceField

CHUNK_BYTES = 16 << 20
BATCH_LINES = 50_000
UNKNOWN_MAX = 200  # distinct undeclared paths named in one batch: keys may be data
EXACT_INTEGER = 1 << 53  # a whole number beyond it is no longer exact as a 64-bit float

BROKEN_JSON, TOO_DEEP, TOO_LONG, INVALID_UTF8, NUL_BYTE, WRONG_TYPE = "broken_json", "too_deep", "too_long", "invalid_utf8", "nul_byte", "wrong_type"
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


def read(
    register: Register, path: Path, *, part_no: int, first_record_no: int, chunk_bytes: int = CHUNK_BYTES, batch_lines: int = BATCH_LINES
) -> Iterator[Batch]:
    """Batches of `path` in file order, at most `batch_lines` records each.

    Memory: a small multiple of `chunk_bytes` + `record_bytes_max`, whatever the size of the file.
    Raises BlockedEdition: empty_file, truncated.
    """
    reader = register.reader
    if not isinstance(reader, JsonLines):
        raise DeclarationError(f"register {register.name}: reader must be JsonLines")
    plan = _plan(register, reader)
    records_n = 0
    with path.open("rb", buffering=0) as file:
        for block in _blocks(Window(file, chunk_bytes), reader.record_bytes_max, batch_lines):
            batch = _batch(block, plan, reader, part_no, first_record_no)
            if block.is_cut and batch.rejects.height and batch.rejects["record_no"][-1] == first_record_no + batch.records_in - 1:
                _refuse_truncated(register.name, path.name, batch.rejects["code"][-1])
            first_record_no += batch.records_in
            records_n += batch.records_in - batch.ignored.height
            if batch.records_in:
                yield batch
    if not records_n:
        raise blocked(register.name, path.name, "empty_file", "has no record", "fetch it again")


def _refuse_truncated(register_name: str, file_name: str, code: str) -> None:
    if code in (BROKEN_JSON, INVALID_UTF8):
        raise blocked(register_name, file_name, "truncated", f"ends within its last record ({code})", "fetch it again")


# --- lines ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Block:
    """Whole lines without their line ends, and where they begin in the file. is_cut: the last has no newline in the file.

    overlong_bytes: in place of lines, the length of one line that was not kept.
    """

    lines: list[bytes]
    starts: list[int]
    is_cut: bool = False
    overlong_bytes: int = 0


def _blocks(window: Window, record_bytes_max: int, batch_lines: int) -> Iterator[_Block]:
    while window.fill():
        if window.offset == 0 and window.buffer.startswith(BOM):
            window.drop(len(BOM))
        end = window.buffer.rfind(b"\n") + 1
        lines, offset = window.buffer[:end].split(b"\n")[:-1], window.offset
        for first in range(0, len(lines), batch_lines):
            some = lines[first : first + batch_lines]
            yield _block(some, offset, is_cut=window.is_cut and first + batch_lines >= len(lines))
            offset += sum(map(len, some)) + len(some)
        window.drop(end)
        if len(window.buffer) > record_bytes_max + 2:
            start = window.offset
            yield _Block([], [start], overlong_bytes=window.drop_line())


def _block(lines: list[bytes], offset: int, *, is_cut: bool) -> _Block:
    """Blank lines are left out here: they are no records."""
    ends = np.cumsum([len(line) + 1 for line in lines])
    starts = (np.concatenate(([0], ends[:-1])) + offset).tolist()
    if all(line.startswith(b"{") and line.endswith(b"}") for line in lines):
        return _Block(lines, starts, is_cut)
    kept = [(line.removesuffix(b"\r"), start) for line, start in zip(lines, starts, strict=True) if line and not line.isspace()]
    return _Block([line for line, _ in kept], [start for _, start in kept], is_cut)


# --- the plan: declared paths as a tree -------------------------------------------------------------------------------


class _Node:
    """A declared path, or an object on the way to one. `column`: the values of the batch being read, one a row."""

    __slots__ = ("children", "column", "depth_left", "field", "is_list", "is_string", "path", "takes")

    def __init__(self, path: str, depth_left: int) -> None:
        self.path = path
        self.depth_left = depth_left  # levels of nesting that a value below this object may add
        self.children: dict[str, _Node] = {}
        self.column: list[object] = []
        self.field: SourceField | None = None
        self.takes: frozenset[type] = frozenset()
        self.is_list = False
        self.is_string = False  # a string goes in as it is: the common case, tested first

    def declare(self, source_field: SourceField) -> None:
        self.field = source_field
        self.takes = TAKES["text"] if source_field.ignored and source_field.kind != "texts" else TAKES[source_field.kind]
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
            raise DeclarationError(f"register {register.name}: field {source_field.name} is deeper than depth_max {reader.depth_max}")
        for depth, key in enumerate(keys, start=1):
            node = node.children.setdefault(key, _Node(".".join(keys[:depth]), reader.depth_max - 1 - depth))
        node.declare(source_field)
        nodes.append(node)
    path, prefix = reader.totals
    return _Plan(root, tuple(nodes), tuple(path.split(".")) if path else (), prefix)


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
        if child.children and all(value is None or type(value) is dict for value in values):
            _fill_items(child, [value if isinstance(value, dict) else {} for value in values], row, unknown)
        elif child.is_list and all(value is None or type(value) in TAKES["text"] for value in values):
            child.column[row] = [None if value is None else _text(value, child) for value in values]
        else:
            _refuse_too_deep(values, child.depth_left)
            if child.field is None or not child.field.ignored:
                raise _Rejected(WRONG_TYPE, child.path)


def _text(value: object, node: _Node) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if abs(value) >= EXACT_INTEGER:
            raise _Rejected(WRONG_TYPE, node.path)
        return format(Decimal(repr(value)), "f")
    return str(value)


# --- a block to a batch -----------------------------------------------------------------------------------------------


@dataclass
class _Sorted:
    """What became of the lines of a block, by index. parsed: lines that hold an object; dumped: that object, written again."""

    kept: list[int] = field(default_factory=list)
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
    result = _Sorted()
    plan.begin(len(lines))
    for index, line in enumerate(lines):
        try:
            record = _object(line, reader)
            result.dumped.append(_dumped(record))
            result.parsed.append(index)
            if plan.totals and _is_totals(record, plan):
                result.totals.append(index)
                continue
            _fill(plan.root, record, index, plan.unknown)
            result.kept.append(index)
        except _Rejected as fault:
            result.rejected[index] = fault
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
        suspects = [index for index, dumped in pairs if has_escape or lines[index].count(b":") != dumped.count(b":")]
        repeated = [index for index in suspects if _has_repeated_key(lines[index])]
    with_nul = [index for index in result.parsed if ESCAPED_NUL.search(lines[index])] if has_nul else []
    return {index: _Rejected(NUL_BYTE) for index in with_nul} | {index: _Rejected(BROKEN_JSON) for index in repeated}


def _colons(raw: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(raw, dtype=np.uint8) == ord(":")))


def _batch(block: _Block, plan: _Plan, reader: JsonLines, part_no: int, first_record_no: int) -> Batch:
    result = _sort(block.lines, plan, reader)
    if block.overlong_bytes:
        result.rejected[0] = _Rejected(TOO_LONG)
    records_n = len(block.starts)
    numbers = np.arange(first_record_no, first_record_no + records_n, dtype=np.int64)
    lengths = np.array([block.overlong_bytes] if block.overlong_bytes else [len(line) for line in block.lines], dtype=np.int64)
    hashes = hashes_of([b""]) if block.overlong_bytes else hashes_of(block.lines)
    located = located_records(numbers, np.array(block.starts, dtype=np.int64), lengths, part_no, hashes)
    fields = pl.DataFrame([_series(node) for node in plan.nodes])
    kept = pl.Series(result.kept, dtype=pl.UInt32())
    faults = result.rejected
    everything = len(kept) == records_n
    return Batch(
        frame=located.hstack(fields) if everything else located[kept].hstack(fields[kept]),
        rejects=reject_frame(located[sorted(faults)], [faults[index].code for index in sorted(faults)], [faults[index].path for index in sorted(faults)]),
        ignored=ignored_frame([int(numbers[index]) for index in result.totals], TOTALS),
        totals=tuple(block.lines[index] for index in result.totals),
        findings=unknown_fields(_named(plan.unknown)),
        records_in=records_n,
    )


def _series(node: _Node) -> pl.Series:
    if not node.is_list:
        return pl.Series(node.path, node.column, dtype=pl.String())
    lists = pl.from_arrow(pa.array(node.column, type=pa.large_list(pa.large_string())))  # polars builds lists 20 times as slowly
    return pl.Series(node.path, lists, dtype=pl.List(pl.String()))


def _named(unknown: Counter[str]) -> dict[str, int]:
    named = dict(unknown.most_common(UNKNOWN_MAX))
    rest = unknown.total() - sum(named.values())
    return {**named, "(further fields)": rest} if rest else named
