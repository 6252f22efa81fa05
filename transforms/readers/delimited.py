"""Delimited text (RFC 4180) of any size to batches, in bounded memory, every physical record accounted for.

A file is read in chunks. The *fast pass* looks at a chunk as bit masks, one bit a byte, and accepts it only if every
record in it is strictly valid; polars then parses it, and must find the number of records that the masks found. Any
other chunk goes through the *exact pass*, one record at a time. Both passes accept the same records and give the same
values: what they accept is parsed by the same call.

What counts as a record
- An empty line is none. A line that the declared trailer matches is one, and is ignored.
- A strictly valid record with the right number of columns, within `record_bytes_max`, is one, over as many lines as its
  quoted fields span. If it holds a NUL or is not UTF-8, all of it is rejected.
- Anything else is a violation: the physical line on which it begins is one rejected record, and reading goes on after it,
  so that a stray quote costs one line and not the rest of the file.

A violation is judged only with `record_bytes_max` bytes ahead in sight, or the end of the file, so that results do not
depend on where chunks end.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.errors import DeclarationError
from transforms.model.register import Delimited, Register, Shape
from transforms.readers import Batch
from transforms.readers._records import (
    BOM,
    Places,
    Window,
    blocked,
    hashes_in,
    hashes_of,
    ignored_frame,
    is_utf8,
    located_records,
    reject_frame,
    unknown_fields,
)

CHUNK_BYTES = 16 << 20
HEADER_STEP_BYTES = 1 << 16

# Why a record is not loaded: ignored, or the code it is rejected with.
TRAILER = "trailer"
TEXT_AFTER_QUOTE, QUOTE_IN_FIELD, UNCLOSED_QUOTE = "text_after_quote", "quote_in_field", "unclosed_quote"
WRONG_COLUMNS, INVALID_UTF8, NUL_BYTE, TOO_LONG, BARE_CR = (
    "wrong_columns",
    "invalid_utf8",
    "nul_byte",
    "too_long",
    "bare_cr",
)

Words = npt.NDArray[np.uint64]


def read(
    register: Register, path: Path, *, part_no: int, first_record_no: int, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Batch]:
    """Batches of `path` in file order; about `chunk_bytes` of it each.

    Memory: a small multiple of `chunk_bytes` + `record_bytes_max`, whatever the size of the file.
    Raises BlockedEdition: empty_file, not_utf8, wrong_header, duplicate_column, missing_column, truncated, count_mismatch.
    """
    with path.open("rb", buffering=0) as file:
        yield from _batches(register, path.name, Window(file, chunk_bytes), part_no, first_record_no)


def _batches(
    register: Register, file_name: str, window: Window, part_no: int, first_record_no: int
) -> Iterator[Batch]:
    layout = _layout(register, file_name, window)
    number, has_records = first_record_no, False
    while window.fill():
        split = _split(layout, window)
        records_n = len(split.starts)
        if window.is_cut and split.consumed == len(window.buffer):
            _refuse_truncated(layout, window.buffer, split)
        if records_n:
            yield _batch(layout, window, split, part_no, number)
        window.drop(split.consumed)
        if split.is_overlong:
            yield _overlong(layout, window, part_no, number + records_n)
        number += records_n + split.is_overlong
        has_records |= (
            split.is_overlong
            or any(verdict != TRAILER for verdict in split.faults.values())
            or records_n > len(split.faults)
        )
    if not has_records:
        raise blocked(
            layout.register_name, file_name, "empty_file", "has a header and no record", "fetch it again"
        )


# --- the header -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layout:
    """What the header and the declaration say: names in file order, which of them are kept, and the grammar."""

    register_name: str
    file_name: str
    names: tuple[str, ...]
    kept: tuple[str, ...]
    unknown: tuple[str, ...]
    separator: bytes
    trailer: re.Pattern[bytes] | None
    record_bytes_max: int
    grammar: _Grammar


@dataclass(frozen=True)
class _Grammar:
    """Patterns of one separator and number of columns. Possessive, so that no input makes them backtrack.

    right: a strict record with the right number of columns; fewer: with less; other: with any. Group 1 is the record without
    its line end. fields: as many strict fields, each with the separator after it, as there are.
    """

    right: re.Pattern[bytes]
    fewer: re.Pattern[bytes] | None
    other: re.Pattern[bytes]
    fields: re.Pattern[bytes]
    quoted: re.Pattern[bytes]
    plain: re.Pattern[bytes]

    @staticmethod
    def of(separator: bytes, columns_n: int) -> _Grammar:
        sep = re.escape(separator)
        quoted = rb'"(?:[^"]++|"")*+"'
        plain = rb'[^"\r\n' + sep + rb"]*+"
        one = rb"(?>" + quoted + rb"|" + plain + rb")"

        def record(further: bytes) -> re.Pattern[bytes]:
            return re.compile(rb"(" + one + rb"(?:" + sep + one + rb")" + further + rb")\r?\n")

        return _Grammar(
            right=record(b"{%d}+" % (columns_n - 1)),
            fewer=record(b"{0,%d}+" % (columns_n - 2)) if columns_n > 1 else None,
            other=record(b"*+"),
            fields=re.compile(rb"(?:" + one + sep + rb")*+"),
            quoted=re.compile(quoted),
            plain=re.compile(plain),
        )


def _layout(register: Register, file_name: str, window: Window) -> _Layout:
    reader = register.reader
    if (
        not isinstance(reader, Delimited)
        or len(reader.separator.encode()) != 1
        or reader.separator in '"\r\n'
    ):
        raise DeclarationError(
            f"register {register.name}: reader must be Delimited with a separator of one byte"
        )
    names = _shape(reader, window) or _header(register.name, file_name, reader, window)
    _check_names(register, file_name, names)
    declared = {source_field.name for source_field in register.fields}
    separator = reader.separator.encode()
    return _Layout(
        register.name,
        file_name,
        names,
        kept=tuple(name for name in names if name in declared),
        unknown=tuple(name for name in names if name not in declared),
        separator=separator,
        trailer=re.compile(reader.trailer.encode(), re.MULTILINE) if reader.trailer else None,
        record_bytes_max=reader.record_bytes_max,
        grammar=_Grammar.of(separator, len(names)),
    )


def _shape(reader: Delimited, window: Window) -> tuple[str, ...]:
    """Columns of the form that the file begins like, the window left at its first record; empty where it begins like none."""
    found = shape_at(reader, window.buffer) if reader.shapes and window.fill(HEADER_STEP_BYTES) else None
    if found is None:
        return ()
    window.drop(found[1])
    return found[0].columns


def shape_at(reader: Delimited, head: bytes) -> tuple[Shape, int] | None:
    """The declared form that a file beginning with `head` has, and where its first record or the line end before it is; None for none."""
    lead = _lead_bytes(head)
    for shape in reader.shapes:
        header = _header_pattern(reader.separator, shape.columns).match(head, lead)
        if header or re.compile(shape.first_record.encode()).match(head, lead):
            return shape, header.end() if header else lead
    return None


@cache
def _header_pattern(separator: str, columns: tuple[str, ...]) -> re.Pattern[bytes]:
    """The names of `columns` as a header writes them, up to a line end, or to the quote that opens the first record on the same line."""
    names = (
        rb'(?:"%b"|%b)' % (escaped, escaped) for escaped in (re.escape(name.encode()) for name in columns)
    )
    return re.compile(re.escape(separator.encode()).join(names) + rb'(?=\r?\n|"|\Z)')


def _lead_bytes(buffer: bytes) -> int:
    """Length of what may stand before the first line of a file: a byte order mark and blank lines."""
    mark = len(BOM) if buffer.startswith(BOM) else 0
    return mark + len(buffer[mark:]) - len(buffer[mark:].lstrip(b"\r\n"))


def _header(register_name: str, file_name: str, reader: Delimited, window: Window) -> tuple[str, ...]:
    """Names of the columns, stripped; the window is left at the first record."""
    pattern = _Grammar.of(reader.separator.encode(), 1).other
    skip = 0
    while window.fill(HEADER_STEP_BYTES):
        skip = _lead_bytes(window.buffer)
        found = pattern.match(window.buffer, skip)
        if found or window.is_end or len(window.buffer) > skip + reader.record_bytes_max:
            break
    if window.is_end and skip >= len(window.buffer):
        raise blocked(register_name, file_name, "empty_file", "is empty", "fetch it again")
    if not found or b"\0" in found[1]:
        raise blocked(
            register_name,
            file_name,
            "wrong_header",
            "has a first line that is not a CSV header",
            "compare it with the register's declaration",
        )
    window.drop(found.end())
    try:
        (names,) = csv.reader([found[1].decode("utf-8")], delimiter=reader.separator, strict=True)
    except UnicodeDecodeError:
        raise blocked(
            register_name,
            file_name,
            "not_utf8",
            "has a header that is not UTF-8",
            "fetch it again, or convert it and note that",
        ) from None
    return tuple(name.strip() for name in names)


def _check_names(register: Register, file_name: str, names: tuple[str, ...]) -> None:
    """Only declared names are quoted: without a header, the first line is somebody's data."""
    where = (register.name, file_name)
    declared = {source_field.name for source_field in register.fields}
    if twice := [name for name in declared if names.count(name) > 1]:
        raise blocked(
            *where,
            "duplicate_column",
            f"has the column {min(twice)!r} twice",
            "ask the publisher which one holds",
        )
    if missing := [
        source_field.name
        for source_field in register.fields
        if source_field.required and source_field.name not in names
    ]:
        raise blocked(
            *where,
            "missing_column",
            f"lacks the column {missing[0]!r} (of {len(missing)} missing)",
            "compare its header with the register's declaration",
        )
    if len(set(names)) < len(names):
        raise blocked(
            *where,
            "duplicate_column",
            "has an undeclared column twice",
            "compare its header with the register's declaration",
        )


# --- splitting a window into records ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Split:
    """The records of the first `consumed` bytes of a window.

    starts, lengths: int64, one for each record. faults: index of a record that is not good → TRAILER or its code.
    body: what polars parses, one row a record, and a row for each blank line: those where `is_blank` (None: no blank line).
    is_overlong: after them comes a physical line that is longer than both the window and `record_bytes_max`.
    """

    starts: Places
    lengths: Places
    faults: dict[int, str]
    body: bytes
    consumed: int
    is_blank: npt.NDArray[np.bool_] | None = None
    is_overlong: bool = False


def _split(layout: _Layout, window: Window) -> _Split:
    return _fast(layout, window.buffer) or _exact(layout, window)


def _fast(layout: _Layout, buffer: bytes) -> _Split | None:
    """All records up to the last line end outside quotes. None where one of them is not strictly valid, or there is none.

    Method: quote parity by prefix XOR on packed bits (Langdale and Lemire, Parsing gigabytes of JSON per second, 2019).
    """
    ends, columns, fault = _structure(layout.separator, buffer)
    if not len(ends) or fault <= ends[-1]:
        return None
    consumed = int(ends[-1]) + 1
    starts = np.concatenate(([0], ends[:-1] + 1))
    body = buffer[:consumed]
    lengths = ends - starts - _ends_with_cr(body, starts, ends)
    blank = lengths == 0
    is_valid = (
        bool(np.all((columns == len(layout.names)) | blank))
        and int(lengths.max()) <= layout.record_bytes_max
        and _is_text(body)
    )
    kept, sizes = starts[~blank], lengths[~blank]
    if not is_valid or _has_trailer(layout, body, kept, sizes):
        return None
    return _Split(kept, sizes, {}, body, consumed, blank if blank.any() else None)


def _structure(separator: bytes, buffer: bytes) -> tuple[Places, Places, int]:
    """Ends of records (places of newlines outside quotes), the number of columns of each, and the place of the first fault of
    structure (beyond the buffer where there is none)."""
    data = np.frombuffer(buffer, dtype=np.uint8)
    quote, newline, comma = _bits(data, 34), _bits(data, 10), _bits(data, separator[0])
    inside = _prefix_xor(quote)
    border = comma | newline
    opening, closing = quote & inside, quote & ~inside
    bad = opening & ~_shifted_up(border | quote, first=True)
    after = border | quote
    if b"\r" in buffer:
        carriage = _bits(data, 13)
        after |= carriage
        bad |= carriage & ~inside & ~_shifted_down(newline)
    bad |= closing & ~_shifted_down(after)
    places = _places(border & ~inside, len(data))
    is_end = data[places] == 10
    columns = np.diff(np.flatnonzero(is_end), prepend=-1)
    faults = np.flatnonzero(bad)
    fault = (
        int(faults[0]) * 64 + (int(bad[faults[0]]) & -int(bad[faults[0]])).bit_length() - 1
        if len(faults)
        else len(data)
    )
    return places[is_end], columns, fault


def _bits(data: npt.NDArray[np.uint8], byte: int) -> Words:
    """One bit a byte of `data`, set where it equals `byte`; padded with zeros to whole words of 64."""
    packed = np.packbits(data == byte, bitorder="little")
    return np.concatenate((packed, np.zeros(-len(packed) % 8, dtype=np.uint8))).view("<u8")


def _places(words: Words, size: int) -> Places:
    return np.flatnonzero(np.unpackbits(words.view(np.uint8), count=size, bitorder="little").view(np.bool_))


def _prefix_xor(words: Words) -> Words:
    """Each bit: the parity of all bits up to it, itself included."""
    result = words.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        result ^= result << np.uint64(shift)
    odd = np.bitwise_xor.accumulate(result >> np.uint64(63))
    result[1:] ^= np.uint64(0) - odd[:-1]
    return result


def _shifted_up(words: Words, *, first: bool) -> Words:
    """Each bit: the one before it; `first` for the first."""
    result = words << np.uint64(1)
    result[1:] |= words[:-1] >> np.uint64(63)
    result[:1] |= np.uint64(first)
    return result


def _shifted_down(words: Words) -> Words:
    """Each bit: the one after it; unset for the last."""
    result = words >> np.uint64(1)
    result[:-1] |= words[1:] << np.uint64(63)
    return result


def _ends_with_cr(body: bytes, starts: Places, ends: Places) -> Places:
    """1 for each record whose line end is CRLF, else 0."""
    if b"\r" not in body:
        return np.zeros(len(ends), dtype=np.int64)
    data = np.frombuffer(body, dtype=np.uint8)
    is_cr: npt.NDArray[np.bool_] = (ends > starts) & (data[np.maximum(ends - 1, 0)] == 13)
    return is_cr.astype(np.int64)


def _is_text(body: bytes) -> bool:
    return b"\0" not in body and (body.isascii() or is_utf8(body))


def _utf8_fault(raw: bytes) -> UnicodeDecodeError | None:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        return fault
    return None


def _has_trailer(layout: _Layout, body: bytes, starts: Places, lengths: Places) -> bool:
    if layout.trailer is None:
        return False
    match = layout.trailer.match
    return any(
        match(body, start, end)
        for start, end in zip(starts.tolist(), (starts + lengths).tolist(), strict=True)
    )


# --- the exact pass ---------------------------------------------------------------------------------------------------

BLANK_LINES = re.compile(rb"(?:\r?\n)++")


@dataclass
class _Found:
    """Records met so far in a window, in order."""

    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    good: list[bytes] = field(default_factory=list)

    def add(self, start: int, raw: bytes, fault: str) -> None:
        if fault:
            self.faults[len(self.starts)] = fault
        else:
            self.good.append(raw)
        self.starts.append(start)
        self.lengths.append(len(raw))

    def split(self, consumed: int, *, is_overlong: bool) -> _Split:
        body = b"\n".join((*self.good, b""))
        starts, lengths = np.array(self.starts, dtype=np.int64), np.array(self.lengths, dtype=np.int64)
        return _Split(starts, lengths, self.faults, body, consumed, is_overlong=is_overlong)


def _exact(layout: _Layout, window: Window) -> _Split:
    """Records one at a time, as far as they can be judged."""
    buffer, found, at, is_overlong = window.buffer, _Found(), 0, False
    is_text = _is_text(buffer)
    while at < len(buffer) and not is_overlong:
        if buffer[at] in b"\r\n" and (blank := BLANK_LINES.match(buffer, at)):
            at = blank.end()
        elif record := _strict_record(layout, buffer, at):
            found.add(at, record[1], "" if is_text else _text_fault(record[1]))
            at = record.end()
        elif not _can_judge(layout, window, at):
            break
        elif (line_end := buffer.find(b"\n", at)) >= 0:
            raw = buffer[at:line_end].removesuffix(b"\r")
            found.add(at, raw, _line_fault(layout, buffer, at, raw))
            at = line_end + 1
        else:
            is_overlong = True
    return found.split(at, is_overlong=is_overlong)


def _strict_record(layout: _Layout, buffer: bytes, at: int) -> re.Match[bytes] | None:
    """The strictly valid record at `at`; None where there is none, or a trailer."""
    record = layout.grammar.right.match(buffer, at, at + layout.record_bytes_max + 2)
    if record is None or len(record[1]) > layout.record_bytes_max:
        return None
    return None if layout.trailer is not None and layout.trailer.match(_line(buffer, at)) else record


def _line(buffer: bytes, at: int) -> bytes:
    return buffer[at : buffer.find(b"\n", at)].removesuffix(b"\r")


def _can_judge(layout: _Layout, window: Window, at: int) -> bool:
    return window.is_end or len(window.buffer) - at > layout.record_bytes_max + 2


def _text_fault(raw: bytes) -> str:
    if b"\0" in raw:
        return NUL_BYTE
    return INVALID_UTF8 if _utf8_fault(raw) is not None else ""


def _line_fault(layout: _Layout, buffer: bytes, at: int, raw: bytes) -> str:
    """Why no record is loaded from the physical line `raw` at `at`."""
    if layout.trailer is not None and layout.trailer.match(raw):
        return TRAILER
    if len(raw) > layout.record_bytes_max:
        return TOO_LONG
    limit = at + layout.record_bytes_max + 2
    other = layout.grammar.other.match(buffer, at, limit)
    if other is not None:
        return TOO_LONG if len(other[1]) > layout.record_bytes_max else WRONG_COLUMNS
    return _structure_fault(layout.grammar, buffer[at:limit])


def _structure_fault(grammar: _Grammar, ahead: bytes) -> str:
    """The first violation of structure in what is in sight from a record's start.

    A quote that closes on a later line, with text after it, is taken as not closed on its own.
    """
    begin = _end(grammar.fields, ahead, 0)
    if ahead[begin : begin + 1] != b'"':
        return {b'"': QUOTE_IN_FIELD, b"\r": BARE_CR}.get(
            _byte(ahead, _end(grammar.plain, ahead, begin)), TOO_LONG
        )
    quoted = grammar.quoted.match(ahead, begin)
    if quoted is None or b"\n" in quoted[0]:
        return UNCLOSED_QUOTE
    return TEXT_AFTER_QUOTE if _byte(ahead, quoted.end()) else TOO_LONG


def _end(pattern: re.Pattern[bytes], raw: bytes, at: int) -> int:
    found = pattern.match(raw, at)
    return at if found is None else found.end()


def _byte(raw: bytes, at: int) -> bytes:
    return raw[at : at + 1]


def _refuse_truncated(layout: _Layout, buffer: bytes, split: _Split) -> None:
    """Raise where the last record has no line end and is not whole. `buffer` ends with the added newline."""
    last = len(split.starts) - 1
    fault = split.faults.get(last, "")
    raw = buffer[int(split.starts[last]) : -1] if fault else b""
    too_few = (
        fault == WRONG_COLUMNS
        and layout.grammar.fewer is not None
        and layout.grammar.fewer.match(raw + b"\n") is not None
    )
    utf8_fault = _utf8_fault(raw) if fault == INVALID_UTF8 else None
    if (
        fault == UNCLOSED_QUOTE
        or too_few
        or (utf8_fault is not None and utf8_fault.reason == "unexpected end of data")
    ):
        raise blocked(
            layout.register_name,
            layout.file_name,
            "truncated",
            f"ends within its last record ({fault})",
            "fetch it again",
        )


# --- a split to a batch -----------------------------------------------------------------------------------------------


def _batch(layout: _Layout, window: Window, split: _Split, part_no: int, first_record_no: int) -> Batch:
    numbers = np.arange(first_record_no, first_record_no + len(split.starts), dtype=np.int64)
    hashes = hashes_in(window.buffer[: split.consumed], split.starts, split.lengths)
    located = located_records(numbers, split.starts + window.offset, split.lengths, part_no, hashes)
    fields = _parsed(layout, split)
    ignored = [index for index, fault in split.faults.items() if fault == TRAILER]
    rejected = [index for index, fault in split.faults.items() if fault != TRAILER]
    good = located.filter(~_mask(len(numbers), split.faults)) if split.faults else located
    if fields.height != good.height:
        what = f"gives {fields.height} rows where {good.height} records were counted from record {first_record_no} on"
        raise blocked(
            layout.register_name,
            layout.file_name,
            "count_mismatch",
            what,
            "report it: the reader is at fault",
        )
    return Batch(
        frame=good.hstack(fields.select(layout.kept)),
        rejects=reject_frame(
            located[rejected], [split.faults[index] for index in rejected], [""] * len(rejected)
        ),
        ignored=ignored_frame([int(numbers[index]) for index in ignored], TRAILER),
        totals=tuple(_raw(window.buffer, split, index) for index in ignored),
        findings=unknown_fields(dict.fromkeys(layout.unknown, good.height) if good.height else {}),
        records_in=len(split.starts),
    )


def _mask(size: int, indices: Iterable[int]) -> pl.Series:
    mask = np.zeros(size, dtype=np.bool_)
    mask[list(indices)] = True
    return pl.Series(mask)


def _raw(buffer: bytes, split: _Split, index: int) -> bytes:
    start = int(split.starts[index])
    return buffer[start : start + int(split.lengths[index])]


def _parsed(layout: _Layout, split: _Split) -> pl.DataFrame:
    """The good records' fields as String, empty ones null, one row each."""
    # polars takes the first line for the number of columns, and drops a byte order mark, which here is data. A row of empty fields
    # goes before either.
    is_guarded = split.body.startswith((BOM, b"\r", b"\n"))
    guard = layout.separator * (len(layout.names) - 1) + b"\n" if is_guarded else b""
    frame = pl.read_csv(
        guard + split.body,
        has_header=False,
        schema={name: pl.String() for name in layout.names},
        separator=layout.separator.decode(),
        infer_schema=False,
    )
    frame = frame[1:] if is_guarded else frame
    return frame if split.is_blank is None else frame.filter(pl.Series(~split.is_blank))


def _overlong(layout: _Layout, window: Window, part_no: int, record_no: int) -> Batch:
    """One record: a line longer than the window, measured and rejected. Its hash is that of nothing."""
    start, empty = np.array([window.offset]), np.zeros(0, dtype=np.int64)
    length = np.array([window.drop_line()])
    located = located_records(np.array([record_no]), start, length, part_no, hashes_of([b""]))
    return Batch(
        frame=located_records(empty, empty, empty, part_no, hashes_of([])).hstack(
            pl.DataFrame(schema=dict.fromkeys(layout.kept, pl.String()))
        ),
        rejects=reject_frame(located, [TOO_LONG], [""]),
        ignored=ignored_frame([], TRAILER),
        totals=(),
        findings=unknown_fields({}),
        records_in=1,
    )
