"""Convert an authority's XLSX or Parquet file to a CSV file with the same records, for the reader to account
for.

Date cells are written in the style that the mapping declares, numbers with its decimal mark, so that the rest
is the same for all formats. An empty row stays an empty line, which is not a record.
"""

import csv
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
import polars as pl

from transforms.errors import BlockedEdition
from transforms.model.mapping import DATE_STYLES, FileMapping
from transforms.readers import archives

UNPACKED_BYTES_MAX = 2 << 30  # (own) a larger workbook is one that no spreadsheet program opens
CENTS = 2


def as_csv(path: Path, mapping: FileMapping, folder: Path) -> Path:
    """Write the file as CSV into `folder`. Raises BlockedEdition if it cannot be read."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{path.stem}.csv"
    if mapping.format == "parquet":
        _from_parquet(path, mapping, target)
        return target
    checked = folder / "checked"
    archives.unpack(path, checked, bytes_max=UNPACKED_BYTES_MAX)  # no bomb, no link, no archive in it
    shutil.rmtree(checked)
    try:
        rows = [*_rows(path, mapping)]
    except (zipfile.BadZipFile, ParseError, KeyError, ValueError) as error:
        raise _unreadable(path, type(error).__name__) from None
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in _from_header(rows, mapping):
            if any(row):
                writer.writerow(row)
            else:
                file.write("\n")
    return target


def _unreadable(path: Path, why: str) -> BlockedEdition:
    return BlockedEdition(
        "unreadable_file", f"file {path.name} cannot be read ({why}); export it again, or as CSV"
    )


# --- XLSX ---------------------------------------------------------------------------------------------------


def _rows(path: Path, mapping: FileMapping) -> Iterator[list[str]]:
    with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
        if mapping.sheet and mapping.sheet not in book.sheetnames:
            raise BlockedEdition(
                "missing_sheet", f"file {path.name} has no sheet {mapping.sheet!r}; correct {mapping.file}"
            )
        sheet = book[mapping.sheet or book.sheetnames[0]]
        sheet.reset_dimensions()  # what a program wrote there may be wrong
        for row in sheet.iter_rows(values_only=True):
            yield [_text(value, mapping) for value in row]


def _text(value: object, mapping: FileMapping) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime() | date():
            return value.strftime(DATE_STYLES[mapping.dates][1])
        case float() | Decimal():
            whole = int(value)
            number = str(whole) if value == whole else f"{value:.{CENTS}f}"
            return number.replace(".", mapping.decimal)
        case _:
            return str(value)


def _from_header(rows: Sequence[list[str]], mapping: FileMapping) -> Iterable[list[str]]:
    """The rows from the header on, at its full width; unchanged if no row is a header."""
    wanted = {*mapping.columns.values()}
    for place, row in enumerate(rows[: mapping.lines_before_header + 1]):
        names = [name.strip() for name in row]
        if wanted <= {*names}:
            width = max(place for place, name in enumerate(names, start=1) if name)
            return [_of_width(each, width) for each in rows[place:]]
    return rows


def _of_width(row: list[str], width: int) -> list[str]:
    """The row padded with empty cells, or cut after the header's last column; text beyond it stays."""
    filled = row + [""] * (width - len(row))
    while len(filled) > width and not filled[-1]:
        filled.pop()
    return filled


# --- Parquet ------------------------------------------------------------------------------------------------


def _from_parquet(path: Path, mapping: FileMapping, target: Path) -> None:
    try:
        file = pl.scan_parquet(path)
        texts = [_texts(name, dtype, mapping) for name, dtype in file.collect_schema().items()]
        file.select(texts).sink_csv(target)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise _unreadable(path, type(error).__name__) from None


def _texts(name: str, dtype: pl.DataType, mapping: FileMapping) -> pl.Expr:
    """A column as text, which is null for a date out of range. A column of lists or records has none, and is
    reported as an unnamed column.
    """
    column = pl.col(name)
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        return pl.lit("").alias(name)
    if dtype.is_temporal():
        # `infinity` and the like are no dates; polars panics on them.
        is_date = column.dt.year().is_between(date.min.year, date.max.year)
        return pl.when(is_date).then(column).dt.to_string(DATE_STYLES[mapping.dates][1])
    if dtype.is_float() or dtype.is_decimal():
        cents = column.cast(pl.Decimal(38, CENTS)).cast(pl.String)
        return cents.str.replace(r"\.00$", "").str.replace(".", mapping.decimal, literal=True)
    return column.cast(pl.String)
