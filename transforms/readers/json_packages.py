"""Cut a JSON array of objects, or objects that span several lines, into records in bounded memory.

Records are cut at the brackets outside strings. An object with a fault between its brackets is one rejected
record. If the brackets do not match, nothing after that place can be trusted, and the edition is blocked.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from transforms.readers._records import BOM, Places, Window, blocked

CHUNK_BYTES = 4 << 20  # (own) the working arrays are about 40 times as large
OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, QUOTE, BACKSLASH = b'{}[]"\\'
NO_OBJECT = rb"(?:[^\[]|\[\s*(?:\"[^\"\\]*\"[\s,]*)*\])"  # any byte but [, or an array of strings
BROKEN_PACKAGE, TRUNCATED = "broken_package", "truncated"

# Raw bytes; start of each record in them; length of each record; offset of the bytes in the file.
type Cut = tuple[bytes, Places, Places, int]


def is_package(head: bytes, array_at: Sequence[str] = ()) -> bool:
    """Whether a file that begins with `head` is not JSON lines: an array, an object that spans several lines,
    or answers with an array of objects at one of the paths `array_at`.

    If the first two lines begin with {, the file is JSON lines and the first line is broken.
    """
    text = head.removeprefix(BOM).lstrip()
    if _array_within(text, array_at):
        return True
    if not text.startswith(b"{"):
        return text.startswith(b"[")
    first, newline, rest = text.partition(b"\n")
    return bool(newline) and not first.rstrip().endswith(b"}") and not rest.lstrip(b"\r\n").startswith(b"{")


def arrays_in(head: bytes, array_at: Sequence[str], record_key: str) -> Sequence[str]:
    """`array_at`; empty if the first object has the key of a record before its array, because then that
    object is itself a record.
    """
    text = head.removeprefix(BOM).lstrip()
    before = text[: _array_within(text, array_at)]
    return () if record_key and b'"%b"' % record_key.encode() in before else array_at


def _to_array(array_at: Sequence[str]) -> bytes:
    """Regular expression: from an answer's start, or the end of its array, to the start of the next array.

    In between there may be empty arrays and arrays of strings (links), but no others.
    """
    keys = ([rb'"%b"' % re.escape(key.encode()) for key in path.split(".")] for path in array_at)
    paths = (rb"\s*:\s*\{\s*".join(keys_) for keys_ in keys)
    return NO_OBJECT + rb"*?(?:%b)\s*:\s*" % b"|".join(paths)


def _array_within(text: bytes, array_at: Sequence[str]) -> int:
    """Position of the first array of objects in the answers with which `text` begins; 0 if there is none."""
    match = re.match(rb"(?:\[\s*)?\{%b(?=\[\s*\{)" % _to_array(array_at), text) if array_at else None
    return match.end() if match else 0


def cuts(
    window: Window,
    register_name: str,
    file_name: str,
    record_bytes_max: int,
    batch_records: int,
    *,
    array_at: Sequence[str] = (),
) -> Iterator[Cut]:
    """Records in file order, at most `batch_records` in each cut. With `array_at` the file may be a series of
    answers, each with such an array.

    Raises BlockedEdition: broken_package (brackets or commas do not match, or an object longer than
    `record_bytes_max`), truncated (the file ends inside an object or before the array's end)."""
    where = register_name, file_name
    _begin(window)
    within = _array_within(window.buffer, array_at)
    window.drop(within)
    in_array = window.buffer.startswith(b"[")
    window.drop(int(in_array))
    comma, expected = b"," if in_array else b"", b""
    to_next = re.compile(rb"\]%b\[" % _to_array(array_at)) if within else None
    while not window.is_end:
        window.fill()
        starts, ends = _objects(window.buffer)
        for first in range(0, len(starts), batch_records):
            last = min(first + batch_records, len(starts))
            for index in range(first, last):
                before = int(ends[index - 1]) if index else 0
                between = window.buffer[before : starts[index]].strip()
                if between != expected and not (expected and to_next and to_next.fullmatch(between)):
                    raise _broken(where, f"does not continue with an object at byte {window.offset + before}")
                expected = comma
            yield window.buffer, starts[first:last], ends[first:last] - starts[first:last], window.offset
        window.drop(int(ends[-1]) if len(ends) else 0)
        if len(window.buffer) > record_bytes_max + 2:
            raise _broken(
                where, f"has no complete object in the {record_bytes_max:,} bytes after byte {window.offset}"
            )
    _check_end(window, in_array, where, may_go_on=bool(within))


def _begin(window: Window) -> None:
    """Drop the byte order mark and white space at the start."""
    while window.fill() and not window.is_end and len(window.buffer.removeprefix(BOM).lstrip()) < len(BOM):
        pass
    window.drop(len(BOM) if window.buffer.startswith(BOM) else 0)
    window.drop(len(window.buffer) - len(window.buffer.lstrip()))


def _objects(buffer: bytes) -> tuple[Places, Places]:
    """The starts and ends (one past) of the complete objects in a text that begins outside any object.

    Method: a quote starts or ends a string unless an odd run of backslashes precedes it; the brackets outside
    strings give the depth."""
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
    last_other = np.maximum.accumulate(np.where(data == BACKSLASH, -1, np.arange(len(data))))
    run = quotes - 1 - np.where(quotes > 0, last_other[np.maximum(quotes - 1, 0)], -1)
    real = np.zeros(len(data), dtype=np.bool_)
    real[quotes[run % 2 == 0]] = True
    return real


def _check_end(window: Window, in_array: bool, where: tuple[str, str], *, may_go_on: bool) -> None:
    """Raise BlockedEdition unless the file ends after its last object, or with the end of its array.
    `may_go_on`: the answer around the array may have more keys, and more answers without objects may follow.
    """
    rest = window.buffer.strip()
    if may_go_on and re.fullmatch(rb"\]" + NO_OBJECT + rb"*\}\s*\]?", rest):
        return
    if rest == (b"]" if in_array else b""):
        return
    if rest in (b"", b",") or rest.lstrip(b", \t\r\n").startswith(b"{"):
        raise blocked(
            *where, TRUNCATED, "ends within its last object or before the end of its array", "fetch it again"
        )
    raise _broken(where, f"has something other than an object at byte {window.offset}")


def _broken(where: tuple[str, str], what: str) -> Exception:
    return blocked(
        *where,
        BROKEN_PACKAGE,
        f"is not a JSON array of objects: it {what}",
        "fetch it again, or check the file at that place",
    )
