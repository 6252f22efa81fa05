"""Declares a column and a table: types, units, what a null means, and who may see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from transforms.errors import DeclarationError

DType = Literal["text", "texts", "date", "integer", "boolean", "share", "money", "number", "timestamp"]

Privacy = Literal["open", "entity", "personal"]

POLARS_TYPES: Mapping[DType, pl.DataType] = {
    "text": pl.String(),
    "texts": pl.List(pl.String()),
    "date": pl.Date(),
    "integer": pl.Int64(),
    "boolean": pl.Boolean(),
    "share": pl.Decimal(12, 9),
    "money": pl.Decimal(18, 2),
    "number": pl.Float64(),
    "timestamp": pl.Datetime("us"),
}

DUCKDB_TYPES: Mapping[DType, str] = {
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "date": "DATE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "share": "DECIMAL(12,9)",
    "money": "DECIMAL(18,2)",
    "number": "DOUBLE",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class Column:
    """One column: its type, unit, what a null means ("" = never null), and who may see it.

    `privacy`: open (register metadata), entity (about a legal entity or property), personal (about a natural
    person). `values`: the closed vocabulary, if there is one; the gate holds it.
    """

    name: str
    dtype: DType
    description: str
    null: str = ""
    unit: str = ""
    privacy: Privacy = "entity"
    values: tuple[str, ...] = ()

    @property
    def nullable(self) -> bool:
        return self.null != ""

    def renamed(self, name: str, description: str = "") -> Column:
        """The same column under another name, with another description if one is given."""
        return replace(self, name=name, description=description or self.description)

    def optional(self, null: str) -> Column:
        """The same column, nullable, with the meaning of null."""
        return replace(self, null=null)


@dataclass(frozen=True)
class Table:
    """A canonical table, mart or view: columns in order, and the key that makes a row unique."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    shown_as: str = ""
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in self.columns}
        if len(by_name) != len(self.columns):
            raise DeclarationError(f"table {self.name}: a column name is declared twice; rename one")
        if missing := [name for name in self.key if name not in by_name]:
            raise DeclarationError(f"table {self.name}: key column {missing[0]} is not declared")
        object.__setattr__(self, "_by_name", by_name)

    def __getitem__(self, name: str) -> Column:
        try:
            return self._by_name[name]
        except KeyError:
            raise DeclarationError(f"table {self.name} has no column {name}") from None

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    @property
    def view(self) -> str:
        """Name of the view that shows this table in a release."""
        return self.shown_as or f"v_{self.name}"

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column name to polars dtype, in declaration order."""
        return {column.name: POLARS_TYPES[column.dtype] for column in self.columns}

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.schema)

    def conformed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The declared columns of `frame`, in order and with their types. Raises a polars error if one is
        missing or cannot be cast.
        """
        return frame.select(pl.col(name).cast(dtype) for name, dtype in self.schema.items())
