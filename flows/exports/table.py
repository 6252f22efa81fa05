"""A table as a file: CSV, JSON and Parquet for programs; a workbook and a CSV for spreadsheets for people.

Programs should use `--format csv`, `json` or `parquet`, which do not change values. In the formats for
people, no value from a register ever becomes a formula or a link. The workbook (xlsx) has typed cells: text
stays text whatever it begins with, so values are unchanged. The CSV for spreadsheets has no types, so a text
that a spreadsheet could read as a formula gets an apostrophe in front, and the last column names the columns
changed in this way. Source: OWASP ASVS 5.0, 1.2.10, and OWASP's page on CSV injection; the full-width
characters are those of East Asian spreadsheets.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from transforms.errors import UsageError


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
    """The contents of the file. Raises ValueError for `Format.table`, which is for a terminal."""
    match format:
        case Format.csv:
            return _csv(table)
        case Format.json:
            return f"{json_text(table.to_pylist())}\n".encode()
        case Format.parquet:
            from pyarrow import parquet  # slow to import

            buffer = io.BytesIO()
            parquet.write_table(table, buffer)
            return buffer.getvalue()
        case Format.xlsx:
            return workbook({"undertow": table})
        case Format.spreadsheet_csv:
            return spreadsheet_csv(table)
        case Format.table:
            raise ValueError("a table for a terminal has no file")


def json_text(value: object) -> str:
    """JSON in which control characters and invisible characters are written as \\uXXXX. NaN and infinity,
    which JSON does not have, are null.
    """
    write = partial(json.dumps, default=str, ensure_ascii=False, indent=1, allow_nan=False)
    try:
        text = write(value)
    except ValueError:
        text = write(_finite(value))
    return _NOT_ASCII.sub(
        lambda match: match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1], text
    )


def _finite(value: object) -> object:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case list():
            return [_finite(each) for each in value]
        case dict():
            return {key: _finite(each) for key, each in value.items()}
        case _:
            return value


def _csv(table: pa.Table) -> bytes:
    """CSV with texts unchanged, lists joined by `; `, structs and maps written as JSON."""
    import pyarrow as pa

    for position, field in enumerate(table.schema):
        if not _is_plain(field.type):
            # A map may have duplicate keys; the last value is written.
            values = table[position].to_pylist(maps_as_pydicts="lossy")
            texts = [None if value is None else _cell_text(value) for value in values]
            table = table.set_column(position, field.name, pa.array(texts, pa.string()))
    return pl.DataFrame(table).write_csv().encode()


def _is_plain(kind: pa.DataType) -> bool:
    """Whether polars writes values of this type to CSV."""
    from pyarrow import types

    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind)
    is_number = types.is_primitive(kind) or types.is_decimal(kind)
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


# --- for spreadsheets ---------------------------------------------------------------------------------------


if TYPE_CHECKING:
    import pyarrow as pa
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format as CellFormat
    from xlsxwriter.worksheet import Worksheet

FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠")
ESCAPED = "_escaped"
APOSTROPHE = "'"

# Limits of the file format: https://support.microsoft.com, "Excel specifications and limits".
ROWS_MAX = 1_048_575  # below the header
CELL_CHARACTERS_MAX = 32_767
DIGITS_EXACT = 15
FIRST_DAY = date(1900, 3, 1)  # spreadsheets count earlier days wrongly
CUT = " … cut: {} more characters, see --format csv"
WIDTH_MAX_PIXELS = 430  # of a column
WORKBOOK = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
MADE_ON = datetime(2000, 1, 1)  # fixed: equal tables give equal bytes


# --- CSV --------------------------------------------------------------------------------------------------


def spreadsheet_csv(table: pa.Table) -> bytes:
    """CSV for spreadsheets: UTF-8 with a byte order mark, CRLF; texts quoted, numbers and dates unquoted,
    nulls empty.

    The column `_escaped` names the columns that were changed in the row.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_STRINGS, lineterminator="\r\n")
    names = [*table.column_names, ESCAPED]
    writer.writerow([_escaped(name) for name in names])
    for row in table.to_pylist():
        values = {name: _plain(value) for name, value in row.items()}
        changed = [name for name, value in values.items() if isinstance(value, str) and is_formula(value)]
        writer.writerow(
            [
                *(_escaped(value) if isinstance(value, str) else value for value in values.values()),
                "; ".join(map(_escaped, changed)),
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could read the text as a formula, by its first visible character."""
    seen = (each for each in text if each in FORMULA_STARTS or (each.isprintable() and not each.isspace()))
    return next(seen, "") in FORMULA_STARTS


def _escaped(text: str) -> str:
    return APOSTROPHE + text if is_formula(text) else text


def _plain(value: object) -> object:
    """The value of a cell: lists become one text, structs become JSON."""
    if isinstance(value, list):
        return "; ".join(str(_plain(each)) for each in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value) if isinstance(value, bytes) else value


# --- workbook ---------------------------------------------------------------------------------------------


def workbook(sheets: Mapping[str, pa.Table]) -> bytes:
    """An xlsx file of these sheets, with a frozen header and a filter. Dates and numbers are typed,
    identifiers are text.

    Raises UsageError if a sheet has too many rows.
    """
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, WORKBOOK)
    book.set_properties({"created": MADE_ON})
    formats = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    for name, table in sheets.items():
        _write_sheet(book, name, table, formats)
    book.close()
    return out.getvalue()


def _write_sheet(
    book: Workbook, title: str, table: pa.Table, formats: Mapping[type[date], CellFormat]
) -> None:
    if table.num_rows > ROWS_MAX:
        raise UsageError(
            f"{table.num_rows} rows: a workbook holds {ROWS_MAX}; narrow the query, or take --format csv"
        )
    sheet = book.add_worksheet(title)
    for column, name in enumerate(table.column_names):
        sheet.write_string(0, column, _shortened(name), book.add_format({"bold": True}))
    for row, record in enumerate(table.to_pylist(), start=1):
        for column, value in enumerate(record.values()):
            _write(sheet, (row, column), _plain(value), formats)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, table.num_rows, max(table.num_columns - 1, 0))
    sheet.autofit(WIDTH_MAX_PIXELS)


def _write(
    sheet: Worksheet, cell: tuple[int, int], value: object, formats: Mapping[type[date], CellFormat]
) -> None:
    row, column = cell
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case int() | float() | Decimal() if _is_exact(value):
            sheet.write_number(row, column, value)
        case datetime() if value.tzinfo is None and value.date() >= FIRST_DAY:
            sheet.write_datetime(row, column, value, formats[datetime])
        case date() if not isinstance(value, datetime) and value >= FIRST_DAY:
            sheet.write_datetime(row, column, value, formats[date])
        case _:
            sheet.write_string(row, column, _shortened(str(value)))


def _is_exact(value: float | Decimal) -> bool:
    """Whether a spreadsheet can represent the number: it is finite, and not a whole number of more than 15
    digits.

    Other numbers are written as text.
    """
    return math.isfinite(value) and (isinstance(value, float) or abs(value) < 10**DIGITS_EXACT)


def _shortened(text: str) -> str:
    """The text as a cell can hold it. A longer text is cut and says so. Spreadsheets count UTF-16 units."""
    units = text.encode("utf-16-le")
    if len(units) // 2 <= CELL_CHARACTERS_MAX:
        return text
    kept = units[: 2 * (CELL_CHARACTERS_MAX - len(CUT) - 10)].decode("utf-16-le", errors="ignore")
    return kept + CUT.format(len(text) - len(kept))
