"""How an authority's own file is read: which column is which field of a register, and in what style.

An authority exports its creditor ledger and its permits in columns of its own. A mapping, one TOML file in
`<home>/mappings/`, names them; `transforms.formats.mapped` reads a file by it.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

# Style of a date → its pattern and its format. A year of two digits is never read as one of four.
DATE_STYLES: Mapping[str, tuple[str, str]] = {
    "YYYY-MM-DD": (r"^\d{4}-\d{1,2}-\d{1,2}$", "%Y-%m-%d"),
    "YYYYMMDD": (r"^\d{8}$", "%Y%m%d"),
    "DD/MM/YYYY": (r"^\d{1,2}/\d{1,2}/\d{4}$", "%d/%m/%Y"),
    "MM/DD/YYYY": (r"^\d{1,2}/\d{1,2}/\d{4}$", "%m/%d/%Y"),
    "DD/MM/YY": (r"^\d{1,2}/\d{1,2}/\d{2}$", "%d/%m/%y"),
    "DD-MM-YYYY": (r"^\d{1,2}-\d{1,2}-\d{4}$", "%d-%m-%Y"),
    "DD-MM-YY": (r"^\d{1,2}-\d{1,2}-\d{2}$", "%d-%m-%y"),
    "DD.MM.YYYY": (r"^\d{1,2}\.\d{1,2}\.\d{4}$", "%d.%m.%Y"),
    "DD-Mon-YYYY": (r"^\d{1,2}-[A-Za-z]{3}-\d{4}$", "%d-%b-%Y"),
    "DD-Mon-YY": (r"^\d{1,2}-[A-Za-z]{3}-\d{2}$", "%d-%b-%y"),
    "DD Mon YYYY": (r"^\d{1,2} [A-Za-z]{3} \d{4}$", "%d %b %Y"),
}
# Keys of a mapping that are also fields of the registers: the same for every record of the file.
FOR_EVERY_RECORD = ("authority", "country", "currency")
YES_NO = {
    **dict.fromkeys(("true", "yes", "y", "ja", "j", "oui", "1"), "true"),
    **dict.fromkeys(("false", "no", "n", "nee", "non", "0"), "false"),
}
OF_THE_READER = ("record_no", "byte_offset", "byte_length", "part_no", "content_hash")

NAME = "^[a-z0-9][a-z0-9_-]{0,59}$"  # it is the name of a data set
Text = Annotated[str, Field(min_length=1, max_length=300)]


class FileMapping(BaseModel):
    """One mapping. `name`: of its file, without `.toml`.

    - `register`: `ledger` or `permits`; `authority`: who pays, or decides.
    - `files`: names of the files, with `*` for any text.
    - `format`, `separator` and `encoding` (of a CSV file), `sheet` (of an XLSX file; default the first),
      `lines_before_header`: the maximum number of title lines.
    - `country`: of the numbers and addresses in the file; `currency`: of its amounts.
    - `dates`: the style of all its dates; `decimal`: the decimal separator.
    - `columns`: field of the register → column of the file; `ignore`: columns that are not read;
      `constants`: field → the same text for every record; `codes`: field → the file's words → ours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Annotated[str, Field(pattern=NAME)]
    register_name: Annotated[Literal["ledger", "permits"], Field(alias="register")]
    authority: Text
    files: Text
    format: Literal["csv", "xlsx", "parquet"] = "csv"
    separator: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8", "windows-1252"] = "utf-8"
    sheet: str = ""
    lines_before_header: Annotated[int, Field(ge=0, le=50)] = 0
    country: Literal["gb", "nl", "be"]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    dates: str
    decimal: Literal[".", ","]
    columns: dict[str, Text]
    ignore: list[Text] = []
    constants: dict[str, Text] = {}
    codes: dict[str, dict[str, Text]] = {}

    @model_validator(mode="after")
    def _check(self) -> Self:
        if fault := next(self._faults(), None):
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        """The faults of the mapping, each with its key."""
        from transforms.model.register import registers  # a register may have a mapping

        fields = {
            field.name: field
            for field in registers()[self.register_name].fields
            if field.name not in FOR_EVERY_RECORD
        }
        if self.dates not in DATE_STYLES:
            yield f"dates: it must be one of {', '.join(DATE_STYLES)}"
        allowed = f"the fields of {self.register_name} are {', '.join(fields)}"
        for key in ("columns", "constants", "codes"):
            unknown = [name for name in getattr(self, key) if name not in fields]
            yield from (f"{key}.{name}: there is no such field; {allowed}" for name in unknown)
        for name, field in fields.items():
            known = ("true", "false") if field.kind == "boolean" else field.known
            yield from self._faults_of(name, known, is_required=field.required)
        for column in self.ignore:
            if column in self.columns.values():
                yield f"ignore: {column!r} is named under columns too"

    def _faults_of(self, name: str, known: Collection[str], *, is_required: bool) -> Iterator[str]:
        """The faults of one field. known: the values that it may have; empty for any."""
        if is_required and name not in self.columns and name not in self.constants:
            yield f"columns.{name}: missing; name the column that has it"
        if name in self.columns and name in self.constants:
            yield f"constants.{name}: {name} is a column already"
        if self.columns.get(name) in OF_THE_READER:
            yield f"columns.{name}: this column name is reserved; rename the column in the file"
        if known and name in self.constants and self.constants[name] not in known:
            yield f"constants.{name}: it must be one of {', '.join(known)}"
        for word, meaning in self.codes.get(name, {}).items():
            if known and meaning not in known:
                yield f"codes.{name}.{word}: it must be one of {', '.join(known)}"

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the mapping, which is part of the lake key of the files read by it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def file(self) -> str:
        return f"mappings/{self.name}.toml"

    @property
    def dataset(self) -> str:
        """Dataset of its files. A newer file of planned payments replaces the older."""
        return f"{self.name}-planned" if self.constants.get("status") == "planned" else self.name
