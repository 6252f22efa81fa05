"""The newest date of the one field that a register names for the editions whose file names have no date.

The bytes are searched, not parsed: a landing is looked at every night, and most files in it are in the lake
already."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from typing import Protocol

from transforms.model.register import Delimited, JsonLines, Register
from transforms.readers.delimited_layout import HEADER_STEP_BYTES, shape_at

STEP_BYTES = 4 << 20
KEY_AND_VALUE_BYTES_MAX = 1 << 10  # (own) of a key, the white space around its colon, and a day
LINE_BYTES_MAX = (
    1 << 20
)  # (own) of a line that is kept whole over two blocks; the rest of a longer one is not searched

_DAY = rb"(\d{4}-\d{2}-\d{2})"


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def newest_day(register: Register, stream: Readable, not_after: date = date.max) -> date | None:
    """Newest full date up to `not_after` of `register.edition_field`; of a date and time its day. None where
    no record has one, or no field is named.

    A day that is still to come is a mistake in one record, and must not date an edition, nor the night.

    JSON: a key of the field's last name counts wherever it stands in a record, so a register names a key that
    its format has in one place only. A key inside a text does not count, because its quotes are escaped
    there. Delimited text: the field's column."""
    if not register.edition_field:
        return None
    match register.reader:
        case JsonLines():
            return _newest(_days_of_key(register.edition_field, stream), not_after)
        case Delimited():
            return _newest(_days_of_column(register.reader, register.edition_field, stream), not_after)


def _newest(found: Iterator[set[bytes]], not_after: date) -> date | None:
    newest = None
    for days in found:
        newest = max(
            [
                *(day for text in days if (day := _day(text)) is not None and day <= not_after),
                *([newest] if newest else []),
            ],
            default=None,
        )
    return newest


def _day(text: bytes) -> date | None:
    try:
        return date.fromisoformat(text.decode())
    except ValueError:
        return None


def _days_of_key(field: str, stream: Readable) -> Iterator[set[bytes]]:
    pattern = re.compile(
        rb'"' + re.escape(field.rsplit(".", 1)[-1].encode()) + rb'"\s*:\s*"' + _DAY + rb'(?=["T ])'
    )
    tail = b""
    while block := stream.read(STEP_BYTES):
        text = tail + block
        yield set(pattern.findall(text))
        tail = text[-KEY_AND_VALUE_BYTES_MAX:]


def _days_of_column(reader: Delimited, field: str, stream: Readable) -> Iterator[set[bytes]]:
    """Of each line its value in the column, where that is a day or a day and time. A line that continues a
    quoted field is no record and has none there.
    """
    head = stream.read(max(STEP_BYTES, HEADER_STEP_BYTES))
    columns, begin = _columns(reader, head)
    if field not in columns:
        return
    separator = re.escape(reader.separator.encode())
    before = rb'(?:(?:"[^"\n]*+"|[^"\n' + separator + rb"]*+)" + separator + rb"){%d}" % columns.index(field)
    pattern = re.compile(rb"^" + before + rb'"?' + _DAY + rb'(?=["T \r\n' + separator + rb"])", re.MULTILINE)
    block, tail = head[begin:], b""
    while block:
        text = tail + block
        cut = text.rfind(b"\n") + 1
        yield set(pattern.findall(text[:cut]))
        tail = text[cut:][-LINE_BYTES_MAX:]
        block = stream.read(STEP_BYTES)
    yield set(pattern.findall(tail + b"\n"))


def _columns(reader: Delimited, head: bytes) -> tuple[tuple[str, ...], int]:
    """Names of the columns, and where the first record or the line end before it is."""
    if found := shape_at(reader, head):
        return found[0].columns, found[1]
    line, _, _ = head.partition(b"\n")
    names = next(csv.reader([line.decode("utf-8-sig", errors="replace")], delimiter=reader.separator), [])
    return tuple(name.strip() for name in names), len(line)
