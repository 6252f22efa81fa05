"""A register: a declaration, and a pure function from its native records to canonical statements.

A register is one module in `transforms/registers/`, found by its file; it sets `REGISTER`. Adding one edits nothing
else. The declaration names every native field, used or ignored, so that nothing is dropped in silence; `conform`
turns text into typed columns and names every record that does not fit; `parse` maps what is left.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Literal

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.statements import Table
from transforms.model.text_hashes import text_hashes

FieldKind = Literal["text", "texts", "date", "integer", "money", "boolean", "category"]
EditionKind = Literal["snapshot", "series", "delta"]
Completeness = Literal["complete", "extract"]

RECORD_ID_BYTES = 12
# Columns that every reader adds to a batch, before the native ones.
BATCH_COLUMNS: Mapping[str, pl.DataType] = {
    "record_no": pl.Int64(),  # position of the physical record in the edition, from 1
    "byte_offset": pl.Int64(),  # where it begins in its file, unpacked
    "byte_length": pl.Int64(),  # without its line end
    "part_no": pl.Int64(),  # which of a set of numbered parts, from 1
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
    "value": pl.String(),  # the category met; never the text of a free field
    "rows_n": pl.Int64(),
}
RECORD_SCHEMA: Mapping[str, pl.DataType] = {**BATCH_COLUMNS, "record": pl.String()}


@dataclass(frozen=True)
class SourceField:
    """One native field (a CSV column by its stripped header, a JSON key by its dotted path).

    `ignored` is the reason why nothing is read from it; empty means it is used.
    `required`: the file is refused without it. `date_format` is strptime's; several, tried in order, have a bar between them. `known`: the category values handled;
    others are reported, never mapped by default. `mandatory`: a record with a blank here is rejected.
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
    """A form of file known by how it begins, for registers that come in several forms or without a header.

    `columns`: native fields in file order. A file that begins with these names has that header, whether or not a line end follows it.
    `first_record`: regular expression on the first line of a file of this form that has no header.
    """

    columns: tuple[str, ...]
    first_record: str


@dataclass(frozen=True)
class Delimited:
    """CSV by RFC 4180. `trailer` is a regular expression on a raw line that is a trailer, not a record.

    `shapes`: forms that are tried first, in this order; a file that begins like none of them has a header of its own.
    """

    separator: str = ","
    trailer: str = ""
    record_bytes_max: int = 1 << 20
    shapes: tuple[Shape, ...] = ()


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line. `totals` says which records are the publisher's totals: (dotted path, prefix of its value).

    `object_lists`: dotted paths that hold lists of objects. A list of objects is read anywhere; where it is declared, fast.
    `packages`: the file may also be one JSON array of objects, or objects written over several lines.
    `lone_texts`: where a list of texts is declared, one text is a list of one.
    """

    totals: tuple[str, str] = ("", "")
    object_lists: tuple[str, ...] = ()
    packages: bool = False
    lone_texts: bool = False
    record_bytes_max: int = 10 << 20
    depth_max: int = 64


@dataclass(frozen=True)
class Recognised:
    """What a file name and its first 64 KiB tell. `edition_date` None: undated. `part` of `parts`: numbered parts.

    `contains`: of a file that may hold several lists, what data sets of these would be called; those that were seen.
    """

    dataset: str
    edition_date: date | None
    part: int = 1
    parts: int = 1
    contains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """One edition of one data set as the lake knows it. `label` is the ISO date, or sha-<12> when undated.

    `index`: what the register's Index made of the whole edition; None where it declares none.
    """

    register: str
    dataset: str
    label: str
    file_sha256: str
    index: pl.DataFrame | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Declared:
    """What the publisher itself says about size. `records` counts what its total counts; None: no total published."""

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
    """For a register whose records refer to each other: what one must know of the rest of its edition.

    `kept(frame)`: of one batch as `parse` gets it, the rows and columns that are needed; may raise BlockedEdition.
    `settled(kept)`: of all batches, in file order; the result is `edition.index` in every call of `parse`.
    """

    kept: Callable[[pl.DataFrame], pl.DataFrame]
    settled: Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Register:
    """The declaration. `recognise(file_name, head)` sees the name without folders and the first 64 KiB, unpacked.

    `parse(frame, edition)` gets BATCH_COLUMNS plus every field of `fields` by name, typed by its kind
    (text String with blanks as null, texts List(String), date Date, integer Int64, money Decimal(18,2),
    boolean Boolean, category String); a field absent from the file is a null column.
    `declared_totals(raw)` reads one trailer line or totals record (JSON bytes).
    `edition_field`: the field whose newest full date is the edition's where the file's name has none ("": no such field).
    `whole_period`: of a series, a regular expression on data sets that are one period each, so that a newer file of it takes the place of the older one.
    `overdue_days`: (own, from the cadence and how long after it the publisher has been seen to publish) days after the date of an edition at which
    a newer one is missed; None where each publisher has a cadence of its own.
    `expected_rows` is for a full edition, with the date seen.
    `declined(file_name, head)`: why a file that it knows and does not `recognise` is not read (a change-only product …); "" for any other.
    `dataset_of(path, head)`: of a publisher whose files of several data sets have one name, the data set by the path below the landing folder; what
    `recognise` says is then not used. Two files of one such data set and date are blocked: nothing tells which is the right one.
    `complete_bases`: bases of interests of which a complete edition lists every holder, however small; none for a register of significant holders.
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
        """Whether editions of the data set are in force beside each other, and none takes another's place."""
        return self.kind == "series" and not re.fullmatch(self.whole_period, dataset)

    def field(self, name: str) -> SourceField:
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise DeclarationError(f"register {self.name} declares no field {name}")


@cache
def registers() -> Mapping[str, Register]:
    """Every register, by name, found by folder. Modules whose name begins with `_` are not units."""
    import transforms.registers as package

    found: dict[str, Register] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        register = getattr(module, "REGISTER", None)
        if not isinstance(register, Register) or register.name != info.name:
            raise DeclarationError(
                f"transforms/registers/{info.name}.py must set REGISTER = Register(name={info.name!r}, …)"
            )
        found[register.name] = register
    return found


# --- text to typed columns ------------------------------------------------------------------------------------------

MONEY_PATTERN = r"^-?\d{1,16}(\.\d{1,2})?$"
INTEGER_PATTERN = r"^-?\d{1,18}$"
FAULT_CODES: Mapping[FieldKind, str] = {
    "date": "impossible_date",
    "integer": "not_a_number",
    "money": "not_a_number",
    "boolean": "not_a_boolean",
}


def conform(
    frame: pl.DataFrame, fields: Sequence[SourceField]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Type every field; split off the records that do not fit.

    frame: BATCH_COLUMNS plus native fields as String (lists for `texts`, Boolean or String for `boolean`).
    Returns (good, rejected in REJECT_SCHEMA, findings in FINDING_SCHEMA). A record is rejected on an impossible
    date, a number that is none, or a blank mandatory field, in any field, also an ignored one: one bad field makes
    the whole record untrustworthy. An unknown category is a finding and stays as it is.
    """
    blanked = _blank_to_null(frame, fields)
    typed = blanked.with_columns(
        _typed(field).alias(field.name) for field in fields if field.kind in FAULT_CODES
    )
    faults = [
        fault for field in fields if (fault := _faults(blanked, typed, field)) is not None and fault.height
    ]
    rejected = _first_fault(faults)
    good = (
        typed.join(rejected.select("record_no"), on="record_no", how="anti", maintain_order="left")
        if rejected.height
        else typed
    )
    return good, rejected, _unknown_categories(good, fields)


def _blank_to_null(frame: pl.DataFrame, fields: Sequence[SourceField]) -> pl.DataFrame:
    """Texts without blanks around them, empty ones null; fields that the file does not have as null columns."""
    schema = frame.schema
    absent = {
        field.name: pl.List(pl.String) if field.kind == "texts" else pl.String()
        for field in fields
        if field.name not in schema
    }
    filled = [
        field.name
        for field in fields
        if schema.get(field.name) == pl.String and frame[field.name].null_count() < frame.height
    ]
    stripped = frame.with_columns(pl.col(filled).str.strip_chars())
    emptied = _those_with_any(
        stripped, {name: pl.col(name) == "" for name in filled}
    )  # few: readers give null for an empty field
    return stripped.with_columns(
        *(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in emptied),
        *(pl.lit(None, dtype=dtype).alias(name) for name, dtype in absent.items()),
    )


def _those_with_any(frame: pl.DataFrame, conditions: Mapping[str, pl.Expr]) -> list[str]:
    """Names whose condition some row meets. All are asked together: a question takes longer than its answer where there are many."""
    found = frame.select(condition.any().alias(name) for name, condition in conditions.items())
    return [one.name for one in found if one.item()]


def _typed(field: SourceField) -> pl.Expr:
    column = pl.col(field.name)
    match field.kind:
        case "date":
            return pl.coalesce(
                [column.str.to_date(style, strict=False) for style in field.date_format.split("|")]
            )
        case "integer":
            return pl.when(column.str.contains(INTEGER_PATTERN)).then(column).cast(pl.Int64, strict=False)
        case "money":
            return (
                pl.when(column.str.contains(MONEY_PATTERN)).then(column).cast(pl.Decimal(18, 2), strict=False)
            )
        case "boolean":
            return pl.when(column.cast(pl.String).is_in(["true", "false"])).then(
                column.cast(pl.String) == "true"
            )
        case _:
            return column


def _faults(raw: pl.DataFrame, typed: pl.DataFrame, field: SourceField) -> pl.DataFrame | None:
    code = FAULT_CODES.get(field.kind, "")
    before, after = raw[field.name], typed[field.name]
    lost = (
        before.is_not_null() & after.is_null() if code and before.null_count() < after.null_count() else None
    )
    blank = before.is_null() if field.mandatory and before.null_count() else None
    picked = [
        reject_rows(raw.filter(mask), name, field.name)
        for mask, name in ((lost, code), (blank, "missing_value"))
        if mask is not None
    ]
    return pl.concat(picked) if picked else None


def _first_fault(faults: list[pl.DataFrame]) -> pl.DataFrame:
    """One rejection a record: the first field in declaration order."""
    if not faults:
        return pl.DataFrame(schema=REJECT_SCHEMA)
    return (
        pl.concat(faults)
        .unique("record_no", keep="first", maintain_order=True)
        .sort("record_no")
        .select(pl.col(name).cast(dtype) for name, dtype in REJECT_SCHEMA.items())
    )


def _unknown_categories(frame: pl.DataFrame, fields: Sequence[SourceField]) -> pl.DataFrame:
    unknown = {
        field.name: pl.col(field.name).is_not_null() & ~pl.col(field.name).is_in(field.known)
        for field in fields
        if field.kind == "category"
    }
    found = [
        findings(frame.filter(unknown[name]), "unknown_category", name, pl.col(name))
        for name in _those_with_any(frame, unknown)
    ]
    return pl.concat(found) if found else pl.DataFrame(schema=FINDING_SCHEMA)


def findings(rows: pl.DataFrame, code: str, field: str, value: pl.Expr) -> pl.DataFrame:
    """FINDING_SCHEMA rows: how often each value of `value` occurs in `rows`."""
    return (
        rows.with_columns(value.cast(pl.String).alias("value"))  # not select: a literal must count once a row
        .group_by("value")
        .agg(pl.len().cast(pl.Int64).alias("rows_n"))
        .sort("value")
        .select(pl.lit(code).alias("code"), pl.lit(field).alias("field"), "value", "rows_n")
    )


# --- statements -----------------------------------------------------------------------------------------------------


def located(frame: pl.DataFrame, record: pl.Expr, edition: Edition) -> pl.DataFrame:
    """Add `record` (the register's own locator) and `record_id` (24 hex digits, the stem of its statements' ids)."""
    with_record = frame.with_columns(record.alias("record"))
    return with_record.with_columns(record_ids(with_record["record"], edition).alias("record_id"))


def record_ids(records: pl.Series, edition: Edition) -> pl.Series:
    """The `record_id` of each locator of this edition: 24 hex digits, the stem of its statements' ids. Null stays null."""
    prefix = f"{edition.register}|{edition.dataset}|{edition.label}|"
    return text_hashes(records, RECORD_ID_BYTES, before=prefix).alias("record_id")


def statement_id(part: str) -> pl.Expr:
    """Id of the statement that `part` of a located record makes. Parts are short words: `e`, `p2`, `a-e`."""
    return pl.concat_str(pl.col("record_id"), pl.lit(f"-{part}"))


def statement(
    located_frame: pl.DataFrame, table: Table, edition: Edition, part: str | pl.Expr, **columns: pl.Expr
) -> pl.DataFrame:
    """One statement for each row, in exactly the schema of `table`.

    `part` is a literal, or an expression giving a String per row. Columns not given are null, and every column
    without a null meaning must be given (DeclarationError).
    """
    provenance = {
        "statement_id": statement_id(part)
        if isinstance(part, str)
        else pl.concat_str(pl.col("record_id"), pl.lit("-"), part),
        "register": pl.lit(edition.register),
        "dataset": pl.lit(edition.dataset),
        "edition": pl.lit(edition.label),
        "file_sha256": pl.lit(edition.file_sha256),
        "record": pl.col("record"),
        "record_no": pl.col("record_no"),
    }
    given = {**provenance, **columns}
    if unknown := [name for name in given if name not in table]:
        raise DeclarationError(f"{edition.register}: table {table.name} has no column {unknown[0]}")
    if forgotten := [column.name for column in table if not column.nullable and column.name not in given]:
        raise DeclarationError(
            f"{edition.register}: column {forgotten[0]} of {table.name} has no null meaning and is not given"
        )
    return located_frame.select(
        given.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in table.schema.items()
    )


def parsed(
    frame: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    *,
    ignored: pl.DataFrame | None = None,
    rejected: pl.DataFrame | None = None,
    found: Sequence[pl.DataFrame] = (),
) -> Parsed:
    """A `Parsed` for the located records in `frame` (those kept: neither rejected nor ignored)."""
    return Parsed(
        tables=tables,
        records=frame.select(list(RECORD_SCHEMA)),
        rejected=rejected if rejected is not None else pl.DataFrame(schema=REJECT_SCHEMA),
        ignored=ignored if ignored is not None else pl.DataFrame(schema=IGNORED_SCHEMA),
        findings=pl.concat(found) if found else pl.DataFrame(schema=FINDING_SCHEMA),
    )


def reject_rows(frame: pl.DataFrame, code: str, field: str) -> pl.DataFrame:
    """REJECT_SCHEMA rows for the records in `frame`."""
    return frame.select(
        "record_no",
        "byte_offset",
        "byte_length",
        "part_no",
        pl.lit(code).alias("code"),
        pl.lit(field).alias("field"),
    )
