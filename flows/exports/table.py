"""A table as a file: CSV, JSON and Parquet for programs; a workbook and a spreadsheet's CSV for people."""

import json
import re
from enum import StrEnum
from io import BytesIO

import polars as pl
import pyarrow as pa
from pyarrow import parquet, types

from flows.exports.spreadsheet import spreadsheet_csv, workbook


class Format(StrEnum):
    """How a table is printed or written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"
    spreadsheet_csv = "spreadsheet-csv"


TEXT_FORMATS = (Format.csv, Format.json, Format.spreadsheet_csv)
_NOT_ASCII = re.compile(r"[^\x20-\x7e\n]")


def table_bytes(table: pa.Table, format: Format) -> bytes:
    """The file's contents. `Format.table` is for a terminal and has no file."""
    match format:
        case Format.csv:
            return _csv(table)
        case Format.json:
            return f"{json_text(table.to_pylist())}\n".encode()
        case Format.parquet:
            buffer = BytesIO()
            parquet.write_table(table, buffer)
            return buffer.getvalue()
        case Format.xlsx:
            return workbook(table)
        case Format.spreadsheet_csv:
            return spreadsheet_csv(table)
        case Format.table:
            raise ValueError("a table for a terminal has no file")


def json_text(value: object) -> str:
    """JSON in which characters that a terminal obeys or a reader cannot see are written as \\uXXXX."""
    text = json.dumps(value, default=str, ensure_ascii=False, indent=1)
    return _NOT_ASCII.sub(
        lambda match: match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1], text
    )


def _csv(table: pa.Table) -> bytes:
    """Texts are unchanged, lists joined by `; `, structs and maps written as JSON."""
    for position, field in enumerate(table.schema):
        if not _is_plain(field.type):
            # A map may have a key twice; the last value is written.
            values = table[position].to_pylist(maps_as_pydicts="lossy")
            texts = [None if value is None else _cell_text(value) for value in values]
            table = table.set_column(position, field.name, pa.array(texts, pa.string()))
    return pl.DataFrame(table).write_csv().encode()


def _is_plain(kind: pa.DataType) -> bool:
    """Whether polars writes a CSV of this type."""
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind)
    is_number = (types.is_primitive(kind) and not types.is_interval(kind)) or types.is_decimal(kind)
    return is_text or is_number or types.is_null(kind)


def _cell_text(value: object) -> str:
    parts = value if isinstance(value, list) else [value]
    return "; ".join(
        json.dumps(part, default=str, ensure_ascii=False)
        if isinstance(part, list | dict | bool)
        else str(part)
        for part in parts
        if part is not None
    )
