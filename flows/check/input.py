"""What is asked of `undertow check`: one argument, or a CSV of names, numbers and addresses.

A list comes from a desk, so its separator, encoding and header may be those of a spreadsheet, in English or Dutch.
Nothing in it is guessed: a header that names nothing known, a row of the wrong length or a spreadsheet's own format is
refused with what to do; of a cell that cannot be read its row says so, and the other rows are checked. Messages give lines
and headers, never a value.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from transforms.errors import UsageError
from transforms.values.addresses.postcodes import UK_POSTCODE_SPACED
from transforms.values.identifiers import PREFIXES

ROWS_MAX = 100_000  # (own) of one list; longer ones are refused, so that a check stays bounded
FILE_BYTES_MAX = 50_000_000  # (own) of one list, five hundred bytes a row
TEXT_CHARACTERS_MAX = (
    1_000  # of one cell: nobody is called longer, and a whole file pasted into one cell is a mistake
)
LIST_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"})
SEPARATORS = (";", "\t", ",")
PERSON_WORDS = frozenset(
    {"person", "natural person", "individual", "persoon", "natuurlijk persoon", "particulier"}
)
COMPANY_WORDS = frozenset(
    (
        "company",
        "legal entity",
        "legal person",
        "entity",
        "organisation",
        "organization",
        "business",
        "firm",
        "partnership",
        "society",
        "charity",
        "trust",
        "ltd",
        "limited",
        "plc",
        "llp",
        "bedrijf",
        "rechtspersoon",
        "organisatie",
        "onderneming",
        "vennootschap",
        "vereniging",
        "stichting",
        "bv",
        "nv",
        "vof",
    )
)

# Spellings of each column, after `_spelling`. Dutch ones because the offices that use this keep lists in Dutch too.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": (
        "name",
        "company name",
        "company",
        "organisation",
        "naam",
        "bedrijfsnaam",
        "handelsnaam",
        "statutaire naam",
        "bedrijf",
        "organisatie",
    ),
    "number": (
        "number",
        "company number",
        "registration number",
        "id",
        "title number",
        "nummer",
        "kvk",
        "kvk nummer",
        "kvknummer",
        "registratienummer",
        "titelnummer",
    ),
    "address": ("address", "adres", "vestigingsadres"),
    "postcode": ("postcode", "postal code", "zip"),
    "role": ("role", "capacity", "rol", "hoedanigheid"),
    "kind": ("kind", "type", "soort"),
    "born": ("born", "birth month", "date of birth", "birth", "geboren", "geboortemaand", "geboortedatum"),
}
ASKABLE = ("name", "number", "address", "postcode")
_ORG_ID = re.compile(r"^[A-Za-z]{2}-[A-Za-z_]{1,12}-\S+$")
_NUMBER = re.compile(r"^[A-Za-z]{0,4}[ .]?\d[\d .]{0,11}[A-Za-z]{0,3}$")
# What stands before a number in a letter or a form; the shortest ones only with a sign after them, because NO and CH may be of the number itself.
_BEFORE_NUMBER = re.compile(
    r"^(?:(?:companies house|company|registered|registration|register|reg|incorporation|title|charity|crn|kvk|number|nummer|num|no|nr|n[°º]|co|ch|uk|gb)(?:[\s.:#-]+|(?=\d))|#\s*)+",
    re.IGNORECASE,
)
_TOO_MANY_ZEROS = re.compile(r"^0+(?=\d{8}$)")  # nine digits and more, of which the first say nothing
_COMPANY_NUMBER = re.compile(
    rf"^(?:(?:{'|'.join(prefix for prefix in PREFIXES if prefix.isupper())})?\d{{1,6}}[A-Z]{{0,3}}|R?\d{{7}}|\d{{8}})$"
)
# A name and a number in one text: between them a comma or a bracket, or a legal form before it.
_NAME_AND_NUMBER = re.compile(
    r"^(?P<name>.*[^\W\d_]{2}.*?(?:\s*[,;:(\[]|(?<=ltd)|(?<=ltd\.)|(?<=limited)|(?<=plc)|(?<=llp)))\s*(?P<number>[^,;()\[\]]*\d{5}[^,;()\[\]]*)[)\]]?$",
    re.IGNORECASE,
)
_POSTCODE = re.compile(rf"(?:^|[^0-9A-Z]){UK_POSTCODE_SPACED}(?:$|[^0-9A-Z])")
# Without a postcode: a number and a word, a flat, land; or pieces between commas.
_ADDRESS = re.compile(
    r"^(?:\d+[A-Za-z]?,? +[A-Za-z]{2}|(?:flat|unit|suite|land)\b)|[^,]*[A-Za-z],\s*[A-Za-z]", re.IGNORECASE
)
_SEPARATOR_LINE = re.compile(
    r"^sep=.$", re.IGNORECASE
)  # which some spreadsheets write and read as the first line of a CSV


@dataclass(frozen=True)
class Asked:
    """One row of a list, or the one argument. Blank texts are "". `row`: from 1.

    `is_free`: one argument whose kind is not stated, so that number, address and name are tries at the same text and
    need not agree with each other. `born`: (year, month or None), only used to compare candidates. `fault`: why the row
    cannot be checked, without a word of what is in it.
    """

    row: int
    name: str = ""
    number: str = ""
    address: str = ""
    postcode: str = ""
    role: str = ""
    kind: str = ""
    born: tuple[int, int | None] | None = None
    is_free: bool = False
    fault: str = ""

    @property
    def only_person(self) -> bool:
        return self.kind.strip().casefold() in PERSON_WORDS or self.role.strip().casefold() in PERSON_WORDS

    @property
    def shown(self) -> str:
        """What was asked, in one line."""
        return (
            ", ".join(
                dict.fromkeys(text for text in (self.name, self.number, self.address, self.postcode) if text)
            )
            or "(nothing)"
        )


def asked(what: str) -> tuple[Asked, ...]:
    """The rows of the file named by `what`, or `what` itself as one row. Raises UsageError."""
    text = what.encode("utf-8", "surrogatepass").decode("utf-8", "replace").strip()
    if not text:
        raise UsageError(
            "nothing was asked; give a name, a number, an address, an id, or a CSV file with columns name, number, address"
        )
    if "\x00" not in text and _is_path(text):
        return read_list(Path(text))
    if len(text) > TEXT_CHARACTERS_MAX:
        raise UsageError(
            f"the argument has more than {TEXT_CHARACTERS_MAX} characters; put a list into a CSV file and give its path"
        )
    return (_free(text),)


def _is_path(text: str) -> bool:
    """A file, or what can only be meant as one: a pipe (`<(…)` of a shell), what would lie in a folder that is there.

    A folder called as a company is does not hide the company.
    """
    path = Path(text)
    try:
        return (
            path.is_file()
            or ("/" in text and (path.exists() or path.parent.is_dir()))
            or path.suffix.lower() in LIST_SUFFIXES
        )
    except OSError:  # too long for a file name
        return False


def bare_number(text: str) -> str:
    """A number without the words before it, a country's code before digits, and zeros beyond eight digits: `Company No. 000098254` is `00098254`."""
    bare = _BEFORE_NUMBER.sub("", text.strip())
    if not re.match(r"[A-Za-z]{0,4}[\s.]?\d", bare):
        return text.strip()
    return _TOO_MANY_ZEROS.sub("", bare.replace(" ", "")) if re.fullmatch(r"[\d ]+", bare) else bare


def is_org_id(text: str) -> bool:
    """Whether a text has the form of an id of a release: a scheme, and what is an id in it."""
    return bool(_ORG_ID.match(text))


def is_company_number(text: str) -> bool:
    """Whether a number has the form of one of Companies House's, as it stands or without what is written before it."""
    return bool(_COMPANY_NUMBER.match(re.sub(r"[^0-9A-Z]", "", bare_number(text).upper())))


def _free(text: str) -> Asked:
    if is_org_id(text):
        return Asked(1, number=text, is_free=True)
    if _POSTCODE.search(text.upper()):
        return Asked(1, address=text, is_free=True)
    number = text if _NUMBER.match(bare_number(text)) else ""
    if not number and (both := _NAME_AND_NUMBER.match(text)) and _NUMBER.match(bare_number(both["number"])):
        return Asked(1, name=both["name"].rstrip(" ,;:([-"), number=both["number"].strip())
    return Asked(
        1, name=text, number=number, address=text if not number and _ADDRESS.match(text) else "", is_free=True
    )


# --- a list ---------------------------------------------------------------------------------------------------------


def read_list(path: Path) -> tuple[Asked, ...]:
    """The rows of a CSV with a header, in order; empty lines are left out. Raises UsageError."""
    text = _decoded(path)
    rows = _cells(path, text)
    if not rows:
        raise UsageError(
            f"{path}: it has no lines; give a CSV whose first line names the columns (name, number, address; naam, nummer, adres)"
        )
    (_, header), *records = rows
    columns = _columns(path, header)
    if not records:
        raise UsageError(f"{path}: there is a header and no row under it; put one party on each line")
    if len(records) > ROWS_MAX:
        raise UsageError(
            f"{path}: it has {len(records)} rows and at most {ROWS_MAX} can be checked at once; split it"
        )
    found = tuple(
        _row(path, number, line, columns, cells) for number, (line, cells) in enumerate(records, start=1)
    )
    if all(one.fault for one in found):
        raise UsageError(f"{path}: no row of it can be checked; {found[0].fault}")
    return found


def _decoded(path: Path) -> str:
    if not path.is_file():
        what = (
            "this is a folder"
            if path.is_dir()
            else "this is no ordinary file"
            if path.exists()
            else "there is no such file"
        )
        raise UsageError(f"{path}: {what}; name one CSV file, or give a name, number or address")
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise UsageError(
                f"{path}: it is larger than {FILE_BYTES_MAX // 1_000_000} MB; a list of at most {ROWS_MAX} rows is expected; split it"
            )
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; make the file readable and try again") from None
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or path.suffix.lower() in {".xlsx", ".xls", ".ods"}:
        raise UsageError(f"{path}: this is a spreadsheet; save it as CSV (UTF-8) and give that file")
    if b"\x00" in data:
        raise UsageError(
            f"{path}: it is no plain text (it holds NUL bytes, as UTF-16 files do); save it as CSV (UTF-8)"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(
            "cp1252", "replace"
        )  # what a spreadsheet in western Europe writes unless told otherwise


def _cells(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """(line, cells) of every record that is not empty. The separator is the one that the first line has most of; a line `sep=;` says nothing else."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count), strict=True
    )
    found: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error:
        raise UsageError(
            f"{path}: the quotes do not close near line {reader.line_num}; write a quote inside a quoted cell twice"
        ) from None
    return found[1:] if _SEPARATOR_LINE.match(first.strip()) else found


def _spelling(header: str) -> str:
    return " ".join(re.sub(r"[_\-./]+", " ", header.casefold()).split())


def _columns(path: Path, header: Sequence[str]) -> tuple[str, ...]:
    """The column that each cell of the header names, "" for one that is not used."""
    meaning = {spelling: column for column, spellings in COLUMNS.items() for spelling in spellings}
    columns = tuple(meaning.get(_spelling(cell), "") for cell in header)
    if not set(columns) & set(ASKABLE):
        raise UsageError(
            f"{path}: its first line names none of the columns name, number, address, postcode (naam, nummer, adres, postcode); add a header"
        )
    if twice := [column for column in COLUMNS if columns.count(column) > 1]:
        raise UsageError(f"{path}: two columns of its first line both mean {twice[0]}; keep one of them")
    return columns


def _says_something(text: str) -> bool:
    """A dash stands in many lists for a blank."""
    return any(map(str.isalnum, text))


def _row(path: Path, number: int, line: int, columns: Sequence[str], cells: Sequence[str]) -> Asked:
    if any(cells[len(columns) :]):
        raise UsageError(
            f"{path}: the row that ends in line {line} has {len(cells)} cells and the header {len(columns)}; quote a cell that holds a separator"
        )
    if too_long := [place for place, cell in enumerate(cells, start=1) if len(cell) > TEXT_CHARACTERS_MAX]:
        raise UsageError(
            f"{path}: cell {too_long[0]} of the row that ends in line {line} has over {TEXT_CHARACTERS_MAX} characters; is a quote missing?"
        )
    given = {
        column: cell for column, cell in zip(columns, cells, strict=False) if column and _says_something(cell)
    }
    name, stated, address, postcode, role, kind = (
        given.get(column, "") for column in ("name", "number", "address", "postcode", "role", "kind")
    )
    born = _born(given.get("born", ""))
    wrong = (
        ""
        if born is not None or not given.get("born")
        else "column born: this is no month of birth; write YYYY-MM, or leave it blank"
    )
    if (
        kind
        and not wrong
        and " ".join(kind.casefold().replace(".", "").split()) not in PERSON_WORDS | COMPANY_WORDS
    ):
        wrong = "column kind: this is no kind of party; write person or company, or leave it blank"
    return Asked(
        number,
        name,
        stated,
        address,
        postcode,
        role,
        kind,
        born=born,
        fault=f"row {number} (line {line}), {wrong}" if wrong else "",
    )


_BIRTHS = (
    re.compile(r"^(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.]\d{1,2})?)?$"),
    re.compile(r"^(?:\d{1,2}[-/. ])?(?P<month>\d{1,2})[-/. ](?P<year>\d{4})$"),
)


def _born(text: str) -> tuple[int, int | None] | None:
    """Year and month, None where the text is neither; a day is not kept. The day stands before the month where the year comes last."""
    for pattern in _BIRTHS:
        if found := pattern.match(text):
            month = int(found["month"]) if found["month"] else None
            if month is None or 1 <= month <= 12:
                return int(found["year"]), month
    return None
