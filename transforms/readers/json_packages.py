"""A JSON array of objects, or objects written over several lines, cut into records in bounded memory.

The cut is by brackets outside strings, so an object may be broken inside and is then one rejected record.
Where the brackets themselves do not match, nothing after that point can be trusted, and the file is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from transforms.readers._records import BOM, Places, Window, blocked

CHUNK_BYTES = 4 << 20  # (own) the working arrays are some 40 times as large
OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, QUOTE, BACKSLASH = b'{}[]"\\'
BROKEN_PACKAGE, TRUNCATED = "broken_package", "truncated"

type Cut = tuple[
    bytes, Places, Places, int
]  # raw bytes; where each record begins in them; its length; offset of the bytes in the file


def is_package(head: bytes) -> bool:
    """Whether a file that begins so is no JSON lines: an array, or an object whose first line is not whole.

    Two lines that begin with { are lines, the first of them broken.
    """
    text = head.removeprefix(BOM).lstrip()
    if not text.startswith(b"{"):
        return text.startswith(b"[")
    first, newline, rest = text.partition(b"\n")
    return bool(newline) and not first.rstrip().endswith(b"}") and not rest.lstrip(b"\r\n").startswith(b"{")


def cuts(
    window: Window, register_name: str, file_name: str, record_bytes_max: int, batch_records: int
) -> Iterator[Cut]:
    """Records in file order, at most `batch_records` in each cut.

    Raises BlockedEdition: broken_package (brackets or commas do not match, or an object longer than
    `record_bytes_max`), truncated (the file ends inside an object or before the array's end)."""
    where = register_name, file_name
    _begin(window)
    in_array = window.buffer.startswith(b"[")
    window.drop(int(in_array))
    comma, expected = b"," if in_array else b"", b""
    while not window.is_end:
        window.fill()
        starts, ends = _objects(window.buffer)
        for first in range(0, len(starts), batch_records):
            last = min(first + batch_records, len(starts))
            for index in range(first, last):
                before = int(ends[index - 1]) if index else 0
                if window.buffer[before : starts[index]].strip() != expected:
                    raise _broken(where, f"does not go on with an object at byte {window.offset + before}")
                expected = comma
            yield window.buffer, starts[first:last], ends[first:last] - starts[first:last], window.offset
        window.drop(int(ends[-1]) if len(ends) else 0)
        if len(window.buffer) > record_bytes_max + 2:
            raise _broken(
                where, f"has no whole object in the {record_bytes_max:,} bytes after byte {window.offset}"
            )
    _check_end(window, in_array, where)


def _begin(window: Window) -> None:
    """Drop the byte order mark and the white space before the first character."""
    while window.fill() and not window.is_end and len(window.buffer.removeprefix(BOM).lstrip()) < len(BOM):
        pass
    window.drop(len(BOM) if window.buffer.startswith(BOM) else 0)
    window.drop(len(window.buffer) - len(window.buffer.lstrip()))


def _objects(buffer: bytes) -> tuple[Places, Places]:
    """Where the whole objects of a text begin and end (one past), which begins outside of any object.

    Method: quotes that no odd run of backslashes precedes toggle "inside a string"; brackets outside strings
    give the depth."""
    data = np.frombuffer(buffer, dtype=np.uint8)
    inside = (np.cumsum(_real_quotes(data)) & 1).astype(np.bool_)
    opens = ((data == OPEN) | (data == OPEN_LIST)) & ~inside
    closes = ((data == CLOSE) | (data == CLOSE_LIST)) & ~inside
    depth = np.cumsum(opens.astype(np.int32) - closes.astype(np.int32))
    starts = np.flatnonzero(opens & (depth == 1) & (data == OPEN))
    ends = np.flatnonzero(closes & (depth == 0) & (data == CLOSE)) + 1
    n = min(len(starts), len(ends))
    return starts[:n].astype(np.int64), ends[:n].astype(np.int64)


def _real_quotes(
    data: np.ndarray[tuple[int], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Quotes that begin or end a string."""
    quotes = np.flatnonzero(data == QUOTE)
    backslash = data == BACKSLASH
    real = np.zeros(len(data), dtype=np.bool_)
    if not backslash.any():
        real[quotes] = True
        return real
    last_other = np.maximum.accumulate(np.where(backslash, -1, np.arange(len(data), dtype=np.int64)))
    run = quotes - 1 - np.where(quotes > 0, last_other[np.maximum(quotes - 1, 0)], -1)
    real[quotes[run % 2 == 0]] = True
    return real


# --- what stands between objects --------------------------------------------------------------------------


def _check_end(window: Window, in_array: bool, where: tuple[str, str]) -> None:
    rest = window.buffer.strip()
    if rest == (b"]" if in_array else b""):
        return
    if rest in (b"", b",") or rest.lstrip(b", \t\r\n").startswith(b"{"):
        raise blocked(
            *where, TRUNCATED, "ends within its last object, or before the end of its array", "fetch it again"
        )
    raise _broken(where, f"goes on with something else than an object at byte {window.offset}")


def _broken(where: tuple[str, str], what: str) -> Exception:
    return blocked(
        *where,
        BROKEN_PACKAGE,
        f"is no JSON array of objects: it {what}",
        "fetch it again, or look at it there",
    )
