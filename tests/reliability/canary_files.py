"""Files of every register in which a person's name stands in every field of some record.

Made of the golden cases (`tests/register_cases.py`). Each record as it is, and for every kind of place in
them one more with the name there.
"""

import copy
import csv
import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.landings import CANARY
from tests.register_cases import cases, landed_files
from transforms.model.register import (
    Delimited,
    DelimitedTables,
    FixedWidth,
    JsonLines,
    Register,
    TextBlocks,
    XmlRecords,
    registers,
)

ID_KEYS = ("id", "statementId", "self", "etag")
HEADER_WITHIN = 3  # lines
# Keys that say which register, kind or edition a record is of: with a name in there the file is another file.
KEPT_KEYS = ("schema", "recordType", "publicationDate", "bodsVersion", "generated_at")

Leaf = tuple[str | int, ...]
Made = tuple[bytes, int]  # a file, and in how many fields of it the name stands


def native_files() -> dict[str, Made]:
    """File name → a file of each register."""
    made: dict[str, Made] = {}
    for register in registers().values():
        paths = [landed_files(case)[0] for case in cases(register)]
        if isinstance(register.reader, DelimitedTables):
            made[f"{paths[0].name}.zip"] = tables(paths[0])
        else:
            texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
            made[paths[0].name] = native_text(register, paths[0].name, texts)
    return made


def native_text(register: Register, name: str, texts: Sequence[str]) -> Made:
    """One file of the texts of the register's cases; of delimited and fixed-width ones, of the first."""
    match register.reader:
        case Delimited() as reader:
            separators = (reader.separator, *reader.also_separators)
            return delimited(texts[0], separators, [field.name for field in register.fields])
        case FixedWidth():
            return fixed_width(texts[0])
        case XmlRecords(record_at=record_at):
            return xml_documents(texts, record_at.split("."))
        case TextBlocks():
            return text_blocks(texts)
        case JsonLines() as reader:
            given = [record for text in texts for record in records_of(text, reader.array_at)]
            in_lines = not reader.packages or name.endswith("l")
            return json_file(given, in_lines=in_lines, array_at=next(iter(reader.array_at), ""))
    raise NotImplementedError(register.name)


def tables(folder: Path) -> tuple[bytes, int]:
    """The archive of a folder of tables."""
    out, fields_n = io.BytesIO(), 0
    with zipfile.ZipFile(out, "w") as packed:
        for path in sorted(folder.iterdir()):
            whole = path.read_text(encoding="utf-8")
            text, width = delimited(whole, ",", next(csv.reader([whole.splitlines()[0]])))
            packed.writestr(path.name, text)
            fields_n += width
    return out.getvalue(), fields_n


def records_of(text: str, array_at: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The objects of JSON lines, of an array, or of the arrays at `array_at` of answers."""
    documents: list[Any] = []
    with suppress(ValueError):
        documents.append(json.loads(text))
    for line in [] if documents else text.splitlines():
        with suppress(ValueError):  # a case may hold a broken line
            documents.append(json.loads(line))
    for document in documents:
        for record in document if isinstance(document, list) else [document]:
            if isinstance(record, dict):
                yield from next(filter(None, (array_in(record, path) for path in array_at)), [record])


def array_in(answer: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """The array at this path; empty where there is none."""
    value: Any = answer
    for key in path.split("."):
        value = value.get(key, {}) if isinstance(value, dict) else {}
    return value or []


def delimited(whole: str, separators: Sequence[str], names: Collection[str]) -> Made:
    """Lines before the header, if there is one, stay as they are, and so does the header."""
    lines = whole.splitlines(keepends=True)
    headers = [
        (number, separator)
        for number, line in enumerate(lines[:HEADER_WITHIN])
        for separator in separators
        if {cell.strip(' "\n\r') for cell in line.split(separator)} & {*names}
    ]
    first, separator = (headers[0][0] + 1, headers[0][1]) if headers else (0, separators[0])
    rows = list(csv.reader(io.StringIO("".join(lines[first:])), delimiter=separator))
    width = max(len(row) for row in rows)
    records = [row for row in rows if len(row) == width]
    changed = [
        [CANARY if place == column else value for place, value in enumerate(records[column % len(records)])]
        for column in range(width)
    ]
    quoting = csv.QUOTE_ALL if not headers or width > 50 else csv.QUOTE_MINIMAL
    out = io.StringIO("".join(lines[:first]))
    out.seek(0, io.SEEK_END)
    csv.writer(out, delimiter=separator, quoting=quoting, lineterminator="\n").writerows([*records, *changed])
    return out.getvalue().encode(), width


def leaves(value: Any, path: Leaf = ()) -> Iterator[Leaf]:
    """Paths of the texts and numbers in a record."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves(part, (*path, place))
    else:
        yield path


def json_file(given: Sequence[dict[str, Any]], *, in_lines: bool, array_at: str) -> Made:
    """A file of JSON lines, an array, or an answer with an array. Each record that the name is put into has
    an id of its own. BODS before 0.4 is left out: it may not be in one file with later ones.
    """
    records = [record for record in given if "statementID" not in record]
    out, seen = [json.dumps(record) for record in records], set()
    for number, record in enumerate(records):
        for path in leaves(record):
            kind = (
                record.get("schema"),
                record.get("recordType"),
                tuple(part for part in path if isinstance(part, str)),
            )
            if kind in seen or path[-1] in KEPT_KEYS or "totals" in json.dumps(record)[:200]:
                continue
            seen.add(kind)
            out.append(
                json.dumps(with_leaf(record, path, f"{number}-{len(seen)}"), ensure_ascii=len(seen) % 2 == 0)
            )
    if in_lines:
        return "".join(line + "\n" for line in out).encode(), len(seen)
    whole = "[" + ",\n".join(out) + "]"
    for key in reversed(array_at.split(".") if array_at else []):
        whole = f"{{{json.dumps(key)}: {whole}}}"
    return whole.encode(), len(seen)


def with_leaf(record: dict[str, Any], path: Leaf, suffix: str) -> dict[str, Any]:
    changed = copy.deepcopy(record)
    for other in leaves(record):
        if other[-1] in ID_KEYS:
            put(changed, other, f"{value_at(changed, other)}-{suffix}")
    put(changed, path, CANARY)
    return changed


def value_at(record: Any, path: Leaf) -> Any:
    for part in path:
        record = record[part]
    return record


def put(record: Any, path: Leaf, value: object) -> None:
    value_at(record, path[:-1])[path[-1]] = value


def fixed_width(whole: str) -> Made:
    """Of the first record that has the most fields of free length, one for each of these: in a field of some
    characters no name fits.
    """
    header, *records, trailer = whole.splitlines()
    row = max(records, key=lambda record: record.count("<"))
    start, *fields = row.split("<")
    changed = [
        "<".join([start, *fields[:place], CANARY, *fields[place + 1 :]]) for place in range(len(fields) - 1)
    ]
    changed.append("<".join([start[:-4] + f"{len(CANARY):04}" + CANARY, *fields]))
    counted = f"{int(trailer) + len(changed):0{len(trailer)}}"
    lines = [header, *records, *changed, counted]
    return "".join(line + "\n" for line in lines).encode(), len(changed)


def text_blocks(texts: Sequence[str]) -> Made:
    """Of each case's first block, one for each of its lines, with a number of its own."""
    out, changed_n = [*texts], 0
    for number, text in enumerate(texts):
        lines = text.partition("\n-\n")[0].splitlines()
        for place, line in enumerate(lines[1:], start=1):
            tag = line[: line.index(":", 1) + 1] if line.startswith(":") else ""
            changed = [f":20:ZED{number}X{place}", *lines[1:place], tag + CANARY, *lines[place + 1 :], "-"]
            out.append("".join(row + "\n" for row in changed))
            changed_n += 1
    return "".join(out).encode(), changed_n


def xml_documents(texts: Sequence[str], record_at: Sequence[str]) -> Made:
    """The documents one after the other. A record's copies follow it; where the document is the record, they
    are documents.
    """
    documents: list[ElementTree.Element] = []
    seen: set[tuple[str, ...]] = set()
    for one in [one for text in texts for one in documents_of(text)]:
        root = ElementTree.fromstring(one)
        for _, (prefix, space) in ElementTree.iterparse(io.StringIO(one), events=["start-ns"]):
            ElementTree.register_namespace(prefix, space)
        parents = [root]
        for name in record_at[1:-1]:
            parents = [child for parent in parents for child in parent if local(child.tag) == name]
        documents.append(root)
        if len(record_at) == 1:
            documents += changed_records(root, seen)
            continue
        for parent in parents:
            for record in [child for child in parent if local(child.tag) == record_at[-1]]:
                parent.extend(changed_records(record, seen))
    made = [ElementTree.tostring(document, encoding="unicode") for document in documents]
    return "\n".join(made).encode(), len(seen)


def documents_of(text: str) -> list[str]:
    """The documents of a file, which may have several of one kind; what is cut off is left out."""
    begins = re.search(r"<([^\s>?!]+)", text)
    assert begins
    return re.findall(rf"<{begins[1]}[\s>].*?</{begins[1]}>", text, re.DOTALL)


def changed_records(record: ElementTree.Element, seen: set[tuple[str, ...]]) -> Iterator[ElementTree.Element]:
    """A copy for each kind of place that was not seen: a text, or an attribute."""
    original = copy.deepcopy(record)
    for number, (path, element) in enumerate(elements(original, ())):
        for attribute in ["", *element.keys()]:
            kind = (*path, attribute)
            if kind in seen or (not attribute and len(element)):
                continue
            seen.add(kind)
            changed = copy.deepcopy(original)
            place = [*changed.iter()][number]
            if attribute:
                place.set(attribute, CANARY)
            else:
                place.text = CANARY
            yield changed


def elements(
    element: ElementTree.Element, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], ElementTree.Element]]:
    """Each element with its path, in the order of the document."""
    path = (*above, element.tag)
    yield path, element
    for child in element:
        yield from elements(child, path)


def local(tag: str) -> str:
    return tag.rpartition("}")[2]
