"""How a publisher's file is laid out: its fields, and the reader that knows its form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

FieldKind = Literal["text", "texts", "date", "integer", "money", "boolean", "category"]


@dataclass(frozen=True)
class SourceField:
    """One native field (a CSV column by its stripped header, a JSON key by its dotted path).

    `ignored`: why the field is not used; empty if it is used.
    `required`: a file without the field is blocked.
    `mandatory`: a record without a value is rejected.
    `date_format`: for strptime; several formats, separated by a bar, are tried in order.
    `known`: category values that the parser handles; other values are reported as findings.
    `also`: other names of a CSV column, for data that many publishers publish with their own column names. If
    a file has several, the first in this list counts. Only letters and digits are compared, in lower case.
    """

    name: str
    kind: FieldKind = "text"
    ignored: str = ""
    required: bool = True
    mandatory: bool = False
    date_format: str = ""
    known: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """A form of file, recognised by its first line, for registers with several forms or without a header.

    `columns`: native fields in file order. A file that begins with these names has this header, even without
    a line end after it.
    `first_record`: regular expression for the first line of a file of this form without a header.
    """

    columns: tuple[str, ...]
    first_record: str


@dataclass(frozen=True)
class Delimited:
    """CSV by RFC 4180.

    `separator`: one byte. `trailer`: regular expression for a raw line that is a trailer, not a record.
    `shapes`: forms that are tried in order; a file that matches none of them has its own header.
    `lines_before_header_max`: how many title lines may come before the header.
    `also_separators`: other separators that a file may have; the most frequent one in its first line is used.
    `fallback_encoding`: for a record that is not UTF-8; without one, the record is rejected.
    `may_be_empty`: a file with a header and no record is accepted.
    """

    separator: str = ","
    trailer: str = ""
    may_be_empty: bool = False
    lines_before_header_max: int = 0
    also_separators: tuple[str, ...] = ()
    fallback_encoding: str = ""
    record_bytes_max: int = 1 << 20
    shapes: tuple[Shape, ...] = ()


@dataclass(frozen=True)
class DelimitedTables:
    """CSV files in one archive, each a table with columns of its own. A field is `<table>.<column>`.

    `sets`: sets of tables, in the order in which they are read; an archive has exactly those of one set. The
    rows of `<table>_insert` are rows of `<table>`; a table of an update may be empty. `beside`: regular
    expression for names, in lower case, of members that are not tables and are not read.
    """

    sets: tuple[tuple[str, ...], ...]
    beside: str = ""


@dataclass(frozen=True)
class JsonLines:
    """One JSON object on each line.

    `totals`: (dotted path, prefix of its value) of records with the publisher's totals. `object_lists`:
    dotted paths of lists of objects; declared ones are read faster than others. `packages`: the file may also
    be one JSON array of objects, or have objects that span several lines. `array_at`: with `packages`, the
    file may also be a series of API answers, each an object with the array at one of these dotted paths.
    `lone_texts`: a single text in a field of kind `texts` counts as a list of one. `inner_lists`: dotted
    paths of lists below a list of objects (the suppliers of each award). Each element of a field there is the
    JSON text of a list. `record_key`: with `array_at`, a key that every record has before any such array, and
    that no answer has. `within`: a record's fields may be in an object under this key; fields beside that
    object are read too. `fallback_encoding`: for a record that is not UTF-8; without one, the record is
    rejected.
    """

    totals: tuple[str, str] = ("", "")
    object_lists: tuple[str, ...] = ()
    packages: bool = False
    array_at: tuple[str, ...] = ()
    lone_texts: bool = False
    inner_lists: tuple[str, ...] = ()
    record_key: str = ""
    within: str = ""
    fallback_encoding: str = ""
    record_bytes_max: int = 10 << 20
    depth_max: int = 64


@dataclass(frozen=True)
class XmlRecords:
    """Repeated elements of an XML file, at one path. See `transforms.readers.xml_records`.

    `record_at`: path from the root to the element that is a record: names without namespaces, separated by
    dots (`Document.BkToCstmrStmt.Stmt`).
    `lists`: paths below the record of elements that may repeat. A field below such a path has one value for
    each element; below a list in a list, each value is the JSON text of a list.
    `documents_in`: regular expressions for the names of nested archives whose documents have the records, in
    this order. Other members of the archive are not read.
    `other_documents`: in a file of many documents, root element of documents without records → why they are
    ignored.
    """

    record_at: str
    lists: tuple[str, ...] = ()
    documents_in: tuple[str, ...] = ()
    other_documents: Mapping[str, str] = field(default_factory=dict)
    record_bytes_max: int = 64 << 20
    depth_max: int = 64


@dataclass(frozen=True)
class TextBlocks:
    """Text in which a record is a block of lines. See `transforms.readers.text_blocks`.

    `begins`: regular expression for the first line of a record. `field`: the field that gets its text.
    """

    begins: str
    field: str
    file_bytes_max: int = 256 << 20


@dataclass(frozen=True)
class FixedWidth:
    """Lines whose fields are at fixed places, followed by fields that each end with `<`. See
    `transforms.readers.fixed_width`.

    `header`, `trailer`: regular expressions for the first and the last line, which are not records.
    `others`: regular expression for other lines → why they are ignored.
    `places`: field → position of its first character, from 0, and its length in characters.
    `further_from`, `further`: position where the fields with `<` begin, and their names in order.
    """

    header: str
    trailer: str
    places: Mapping[str, tuple[int, int]]
    further_from: int
    further: tuple[str, ...]
    others: Mapping[str, str] = field(default_factory=dict)
    record_bytes_max: int = 1 << 16


@dataclass(frozen=True)
class OtherForm:
    """Another form in which a publisher publishes the same records.

    `begins`: regular expression for the start of such a file. `fields`: its native fields.
    `in_columns(frame)`: converts a batch to the fields of the register.
    """

    begins: bytes
    reader: JsonLines | XmlRecords | FixedWidth
    fields: tuple[SourceField, ...]
    in_columns: Callable[[pl.DataFrame], pl.DataFrame]
