"""The content hash: SHA-256 over a release's rows, whatever the bytes of the file that holds them.

A table is hashed column by column, from its rows in key order. Each column has running hashes: how long each
value is (−1 for null; for values of a fixed width 0 for null and 1 otherwise), the values, and for lists the
same of the elements. A running hash does not depend on where a batch ends, so threads, batch size and
DuckDB's version do not change the result. Numbers, dates and money are hashed as 64-bit little-endian
integers or floats; every not-a-number is one value, and minus zero is zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class TableContent:
    """What a table holds. `sha256`: hex.

    `nulls`: column → null values (of the column, not inside its lists). `in_order`: whether the rows came in
    the order of the key.
    """

    rows_n: int
    sha256: str
    nulls: Mapping[str, int]
    in_order: bool = field(default=True, compare=False)


@dataclass
class _Hashes:
    """Running hashes of one column. `elements`: of a list."""

    lengths: hashlib._Hash = field(default_factory=hashlib.sha256)
    values: hashlib._Hash = field(default_factory=hashlib.sha256)
    elements: _Hashes | None = None
    nulls_n: int = 0

    def add(self, column: pa.Array[Any]) -> None:
        self.nulls_n += column.null_count
        lengths: pa.Array[Any] | None = None  # 1 for each value
        if isinstance(column, pa.ListArray):
            lengths = column.value_lengths()
            self.elements = self.elements or _Hashes()
            self.elements.add(column.flatten())
        elif isinstance(column, pa.StringArray):
            lengths = pc.binary_length(column)
            self.values.update(_joined(column.drop_null()))
        else:
            self.values.update(_fixed_width(pl.Series(column)))
            lengths = column.is_valid() if column.null_count else None
        if lengths is None:
            self.lengths.update(np.ones(len(column), "<i8"))
        else:
            self.lengths.update(_int64(pl.Series(lengths), null=-1))

    def digest(self) -> bytes:
        own = self.lengths.digest() + self.values.digest()
        return own + self.elements.digest() if self.elements else own


def _joined(texts: pa.StringArray) -> memoryview:
    """The bytes of all texts, one after the other, as they stand in memory where none is null."""
    _, offsets, joined = texts.buffers()
    if not len(texts) or offsets is None or joined is None:
        return memoryview(b"")
    ends = np.frombuffer(offsets, "<i4")[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(joined)[ends[0] : ends[-1]]


def _fixed_width(column: pl.Series) -> npt.NDArray[Any]:
    """Values of a fixed width; a null is zero."""
    if column.dtype == pl.Float64:
        values = column.fill_null(0.0).to_numpy()
        return np.where(np.isnan(values), np.nan, values + 0.0).astype("<f8")
    return _int64(column.to_physical(), null=0)


def _int64(column: pl.Series, *, null: int) -> npt.NDArray[Any]:
    """`null`: what stands for a null."""
    return column.cast(pl.Int64).fill_null(null).to_numpy().astype("<i8", copy=False)


def table_content(
    name: str, schema: Mapping[str, pl.DataType], batches: Iterable[pa.RecordBatch]
) -> TableContent:
    """Hash a table. `schema`: column → type, in order, part of the hash.

    `batches`: those columns, in key order.
    """
    hashes = {
        column: _Hashes(elements=_Hashes() if isinstance(dtype, pl.List) else None)
        for column, dtype in schema.items()
    }
    rows_n = 0
    for batch in batches:
        rows_n += batch.num_rows
        for column, values in zip(batch.schema.names, batch.columns, strict=True):
            hashes[column].add(values)
    total = hashlib.sha256(f"{name}\n{rows_n}\n".encode())
    for column, dtype in schema.items():
        total.update(f"{column}\t{dtype}\n".encode())
        total.update(hashes[column].digest())
    return TableContent(rows_n, total.hexdigest(), {name: column.nulls_n for name, column in hashes.items()})


def content_sha256(tables: Mapping[str, TableContent]) -> str:
    """One hash for all tables, in the order of their names; hex."""
    lines = (f"{name}\t{tables[name].rows_n}\t{tables[name].sha256}\n" for name in sorted(tables))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
