"""The proof of a purge: search every byte of a home, and every value that its databases, Parquet files and
zips decode to. A document of an office program is a zip.
"""

import html
import json
import lzma
import mmap
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import markupsafe
import numpy as np
import polars as pl

from flows.home import progress, warehouse
from flows.home.settings import Home

DATABASES = {".duckdb"}
PAIRS_MAX = 3  # (own) pairs of bytes that tell where to look
PIECE_BYTES = 4 << 20  # of a file, looked through at once
UNPACKED_BYTES_MAX = 200_000_000  # (own) of one zip
# What a zip raises that is damaged, under a password, or too long. Its bytes have been read before.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
TAG = re.compile(r"<[^<>]*>")
# Small letters: one without a capital, and one with two forms.
FOLDED = {"ß": "ss", "ς": "σ"}


@dataclass(frozen=True)
class Proof:
    """Result of a search. `hits`: file → number of hits; `files_n`, `values_n`, `bytes_n`: what was
    searched.
    """

    files_n: int
    bytes_n: int
    values_n: int
    hits: dict[str, int]


def search(home: Home, terms: Iterable[str], borne: Iterable[str] = ()) -> Proof:
    """Search every file of the home except publishers' own, landed or archived, as bytes and as decoded
    values.

    `borne`: texts of other records; a term within one of them is not counted.
    """
    theirs = (home.landing, home.archive)
    return search_in(home, [path for path in sorted(home.root.iterdir()) if path not in theirs], terms, borne)


def search_in(home: Home, roots: Sequence[Path], terms: Iterable[str], borne: Iterable[str] = ()) -> Proof:
    """The same in these files and folders. If a file goes meanwhile, such as the log of a database that the
    review app has just closed, the files beside it are searched again: the database has now what was in it.
    """
    terms, borne = tuple(terms), tuple(borne)
    forms, passed_over = (
        [form for text in texts for form in encoded_forms(text)] for texts in (terms, borne)
    )

    def searched(path: Path) -> tuple[int, int, int]:
        """Bytes, values and hits of a file."""
        hits_n, values_n = count_in_bytes(path, forms, passed_over), 0
        for frame in _decoded(path):
            values_n += sum(column.count() for column in frame)
            hits_n += _in_values(frame, terms, borne)
        return path.stat().st_size, values_n, hits_n

    counts: dict[Path, tuple[int, int, int]] = {}
    gone: set[Path] = set()
    paths = list(files_below(roots))
    for path in progress.steps("search", paths, len(paths)):
        try:
            counts[path] = searched(path)
        except FileNotFoundError:
            gone.add(path.parent)
    beside = [path for folder in sorted(gone) if folder.is_dir() for path in folder.iterdir()]
    counts |= {path: searched(path) for path in files_below(path for path in beside if path.is_file())}
    bytes_n, values_n, _ = (sum(each) for each in zip((0, 0, 0), *counts.values(), strict=True))
    hits = {str(path.relative_to(home.root)): n for path, (_, _, n) in counts.items() if n}
    return Proof(len(counts), bytes_n, values_n, hits)


def files_below(roots: Iterable[Path]) -> Iterator[Path]:
    for root in roots:
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def encoded_forms(term: str) -> Iterator[bytes]:
    """A term as a file may hold it: plain, escaped as JSON (also twice) or HTML, in UTF-8 and both forms of
    UTF-16.
    """
    as_json = json.dumps(term)[1:-1]
    as_quarantined = json.dumps(term.encode("utf-8", "surrogatepass").decode("latin-1"))[
        1:-1
    ]  # the bytes of a rejected record, one character each
    as_html = (
        html.escape(term),
        str(markupsafe.escape(term)),
    )  # Jinja writes &#39; where Python writes &#x27;
    for text in dict.fromkeys(
        (term, as_json, json.dumps(as_json)[1:-1], as_quarantined, *as_html, term.replace("/", "\\/"))
    ):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield text.encode(encoding, "surrogatepass")


def count_in_bytes(path: Path, forms: Sequence[bytes], passed_over: Sequence[bytes] = ()) -> int:
    """How often any of the forms stands in a file, ignoring the case of ASCII letters, outside
    `passed_over`.
    """
    if path.stat().st_size == 0 or not forms:
        return 0
    pattern = re.compile(rb"(%s)|%s" % (_any_of(passed_over) or rb"(?!)", _any_of(forms)), re.IGNORECASE)
    hits_n, end = 0, 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for place in _places(data, [*forms, *passed_over]):
            if place >= end and (match := pattern.match(data, place)):
                hits_n, end = hits_n + (match.lastindex is None), match.end()
    return hits_n


def _places(data: mmap.mmap, forms: Sequence[bytes]) -> Iterator[int]:
    """Where one of the forms may begin, in order, by the pairs of bytes with which they begin.

    Matching the pattern everywhere takes many times as long. A form has at least two bytes.
    """
    pairs_n = min(PAIRS_MAX, *(len(form) // 2 for form in forms))
    begins = np.zeros((pairs_n, 1 << 16), np.bool_)
    for form in forms:
        for pair in range(pairs_n):
            begins[pair, int.from_bytes(form.lower()[2 * pair : 2 * pair + 2], "little")] = True
    for start in range(0, len(data) - 2 * pairs_n + 1, PIECE_BYTES):
        letters = np.frombuffer(data[start : start + PIECE_BYTES + 2 * pairs_n - 1].lower(), np.uint8).astype(
            np.uint16
        )
        pairs, places_n = letters[:-1] | letters[1:] << 8, len(letters) - 2 * pairs_n + 1
        may_begin = np.logical_and.reduce(
            [begins[pair][pairs[2 * pair : 2 * pair + places_n]] for pair in range(pairs_n)]
        )
        yield from (np.flatnonzero(may_begin) + start).tolist()


def _any_of(forms: Sequence[bytes]) -> bytes:
    """A pattern that matches the longest of the forms."""
    return b"|".join(re.escape(form) for form in sorted(set(forms), key=len, reverse=True))


def _in_values(frame: pl.DataFrame, terms: Sequence[str], borne: Sequence[str]) -> int:
    """How many values of a frame hold a term, ignoring case and spacing, outside `borne`."""
    wanted, passed_over = ([fold(text) for text in texts] for texts in (terms, borne))
    hits_n = 0
    for column in frame if wanted else ():
        texts = folded(column.drop_nulls().unique())
        if passed_over:
            texts = texts.str.replace_many(passed_over, [" "] * len(passed_over))
        hits_n += int(texts.str.contains_any(wanted).sum())
    return hits_n


def folded(texts: pl.Series) -> pl.Series:
    """Texts in small letters with single spaces. Terms and values are both folded by this function."""
    return (
        texts.str.to_lowercase()
        .str.replace_many(list(FOLDED), list(FOLDED.values()))
        .str.replace_all(r"\s+", " ")
    )


def fold(text: str) -> str:
    return str(folded(pl.Series([text]))[0]).strip()


def _decoded(path: Path) -> Iterator[pl.DataFrame]:
    """The texts of a Parquet file, database or zip, as frames of text columns."""
    if path.suffix == ".parquet":
        yield _texts_of(pl.read_parquet(path, memory_map=False, hive_partitioning=False))
    elif path.suffix in DATABASES:
        with warehouse.open_release(path.parent, name=path.name) as connection:
            for (table,) in connection.execute(
                "select table_name from duckdb_tables() where not internal order by all"
            ).fetchall():
                for batch in warehouse.stream(
                    connection, f"select * from {warehouse.identifier(table)}", where=path.name
                ):
                    yield _texts_of(pl.DataFrame(pl.from_arrow(batch)))
    elif zipfile.is_zipfile(path):
        with suppress(*UNREADABLE):
            for text in _members(path):
                yield pl.DataFrame({"text": [text]})


def _members(path: Path) -> Iterator[str]:
    """Name and text of each file in a zip: as it is, and without markup, by which a name may be split.

    Raises UNREADABLE."""
    left = UNPACKED_BYTES_MAX
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            with archive.open(info) as member:
                data = member.read(left + 1)
            left -= len(data)
            if left < 0:
                raise zipfile.BadZipFile("too long")
            text = data.decode("utf-8", "replace")
            yield f"{info.filename}\n{text}\n{html.unescape(TAG.sub('', text))}"


def is_readable(path: Path) -> bool:
    """Whether a search sees the words in a file: a text, or a zip that it can unpack; no PDF, no picture."""
    try:
        if zipfile.is_zipfile(path):
            return sum(1 for _ in _members(path)) > 0
        return "\0" not in path.read_text(encoding="utf-8")
    except UNREADABLE:
        return False


def _texts_of(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [
        pl.col(name).list.join("\n") for name, dtype in frame.schema.items() if dtype == pl.List(pl.String)
    ]
    texts = frame.with_columns(lists)
    return texts.select(name for name, dtype in texts.schema.items() if dtype == pl.String)
