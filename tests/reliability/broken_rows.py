"""Seeded ways to break files, and a count of physical records that shares no code with the readers.

The rules that the count follows are those of the readers' docstrings: a strictly valid record of the right
number of columns is one, over as many lines as its quoted fields span; anything else is one record a physical
line; an empty line is none."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.native_files import Form

Span = tuple[int, int]  # byte offset, length without the line end
Change = Callable[[random.Random, bytes], bytes]

CSV_BYTES_MAX, JSON_BYTES_MAX = 1 << 20, 10 << 20


# --- the independent count --------------------------------------------------------------------------------


def spans(form: Form, contents: bytes) -> list[Span]:
    """Where each physical record stands: those that are loaded, rejected or ignored. The header is none."""
    if form.is_json:
        return _lines_with_text(contents)
    if form.is_fixed_width:
        return _lines_with_text(contents)[1:]
    columns_n = form.separator_columns
    at, records = contents.index(b"\n") + 1 if form.header is not None else 0, []
    if at == 0 and contents.startswith(b"\xef\xbb\xbf"):
        at = 3
    while at < len(contents):
        line_end = _or_end(contents.find(b"\n", at), contents)
        line = contents[at:line_end].removesuffix(b"\r")
        if not line:
            at = line_end + 1
            continue
        end = None if line.startswith(b"Row Count:") and form.total else _strict_end(contents, at, columns_n)
        if end is None or len(contents[at:end].removesuffix(b"\r")) > CSV_BYTES_MAX:
            end = line_end
        records.append((at, len(contents[at:end].removesuffix(b"\r"))))
        at = end + 1
    return records


def _or_end(place: int, contents: bytes) -> int:
    return len(contents) if place < 0 else place


def _lines_with_text(contents: bytes) -> list[Span]:
    lines, at = [], 3 if contents.startswith(b"\xef\xbb\xbf") else 0
    for line in contents[at:].split(b"\n"):
        if line.strip(b" \t\r\v\f"):
            lines.append((at, len(line.removesuffix(b"\r"))))
        at += len(line) + 1
    return lines


def _strict_end(contents: bytes, at: int, columns_n: int) -> int | None:
    """Where the line end of the strictly valid record at `at` stands; None where there is none."""
    columns = 0
    while columns < columns_n:
        field_end = _quoted_end(contents, at) if contents[at : at + 1] == b'"' else _plain_end(contents, at)
        if field_end is None:
            return None
        columns += 1
        closing = contents[field_end : field_end + 1]
        if closing == b",":
            at = field_end + 1
            continue
        rest = contents[field_end : field_end + 2]
        return (
            (field_end + len(rest) - 1 if rest[:1] == b"\r" else field_end)
            if columns == columns_n and (rest[:1] in (b"\n", b"") or rest == b"\r\n")
            else None
        )
    return None


def _quoted_end(contents: bytes, at: int) -> int | None:
    """One past the quote that closes the field."""
    while (quote := contents.find(b'"', at + 1)) >= 0:
        if contents[quote + 1 : quote + 2] != b'"':
            return quote + 1
        at = quote + 1
    return None


def _plain_end(contents: bytes, at: int) -> int | None:
    """Where a field without quotes ends; None where a quote stands in it."""
    end = re.compile(rb'[",\r\n]').search(contents, at)
    if end is None:
        return len(contents)
    return None if end[0] == b'"' else end.start()


# --- ways to break a row ----------------------------------------------------------------------------------


def _place(chance: random.Random, row: bytes) -> int:
    return chance.randrange(len(row) + 1)


def _put(*texts: bytes) -> Change:
    def change(chance: random.Random, row: bytes) -> bytes:
        at = _place(chance, row)
        return row[:at] + chance.choice(texts) + row[at:]

    return change


def _no_digit(chance: random.Random, row: bytes) -> int:
    """A place without a digit: a changed digit could make the number of another record."""
    return chance.choice([n for n, byte in enumerate(row) if not 48 <= byte <= 57])


def _other_byte(chance: random.Random, row: bytes) -> bytes:
    at = _no_digit(chance, row)
    return row[:at] + bytes([chance.choice(b'qxQX"\\,;{}[]:\t \x7f\x80\xff')]) + row[at + 1 :]


def _lost_byte(chance: random.Random, row: bytes) -> bytes:
    at = _no_digit(chance, row)
    return row[:at] + row[at + 1 :]


def _cut(chance: random.Random, row: bytes) -> bytes:
    return row[: chance.randrange(1, len(row))]


def _twice(_chance: random.Random, row: bytes) -> bytes:
    return row + b"\n" + row


def _contradicted(_chance: random.Random, row: bytes) -> bytes:
    """The same key, something else said: the last lower-case or capital vowel of the row is another one."""
    at = max(row.rfind(vowel) for vowel in (b"E", b"e", b"A", b"a"))
    return row + b"\n" + row[:at] + (b"O" if row[at : at + 1].isupper() else b"o") + row[at + 1 :]


SHARED: Mapping[str, Change] = {
    "stray quote": _put(b'"', b'""', b"'"),
    "embedded newline": _put(b"\n", b"\r\n"),
    "bare CR": _put(b"\r"),
    "NUL": _put(b"\0", b"\0\0\0"),
    "BOM within": _put(b"\xef\xbb\xbf"),
    "BOM before": lambda _chance, row: b"\xef\xbb\xbf" + row,
    "CP1252": _put(b"\x92", b"\xe9", b"\x96 \x93\x94", b"\x80"),
    "CRLF": lambda _chance, row: row + b"\r",
    "blank lines": lambda chance, row: chance.choice((b"\n", b"\r\n\n", b"\n\n\n")) + row,
    "truncated": _cut,
    "other byte": _other_byte,
    "lost byte": _lost_byte,
    "twice": _twice,
    "contradicted": _contradicted,
    "surrogate in UTF-8": _put(b"\xed\xa0\x80"),
}


def _without_last_column(_chance: random.Random, row: bytes) -> bytes:
    return row.rpartition(b",")[0]


def _newline_in_quotes(chance: random.Random, row: bytes) -> bytes:
    """A field that is as the standard allows: quoted, with a line end, a doubled quote and a separator in
    it.
    """
    fields = row.split(b",")
    quoted = [
        n
        for n, field in enumerate(fields)
        if field.isalpha() or (field.startswith(b'"') and field.endswith(b'"') and field[1:-1].isalpha())
    ]
    if not quoted:
        return row + b"\r"
    at = chance.choice(quoted)
    fields[at] = b'"' + fields[at].strip(b'"') + chance.choice((b'\nZ"', b'\r\n"', b',\n\n,"')) + b'"z"'
    return b",".join(fields)


CSV_ONLY: Mapping[str, Change] = {
    "extra column": lambda chance, row: row + b"," * chance.randrange(1, 4),
    "missing column": _without_last_column,
    "two rows on a line": lambda _chance, row: row + b"," + row,
    "newline in quotes": _newline_in_quotes,
    "one quote on a line": lambda _chance, row: b'"\n' + row,
    "other separator": lambda _chance, row: row.replace(b",", b";"),
}


def _deep(chance: random.Random, row: bytes) -> bytes:
    levels = chance.choice((63, 64, 65, 300, 5_000))
    return row.replace(b"{", b'{"deep": ' + b'{"a":' * levels + b"1" + b"}" * levels + b", ", 1)


def _key_twice(chance: random.Random, row: bytes) -> bytes:
    key = chance.choice(re.findall(rb'"[a-z_]+(?=": )', row))
    return row.replace(key + b'": ', key + b'": null, ' + key + b'": ', 1)


def _other_type(chance: random.Random, row: bytes) -> bytes:
    values = [match.span() for match in re.finditer(rb'(?<=": )"[^"]*"', row)]
    start, end = chance.choice(values)
    return (
        row[:start]
        + chance.choice(
            (
                b"17",
                b"1.5",
                b"true",
                b"null",
                b"[]",
                b"{}",
                b'[["x"]]',
                b'{"a": [1]}',
                b"1e999",
                b"NaN",
                b"9" * 400,
                b'"\\ud800"',
                b'"\\u0000"',
            )
        )
        + row[end:]
    )


JSON_ONLY: Mapping[str, Change] = {
    "deep": _deep,
    "a key twice": _key_twice,
    "other type": _other_type,
    "an undeclared key": lambda _chance, row: row.replace(b"{", b'{"novelty": {"a": [1, {"b": null}]}, ', 1),
    "two objects on a line": lambda _chance, row: row + row,
    "a list": lambda _chance, row: b"[" + row + b"]",
    "a scalar": lambda chance, _row: chance.choice((b"1", b'"text"', b"null", b"true", b"-")),
    "spaces": lambda chance, row: chance.choice((b" ", b"\t")) + row + b"  ",
    "a comma after it": lambda _chance, row: row + b",",
}


def row_changes(form: Form) -> Mapping[str, Change]:
    return {**SHARED, **(JSON_ONLY if form.is_json else CSV_ONLY)}


# --- a broken file ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """A file with `kinds` of changes in it. touched: indices of the rows that were changed, or stand in
    the place of others.
    """

    contents: bytes
    kinds: tuple[str, ...]
    touched: frozenset[int]
    is_cut: bool = False


def broken(form: Form, rows: list[bytes], chance: random.Random, changes_n: int) -> Broken:
    """`changes_n` changes: of rows, each another one and the last row none, and one of the file as a
    whole.
    """
    known = row_changes(form)
    kinds = [chance.choice(tuple(known)) for _ in range(changes_n - 1)]
    places = chance.sample(range(1, len(rows) - 1), len(kinds))
    changed = dict(enumerate(rows))
    for place, kind in zip(places, kinds, strict=True):
        changed[place] = known[kind](chance, rows[place])
    whole = chance.choice(tuple(WHOLE))
    lines = form.lines([changed[n] for n in range(len(rows))], records=len(rows))
    contents, is_cut = WHOLE[whole](form, lines, chance)
    return Broken(contents, (*kinds, whole), frozenset(places), is_cut)


def _joined(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _mixed_ends(_form: Form, lines: list[bytes], chance: random.Random) -> tuple[bytes, bool]:
    return b"".join(line + chance.choice((b"\n", b"\r\n", b"\n\n")) for line in lines), False


def _moved_total(form: Form, lines: list[bytes], chance: random.Random) -> tuple[bytes, bool]:
    """The publisher's total in the middle, or twice; a blank line where it publishes none."""
    total = lines.pop() if form.total else b""
    at = chance.randrange(2, len(lines))
    return _joined(
        [*lines[:at], total, *lines[at:], *([total] if form.total and chance.random() < 0.5 else [])]
    ), False


def _cut_file(_form: Form, lines: list[bytes], chance: random.Random) -> tuple[bytes, bool]:
    """Ends within its last third, anywhere."""
    whole = _joined(lines)
    return whole[: chance.randrange(len(whole) * 2 // 3, len(whole))], True


def _overlong(form: Form, lines: list[bytes], _chance: random.Random) -> tuple[bytes, bool]:
    """One line more, longer than a record may be."""
    filler = b'{"a": "' + b"y" * JSON_BYTES_MAX + b'"}' if form.is_json else b"y" * (CSV_BYTES_MAX + 1)
    return _joined([*lines[:2], filler, *lines[2:]]), False


WHOLE: Mapping[str, Callable[[Form, list[bytes], random.Random], tuple[bytes, bool]]] = {
    "mixed line ends": _mixed_ends,
    "CRLF throughout": lambda _form, lines, _chance: (b"".join(line + b"\r\n" for line in lines), False),
    "BOM": lambda _form, lines, _chance: (b"\xef\xbb\xbf" + _joined(lines), False),
    "no last line end": lambda _form, lines, _chance: (_joined(lines)[:-1], False),
    "total moved": _moved_total,
    "file cut": _cut_file,
    "overlong line": _overlong,
}
