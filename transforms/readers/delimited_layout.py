"""The layout of delimited text, from its header and the register's declaration: the names of the columns, the
separator and the grammar of a strict record."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from transforms.model.register import Delimited, Register, Shape, SourceField
from transforms.readers._records import BOM, Window, blocked, text_fault

HEADER_STEP_BYTES = 1 << 16
KNOWN_MIN = 4  # (own) a header that lacks a required column must have this many declared ones


@dataclass(frozen=True)
class Layout:
    """names: the columns in file order. kept: the declared ones. unknown: the others. trailer: pattern of a
    line to ignore. fallback_encoding: for records that are not UTF-8; "" for none. may_be_empty: a file with
    a header and no record is accepted."""

    register_name: str
    file_name: str
    names: tuple[str, ...]
    kept: tuple[str, ...]
    unknown: tuple[str, ...]
    separator: bytes
    trailer: re.Pattern[bytes] | None
    record_bytes_max: int
    fallback_encoding: str
    grammar: Grammar
    may_be_empty: bool = False


@dataclass(frozen=True)
class Grammar:
    """Patterns for one separator and number of columns. They are possessive, so that they never backtrack.

    right, fewer, other: a strict record with the right number of columns, with fewer, with any number; group
    1 is the record without its line end. fields: a run of strict fields, each followed by a separator.
    """

    right: re.Pattern[bytes]
    fewer: re.Pattern[bytes] | None
    other: re.Pattern[bytes]
    fields: re.Pattern[bytes]
    quoted: re.Pattern[bytes]
    plain: re.Pattern[bytes]

    @staticmethod
    def for_columns(separator: bytes, columns_n: int) -> Grammar:
        sep = re.escape(separator)
        quoted = rb'"(?:[^"]++|"")*+"'
        plain = rb'[^"\r\n' + sep + rb"]*+"
        a_field = rb"(?>" + quoted + rb"|" + plain + rb")"

        def record(further: bytes) -> re.Pattern[bytes]:
            return re.compile(rb"(" + a_field + rb"(?:" + sep + a_field + rb")" + further + rb")\r?\n")

        return Grammar(
            right=record(b"{%d}+" % (columns_n - 1)),
            fewer=record(b"{0,%d}+" % (columns_n - 2)) if columns_n > 1 else None,
            other=record(b"*+"),
            fields=re.compile(rb"(?:" + a_field + sep + rb")*+"),
            quoted=re.compile(quoted),
            plain=re.compile(plain),
        )


def layout_of(register: Register, file_name: str, window: Window) -> Layout:
    """The layout of a file. Moves the window to the first record. Raises BlockedEdition."""
    reader = register.reader
    assert isinstance(reader, Delimited)
    if reader.also_separators and window.fill(HEADER_STEP_BYTES):
        first_line = window.buffer.partition(b"\n")[0].decode("utf-8", "replace")
        separator_used = max((reader.separator, *reader.also_separators), key=first_line.count)
        reader = replace(reader, separator=separator_used)
    names = _shape(reader, window) or _header(register, file_name, reader, window)
    _check_names(register, file_name, names)
    declared = {source_field.name for source_field in register.fields}
    separator = reader.separator.encode()
    return Layout(
        register.name,
        file_name,
        names,
        kept=tuple(name for name in names if name in declared),
        unknown=tuple(name for name in names if name not in declared),
        separator=separator,
        trailer=re.compile(reader.trailer.encode(), re.MULTILINE) if reader.trailer else None,
        record_bytes_max=reader.record_bytes_max,
        fallback_encoding=reader.fallback_encoding,
        grammar=Grammar.for_columns(separator, len(names)),
        may_be_empty=reader.may_be_empty,
    )


def _shape(reader: Delimited, window: Window) -> tuple[str, ...]:
    """The columns of the declared shape that the file has; empty if it has none. Moves the window to the
    first record."""
    match = shape_at(reader, window.buffer) if reader.shapes and window.fill(HEADER_STEP_BYTES) else None
    if match is None:
        return ()
    shape, first_record = match
    window.drop(first_record)
    return shape.columns


def shape_at(reader: Delimited, head: bytes) -> tuple[Shape, int] | None:
    """The declared shape of a file that begins with `head`, and the position of the first record or of the
    line end before it; None if the file has none of the shapes."""
    lead = _lead_bytes(head)
    for shape in reader.shapes:
        header = _header_pattern(reader.separator, shape.columns).match(head, lead)
        if header or re.compile(shape.first_record.encode()).match(head, lead):
            return shape, header.end() if header else lead
    return None


@cache
def _header_pattern(separator: str, columns: tuple[str, ...]) -> re.Pattern[bytes]:
    """A header with the names of `columns`, up to a line end or to the quote that opens a first record on the
    same line.
    """
    names = (
        rb'(?:"%b"|%b)' % (escaped, escaped) for escaped in (re.escape(name.encode()) for name in columns)
    )
    return re.compile(re.escape(separator.encode()).join(names) + rb'(?=\r?\n|"|\Z)')


def _lead_bytes(buffer: bytes) -> int:
    """Length of the byte order mark and blank lines at the start of a file."""
    mark = len(BOM) if buffer.startswith(BOM) else 0
    return mark + len(buffer[mark:]) - len(buffer[mark:].lstrip(b"\r\n"))


def _header(register: Register, file_name: str, reader: Delimited, window: Window) -> tuple[str, ...]:
    """The names of the columns, by `declared_names`. Moves the window to the first record."""
    names = _next_line(register.name, file_name, reader, window)
    for _ in range(reader.lines_before_header_max):
        if _lacking_in(register, declared_names(register.fields, names)) is not None:
            break
        names = _next_line(register.name, file_name, reader, window)
    return declared_names(register.fields, names)


def declared_names(fields: Sequence[SourceField], names: Sequence[str]) -> tuple[str, ...]:
    """The column names of a header, with each field's other names replaced by the declared one.

    If several columns could be one field, the declared name wins, then the first in the field's list. If any
    field has other names, a column without a name is called `column <place>`. A second column of one name is
    called `name (2)` if that name is declared.
    """
    if not any(field.also for field in fields):
        numbered = {field.name for field in fields}
        again = (f"{name} ({names[: place + 1].count(name)})" for place, name in enumerate(names))
        return tuple(
            second if second in numbered else name for name, second in zip(names, again, strict=True)
        )
    meant = {
        _letters(name): (rank, field.name)
        for field in fields
        for rank, name in enumerate((field.name, *field.also))
    }
    known = [(place, *meant[_letters(name)]) for place, name in enumerate(names) if _letters(name) in meant]
    chosen: dict[str, int] = {}
    for place, _, field_name in sorted(known, key=lambda each: each[1]):
        chosen.setdefault(field_name, place)
    declared = {place: field_name for field_name, place in chosen.items()}
    return tuple(declared.get(place, name or f"column {place + 1}") for place, name in enumerate(names))


def has_header(register: Register, head: bytes) -> bool:
    """Whether one of the first lines of a file has all required columns of the register."""
    return lacking(register, head) == []


def lacking(register: Register, head: bytes) -> list[str] | None:
    """The required columns that the header of a file lacks; None if none of its first lines is a header of
    this register.
    """
    reader = register.reader
    if not isinstance(reader, Delimited):
        return None
    lines = head.decode("utf-8-sig", errors="replace").splitlines()[: reader.lines_before_header_max + 2]
    try:
        for line in csv.reader(lines, delimiter=reader.separator):
            names = declared_names(register.fields, [cell.strip() for cell in line])
            if (missing := _lacking_in(register, names)) is not None:
                return missing
    except csv.Error:
        return None
    return None


def _lacking_in(register: Register, names: Sequence[str]) -> list[str] | None:
    """The required columns that a line lacks; None if the line is not a header.

    The publisher may have renamed or dropped a column: a line with at least KNOWN_MIN declared columns and
    two thirds of the required ones is still a header.
    """
    missing = _missing(register, names)
    required_n = sum(field.required for field in register.fields)
    known_n = len({field.name for field in register.fields}.intersection(names))
    is_header = not missing or (known_n >= KNOWN_MIN and 3 * len(missing) <= required_n)
    return missing if is_header else None


def _missing(register: Register, names: Sequence[str]) -> list[str]:
    return [field.name for field in register.fields if field.required and field.name not in names]


@lru_cache(maxsize=1024)  # called with the same declared names for each line that may be a header
def _letters(name: str) -> str:
    """Letters and digits of a column's name, in lower case."""
    return "".join(character for character in name.casefold() if character.isalnum())


def _next_line(register_name: str, file_name: str, reader: Delimited, window: Window) -> tuple[str, ...]:
    """The stripped values of the next line that is not blank. Moves the window past that line."""
    pattern = Grammar.for_columns(reader.separator.encode(), 1).other
    skip = 0
    while window.fill(HEADER_STEP_BYTES):
        skip = _lead_bytes(window.buffer)
        header = pattern.match(window.buffer, skip)
        if header or window.is_end or len(window.buffer) > skip + reader.record_bytes_max:
            break
    if window.is_end and skip >= len(window.buffer):
        raise blocked(register_name, file_name, "empty_file", "is empty", "fetch it again")
    if not header or b"\0" in header[1]:
        raise blocked(
            register_name,
            file_name,
            "wrong_header",
            "has a first line that is not a CSV header",
            "compare it with the register's declaration",
        )
    window.drop(header.end())
    if text_fault(header[1]) and not reader.fallback_encoding:
        raise blocked(
            register_name,
            file_name,
            "not_utf8",
            "has a header that is not UTF-8",
            "fetch it again, or convert it and record that",
        )
    text = header[1].decode(reader.fallback_encoding if text_fault(header[1]) else "utf-8", "replace")
    (names,) = csv.reader([text], delimiter=reader.separator, strict=True)
    return tuple(name.strip() for name in names)


def _check_names(register: Register, file_name: str, names: tuple[str, ...]) -> None:
    """Raise BlockedEdition for missing or duplicate columns. Messages name declared columns only: if the
    header is missing, the first line is data."""
    where = (register.name, file_name)
    declared = {source_field.name for source_field in register.fields}
    if twice := [name for name in declared if names.count(name) > 1]:
        raise blocked(
            *where,
            "duplicate_column",
            f"has the column {min(twice)!r} twice",
            "ask the publisher which one is right",
        )
    if missing := _missing(register, names):
        declared_in = register.mapping.file if register.mapping else "the register's declaration"
        raise blocked(
            *where,
            "missing_column",
            f"lacks the column {missing[0]!r} ({len(missing)} missing)",
            f"compare its header with {declared_in}",
        )
    if len(set(names)) < len(names):
        raise blocked(
            *where,
            "duplicate_column",
            "has an undeclared column twice",
            "compare its header with the register's declaration",
        )
