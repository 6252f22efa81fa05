"""The declaration of a register, and how registers are found.

A register is one module in `transforms/registers/`, found by its file; it sets `REGISTER`. Adding one edits
nothing else. The declaration names every native field, used or ignored, so that nothing is dropped in
silence. What parsers share (typed columns, statements, rejections) is in `transforms.model.parsing`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Literal

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.statements import Table

FieldKind = Literal["text", "texts", "date", "integer", "money", "boolean", "category"]
EditionKind = Literal["snapshot", "series", "delta"]
Completeness = Literal["complete", "extract"]

RECORD_ID_BYTES = 12  # of the hash that ids of statements begin with
# Columns that every reader adds to a batch, before the native ones.
BATCH_COLUMNS: Mapping[str, pl.DataType] = {
    "record_no": pl.Int64(),  # position of the physical record in the edition, from 1
    "byte_offset": pl.Int64(),  # where it begins in its file, unpacked
    "byte_length": pl.Int64(),  # without its line end
    "part_no": pl.Int64(),  # of the numbered part that the record is in, from 1
    "content_hash": pl.UInt64(),  # of the raw bytes: two exact duplicates agree
}
REJECT_SCHEMA: Mapping[str, pl.DataType] = {
    "record_no": pl.Int64(),
    "byte_offset": pl.Int64(),
    "byte_length": pl.Int64(),
    "part_no": pl.Int64(),
    "code": pl.String(),  # stable word: impossible_date, text_after_quote, broken_json …
    "field": pl.String(),  # native field, "" where the whole record is at fault
}
IGNORED_SCHEMA: Mapping[str, pl.DataType] = {"record_no": pl.Int64(), "reason": pl.String()}
FINDING_SCHEMA: Mapping[str, pl.DataType] = {
    "code": pl.String(),  # unknown_category, unknown_field, unknown_prefix …
    "field": pl.String(),
    "value": pl.String(),  # the unknown category; never the text of a free field
    "rows_n": pl.Int64(),
}
RECORD_SCHEMA: Mapping[str, pl.DataType] = {**BATCH_COLUMNS, "record": pl.String()}


@dataclass(frozen=True)
class SourceField:
    """One native field (a CSV column by its stripped header, a JSON key by its dotted path).

    `ignored`: the reason why nothing is read from it; empty where it is used.
    `required`: the file is refused without it.
    `mandatory`: a record with a blank here is rejected.
    `date_format`: as strptime takes it; several, separated by a bar, are tried in order.
    `known`: the category values that are handled; others are reported, never mapped by default.
    """

    name: str
    kind: FieldKind = "text"
    ignored: str = ""
    required: bool = True
    mandatory: bool = False
    date_format: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """A form of file known by its first line, for registers with several forms or without a header.

    `columns`: native fields in file order. A file that begins with these names has that header,
    whether or not a line end follows it.
    `first_record`: regular expression on the first line of a file of this form that has no header.
    """

    columns: tuple[str, ...]
    first_record: str


@dataclass(frozen=True)
class Delimited:
    """CSV by RFC 4180.

    `trailer`: regular expression on a raw line that is a trailer, not a record.
    `shapes`: forms that are tried first, in order; a file that fits none of them has a header of its own.
    """

    separator: str = ","
    trailer: str = ""
    record_bytes_max: int = 1 << 20
    shapes: tuple[Shape, ...] = ()


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line.

    `totals`: which records are the publisher's totals, as (dotted path, prefix of its value).
    `object_lists`: dotted paths that hold lists of objects; those declared here are read faster than others.
    `packages`: the file may also be one JSON array of objects, or objects that span several lines.
    `lone_texts`: where a list of texts is declared, a single text counts as a list of one.
    """

    totals: tuple[str, str] = ("", "")
    object_lists: tuple[str, ...] = ()
    packages: bool = False
    lone_texts: bool = False
    record_bytes_max: int = 10 << 20
    depth_max: int = 64


@dataclass(frozen=True)
class Recognised:
    """What a file's name and first 64 KiB say about it.

    `edition_date`: None where the file is undated. `part`, `parts`: of a file that comes in numbered parts.
    `contains`: for a file that may hold several lists, the data sets seen in its first 64 KiB.
    """

    dataset: str
    edition_date: date | None
    part: int = 1
    parts: int = 1
    contains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """One edition of one data set in the lake.

    `label`: the ISO date, or sha-<12 digits> where it is undated.
    `index`: result of the register's Index over the whole edition; None where it declares none.
    """

    register: str
    dataset: str
    label: str
    file_sha256: str
    index: pl.DataFrame | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Declared:
    """The publisher's own total of records; None where it publishes none."""

    records: int | None = None


@dataclass(frozen=True)
class Parsed:
    """The result of `parse` on one batch.

    tables: canonical table name → frame in exactly that table's schema.
    records: RECORD_SCHEMA, one row for every record not rejected and not ignored here.
    rejected, ignored, findings: the schemas above.
    """

    tables: Mapping[str, pl.DataFrame]
    records: pl.DataFrame
    rejected: pl.DataFrame
    ignored: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True)
class Index:
    """For a register whose records refer to each other: what a record needs to know of its whole edition.

    `kept(frame)`: the rows and columns needed of one batch, given as `parse` gets it; may raise
    BlockedEdition.
    `settled(kept)`: over all batches in file order; its result is `edition.index` in every call of `parse`.
    """

    kept: Callable[[pl.DataFrame], pl.DataFrame]
    settled: Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Register:
    """The declaration of one register.

    `kind`: snapshot (a newer edition replaces the older), series (editions add up), delta (changes to a
    base).
    `overdue_days`: (own, from the cadence and the publisher's usual delay) days after the date of an edition
    at which a newer one counts as missing; None where each publisher has a cadence of its own.
    `expected_rows`: of a full edition, with the date seen.
    `complete_bases`: bases of interests of which a complete edition lists every holder, however small; none
    for a register of significant holders.
    `edition_field`: the field whose newest full date dates an edition without a date in its name; "" for
    none.
    `whole_period`: in a series, a regular expression on data sets that are one period each, where a newer
    file replaces the older one.

    Functions. `head` is the first 64 KiB, unpacked; `file_name` has no folders.
    `recognise(file_name, head)`: what the file is; None where it is no file of this register.
    `declined(file_name, head)`: why a known file is not read (a change-only product …); "" for any other
    file.
    `dataset_of(path, head)`: the data set, from the path below the landing folder, for a publisher that gives
    files of several data sets one name. Two files of one such data set and date are blocked as ambiguous.
    `declared_totals(raw)`: reads one trailer line or totals record (JSON bytes).
    `parse(frame, edition)`: maps BATCH_COLUMNS and every field by name, typed by its kind (text String with
    blanks as null, texts List(String), date Date, integer Int64, money Decimal(18,2), boolean Boolean,
    category String); a field that the file lacks is a null column.
    `index`: see Index.
    """

    name: str
    title: str
    publisher: str
    territory: str
    url: str
    licence: str
    cadence: str
    kind: EditionKind
    identifier_scheme: str
    expected_rows: str
    description: str
    reader: Delimited | JsonLines
    fields: tuple[SourceField, ...]
    tables: tuple[Table, ...]
    recognise: Callable[[str, bytes], Recognised | None]
    parse: Callable[[pl.DataFrame, Edition], Parsed]
    declared_totals: Callable[[bytes], Declared] | None = None
    complete_bases: tuple[str, ...] = ()
    edition_field: str = ""
    index: Index | None = None
    declined: Callable[[str, bytes], str] | None = None
    dataset_of: Callable[[str, bytes], str] | None = None
    whole_period: str = ""
    overdue_days: int | None = None

    def accumulates(self, dataset: str) -> bool:
        """Whether editions of the data set add up, so that none replaces another."""
        return self.kind == "series" and not re.fullmatch(self.whole_period, dataset)


@cache
def registers() -> Mapping[str, Register]:
    """Every register, by name, found by folder. Modules whose name begins with `_` are not units."""
    import transforms.registers as package

    by_name: dict[str, Register] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        register = getattr(module, "REGISTER", None)
        if not isinstance(register, Register) or register.name != info.name:
            raise DeclarationError(
                f"transforms/registers/{info.name}.py must set REGISTER = Register(name={info.name!r}, …)"
            )
        by_name[register.name] = register
    return by_name
