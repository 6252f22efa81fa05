"""Blocks of whole lines of a JSON lines file."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transforms.readers._records import BOM, Places, Window


@dataclass(frozen=True)
class Block:
    """Whole lines, of which blank ones are not records.

    starts, lengths: of the records in `raw`, without line ends. offset: of `raw` in the file. is_cut: the
    last line has no newline in the file. is_plain: every record begins with { and ends with }.
    overlong_bytes: if not 0, the block stands for one skipped line of this length, and `raw` is empty."""

    raw: bytes
    starts: Places
    lengths: Places
    offset: int
    is_cut: bool = False
    is_plain: bool = False
    overlong_bytes: int = 0

    def lines(self) -> list[bytes]:
        return [
            self.raw[start:end]
            for start, end in zip(self.starts.tolist(), (self.starts + self.lengths).tolist(), strict=True)
        ]


def blocks(window: Window, record_bytes_max: int, batch_lines: int) -> Iterator[Block]:
    """Blocks of at most `batch_lines` lines, in file order."""
    while window.fill():
        if window.offset == 0 and window.buffer.startswith(BOM):
            window.drop(len(BOM))
        data = np.frombuffer(window.buffer, dtype=np.uint8)
        line_ends = np.flatnonzero(data == ord("\n"))
        first = 0
        for start in range(0, len(line_ends), batch_lines):
            ends = line_ends[start : start + batch_lines]
            last = int(ends[-1]) + 1
            is_cut = window.is_cut and last == len(window.buffer)
            yield _block(window.buffer[first:last], ends - first, window.offset + first, is_cut=is_cut)
            first = last
        window.drop(first)
        if len(window.buffer) > record_bytes_max + 2:
            start_of_line, none = window.offset, np.zeros(1, dtype=np.int64)
            yield Block(b"", none, none, start_of_line, overlong_bytes=window.drop_line())


def _block(raw: bytes, ends: Places, offset: int, *, is_cut: bool) -> Block:
    """The block of the lines in `raw`. ends: positions of their line ends in it."""
    data = np.frombuffer(raw, dtype=np.uint8)
    starts = np.concatenate(([0], ends[:-1] + 1))
    has_cr = (ends > starts) & (data[np.maximum(ends - 1, 0)] == ord("\r"))
    lengths = ends - starts - has_cr
    is_object = (
        (lengths > 1) & (data[starts] == ord("{")) & (data[np.maximum(starts + lengths - 1, 0)] == ord("}"))
    )
    if not is_object.all():
        kept = is_object | _has_text(raw, starts, lengths)
        starts, lengths, is_object = starts[kept], lengths[kept], is_object[kept]
    return Block(raw, starts, lengths, offset, is_cut, bool(is_object.all()))


def _has_text(raw: bytes, starts: Places, lengths: Places) -> npt.NDArray[np.bool_]:
    lines = zip(starts.tolist(), (starts + lengths).tolist(), strict=True)
    return np.array([bool(raw[start:end].strip()) for start, end in lines])
