"""The declared fields of a JSON register as a tree of dotted paths, with the columns of the batch being
read.
"""

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
    """A declared path, or an object on the way to one. `column`: the values of the batch being read, one a
    row.
    """

    path: str
    depth_left: int  # levels of nesting that a value below this object may add
    children: dict[str, Node] = field(default_factory=dict)
    column: list[object] = field(default_factory=list)
    declared: SourceField | None = None
    takes: frozenset[type] = frozenset()
    is_list: bool = False
    is_object_list: bool = False  # declared so: the columnar parser expects a list of objects here
    is_string: bool = False  # a string goes in as it is: the common case, tested first
    takes_one: bool = False  # a string where a list is declared is a list of one

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
    """root: the tree; nodes: those with a field, in declaration order. totals: keys to the value that
    tells a totals record.
    """

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
            f"register {register_name}: {path} is declared as a list of objects, and what lies below it "
            f"is not all `texts`"
        )
    node.is_object_list = True


def dtype_of(node: Node) -> pl.DataType:
    return pl.List(pl.String) if node.is_list else pl.String()
