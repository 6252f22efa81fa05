"""The questions of `undertow check`: one argument, or a CSV of names, numbers and addresses.

A list comes from a desk, so its separator, encoding and header may be those of a spreadsheet, in English or
Dutch. Nothing is guessed: an unknown header, a row of the wrong length or a spreadsheet file is refused with
what to do. A cell that cannot be read is a fault of its row, and the other rows are checked. Messages name
lines and headers, never a value.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from transforms.errors import UsageError
from transforms.values.addresses.postcodes import DUTCH_POSTCODE, UK_POSTCODE_SPACED
from transforms.values.identifiers import PREFIXES

ROWS_MAX = 100_000  # (own) of one list, so that a check stays bounded
FILE_BYTES_MAX = 50_000_000  # (own) of one list: 500 bytes a row
TEXT_CHARACTERS_MAX = 1_000  # (own) of one cell: a longer one is a mistake, such as a missing quote
SPREADSHEET_SUFFIXES = frozenset({".xlsx", ".xls", ".ods"})
LIST_SUFFIXES = SPREADSHEET_SUFFIXES | {".csv", ".tsv", ".txt"}
SEPARATORS = (";", "\t", ",")
PERSON_WORDS = frozenset(
    {"person", "natural person", "individual", "persoon", "natuurlijk persoon", "particulier"}
)
COMPANY_WORDS = frozenset(
    [
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
    ]
)
# Headers of each column in lower case without punctuation, in English and in Dutch.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("name", "company name", "company", "organisation"),
        *("naam", "bedrijfsnaam", "handelsnaam", "statutaire naam", "bedrijf", "organisatie"),
    ),
    "number": (
        *("number", "company number", "registration number", "id", "title number"),
        *("nummer", "kvk", "kvk nummer", "kvknummer", "registratienummer", "titelnummer"),
    ),
    "address": ("address", "adres", "vestigingsadres"),
    "postcode": ("postcode", "postal code", "zip"),
    "role": ("role", "capacity", "rol", "hoedanigheid"),
    "kind": ("kind", "type", "soort"),
    "born": ("born", "birth month", "date of birth", "birth", "geboren", "geboortemaand", "geboortedatum"),
}
SEARCHABLE = ("name", "number", "address", "postcode")
_ORG_ID = re.compile(r"^[A-Za-z]{2}-[A-Za-z_]{1,12}-\S+$")
_NUMBER = re.compile(r"^[A-Za-z]{0,4}[ .]?\d[\d .]{0,11}[A-Za-z]{0,3}$")
# Words before a number. Short ones need a sign or a digit after them: NO and CH may be part of the number.
_NUMBER_WORDS = re.compile(
    r"""^(?:
        (?:companies\ house|company|registered|registration|register|reg|incorporation|title|charity|crn|kvk
            |number|nummer|num|no|nr|n[°º]|co|ch|uk|gb)
        (?:[\s.:\#-]+|(?=\d))
        |\#\s*
    )+""",
    re.IGNORECASE | re.VERBOSE,
)
_EXTRA_ZEROS = re.compile(r"^0+(?=\d{8}$)")
_COMPANY_PREFIX = "|".join(prefix for prefix in PREFIXES if prefix.isupper())
_COMPANY_NUMBER = re.compile(rf"^(?:(?:{_COMPANY_PREFIX})?\d{{1,6}}[A-Z]{{0,3}}|R?\d{{7}}|\d{{8}})$")
# A name and a number in one text, with a comma, a bracket or a legal form between them.
_NAME_AND_NUMBER = re.compile(
    r"""^(?P<name>.*[^\W\d_]{2}.*?(?:\s*[,;:(\[]|(?<=ltd)|(?<=ltd\.)|(?<=limited)|(?<=plc)|(?<=llp)))
        \s*(?P<number>[^,;()\[\]]*\d{5}[^,;()\[\]]*)[)\]]?$""",
    re.IGNORECASE | re.VERBOSE,
)
_POSTCODE = re.compile(rf"(?:^|[^0-9A-Z]){UK_POSTCODE_SPACED}(?:$|[^0-9A-Z])")
# An address without a postcode: a number and a word, a flat, land; or pieces between commas.
_ADDRESS = re.compile(
    r"^(?:\d+[A-Za-z]?,? +[A-Za-z]{2}|(?:flat|unit|suite|land)\b)"
    r"|[^,]*[A-Za-z](?: +\d{1,4}[A-Za-z]?)?,\s*[A-Za-z]",
    re.IGNORECASE,
)
_SEPARATOR_LINE = re.compile(r"^sep=.$", re.IGNORECASE)  # some spreadsheets write it above the header
_BIRTHS = (
    re.compile(r"^(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.]\d{1,2})?)?$"),
    re.compile(r"^(?:\d{1,2}[-/. ])?(?P<month>\d{1,2})[-/. ](?P<year>\d{4})$"),  # day before month
)


@dataclass(frozen=True)
class Question:
    """One row of a list, or the one argument. Blank texts are "".

    `row`: from 1. `born`: (year, month or None), used to compare candidates only. `is_free`: a text of
    unknown kind, whose number, address and name are three readings of it and need not agree. `fault`: why the
    row cannot be checked, without a word of its content.
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
    def is_person(self) -> bool:
        return not PERSON_WORDS.isdisjoint(text.strip().casefold() for text in (self.kind, self.role))

    @property
    def shown(self) -> str:
        """The question in one line."""
        texts = dict.fromkeys((self.name, self.born_text, self.number, self.address, self.postcode))
        return ", ".join(filter(None, texts)) or "(nothing)"

    @property
    def born_text(self) -> str:
        """`1961-04`, `1961`, or "" where no birth was given."""
        return "-".join(f"{part:02d}" for part in self.born or () if part is not None)


def read_argument(what: str) -> tuple[Question, ...]:
    """The rows of the file that `what` names, or `what` itself as one row. Raises UsageError."""
    text = what.encode("utf-8", "surrogatepass").decode("utf-8", "replace").strip()
    if text and "\x00" not in text and _is_path(text):
        return read_list(Path(text))
    return (read_text(text),)


def read_text(text: str) -> Question:
    """A text as one row, never as the name of a file. Raises UsageError."""
    text = text.strip()
    if not text:
        raise UsageError(
            "the argument is blank; give a name, number, address or id, or a CSV file with columns "
            "name, number, address"
        )
    if len(text) > TEXT_CHARACTERS_MAX:
        raise UsageError(
            f"the argument has more than {TEXT_CHARACTERS_MAX} characters; put a list into a CSV file "
            "and give its path"
        )
    return _free_text(text)


def _is_path(text: str) -> bool:
    """Whether the text names a file, or can only mean one: a shell's pipe, or a place in an existing folder.

    A folder with a company's name does not hide the company.
    """
    path = Path(text)
    try:
        in_folder = "/" in text and (path.exists() or path.parent.is_dir())
        return path.is_file() or in_folder or path.suffix.lower() in LIST_SUFFIXES
    except OSError:  # too long for a file name
        return False


def _free_text(text: str) -> Question:
    if is_org_id(text):
        return Question(1, number=text, is_free=True)
    if _POSTCODE.search(text.upper()):
        return Question(1, address=text, is_free=True)
    if re.search(DUTCH_POSTCODE, text.upper()):  # or the name of a company: 2000AD Limited
        return Question(1, name=text, address=text, is_free=True)
    if _NUMBER.match(bare_number(text)):
        return Question(1, name=text, number=text, is_free=True)
    if (both := _NAME_AND_NUMBER.match(text)) and _NUMBER.match(bare_number(both["number"])):
        return Question(1, name=both["name"].rstrip(" ,;:([-"), number=both["number"].strip())
    return Question(1, name=text, address=text if _ADDRESS.match(text) else "", is_free=True)


def bare_number(text: str) -> str:
    """A number without the words or country code before it: `Company No. 000098254` is `00098254`."""
    bare = _NUMBER_WORDS.sub("", text.strip())
    if not re.match(r"[A-Za-z]{0,4}[\s.]?\d", bare):
        return text.strip()
    return _EXTRA_ZEROS.sub("", bare.replace(" ", "")) if re.fullmatch(r"[\d ]+", bare) else bare


def is_org_id(text: str) -> bool:
    """Whether a text has the form of an id in a release: a scheme, and an id within it."""
    return bool(_ORG_ID.match(text))


def is_company_number(text: str) -> bool:
    """Whether a number has the form of one from Companies House."""
    return bool(_COMPANY_NUMBER.match(re.sub(r"[^0-9A-Z]", "", bare_number(text).upper())))


# --- a list -------------------------------------------------------------------------------------------------


def read_list(path: Path) -> tuple[Question, ...]:
    """The rows of a CSV with a header, in order, without empty lines. Raises UsageError."""
    lines = _cells(path, _decoded(path))
    if not lines:
        raise UsageError(
            f"{path}: it has no lines; give a CSV whose first line names the columns "
            "(name, number, address; naam, nummer, adres)"
        )
    (_, header), *records = lines
    columns = _columns(path, header)
    if not records:
        raise UsageError(f"{path}: there is a header and no row under it; put one party on each line")
    if len(records) > ROWS_MAX:
        raise UsageError(f"{path}: it has {len(records)} rows, and the limit is {ROWS_MAX}; split it")
    questions = tuple(
        _question(path, number, line, columns, cells) for number, (line, cells) in enumerate(records, start=1)
    )
    if all(question.fault for question in questions):
        raise UsageError(f"{path}: none of its rows can be checked; {questions[0].fault}")
    return questions


def _decoded(path: Path) -> str:
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not an ordinary file" if path.exists() else "not there"
        raise UsageError(f"{path}: it is {kind}; name a CSV file, or give a name, number or address")
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise UsageError(f"{path}: it is larger than {FILE_BYTES_MAX // 1_000_000} MB; split it")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; make the file readable and try again") from None
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or path.suffix.lower() in SPREADSHEET_SUFFIXES:
        raise UsageError(f"{path}: this is a spreadsheet; save it as CSV (UTF-8) and give that file")
    if b"\x00" in data:
        raise UsageError(
            f"{path}: it is not plain text (it holds NUL bytes, as UTF-16 does); save it as UTF-8"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # the default of spreadsheets in western Europe


def _cells(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """(line, cells) of every record that is not empty, split at the separator its first line has most of."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        records = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error:
        raise UsageError(
            f"{path}: the quotes do not close near line {reader.line_num}; double a quote within a cell"
        ) from None
    filled = [(line, cells) for line, cells in records if any(cells)]
    return filled[1:] if _SEPARATOR_LINE.match(first.strip()) else filled


def _columns(path: Path, header: Sequence[str]) -> tuple[str, ...]:
    """The column that each cell of the header names, "" for one that is not used."""
    meaning = {spelling: column for column, spellings in COLUMNS.items() for spelling in spellings}
    plain = (" ".join(re.sub(r"[_\-./]+", " ", cell.casefold()).split()) for cell in header)
    columns = tuple(meaning.get(cell, "") for cell in plain)
    if not set(columns) & set(SEARCHABLE):
        raise UsageError(
            f"{path}: its first line has none of the columns name, number, address, postcode "
            "(naam, nummer, adres, postcode); add a header"
        )
    if repeated := [column for column in COLUMNS if columns.count(column) > 1]:
        raise UsageError(f"{path}: two columns of its first line both mean {repeated[0]}; keep one of them")
    return columns


def _question(path: Path, number: int, line: int, columns: Sequence[str], cells: Sequence[str]) -> Question:
    if any(cells[len(columns) :]):
        raise UsageError(
            f"{path}: the row that ends in line {line} has {len(cells)} cells and the header {len(columns)}; "
            "quote a cell that holds a separator"
        )
    if any(len(cell) > TEXT_CHARACTERS_MAX for cell in cells):
        raise UsageError(
            f"{path}: the row that ends in line {line} has a cell of over {TEXT_CHARACTERS_MAX} characters; "
            "is a quote missing?"
        )
    # Many lists have a dash for a blank.
    texts = {
        column: cell
        for column, cell in zip(columns, cells, strict=False)
        if column and any(map(str.isalnum, cell))
    }
    birth = texts.get("born", "")
    born = _born(birth)
    kind = " ".join(texts.get("kind", "").casefold().replace(".", "").split())
    fault = ""
    if birth and born is None:
        fault = "column born: not a month of birth; write YYYY-MM, or leave it blank"
    elif kind and kind not in PERSON_WORDS | COMPANY_WORDS:
        fault = "column kind: not a kind of party; write person or company, or leave it blank"
    return Question(
        row=number,
        name=texts.get("name", ""),
        number=texts.get("number", ""),
        address=texts.get("address", ""),
        postcode=texts.get("postcode", ""),
        role=texts.get("role", ""),
        kind=texts.get("kind", ""),
        born=born,
        fault=fault and f"row {number} (line {line}), {fault}",
    )


def _born(text: str) -> tuple[int, int | None] | None:
    """Year and month; None where the text is neither. A day is not kept."""
    for pattern in _BIRTHS:
        if birth := pattern.match(text):
            month = int(birth["month"]) if birth["month"] else None
            if month is None or 1 <= month <= 12:
                return int(birth["year"]), month
    return None
