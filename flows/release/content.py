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
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa


@dataclass(frozen=True)
class TableContent:
    """What a table holds. `sha256`: hex.

    `nulls`: column → number of nulls (in the column, not inside its lists). `in_order`: whether the rows came
    in key order.
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
        if isinstance(column, pa.ListArray):
            self.elements = self.elements or _Hashes()
            self.elements.add(column.flatten())
        elif isinstance(column, pa.StringArray):
            self.values.update(_joined(column.drop_null()))
        else:
            self.values.update(_fixed_width(pl.Series(column)))
        self.lengths.update(_lengths(column))

    def digest(self) -> bytes:
        own = self.lengths.digest() + self.values.digest()
        return own + self.elements.digest() if self.elements else own


def _lengths(column: pa.Array[Any]) -> npt.NDArray[Any]:
    """How long each value is, as 64-bit integers."""
    is_valid = column.is_valid().to_numpy(zero_copy_only=False) if column.null_count else None
    if not isinstance(column, pa.ListArray | pa.StringArray):
        return np.ones(len(column), "<i8") if is_valid is None else is_valid.astype("<i8")
    lengths = np.diff(_ends(column)).astype("<i8")
    return lengths if is_valid is None else np.where(is_valid, lengths, -1)


def _ends(column: pa.ListArray[Any] | pa.StringArray) -> npt.NDArray[Any]:
    """Where the first value begins, and where each ends."""
    offsets = column.buffers()[1]
    if not len(column) or offsets is None:
        return np.zeros(1, "<i4")
    return np.frombuffer(offsets, "<i4")[column.offset : column.offset + len(column) + 1]


def _joined(texts: pa.StringArray) -> memoryview:
    """The bytes of all texts, one after the other, as they are in memory if none is null."""
    ends, joined = _ends(texts), texts.buffers()[2]
    return memoryview(b"") if joined is None else memoryview(joined)[ends[0] : ends[-1]]


def _fixed_width(column: pl.Series) -> npt.NDArray[Any]:
    """Values of a fixed width; a null is zero."""
    is_float = column.dtype == pl.Float64
    numbers = column if is_float else column.to_physical().cast(pl.Int64)
    values = (numbers.fill_null(0) if numbers.null_count() else numbers).to_numpy()
    if is_float:
        values = np.where(np.isnan(values), np.nan, values + 0.0)
    return values.astype("<f8" if is_float else "<i8", copy=False)


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

    def add(batch: pa.RecordBatch) -> None:
        for column, values in zip(batch.schema.names, batch.columns, strict=True):
            hashes[column].add(values)

    with ThreadPoolExecutor(1) as beside:  # while the next batch is read
        adding: Future[None] | None = None
        for batch in batches:
            rows_n += batch.num_rows
            if adding is not None:
                adding.result()
            adding = beside.submit(add, batch)
        if adding is not None:
            adding.result()
    total = hashlib.sha256(f"{name}\n{rows_n}\n".encode())
    for column, dtype in schema.items():
        total.update(f"{column}\t{dtype}\n".encode())
        total.update(hashes[column].digest())
    return TableContent(rows_n, total.hexdigest(), {name: column.nulls_n for name, column in hashes.items()})


def content_sha256(tables: Mapping[str, TableContent]) -> str:
    """One hash for all tables, in the order of their names; hex."""
    lines = (f"{name}\t{tables[name].rows_n}\t{tables[name].sha256}\n" for name in sorted(tables))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
