"""Find the date of an edition whose file name has none: the newest date in the field that the register
declares.

The bytes are searched, not parsed: every run examines the whole landing folder, and most of its files are
already in the lake.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date
from typing import Protocol

from transforms.model.register import Delimited, JsonLines, Register, XmlRecords
from transforms.readers.delimited_layout import HEADER_STEP_BYTES, shape_at

STEP_BYTES = 4 << 20
KEY_AND_VALUE_BYTES_MAX = 1 << 10  # (own) of a key, the white space around its colon, and a day
# (own) A line that spans two blocks is searched whole up to this length; of a longer one only the end is.
LINE_BYTES_MAX = 1 << 20

_DAY = rb"(\d{4}-\d{2}-\d{2})"


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def newest_day(register: Register, stream: Readable, not_after: date = date.max) -> date | None:
    """The newest full date in `register.edition_field` up to `not_after`; of a date and time, the day. None
    if no record has one or the register declares no field.

    Later dates are skipped: a date in the future is a mistake in a record and must not become the date of the
    edition.

    JSON: the last name of the field is searched as a key anywhere in a record, so the register must declare a
    key that its format has in one place only. A key inside a string does not match, because its quotes are
    escaped. Delimited text: the field's column is searched. XML: the last name of the field is searched as an
    element anywhere in a record.
    """
    if not register.edition_field:
        return None
    name = re.escape(register.edition_field.rsplit(".", 1)[-1].encode())
    match register.reader:
        case JsonLines():
            texts = _days_of(rb'"' + name + rb'"\s*:\s*"' + _DAY + rb'(?=["T ])', stream)
        case Delimited():
            texts = _days_of_column(register.reader, register.edition_field, stream)
        case XmlRecords():
            texts = _days_of(rb"[<:]" + name + rb"(?:\s[^<>]*)?>\s*" + _DAY + rb"(?=[<\sT+Z-])", stream)
        case _:
            return None
    days = (_day(text) for block in texts for text in block)
    return max((day for day in days if day is not None and day <= not_after), default=None)


def _day(text: bytes) -> date | None:
    try:
        return date.fromisoformat(text.decode())
    except ValueError:
        return None


def _days_of(pattern: bytes, stream: Readable) -> Iterator[set[bytes]]:
    """The distinct days of each block."""
    tail = b""
    while block := stream.read(STEP_BYTES):
        text = tail + block
        yield set(re.findall(pattern, text))
        tail = text[-KEY_AND_VALUE_BYTES_MAX:]


def _days_of_column(reader: Delimited, field: str, stream: Readable) -> Iterator[set[bytes]]:
    """The distinct days of each block: values in the column that are a day, or a day and time.

    Lines are searched, not records: later lines of a quoted field have no day at the column's place.
    """
    head = stream.read(max(STEP_BYTES, HEADER_STEP_BYTES))
    columns, begin = _columns(reader, head)
    if field not in columns:
        return
    separator = re.escape(reader.separator.encode())
    before = rb'(?:(?:"[^"\n]*+"|[^"\n' + separator + rb"]*+)" + separator + rb"){%d}" % columns.index(field)
    pattern = re.compile(
        rb"^" + before + rb'"?' + _DAY + rb'(?=["T \r\n' + separator + rb"])[^\n]*+", re.MULTILINE
    )
    block, tail = head[begin:], b""
    while block:
        text = tail + block
        cut = text.rfind(b"\n") + 1
        yield set(pattern.findall(text[:cut]))
        tail = text[cut:][-LINE_BYTES_MAX:]
        block = stream.read(STEP_BYTES)
    yield set(pattern.findall(tail + b"\n"))


def _columns(reader: Delimited, head: bytes) -> tuple[tuple[str, ...], int]:
    """The names of the columns, and the position of the first record or of the line end before it. None for a
    header that the csv module refuses, such as one with a cell of 200 kB.
    """
    if match := shape_at(reader, head):
        return match[0].columns, match[1]
    line, _, _ = head.partition(b"\n")
    try:
        names = next(csv.reader([line.decode("utf-8-sig", errors="replace")], delimiter=reader.separator), [])
    except csv.Error:
        names = []
    return tuple(name.strip() for name in names), len(line)
