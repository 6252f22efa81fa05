"""Read delimited text (RFC 4180) of any size in bounded memory and account for every physical record.

The file is read in chunks. The *fast pass* tests a whole chunk with array masks and accepts it only if every
record in it is strictly valid. Any other chunk goes through the *exact pass*, one record at a time. Polars
parses the good records of both passes with the same call, and its number of rows must equal the number of
records that the pass counted.

What counts as a record:
- An empty line is not a record. A line that matches the declared trailer is one, and is ignored.
- A strictly valid record with the right number of columns, of at most `record_bytes_max` bytes, is one; its
  quoted fields may span lines. It is rejected if it has a NUL or is not UTF-8. If the register declares a
  fallback encoding, a record that is not UTF-8 is read in that encoding instead.
- Anything else is a violation: the physical line on which it starts is one rejected record, and reading
  resumes on the next line. So a stray quote costs one line and not the rest of the file.

A violation is judged only when the next `record_bytes_max` bytes or the end of the file are in the window, so
that the result does not depend on where chunks end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.model.register import Register
from transforms.readers import Batch
from transforms.readers._records import (
    BOM,
    INVALID_UTF8,
    Places,
    Window,
    blocked,
    hashes_in,
    hashes_of,
    ignored_frame,
    lines_ending_at,
    located_records,
    reject_frame,
    text_fault,
    unknown_fields,
    utf8_fault,
)
from transforms.readers.delimited_layout import Grammar, Layout, layout_of

QUOTE, NEWLINE, CARRIAGE = b'"\n\r'
STRUCTURE_BYTES = 256 << 10


@dataclass(frozen=True)
class Split:
    """The records of the first `consumed` bytes of a window.

    starts, lengths: int64, one for each record. faults: index of a record that is not loaded → TRAILER or its
    code. body: the text for polars, a row for each good record and each blank line. is_blank: the rows that
    are blank lines (None if there are none). is_overlong: the next physical line is longer than the window
    and `record_bytes_max`.
    """

    starts: Places
    lengths: Places
    faults: dict[int, str]
    body: bytes
    consumed: int
    is_blank: npt.NDArray[np.bool_] | None = None
    is_overlong: bool = False


def fast(layout: Layout, buffer: bytes) -> Split | None:
    """All records up to the last line end outside quotes; None if there is no such line end, or if a record
    is not strictly valid.

    Method: a byte is inside quotes where the number of quotes up to it is odd.
    """
    ends, columns = _structure(layout.separator, buffer)
    if not len(ends):
        return None
    consumed = int(ends[-1]) + 1
    body = buffer[:consumed]
    starts, lengths = lines_ending_at(ends, body)
    blank = lengths == 0
    is_valid = (
        bool(np.all((columns == len(layout.names)) | blank))
        and int(lengths.max()) <= layout.record_bytes_max
        and not text_fault(body)
    )
    kept, sizes = starts[~blank], lengths[~blank]
    if not is_valid or _has_trailer(layout, body, kept, sizes):
        return None
    return Split(kept, sizes, {}, body, consumed, blank if blank.any() else None)


def _structure(separator: bytes, buffer: bytes) -> tuple[Places, Places]:
    """The ends of records (positions of newlines outside quotes), and the number of columns of each.

    Both are empty if there is a fault of structure before the last end. Works in steps that begin at the end
    of a record, because the masks of a whole chunk do not fit into a processor's cache.
    """
    ends, columns, at = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], 0
    while at < len(buffer):
        record_ends, columns_n, fault = _structure_of(separator, buffer[at : at + STRUCTURE_BYTES])
        if not len(record_ends):
            break
        if fault <= record_ends[-1]:
            return ends[0], columns[0]
        ends.append(record_ends + at)
        columns.append(columns_n)
        at = int(ends[-1][-1]) + 1
    return np.concatenate(ends), np.concatenate(columns)


def _structure_of(separator: bytes, buffer: bytes) -> tuple[Places, Places, int]:
    """As `_structure`, for one step, and the position of the first fault of structure (the length of the
    buffer if there is none)."""
    data = np.frombuffer(buffer, dtype=np.uint8)
    quote, newline, carriage = data == QUOTE, data == NEWLINE, data == CARRIAGE
    inside = (np.cumsum(quote, dtype=np.uint8) & 1).view(np.bool_)  # the number of quotes up to here is odd
    border = newline | (data == separator[0])
    before, after = border | quote, border | quote | carriage
    bad = np.zeros(len(data), dtype=np.bool_)
    bad[1:] = quote[1:] & inside[1:] & ~before[:-1]
    bad[:-1] |= ~inside[:-1] & (quote[:-1] & ~after[1:] | carriage[:-1] & ~newline[1:])
    places = np.flatnonzero(border & ~inside)
    is_end = newline[places]
    columns = np.diff(np.flatnonzero(is_end), prepend=-1)
    return places[is_end], columns, int(bad.argmax()) if bad.any() else len(data)


def _has_trailer(layout: Layout, body: bytes, starts: Places, lengths: Places) -> bool:
    return layout.trailer is not None and any(
        layout.trailer.match(body, start, end)
        for start, end in zip(starts.tolist(), (starts + lengths).tolist(), strict=True)
    )


# Why a record is not loaded: TRAILER (ignored), or the code of its rejection.
TRAILER = "trailer"
TEXT_AFTER_QUOTE, QUOTE_IN_FIELD, UNCLOSED_QUOTE = "text_after_quote", "quote_in_field", "unclosed_quote"
WRONG_COLUMNS, TOO_LONG, BARE_CR = "wrong_columns", "too_long", "bare_cr"
BLANK_LINES = re.compile(rb"(?:\r?\n)++")


@dataclass
class _Records:
    """The records of a window up to the current place, in order."""

    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    good: list[bytes] = field(default_factory=list)

    def add(self, start: int, raw: bytes, fault: str, encoding: str = "") -> None:
        """`encoding`: the fallback encoding of the register, or ""."""
        if fault == INVALID_UTF8 and encoding:
            self.good.append(raw.decode(encoding, errors="replace").encode())
        elif fault:
            self.faults[len(self.starts)] = fault
        else:
            self.good.append(raw)
        self.starts.append(start)
        self.lengths.append(len(raw))

    def split(self, consumed: int, *, is_overlong: bool) -> Split:
        body = b"\n".join((*self.good, b""))
        starts, lengths = np.array(self.starts, dtype=np.int64), np.array(self.lengths, dtype=np.int64)
        return Split(starts, lengths, self.faults, body, consumed, is_overlong=is_overlong)


def exact(layout: Layout, window: Window) -> Split:
    """The records of the window, up to the first that needs more of the file to be judged."""
    buffer, records, at, is_overlong = window.buffer, _Records(), 0, False
    is_text = not text_fault(buffer)
    while at < len(buffer) and not is_overlong:
        if buffer[at] in b"\r\n" and (blank := BLANK_LINES.match(buffer, at)):
            at = blank.end()
        elif record := _strict_record(layout, buffer, at):
            records.add(at, record[1], "" if is_text else text_fault(record[1]), layout.fallback_encoding)
            at = record.end()
        elif not window.is_end and len(buffer) - at <= layout.record_bytes_max + 2:
            break
        elif (line_end := buffer.find(b"\n", at)) >= 0:
            raw = buffer[at:line_end].removesuffix(b"\r")
            records.add(at, raw, _line_fault(layout, buffer, at, raw))
            at = line_end + 1
        else:
            is_overlong = True
    return records.split(at, is_overlong=is_overlong)


def _strict_record(layout: Layout, buffer: bytes, at: int) -> re.Match[bytes] | None:
    """The strictly valid record at `at`; None for a trailer or anything else."""
    record = layout.grammar.right.match(buffer, at, at + layout.record_bytes_max + 2)
    if record is None or len(record[1]) > layout.record_bytes_max:
        return None
    line = buffer[at : buffer.find(b"\n", at)].removesuffix(b"\r")
    return None if layout.trailer is not None and layout.trailer.match(line) else record


def _line_fault(layout: Layout, buffer: bytes, at: int, raw: bytes) -> str:
    """Why the physical line `raw` at `at` is not loaded: TRAILER or a code."""
    if layout.trailer is not None and layout.trailer.match(raw):
        return TRAILER
    if len(raw) > layout.record_bytes_max:
        return TOO_LONG
    limit = at + layout.record_bytes_max + 2
    other = layout.grammar.other.match(buffer, at, limit)
    if other is not None:
        return TOO_LONG if len(other[1]) > layout.record_bytes_max else WRONG_COLUMNS
    return _structure_fault(layout.grammar, buffer[at:limit])


def _structure_fault(grammar: Grammar, ahead: bytes) -> str:
    """The first violation of structure. ahead: the bytes from the start of the record.

    A quote that closes on a later line and has text after it counts as unclosed.
    """
    begin = _end(grammar.fields, ahead, 0)
    if ahead[begin : begin + 1] != b'"':
        end = _end(grammar.plain, ahead, begin)
        return {b'"': QUOTE_IN_FIELD, b"\r": BARE_CR}.get(ahead[end : end + 1], TOO_LONG)
    quoted = grammar.quoted.match(ahead, begin)
    if quoted is None or b"\n" in quoted[0]:
        return UNCLOSED_QUOTE
    return TEXT_AFTER_QUOTE if quoted.end() < len(ahead) else TOO_LONG


def _end(pattern: re.Pattern[bytes], raw: bytes, at: int) -> int:
    match = pattern.match(raw, at)
    return at if match is None else match.end()


def refuse_truncated(layout: Layout, buffer: bytes, split: Split) -> None:
    """Raise BlockedEdition if the last record, which has no line end, is incomplete.

    buffer: ends with the newline that `Window` added.
    """
    last = len(split.starts) - 1
    fault = split.faults.get(last, "")
    raw = buffer[int(split.starts[last]) : -1] if fault else b""
    too_few = (
        fault == WRONG_COLUMNS
        and layout.grammar.fewer is not None
        and layout.grammar.fewer.match(raw + b"\n") is not None
    )
    broken = utf8_fault(raw) if fault == INVALID_UTF8 else None
    if (
        fault == UNCLOSED_QUOTE
        or too_few
        or (broken is not None and broken.reason == "unexpected end of data")
    ):
        raise blocked(
            layout.register_name,
            layout.file_name,
            "truncated",
            f"ends within its last record ({fault})",
            "fetch it again",
        )


CHUNK_BYTES = 16 << 20


def read(
    register: Register, path: Path, *, part_no: int, first_record_no: int, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Batch]:
    """Batches of `path` in file order, each from about `chunk_bytes` of it.

    Memory: a small multiple of `chunk_bytes` + `record_bytes_max`, whatever the size of the file.
    Raises BlockedEdition: empty_file, not_utf8, wrong_header, duplicate_column, missing_column, truncated,
    count_mismatch."""
    with path.open("rb", buffering=0) as file:
        yield from _batches(register, path.name, Window(file, chunk_bytes), part_no, first_record_no)


def _batches(
    register: Register, file_name: str, window: Window, part_no: int, first_record_no: int
) -> Iterator[Batch]:
    layout = layout_of(register, file_name, window)
    number, has_records = first_record_no, False
    while window.fill():
        split = fast(layout, window.buffer) or exact(layout, window)
        records_n = len(split.starts)
        if window.is_cut and split.consumed == len(window.buffer):
            refuse_truncated(layout, window.buffer, split)
        if records_n:
            yield _batch(layout, window, split, part_no, number)
        window.drop(split.consumed)
        if split.is_overlong:
            yield _overlong(layout, window, part_no, number + records_n)
        number += records_n + split.is_overlong
        has_records |= (
            split.is_overlong
            or any(fault != TRAILER for fault in split.faults.values())
            or records_n > len(split.faults)
        )
    if not has_records and not layout.may_be_empty:
        raise blocked(
            layout.register_name, file_name, "empty_file", "has a header and no record", "fetch it again"
        )


def _batch(layout: Layout, window: Window, split: Split, part_no: int, first_record_no: int) -> Batch:
    numbers = np.arange(first_record_no, first_record_no + len(split.starts), dtype=np.int64)
    hashes = hashes_in(window.buffer, split.starts, split.lengths)
    located = located_records(numbers, split.starts + window.offset, split.lengths, part_no, hashes)
    fields = _parsed(layout, split)
    ignored = [index for index, fault in split.faults.items() if fault == TRAILER]
    rejected = [index for index, fault in split.faults.items() if fault != TRAILER]
    good = located[np.delete(np.arange(len(numbers)), list(split.faults))] if split.faults else located
    if fields.height != good.height:
        what = (
            f"gives {fields.height} rows where {good.height} records were counted from record "
            f"{first_record_no} on"
        )
        raise blocked(
            layout.register_name,
            layout.file_name,
            "count_mismatch",
            what,
            "report this as a fault of the reader",
        )
    return Batch(
        frame=good.hstack(fields.select(layout.kept)),
        rejects=reject_frame(
            located[rejected], [split.faults[index] for index in rejected], [""] * len(rejected)
        ),
        ignored=ignored_frame([int(numbers[index]) for index in ignored], TRAILER),
        totals=tuple(
            window.buffer[split.starts[index] : split.starts[index] + split.lengths[index]]
            for index in ignored
        ),
        findings=unknown_fields(dict.fromkeys(layout.unknown, good.height) if good.height else {}),
        records_in=len(split.starts),
    )


def _parsed(layout: Layout, split: Split) -> pl.DataFrame:
    """The fields of the good records as String, empty ones null, one row for each record."""
    # polars takes the number of columns from the first line, and drops a byte order mark, which is data here.
    # A first row of empty fields prevents both.
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


def _overlong(layout: Layout, window: Window, part_no: int, record_no: int) -> Batch:
    """One rejected record: a line longer than the window. Its hash is that of zero bytes."""
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
