"""The types that declare a register, and the discovery of registers.

A register is one module in `transforms/registers/` that sets `REGISTER`; adding one needs no other change.
The declaration names every native field, used or ignored, so that nothing is dropped silently. Helpers for
parsers (typed columns, statements, rejections) are in `transforms.model.parsing`.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Literal

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.layout import (
    Delimited,
    DelimitedTables,
    FieldKind,
    FixedWidth,
    JsonLines,
    OtherForm,
    Shape,
    SourceField,
    TextBlocks,
    XmlRecords,
)
from transforms.model.mapping import FileMapping
from transforms.model.source import Source
from transforms.model.statements import Table

__all__ = (
    "BATCH_COLUMNS",
    "FINDING_SCHEMA",
    "IGNORED_SCHEMA",
    "PARTS_UNSTATED",
    "RECORD_ID_BYTES",
    "RECORD_SCHEMA",
    "REJECT_SCHEMA",
    "UNNUMBERED",
    "WORLD",
    "Delimited",
    "DelimitedTables",
    "Edition",
    "EditionKind",
    "FieldKind",
    "FixedWidth",
    "Index",
    "JsonLines",
    "Parsed",
    "PublicPage",
    "Recognised",
    "Register",
    "Role",
    "Shape",
    "SourceField",
    "TextBlocks",
    "XmlRecords",
    "declaring_forms",
    "page_of_id",
    "page_of_record",
    "register_named",
    "register_roles",
    "registers",
    "table_of",
)

EditionKind = Literal["snapshot", "series", "delta"]
# What a register is for. An indicator needs roles, never a register by name.
Role = Literal[
    "companies",
    "owners",
    "officers",
    "titles",
    "prices",
    "charges",
    "insolvency",
    "disqualifications",
    "payments",
    "transfers",
    "ledger",
    "rates",
    "awards",
    "groups",
    "subsidies",
    "permits",
    "premises",
    "lists",
    "leaks",
    "areas",
]
WORLD = "world"  # territory of a register that counts in every country

RECORD_ID_BYTES = 12  # of the hash at the start of statement ids
# Columns that every reader adds to a batch, before the native ones.
BATCH_COLUMNS: Mapping[str, pl.DataType] = {
    "record_no": pl.Int64(),  # position of the physical record in the edition, from 1
    "byte_offset": pl.Int64(),  # of its start in the unpacked file
    "byte_length": pl.Int64(),  # without the line end
    "part_no": pl.Int64(),  # numbered part of the edition with the record, from 1
    "content_hash": pl.UInt64(),  # of the raw bytes; exact duplicates have the same
}
REJECT_SCHEMA: Mapping[str, pl.DataType] = {
    "record_no": pl.Int64(),
    "byte_offset": pl.Int64(),
    "byte_length": pl.Int64(),
    "part_no": pl.Int64(),
    "code": pl.String(),  # stable word: impossible_date, text_after_quote, broken_json …
    "field": pl.String(),  # native field; "" for the whole record
}
IGNORED_SCHEMA: Mapping[str, pl.DataType] = {"record_no": pl.Int64(), "reason": pl.String()}
FINDING_SCHEMA: Mapping[str, pl.DataType] = {
    "code": pl.String(),  # unknown_category, unknown_field, unknown_prefix …
    "field": pl.String(),
    "value": pl.String(),  # the unknown category; never the text of a free field
    "rows_n": pl.Int64(),
}
RECORD_SCHEMA: Mapping[str, pl.DataType] = {**BATCH_COLUMNS, "record": pl.String()}


PARTS_UNSTATED = UNNUMBERED = -1


@dataclass(frozen=True)
class Recognised:
    """A file as recognised by its name and first 64 KiB.

    `edition_date`: None if the file is undated. `part`, `parts`: of an edition in numbered parts;
    PARTS_UNSTATED if the publisher does not state how many there are, UNNUMBERED for one without a number.
    `contains`: datasets in the first 64 KiB of a file that may have several lists.
    `extract`: the publisher's number of a full file or an update; 0 if it has none.
    """

    dataset: str
    edition_date: date | None
    part: int = 1
    parts: int = 1
    extract: int = 0
    is_update: bool = False
    contains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """One edition of one dataset in the lake.

    `label`: the ISO date, or sha-<12 digits> if it is undated.
    `index`: result of the register's Index over the whole edition; None if the register has no Index.
    `account_key`: the home's key for ids of bank accounts, and of persons who have none in their register.
    """

    register: str
    dataset: str
    label: str
    file_sha256: str
    index: pl.DataFrame | None = field(default=None, repr=False, compare=False)
    account_key: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True)
class PublicPage:
    """The publisher's public page for one record.

    `record`: regular expression for a whole locator, whose named groups are parts of the address.
    `address`: str.format template with these groups.
    """

    record: str
    address: str

    def address_of(self, locator: str) -> str:
        """Address of a record's page; "" if the locator has another form."""
        match = re.fullmatch(self.record, locator, re.ASCII)
        return self.address.format(**match.groupdict()) if match else ""


@dataclass(frozen=True)
class Parsed:
    """The result of `parse` for one batch.

    tables: canonical table name → frame in exactly that table's schema.
    records: RECORD_SCHEMA, one row for each record that `parse` neither rejects nor ignores.
    rejected, ignored, findings: the schemas above.
    """

    tables: Mapping[str, pl.DataFrame]
    records: pl.DataFrame
    rejected: pl.DataFrame
    ignored: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True)
class Index:
    """References between the records of an edition, for registers whose records refer to each other.

    `kept(frame)`: rows and columns of one batch that the references need; takes the same frame as `parse`;
    may raise BlockedEdition.
    `settled(kept)`: the references over all batches in file order; passed to `parse` as `edition.index`.
    `of_updates`: only an edition with updates has references.
    """

    kept: Callable[[pl.DataFrame], pl.DataFrame]
    settled: Callable[[pl.DataFrame], pl.DataFrame]
    of_updates: bool = False


@dataclass(frozen=True)
class Register:
    """The declaration of one register.

    `territory`: the country whose register it is, in two lower-case letters, or `world`.
    `roles`: what it holds. `partial_roles`: roles of which it holds only a part (titles of overseas owners,
    owners of some companies), so that its absence is not a gap.
    `declaring_forms`: for a register of owners, class of legal form → beginnings of the numbers of those that
    must declare to it; empty for all.
    `kind`: snapshot (a newer edition replaces the older), series (editions add up), delta (changes to a
    base).
    `overdue_days`: (own, from the cadence and the publisher's usual delay) days after an edition's date from
    which a newer one counts as missing; None if each publisher has its own cadence.
    `expected_rows`: of a full edition, with the date of that figure.
    `complete_bases`: bases of interests for which a complete edition lists every holder, however small; empty
    for a register of significant holders.
    `edition_field`: field whose latest full date is the date of an edition without one in its name; "" for
    none.
    `public_page`: None if the publisher has no public page for a record.
    `source`: where its files are fetched; None if they are delivered by hand.
    `allowed_by`: what a purpose of the home must allow before a file is read (`transfers`,
    `disqualifications`); "" for any home.
    `listed_by`: what a purpose must allow before a check lists the entities in which a natural person has a
    role (`functions`); "" for any purpose.
    `whole_period`: in a series, regular expression for datasets that are one period each, where a newer file
    replaces the older one.
    `on_request`: it is queried record by record, so every edition is an extract.
    `other_forms`: further forms (JSON, XML) in which the publisher publishes the same records.
    `monthly_history`: its records state their own periods, so the first of all older editions and the last of
        each month are enough.
    `monthly_updates`: extract numbers are months; an update has the changes of one month, and each file its
        own total. The update of a full file's own month is read after it, because the full file does not say
        what was deleted.
    `mapping`: how an authority's own file is read; None for files in the register's own columns.

    Functions. `head` is the first 64 KiB, unpacked; `file_name` has no folders.
    `recognise(file_name, head)`: the dataset and edition of the file; None if it is not of this register.
    `declined(file_name, head)`: why a known file is not loaded (a change-only product …); "" for any other
    file.
    `dataset_of(path, head)`: the dataset, from the path below the landing folder, for a publisher that uses
    one file name for several datasets. Two files with the same dataset and date are blocked as ambiguous.
    `declared_totals(raw)`: the publisher's own total of records in a trailer line or totals record (JSON
    bytes); None if it states none. `totals_by_file`: each file of an edition has its own, and they add up.
    `parse(frame, edition)`: maps BATCH_COLUMNS and every field by name, typed by its kind (text String with
    blanks as null, texts List(String), date Date, integer Int64, money Decimal(18,2), boolean Boolean,
    category String); a field missing in the file is a null column.
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
    reader: Delimited | DelimitedTables | FixedWidth | JsonLines | XmlRecords | TextBlocks
    fields: tuple[SourceField, ...]
    tables: tuple[Table, ...]
    recognise: Callable[[str, bytes], Recognised | None]
    parse: Callable[[pl.DataFrame, Edition], Parsed]
    declared_totals: Callable[[bytes], int | None] | None = None
    totals_by_file: bool = False
    complete_bases: tuple[str, ...] = ()
    edition_field: str = ""
    index: Index | None = None
    declined: Callable[[str, bytes], str] | None = None
    dataset_of: Callable[[str, bytes], str] | None = None
    whole_period: str = ""
    monthly_history: bool = False
    overdue_days: int | None = None
    allowed_by: Literal["", "transfers", "disqualifications"] = ""
    listed_by: Literal["", "functions"] = ""
    source: Source | None = None
    roles: tuple[Role, ...] = ()
    partial_roles: tuple[Role, ...] = ()
    public_page: PublicPage | None = None
    declaring_forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_request: bool = False
    other_forms: tuple[OtherForm, ...] = ()
    mapping: FileMapping | None = None
    monthly_updates: bool = False

    def fields_in(self, columns: Collection[str]) -> tuple[SourceField, ...]:
        """The declared fields of a batch with these columns; with DelimitedTables, only those of its
        table."""
        if not isinstance(self.reader, DelimitedTables):
            return self.fields
        tables = {table_of(name) for name in columns} - {""}
        return tuple(field for field in self.fields if table_of(field.name) in tables)

    @property
    def documents_in(self) -> tuple[str, ...]:
        """`XmlRecords.documents_in`; empty for any other reader."""
        return self.reader.documents_in if isinstance(self.reader, XmlRecords) else ()

    def accumulates(self, dataset: str) -> bool:
        """Whether editions of the dataset add up, so that none replaces another."""
        return self.kind == "series" and not re.fullmatch(self.whole_period, dataset)

    def next_due(self, edition_date: date) -> date | None:
        """Date of the next edition by the cadence; None if each publisher has its own cadence."""
        if self.cadence == "monthly":
            month = edition_date.replace(day=1) + timedelta(days=31)
            return month.replace(day=min(edition_date.day, 28))
        days = {"daily": 1, "weekly": 7, "yearly": 365}.get(self.cadence)
        return edition_date + timedelta(days=days) if days else None

    def is_overdue(self, edition_date: date, on: date) -> bool:
        """Whether a newer edition than this one should have been published by `on`."""
        return self.overdue_days is not None and (on - edition_date).days > self.overdue_days


def table_of(name: str) -> str:
    """The table of a field `<table>.<column>` of DelimitedTables; "" for BATCH_COLUMNS."""
    table, point, _ = name.partition(".")
    return table if point else ""


@cache
def registers() -> Mapping[str, Register]:
    """All registers by name. Modules in the folder whose name begins with `_` are skipped."""
    import transforms.registers as package

    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return {name: register_named(name) for name in names if not name.startswith("_")}


def register_named(name: str) -> Register:
    """One register, without importing all of them, which is slow."""
    register = getattr(importlib.import_module(f"transforms.registers.{name}"), "REGISTER", None)
    if not isinstance(register, Register) or register.name != name:
        raise DeclarationError(
            f"transforms/registers/{name}.py must set REGISTER = Register(name={name!r}, …)"
        )
    return register


def page_of_record(register: str, locator: str) -> str:
    """Address of the publisher's page for a record; "" if there is none or the register is unknown."""
    known = registers().get(register)
    return known.public_page.address_of(locator) if known and known.public_page else ""


def page_of_id(identifier: str) -> str:
    """Address of a publisher's page for an official identifier such as `GB-COH-01234567`; "" if there is
    none.

    It is the page of the first register of that scheme, by name, whose locators have the form of the number.
    """
    for register in registers().values():
        number = identifier.removeprefix(f"{register.identifier_scheme}-")
        if number != identifier and (page := page_of_record(register.name, number)):
            return page
    return ""


def register_roles() -> pl.DataFrame:
    """register, territory, role, identifier_scheme, is_partial: every role of every register."""
    rows = [
        (register.name, register.territory, role, register.identifier_scheme, role in register.partial_roles)
        for register in registers().values()
        for role in (*register.roles, *register.partial_roles)
    ]
    names = ["register", "territory", "role", "identifier_scheme"]
    schema = {**dict.fromkeys(names, pl.String), "is_partial": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def declaring_forms() -> pl.DataFrame:
    """identifier_scheme, legal_form_class, number_start (null for any): forms that must declare owners."""
    rows = [
        (register.identifier_scheme, form, start)
        for register in registers().values()
        for form, starts in register.declaring_forms.items()
        for start in starts or (None,)
    ]
    names = ["identifier_scheme", "legal_form_class", "number_start"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
