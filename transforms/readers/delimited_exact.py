"""The exact pass over delimited text: one record at a time, with the reason of each rejection."""

import re
from dataclasses import dataclass, field

import numpy as np

from transforms.readers._records import INVALID_UTF8, Window, blocked, text_fault, utf8_fault
from transforms.readers.delimited_fast import Split
from transforms.readers.delimited_layout import Grammar, Layout

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
