"""The exact pass over JSON lines: one record at a time, with the reason for each rejection.

The declared fields of a register form a tree of dotted paths; its nodes hold the columns of the current
batch.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

import orjson
import polars as pl
import pyarrow as pa

from transforms.errors import DeclarationError
from transforms.model.register import FieldKind, JsonLines, Register, SourceField
from transforms.readers._records import (
    NUL_BYTE,
    STRING_IN_JSON,
    in_utf8,
    text_fault,
    without_invalid_numbers,
)

TAKES: Mapping[FieldKind, frozenset[type]] = {
    "text": frozenset({str, int, float, bool}),
    "category": frozenset({str, int, float, bool}),
    "date": frozenset({str}),
    "integer": frozenset({str, int}),
    "money": frozenset({str, int, float}),
    "boolean": frozenset({bool}),
    "texts": frozenset(),
}


@dataclass(slots=True)
class Node:
    """A declared path, or an object above one. column: its values in the current batch, one per row."""

    path: str
    depth_left: int  # levels of nesting allowed below this object
    children: dict[str, Node] = field(default_factory=dict)
    column: list[object] = field(default_factory=list)
    declared: SourceField | None = None
    takes: frozenset[type] = frozenset()
    is_list: bool = False
    is_object_list: bool = False  # declared as a list of objects, for the columnar parser
    is_string: bool = False  # a string is stored as it is: the common case, tested first
    takes_one: bool = False  # a string in place of a list counts as a list with one element
    is_inner_list: bool = False  # a list below a list of objects: JSON text in each element of its fields
    is_repeating: bool = False  # declared as a list of an XML record
    attributes: dict[str, list[str]] = field(default_factory=dict)  # of an XML element: declared `name@key`

    def declare(self, source_field: SourceField) -> None:
        self.declared = source_field
        self.takes = (
            TAKES["text"]
            if source_field.ignored and source_field.kind != "texts"
            else TAKES[source_field.kind]
        )
        self.is_list = source_field.kind == "texts"
        self.is_string = str in self.takes


@dataclass(frozen=True)
class Fields:
    """root: the tree. nodes: those with a declared field, in the order of the declaration. totals: path to
    the value that marks a totals record, which begins with totals_prefix. unknown: undeclared paths of the
    current batch."""

    root: Node
    nodes: tuple[Node, ...]
    totals: tuple[str, ...]
    totals_prefix: str
    unknown: Counter[str] = field(default_factory=Counter)

    def begin(self, rows_n: int) -> None:
        self.unknown.clear()
        for node in self.nodes:
            node.column = [None] * rows_n


def fields_of(register: Register, reader: JsonLines) -> Fields:
    root, nodes = tree_of(register, reader.depth_max, takes_one=reader.lone_texts)
    for path in reader.object_lists:
        _declare_object_list(register.name, root, path)
    for path in reader.inner_lists:
        node_at(register.name, root, path).is_inner_list = True
    path, prefix = reader.totals
    return Fields(root, nodes, tuple(path.split(".")) if path else (), prefix)


def tree_of(register: Register, depth_max: int, *, takes_one: bool) -> tuple[Node, tuple[Node, ...]]:
    """The tree of the declared fields, and its nodes with a field, in the order of the declaration."""
    root = Node("", depth_max - 1)
    nodes = []
    for source_field in register.fields:
        node = root
        keys = source_field.name.split(".")
        if len(keys) > depth_max:
            raise DeclarationError(
                f"register {register.name}: field {source_field.name} is deeper than depth_max {depth_max}"
            )
        for depth, key in enumerate(keys, start=1):
            node = node.children.setdefault(key, Node(".".join(keys[:depth]), depth_max - 1 - depth))
        node.declare(source_field)
        node.takes_one = node.is_list and takes_one
        nodes.append(node)
    return root, tuple(nodes)


def node_at(register_name: str, root: Node, path: str) -> Node:
    node: Node | None = root
    for key in path.split("."):
        node = node.children.get(key) if node else None
    if node is None:
        raise DeclarationError(f"register {register_name}: no field is declared at or below {path}")
    return node


def _declare_object_list(register_name: str, root: Node, path: str) -> None:
    node = node_at(register_name, root, path)
    if not node.children or not all(child.is_list and not child.children for child in node.children.values()):
        raise DeclarationError(
            f"register {register_name}: {path} is declared as a list of objects, so every field below it "
            f"must be of the kind `texts`"
        )
    node.is_object_list = True


def dtype_of(node: Node) -> pl.DataType:
    return pl.List(pl.String) if node.is_list else pl.String()


EXACT_INTEGER = 1 << 53  # larger whole numbers are not exact as 64-bit floats
BROKEN_JSON, TOO_DEEP, TOO_LONG, WRONG_TYPE = "broken_json", "too_deep", "too_long", "wrong_type"
STRINGS = frozenset({str})
ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*+\\u0000")


@dataclass
class Sorted:
    """The lines of a block by outcome, as indices."""

    kept: Sequence[int] = ()
    totals: Sequence[int] = ()
    rejected: Mapping[int, Rejected] = field(default_factory=dict)


def exact(lines: list[bytes], fields: Fields, reader: JsonLines) -> tuple[Sorted, pl.DataFrame]:
    """The outcome of each line, and the fields of the lines kept."""
    kept, totals, rejected = list[int](), list[int](), dict[int, Rejected]()
    for index, raw in enumerate(lines):
        late_fault = ""
        try:
            line = in_utf8(raw, reader.fallback_encoding)
            line, record = _object(line, reader)
            late_fault = _late_fault(line, record)
            inner = record.pop(reader.within, None)
            record |= inner if isinstance(inner, dict) else {}
            is_totals = bool(fields.totals) and _is_totals(record, fields)
            if not is_totals:  # also with a late fault: the undeclared fields of the record are counted
                fill(fields.root, record, index, fields.unknown)
            if late_fault:
                raise Rejected(late_fault)
            (totals if is_totals else kept).append(index)
        except Rejected as fault:
            rejected[index] = Rejected(late_fault) if late_fault else fault
    return Sorted(kept, totals, rejected), columns_of(fields, kept)


def columns_of(fields: Fields, kept: Sequence[int]) -> pl.DataFrame:
    """The columns of the current batch, with the rows `kept` only."""
    columns = pl.DataFrame([_series(node) for node in fields.nodes])
    return columns[pl.Series(kept, dtype=pl.UInt32())]


def _series(node: Node) -> pl.Series:
    if not node.is_list:
        return pl.Series(node.path, node.column, dtype=pl.String())
    # polars builds lists from Python 20 times as slowly as pyarrow
    lists = pl.from_arrow(pa.array(node.column, type=pa.large_list(pa.large_string())))
    return pl.Series(node.path, lists, dtype=pl.List(pl.String()))


class Rejected(Exception):
    """A record is rejected. code: the reason. path: the declared path at fault ("" for the whole record)."""

    def __init__(self, code: str, path: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.path = path


def _object(line: bytes, reader: JsonLines) -> tuple[bytes, dict[str, object]]:
    """The JSON object on a line, and the line, with null for invalid numbers. Raises Rejected."""
    if len(line) > reader.record_bytes_max:
        raise Rejected(TOO_LONG)
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        if (repaired := without_invalid_numbers(line)) != line:
            return _object(repaired, reader)
        raise Rejected(_broken(line, reader.depth_max)) from None
    if type(record) is not dict:
        raise Rejected(BROKEN_JSON)
    return line, record


def _broken(line: bytes, depth_max: int) -> str:
    """Why a line does not parse. The parser's own limit of depth is far beyond `depth_max`."""
    if fault := text_fault(line):
        return fault
    depths = accumulate((byte in b"{[") - (byte in b"}]") for byte in STRING_IN_JSON.sub(b"", line))
    return TOO_DEEP if max(depths, default=0) > depth_max else BROKEN_JSON


def _refuse_too_deep(value: object, depth_left: int) -> None:
    """Raise Rejected if a value that is undeclared or of a wrong type nests deeper than `depth_left`."""
    if isinstance(value, dict | list):
        if depth_left <= 0:
            raise Rejected(TOO_DEEP)
        for item in value.values() if isinstance(value, dict) else value:
            _refuse_too_deep(item, depth_left - 1)


def _late_fault(line: bytes, record: dict[str, object]) -> str:
    """A fault that the parser accepts: a key twice in one object, or an escaped NUL; "" for none.

    Method: the parser keeps the last of two equal keys, so the record written back has fewer colons than the
    line. An escaped colon changes the count too, so such a line is parsed again to look for equal keys."""
    try:
        written = orjson.dumps(record)
    except orjson.JSONEncodeError:  # the record is nested deeper than the writer allows
        return TOO_DEEP
    if (line.count(b":") != written.count(b":") or b"\\u003a" in line.lower()) and _has_repeated_key(line):
        return BROKEN_JSON
    return NUL_BYTE if b"\\u0000" in line and ESCAPED_NUL.search(line) else ""


def _has_repeated_key(line: bytes) -> bool:
    is_repeated = False

    def note_repeated(pairs: list[tuple[str, object]]) -> None:
        nonlocal is_repeated
        is_repeated |= len({key for key, _ in pairs}) < len(pairs)

    json.loads(line, object_pairs_hook=note_repeated, parse_int=str, parse_float=str)
    return is_repeated


def _is_totals(record: dict[str, object], fields: Fields) -> bool:
    value: object = record
    for key in fields.totals:
        if not isinstance(value, dict):
            return False
        value = value.get(key)
    return isinstance(value, str) and value.startswith(fields.totals_prefix)


def fill(node: Node, members: dict[str, object], row: int, unknown: Counter[str]) -> None:
    """Write the members of an object to row `row` of the columns below `node`. Raises Rejected."""
    children = node.children
    for key, value in members.items():
        child = children.get(key)
        if child is None:
            unknown[f"{node.path}.{key}" if node.path else key] += 1
            _refuse_too_deep(value, node.depth_left)
        elif child.is_string and type(value) is str:
            child.column[row] = value
        elif type(value) is dict and child.children:
            fill(child, value, row, unknown)
        elif value is not None:
            _put(child, value, row, unknown)


def _put(node: Node, value: object, row: int, unknown: Counter[str]) -> None:
    if type(value) in node.takes:
        node.column[row] = _text(value, node)
    elif node.is_list and isinstance(value, list) and _in_a_list(node).issuperset(map(type, value)):
        node.column[row] = value
    elif node.takes_one and type(value) is str:
        node.column[row] = [value]
    elif node.children and isinstance(value, list) and all(type(item) is dict for item in value):
        _fill_items(node, value, row, unknown)
    else:
        _refuse_too_deep(value, node.depth_left + 1)
        if node.declared is None or not node.declared.ignored:
            raise Rejected(WRONG_TYPE, node.path)


def _in_a_list(node: Node) -> frozenset[type]:
    """Types of a list's items. An XML attribute may be missing from some elements of a list."""
    return STRINGS | {type(None)} if "@" in node.path else STRINGS


def _fill_items(node: Node, items: list[dict[str, object]], row: int, unknown: Counter[str]) -> None:
    """Write a list of objects: each declared path below it gets a list with one element for each object."""
    for key in {key for item in items for key in item}:
        child = node.children.get(key)
        if child is None:
            unknown[f"{node.path}.{key}"] += 1
            _refuse_too_deep([item.get(key) for item in items], node.depth_left)
            continue
        values = [item.get(key) for item in items]
        if all(value is None for value in values):
            continue
        if child.is_inner_list:
            _count_unknown(child, values, unknown)
            _fill_inner(child, (), values, row)
            continue
        accepted = (
            frozenset({type(None)})
            | (TAKES["text"] if child.is_list else frozenset())
            | (frozenset({dict}) if child.children else frozenset())
        )
        if not accepted.issuperset(map(type, values)):
            _refuse_too_deep(values, child.depth_left)
            if child.declared is None or not child.declared.ignored:
                raise Rejected(WRONG_TYPE, child.path)
            continue
        scalars = [
            None if value is None or isinstance(value, dict) else _text(value, child) for value in values
        ]
        if any(isinstance(value, dict) for value in values):
            _fill_items(child, [value if isinstance(value, dict) else {} for value in values], row, unknown)
        if any(scalar is not None for scalar in scalars):
            child.column[row] = scalars


def _fill_inner(node: Node, keys: tuple[str, ...], lists: list[object], row: int) -> None:
    """Write inner lists, one for each object of the list above: the column of each declared path at or below
    them gets their values as JSON text. keys: the path from the inner list to `node`. In an XML record, the
    lists below an inner list are joined to one list.
    """
    for key, child in node.children.items():
        if child.is_repeating:
            _fill_inner(child, (), [_items_below(values, (*keys, key), child) for values in lists], row)
        else:
            _fill_inner(child, (*keys, key), lists, row)
    if node.declared and not node.declared.ignored:
        groups = [values if isinstance(values, list) else [values] for values in lists]
        texts = [orjson.dumps([_inner_text(item, keys, node) for item in group]) for group in groups]
        node.column[row] = [
            None if values is None else text.decode() for values, text in zip(lists, texts, strict=True)
        ]


def _items_below(values: object, keys: tuple[str, ...], node: Node) -> list[object] | None:
    """The items that the objects of an inner list have at `keys`; null for an object that has none."""
    if values is None:
        return None
    groups = [_at(item, keys, node) for item in (values if isinstance(values, list) else [values])]
    return [item for group in groups for item in (group if isinstance(group, list) else [group])]


def _at(item: object, keys: tuple[str, ...], node: Node) -> object:
    for key in keys:
        if item is not None and not isinstance(item, dict):
            raise Rejected(WRONG_TYPE, node.path)
        item = item.get(key) if item else None
    return item


def _inner_text(item: object, keys: tuple[str, ...], node: Node) -> str | None:
    item = _at(item, keys, node)
    if item is None:
        return None
    if type(item) not in TAKES["text"]:
        raise Rejected(WRONG_TYPE, node.path)
    return _text(item, node)


def _count_unknown(node: Node, value: object, unknown: Counter[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _count_unknown(node, item, unknown)
    elif isinstance(value, dict) and node.children:
        for key, below in value.items():
            if child := node.children.get(key):
                _count_unknown(child, below, unknown)
            else:
                unknown[f"{node.path}.{key}"] += 1
                _refuse_too_deep(below, node.depth_left)


def _text(value: object, node: Node) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if abs(value) >= EXACT_INTEGER:
            raise Rejected(WRONG_TYPE, node.path)
        return format(Decimal(repr(value)), "f")
    return str(value)
