"""The content hash: SHA-256 over a release's rows, whatever the bytes of the file that holds them.

A table is hashed column by column from its rows in key order. Each column has running hashes, *lanes*: how long each
value is (−1 for null; 0 for a null or 1 where values have a fixed width), the values, and for lists the lanes of the
elements. Running hashes do not see where one batch ends, so neither threads nor batch size nor DuckDB's version
changes the result. Numbers, dates and money are hashed as 64-bit little-endian integers or floats; every
not-a-number is one value, and minus zero is zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl


@dataclass(frozen=True)
class TableContent:
    """What a table holds. `sha256`: hex. `nulls`: column → null values (of the column itself, not inside its lists)."""

    rows_n: int
    sha256: str
    nulls: Mapping[str, int]


@dataclass
class _Lanes:
    """Running hashes of one column. `elements` is for those of a list."""

    lengths: hashlib._Hash = field(default_factory=hashlib.sha256)
    values: hashlib._Hash = field(default_factory=hashlib.sha256)
    elements: _Lanes | None = None
    nulls_n: int = 0

    def digest(self) -> bytes:
        own = self.lengths.digest() + self.values.digest()
        return own + self.elements.digest() if self.elements else own


def table_content(
    name: str, schema: Mapping[str, pl.DataType], batches: Iterable[pl.DataFrame]
) -> TableContent:
    """Hash a table. `schema`: column → type, in order, part of the hash. `batches`: those columns, in key order."""
    lanes = {column: _lanes(dtype) for column, dtype in schema.items()}
    rows_n = 0
    for batch in batches:
        rows_n += batch.height
        _add(lanes, batch)
    total = hashlib.sha256(f"{name}\n{rows_n}\n".encode())
    for column, dtype in schema.items():
        total.update(f"{column}\t{dtype}\n".encode())
        total.update(lanes[column].digest())
    return TableContent(rows_n, total.hexdigest(), {column: lane.nulls_n for column, lane in lanes.items()})


def content_sha256(tables: Mapping[str, TableContent]) -> str:
    """One hash for all tables, in the order of their names; hex."""
    return hashlib.sha256(
        "".join(f"{name}\t{tables[name].rows_n}\t{tables[name].sha256}\n" for name in sorted(tables)).encode()
    ).hexdigest()


def _lanes(dtype: pl.DataType) -> _Lanes:
    return _Lanes(elements=_lanes(_inner(dtype))) if isinstance(dtype, pl.List) else _Lanes()


def _inner(dtype: pl.List) -> pl.DataType:
    inner = dtype.inner
    return inner() if isinstance(inner, type) else inner


def _add(lanes: Mapping[str, _Lanes], batch: pl.DataFrame) -> None:
    """The columns of `lanes`, asked together: one by one, those of small tables take most of the time."""
    lists = [name for name, dtype in batch.schema.items() if isinstance(dtype, pl.List)]
    texts = [name for name, dtype in batch.schema.items() if dtype == pl.String]
    fixed = [name for name in batch.columns if name not in (*lists, *texts)]
    lengths = batch.select(
        pl.col(lists).list.len().cast(pl.Int64).fill_null(-1),
        pl.col(texts).str.len_bytes().cast(pl.Int64).fill_null(-1),
        pl.col(fixed).is_not_null().cast(pl.Int64),
    )
    joined = batch.select(pl.col(texts).str.join(""))
    values = batch.select(_fixed(name, batch.schema[name]) for name in fixed)
    for name, nulls_n in zip(batch.columns, batch.null_count().row(0) if batch.width else (), strict=True):
        lane = lanes[name]
        lane.nulls_n += nulls_n
        lane.lengths.update(_int64(lengths[name]))
        if lane.elements is not None:
            _add({name: lane.elements}, batch[name].filter(lengths[name] > 0).explode().to_frame())
        elif name in joined.columns:
            lane.values.update(str(joined[name].item()).encode())
        else:
            lane.values.update(
                _float64(values[name].to_numpy())
                if values.schema[name] == pl.Float64
                else _int64(values[name])
            )


def _fixed(name: str, dtype: pl.DataType) -> pl.Expr:
    """Values of a fixed width; a null is zero."""
    return (
        pl.col(name).fill_null(0.0)
        if dtype == pl.Float64
        else pl.col(name).to_physical().cast(pl.Int64).fill_null(0)
    )


def _float64(values: npt.NDArray[np.float64]) -> bytes:
    return np.where(np.isnan(values), np.nan, values + 0.0).astype("<f8").tobytes()


def _int64(column: pl.Series) -> bytes:
    return column.to_numpy().astype("<i8").tobytes()
