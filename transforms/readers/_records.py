"""Shared by the readers: a window on the file, the columns of every record, and frames in the schemas of
`transforms.model.register`.
"""

import re
from collections.abc import Mapping, Sequence
from io import FileIO

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from transforms.errors import BlockedEdition
from transforms.model.register import BATCH_COLUMNS, FINDING_SCHEMA, IGNORED_SCHEMA, REJECT_SCHEMA

Places = npt.NDArray[np.int64]

# Any fixed number, so that two runs give the same hash.
HASH_SEED = 20160406

BOM = b"\xef\xbb\xbf"
NUL_BYTE, INVALID_UTF8 = "nul_byte", "invalid_utf8"

STRING_IN_JSON = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
# 1e9999 and 000, which Find a Tender has, outside strings. Group 1 is a string.
_INVALID_NUMBER = re.compile(
    rb"(%b)|(?<![\w.+-])-?(?:\d+(?:\.\d+)?[eE]\+?\d{3,}|00+)(?![\w.+-])" % STRING_IN_JSON.pattern, re.DOTALL
)


class Window:
    """The part of a file in memory. `buffer` starts at byte `offset` of the file, at the start of a record.

    If the last line has no newline, one is added and `is_cut` is true, so that every record ends with one.
    """

    def __init__(self, file: FileIO, chunk_bytes: int) -> None:
        self._file = file
        self._chunk_bytes = chunk_bytes
        self.buffer = b""
        self.offset = 0
        self.is_end = False
        self.is_cut = False

    def fill(self, bytes_max: int = 1 << 62) -> bool:
        """Read the next chunk, at most `bytes_max` bytes. Returns False if the buffer is empty at the end."""
        if not self.is_end:
            data = self._file.read(min(self._chunk_bytes, bytes_max))
            self.is_end = not data
            self.is_cut = self.is_end and bool(self.buffer) and not self.buffer.endswith(b"\n")
            self.buffer += b"\n" if self.is_cut else data
        return bool(self.buffer)

    def drop(self, bytes_n: int) -> None:
        self.buffer = self.buffer[bytes_n:]
        self.offset += bytes_n

    def drop_line(self) -> int:
        """Drop the physical line at the start of the buffer, of any length. Returns its length in bytes
        without the line end."""
        length = 0
        while (end := self.buffer.find(b"\n")) < 0:
            length += len(self.buffer) - 1
            self.drop(len(self.buffer) - 1)  # the last byte stays: it may be the CR of a CRLF
            self.fill()
        length += end - self.buffer[:end].endswith(b"\r")
        self.drop(end + 1)
        return length


def blocked(register_name: str, file_name: str, code: str, what: str, to_do: str) -> BlockedEdition:
    return BlockedEdition(code, f"register {register_name}: file {file_name} {what}; {to_do}")


def in_utf8(line: bytes, fallback_encoding: str) -> bytes:
    """The line in UTF-8: unchanged if it is UTF-8 or there is no fallback encoding."""
    if not fallback_encoding or line.isascii() or utf8_fault(line) is None:
        return line
    return line.decode(fallback_encoding, errors="replace").encode()


def without_invalid_numbers(line: bytes) -> bytes:
    """JSON with null for each number that is larger than a parser takes, or written as several zeros."""
    return _INVALID_NUMBER.sub(lambda match: match[1] or b"null", line)


def located_records(
    numbers: Places, starts: Places, lengths: Places, part_no: int, hashes: pl.Series
) -> pl.DataFrame:
    """BATCH_COLUMNS, one row for each record. starts: byte offsets in the file. All arrays have one element
    for each record.
    """
    return pl.DataFrame(
        {
            "record_no": numbers,
            "byte_offset": starts,
            "byte_length": lengths,
            "part_no": np.full(len(numbers), part_no, dtype=np.int64),
            "content_hash": hashes,
        },
        schema=dict(BATCH_COLUMNS),
    )


def lines_ending_at(ends: Places, raw: bytes) -> tuple[Places, Places]:
    """Starts of the lines of `raw`, and their lengths without LF or CRLF. ends: positions of the LFs, at
    least one.
    """
    starts = np.concatenate(([0], ends[:-1] + 1))
    if b"\r" not in raw:
        return starts, ends - starts
    data = np.frombuffer(raw, dtype=np.uint8)
    has_cr = (ends > starts) & (data[np.maximum(ends - 1, 0)] == ord("\r"))
    return starts, ends - starts - has_cr


def hashes_in(buffer: bytes, starts: Places, lengths: Places) -> pl.Series:
    """u64 hash of buffer[start : start + length] for each record. starts must ascend. Copies no bytes.

    Equal bytes have equal hashes within one version of polars; two different records share a hash with
    probability 2^-64.
    """
    offsets = np.append(starts, len(buffer)).astype(np.int64)
    raw = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(starts), [None, pa.py_buffer(offsets), pa.py_buffer(buffer)]
    )
    return (
        pl.DataFrame(
            {"raw": pl.from_arrow(raw), "length": lengths}, schema={"raw": pl.Binary(), "length": pl.Int64()}
        )
        .select(pl.col("raw").bin.slice(0, pl.col("length")).hash(HASH_SEED))
        .to_series()
    )


def hashes_of(records: Sequence[bytes]) -> pl.Series:
    """As `hashes_in`, for records that are separate byte strings."""
    return (
        pl.Series("raw", records, dtype=pl.Binary())
        .to_frame()
        .select(pl.col("raw").hash(HASH_SEED))
        .to_series()
    )


def text_fault(raw: bytes) -> str:
    """NUL_BYTE or INVALID_UTF8 if the bytes are not UTF-8 text without a NUL, else ""."""
    if b"\0" in raw:
        return NUL_BYTE
    return "" if raw.isascii() or utf8_fault(raw) is None else INVALID_UTF8


def utf8_fault(raw: bytes) -> UnicodeDecodeError | None:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        return fault
    return None


def reject_frame(located: pl.DataFrame, codes: Sequence[str], fields: Sequence[str]) -> pl.DataFrame:
    """REJECT_SCHEMA. located: BATCH_COLUMNS of the rejected records."""
    return located.with_columns(
        pl.Series("code", codes, dtype=pl.String()), pl.Series("field", fields, dtype=pl.String())
    ).select(list(REJECT_SCHEMA))


def ignored_frame(numbers: Sequence[int], reason: str) -> pl.DataFrame:
    """IGNORED_SCHEMA, one row for each record number."""
    return pl.DataFrame(
        {"record_no": list(numbers), "reason": [reason] * len(numbers)}, schema=dict(IGNORED_SCHEMA)
    )


def unknown_fields(counts: Mapping[str, int]) -> pl.DataFrame:
    """FINDING_SCHEMA. counts: undeclared field → number of records with it."""
    names = sorted(counts)
    return pl.DataFrame(
        {
            "code": ["unknown_field"] * len(names),
            "field": [""] * len(names),
            "value": names,
            "rows_n": [counts[name] for name in names],
        },
        schema=dict(FINDING_SCHEMA),
    )
