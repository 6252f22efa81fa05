"""The declared fields of a JSON register as a tree of dotted paths, with the columns of the current batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.register import FieldKind, JsonLines, Register, SourceField

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
    """A declared path, or an object above one. column: its values in the current batch, one for each row."""

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
    """root: the tree. nodes: those with a declared field, in the order of the declaration. totals: keys of
    the value by which a totals record is recognised. unknown: undeclared paths of the current batch."""

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
    root = Node("", reader.depth_max - 1)
    nodes = []
    for source_field in register.fields:
        node = root
        keys = source_field.name.split(".")
        if len(keys) > reader.depth_max:
            raise DeclarationError(
                f"register {register.name}: field {source_field.name} is deeper than depth_max "
                f"{reader.depth_max}"
            )
        for depth, key in enumerate(keys, start=1):
            node = node.children.setdefault(key, Node(".".join(keys[:depth]), reader.depth_max - 1 - depth))
        node.declare(source_field)
        node.takes_one = node.is_list and reader.lone_texts
        nodes.append(node)
    for path in reader.object_lists:
        _declare_object_list(register.name, root, path)
    path, prefix = reader.totals
    return Fields(root, tuple(nodes), tuple(path.split(".")) if path else (), prefix)


def _declare_object_list(register_name: str, root: Node, path: str) -> None:
    node: Node | None = root
    for key in path.split("."):
        node = node.children.get(key) if node else None
    if (
        node is None
        or not node.children
        or not all(child.is_list and not child.children for child in node.children.values())
    ):
        raise DeclarationError(
            f"register {register_name}: {path} is declared as a list of objects, so every field below it "
            f"must be of the kind `texts`"
        )
    node.is_object_list = True


def dtype_of(node: Node) -> pl.DataType:
    return pl.List(pl.String) if node.is_list else pl.String()
