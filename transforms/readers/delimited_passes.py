"""The two passes over delimited text.

The fast pass accepts a chunk only if every record in it is strictly valid. The exact pass takes one record at
a time, and gives the reason of each rejection.
"""

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from transforms.readers._records import INVALID_UTF8, Places, Window, blocked, text_fault, utf8_fault
from transforms.readers.delimited_layout import Grammar, Layout

QUOTE, NEWLINE, CARRIAGE = b'"\n\r'


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
    """All records up to the last line end outside quotes; None if there is none, or if one is not strictly
    valid.

    Method: a byte is inside quotes where the number of quotes up to it is odd.
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
        and not text_fault(body)
    )
    kept, sizes = starts[~blank], lengths[~blank]
    if not is_valid or _has_trailer(layout, body, kept, sizes):
        return None
    return Split(kept, sizes, {}, body, consumed, blank if blank.any() else None)


def _structure(separator: bytes, buffer: bytes) -> tuple[Places, Places, int]:
    """The ends of records (positions of newlines outside quotes), the number of columns of each, and the
    position of the first fault of structure (the length of the buffer if there is none)."""
    data = np.frombuffer(buffer, dtype=np.uint8)
    quote, newline, carriage = data == QUOTE, data == NEWLINE, data == CARRIAGE
    inside = np.logical_xor.accumulate(quote)
    border = newline | (data == separator[0])
    after_border = np.concatenate(([True], (border | quote)[:-1]))
    before_border = np.append((border | quote | carriage)[1:], False)
    bad = quote & np.where(inside, ~after_border, ~before_border)
    bad |= carriage & ~inside & ~np.append(newline[1:], False)
    places = np.flatnonzero(border & ~inside)
    is_end = data[places] == NEWLINE
    columns = np.diff(np.flatnonzero(is_end), prepend=-1)
    return places[is_end], columns, int(bad.argmax()) if bad.any() else len(data)


def _ends_with_cr(body: bytes, starts: Places, ends: Places) -> Places:
    """1 for each record that ends with CRLF, else 0."""
    if b"\r" not in body:
        return np.zeros(len(ends), dtype=np.int64)
    data = np.frombuffer(body, dtype=np.uint8)
    is_cr: npt.NDArray[np.bool_] = (ends > starts) & (data[np.maximum(ends - 1, 0)] == 13)
    return is_cr.astype(np.int64)


def _has_trailer(layout: Layout, body: bytes, starts: Places, lengths: Places) -> bool:
    if layout.trailer is None:
        return False
    match = layout.trailer.match
    return any(
        match(body, start, end)
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

    def add(self, start: int, raw: bytes, fault: str) -> None:
        if fault:
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
            records.add(at, record[1], "" if is_text else text_fault(record[1]))
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
