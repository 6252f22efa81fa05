"""The fast pass over delimited text: a chunk is accepted only if every record in it is strictly valid."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transforms.readers._records import Places, text_fault
from transforms.readers.delimited_layout import Layout

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
