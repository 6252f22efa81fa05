"""Read records from an XML file of any size, one by one, and account for each of them.

The register declares the path of its records (`XmlRecords`). A record is flattened to dotted paths of element
names, without namespaces. Declared paths are kept; others are reported as findings.

- The value of an element without child elements is its stripped text; an empty element has no value.
- A dot in the name of an element becomes an underscore: `aoa.identificatie` is declared as
  `aoa_identificatie`.
- An attribute is declared beside its element: `Ntry.Amt` and `Ntry.Amt@Ccy`. Attributes that are not declared
  are not read.
- Elements at a path in `lists` are a list, even if there is only one. A list nested three deep gives one list
  with all items. Elements that repeat at any other path must be of kind `texts`, or the record is rejected as
  `wrong_type`.

A file may have several documents, one after another. A document with another root element is not a record,
unless `other_documents` names it: then it is an ignored record. A document with a document type (DOCTYPE) is
refused before anything of it is read: entities can make it grow, or refer to other files. The parser is
expat, from the standard library.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

import numpy as np
import polars as pl

from transforms.model.register import Register, XmlRecords
from transforms.readers import Batch, archives
from transforms.readers._records import (
    blocked,
    hashes_of,
    ignored_frame,
    located_records,
    reject_frame,
    unknown_fields,
)
from transforms.readers.json_exact import Fields, Node, Rejected, columns_of, fill, node_at, tree_of

CHUNK_BYTES = 4 << 20
CUT_OFF = frozenset({3, 5, 20})  # expat: no element, unclosed token, unclosed CDATA section
NEXT_DOCUMENT = frozenset({9, 30})  # expat: something after the document's element, a second XML declaration
UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0")


@dataclass
class Element:
    """An element of the record being read. node: in the tree of declared fields; None if undeclared."""

    name: str
    node: Node | None
    attributes: Mapping[str, str]
    below: dict[str, object] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Record:
    start: int  # byte in the file
    raw: bytes
    members: dict[str, object]
    ignored: str = ""  # reason, for a document without records


class Records:
    """Parses a file that is fed in pieces and collects its records."""

    def __init__(self, register: Register, reader: XmlRecords, file_name: str, root: Node) -> None:
        self._where = register.name, file_name
        self._reader, self._root = reader, root
        self._record_at = reader.record_at.split(".")
        self._above: list[str] = []  # names of the open elements from the root to the record
        self._open: list[Element] = []  # open elements of the record being read
        self._start = 0  # byte where the record being read starts, else the last tag outside records
        self._raw, self._offset = b"", 0
        self.complete: list[Record] = []
        self._begin_document(0)

    def _begin_document(self, first_byte: int) -> None:
        self._first_byte = first_byte  # of the document in the file
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add_text

    def _place(self) -> int:
        """The parser's byte position in the file."""
        return self._first_byte + self._parser.CurrentByteIndex

    def feed(self, piece: bytes, *, is_last: bool) -> None:
        """Read a piece; complete records are added to `complete`. Raises BlockedEdition."""
        self._raw += piece
        rest: bytes | None = piece
        while rest is not None:
            try:
                self._parser.Parse(rest, is_last)
                rest = None
            except expat.ExpatError as fault:
                rest = self._next_document(fault, is_last=is_last)
        self._raw, self._offset = self._raw[self._start - self._offset :], self._start
        if len(self._raw) > self._reader.record_bytes_max:
            bytes_max = f"{self._reader.record_bytes_max:,} bytes"
            what = f"has no complete record in the {bytes_max} after byte {self._offset}"
            raise blocked(*self._where, "broken_xml", what, "check the file at that place")

    def _next_document(self, fault: expat.ExpatError, *, is_last: bool) -> bytes:
        """After the end of a document: begin a new parser and return the bytes that it has to read. Raises
        BlockedEdition for any other fault.
        """
        if fault.code in NEXT_DOCUMENT and not self._above:
            self._begin_document(self._first_byte + self._parser.ErrorByteIndex)
            return self._raw[self._first_byte - self._offset :]
        code = "truncated" if is_last and fault.code in CUT_OFF else "broken_xml"
        what = f"is not well-formed XML at line {fault.lineno}, column {fault.offset}"
        raise blocked(*self._where, code, what, "fetch it again")

    def _refuse_doctype(self, *_: object) -> None:
        what = "has a document type (DOCTYPE), which could bring in other files"
        raise blocked(*self._where, "doctype", what, "have it delivered without one")

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2].replace(".", "_")
        if self._open:
            node = self._open[-1].node
            self._open.append(Element(local, node.children.get(local) if node else None, attributes))
        else:
            self._above.append(local)
            self._start = self._place()
            if self._above == self._record_at:
                self._open.append(Element(local, self._root, attributes))
        if len(self._above) + len(self._open) > self._reader.depth_max:
            what = f"has elements more than {self._reader.depth_max} deep"
            raise blocked(*self._where, "too_deep", what, "check the file")

    def _add_text(self, text: str) -> None:
        if self._open:
            self._open[-1].text.append(text)

    def _end(self, _name: str) -> None:
        if len(self._open) > 1:
            element = self._open.pop()
            _add(self._open[-1], element)
            return
        if self._open:
            record = self._open.pop()
            members = record.below | _attributes("", record.attributes, self._root)
            end = self._raw.index(b">", self._place() - self._offset) + 1
            raw = self._raw[self._start - self._offset : end]
            self.complete.append(Record(self._start, raw, members))
        self._start = self._place()
        name = self._above.pop()
        if not self._above and (reason := self._reader.other_documents.get(name)):
            self.complete.append(Record(self._first_byte, b"", {}, reason))


def _add(parent: Element, element: Element) -> None:
    """Add an element and its declared attributes to the members of its parent."""
    value = element.below or "".join(element.text).strip() or None
    is_listed = element.node is not None and element.node.is_repeating
    if is_listed and value is None and element.node and element.node.children:
        value = {}
    _add_member(parent.below, element.name, value, is_listed=is_listed)
    if parent.node:
        for key, text in _attributes(element.name, element.attributes, parent.node).items():
            _add_member(parent.below, key, text, is_listed=is_listed)


def _attributes(name: str, attributes: Mapping[str, str], parent: Node) -> dict[str, str | None]:
    """The declared attributes of the element `name` ("" for the record itself); None for a missing one."""
    keys = parent.attributes.get(name, [])
    by_name = {attribute.rpartition(":")[2]: text for attribute, text in attributes.items()} if keys else {}
    return {key: by_name.get(key.partition("@")[2]) for key in keys}


def _add_member(members: dict[str, object], key: str, value: object, *, is_listed: bool) -> None:
    before = members.get(key)
    if is_listed and before is None:
        members[key] = [value]
    elif isinstance(before, list):
        before.append(value)
    elif before is not None:
        members[key] = [before, value]
    elif value is not None:
        members[key] = value


def fields_of(register: Register, reader: XmlRecords) -> Fields:
    """The declared fields, with lists marked. A list below another list is an inner list."""
    root, nodes = tree_of(register, reader.depth_max, takes_one=True)
    for path in reader.lists:
        node = node_at(register.name, root, path)
        node.is_repeating = True
        node.is_inner_list = any(path.startswith(f"{above}.") for above in reader.lists)
    _note_attributes(root)
    return Fields(root, nodes, totals=(), totals_prefix="")


def _note_attributes(node: Node) -> None:
    for key, child in node.children.items():
        name, mark, _ = key.partition("@")
        if mark:
            node.attributes.setdefault(name, []).append(key)
        _note_attributes(child)


def read(
    register: Register, path: Path, *, part_no: int, first_record_no: int, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Batch]:
    """Batches of `path` in file order. Memory: a small multiple of `chunk_bytes` and of the largest record.

    Raises BlockedEdition: doctype, broken_xml, truncated, too_deep, unsupported_encoding (UTF-16), empty_file
    (no record at the declared path).
    """
    reader = register.reader
    assert isinstance(reader, XmlRecords)
    fields = fields_of(register, reader)
    records = Records(register, reader, path.name, fields.root)
    number = first_record_no
    with archives.opened(path, reader.documents_in) as file:
        piece = file.read(chunk_bytes)
        if piece[:2] in UTF_16:
            what = "is written in UTF-16"
            raise blocked(register.name, path.name, "unsupported_encoding", what, "convert it to UTF-8")
        is_last = False
        while not is_last:
            is_last = not piece
            records.feed(piece, is_last=is_last)
            piece = file.read(chunk_bytes)
            if records.complete:
                batch = _batch(records.complete, fields, part_no, number)
                records.complete = []
                number += batch.records_in
                yield batch
    if number == first_record_no:
        what = f"has no record at {reader.record_at}"
        raise blocked(register.name, path.name, "empty_file", what, "fetch it again")


def _batch(records: list[Record], fields: Fields, part_no: int, first_record_no: int) -> Batch:
    fields.begin(len(records))
    faults: dict[int, Rejected] = {}
    ignored = {index: record.ignored for index, record in enumerate(records) if record.ignored}
    for index, record in enumerate(records):
        if record.ignored:
            continue
        try:
            fill(fields.root, record.members, index, fields.unknown)
        except Rejected as fault:
            faults[index] = fault
    kept = [index for index in range(len(records)) if index not in faults and index not in ignored]
    located = located_records(
        np.arange(first_record_no, first_record_no + len(records), dtype=np.int64),
        np.array([record.start for record in records], dtype=np.int64),
        np.array([len(record.raw) for record in records], dtype=np.int64),
        part_no,
        hashes_of([record.raw for record in records]),
    )
    return Batch(
        frame=located[kept].hstack(columns_of(fields, kept)),
        rejects=reject_frame(
            located[list(faults)],
            [fault.code for fault in faults.values()],
            [fault.path for fault in faults.values()],
        ),
        ignored=pl.concat(
            ignored_frame([first_record_no + index], reason) for index, reason in ignored.items()
        )
        if ignored
        else ignored_frame([], ""),
        totals=(),
        findings=unknown_fields(fields.unknown),
        records_in=len(records),
    )
