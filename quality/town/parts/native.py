"""The publishers' own formats: columns, headers, line ends, and how a frame is written in them.

Companies House BasicCompanyData: 55 columns, some headers with a leading blank, every field quoted, dates
dd/mm/yyyy.
Companies House PSC snapshot: one JSON object a line, keys in alphabetical order, absent keys left out, a
totals record last.
HM Land Registry CCOD: 35 columns, quoted where needed, dates dd-mm-yyyy, CRLF, a row count last.
Source: files and technical specifications of the publishers.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import BinaryIO
from xml.sax.saxutils import escape

import orjson
import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from transforms.formats.gb_coh.psc_parties import ADDRESS_KEYS
from transforms.formats.gb_hmlr_titles import ownership_fields
from transforms.registers.gb_coh_companies import FIELDS as COMPANY_FIELDS

COMPANY_COLUMNS = tuple(field.name for field in COMPANY_FIELDS)
# Names of the header that begin with a blank: these, and every former name.
WITH_BLANK = ("CompanyNumber", "RegAddress.AddressLine2", "PreviousName_2.CONDATE", "ConfStmtLastMadeUpDate")
COMPANY_HEADER = ",".join(
    f" {name}" if name in WITH_BLANK or re.match(r"PreviousName_\d+\.CompanyName", name) else name
    for name in COMPANY_COLUMNS
)
TITLE_COLUMNS = tuple(field.name for field in ownership_fields(with_country=False) if field.required)
TITLE_HEADER = ",".join(TITLE_COLUMNS)

PSC_TEXT_KEYS = (
    "ceased_on",
    "country_of_residence",
    "description",
    "kind",
    "name",
    "nationality",
    "notified_on",
    "statement",
)
# Keys of the objects within a record.
GROUPS = {
    "name_elements": ("forename", "middle_name", "surname", "title"),
    "address": ADDRESS_KEYS,
    "principal_office_address": ADDRESS_KEYS,
    "identification": (
        "country_registered",
        "legal_authority",
        "legal_form",
        "place_registered",
        "registration_number",
    ),
    "identity_verification_details": (
        "appointment_verification_start_on",
        "appointment_verification_statement_date",
        "appointment_verification_statement_due_on",
    ),
}
# `natures` is codes joined by a bar; `exemption` an exemption type; booleans are the texts true and false;
# null is an absent key.
PSC_COLUMNS = (
    "company_number",
    *PSC_TEXT_KEYS,
    "natures",
    "exemption",
    "exempt_from",
    "exempt_to",
    "ceased",
    "is_sanctioned",
    "birth_month",
    "birth_year",
    "link",
    *(f"{group}.{key}" for group, keys in GROUPS.items() for key in keys),
)

LINE_COLUMNS = ("line",)  # of a file whose lines are made with the records
STATEMENT_KIND = "persons-with-significant-control-statement"
EXEMPTIONS_KIND = "exemptions"
# What a kind of record is called in its own link.
LINKS = {
    "individual-person-with-significant-control": "persons-with-significant-control/individual",
    "corporate-entity-person-with-significant-control": "persons-with-significant-control/corporate-entity",
    "legal-person-person-with-significant-control": "persons-with-significant-control/legal-person",
    "super-secure-person-with-significant-control": "persons-with-significant-control/super-secure",
    "individual-beneficial-owner": "persons-with-significant-control/individual-beneficial-owner",
    "corporate-entity-beneficial-owner": "persons-with-significant-control/corporate-entity-beneficial-owner",
    "legal-person-beneficial-owner": "persons-with-significant-control/legal-person-beneficial-owner",
    "super-secure-beneficial-owner": "persons-with-significant-control/super-secure-beneficial-owner",
    STATEMENT_KIND: "persons-with-significant-control-statements",
}


def aligned(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Every column of the format, as text; what `rows` does not give is null."""
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(pl.String).alias(name)
        for name in columns
    )


def frame(rows: Sequence[dict[str, str]], columns: Sequence[str]) -> pl.DataFrame:
    """The records of plants as a frame of the format."""
    return pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows], schema=dict.fromkeys(columns, pl.String)
    )


def json_line(record: object) -> dict[str, str]:
    """A row of a file that has one JSON object a line."""
    return {"line": orjson.dumps(record).decode()}


@cache
def template(package: str, name: str) -> Template:
    """`templates/<name>.xml.j2` of a package. Filters: `day`, and `text`, which leaves apostrophes alone."""
    environment = Environment(loader=PackageLoader(package), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"day": lambda day: f"{day:%Y%m%d}", "text": lambda text: Markup(escape(text))}
    return environment.get_template(f"{name}.xml.j2")


# --- writing ----------------------------------------------------------------------------------------------


def write_quoted(rows: pl.DataFrame, handle: BinaryIO) -> None:
    """Every field quoted, blanks as `""`."""
    rows.write_csv(handle, include_header=False, quote_style="always", null_value="")


def write_csv(rows: pl.DataFrame, handle: BinaryIO) -> None:
    """Fields quoted where needed."""
    rows.write_csv(handle, include_header=False)


def write_lines(rows: pl.DataFrame, handle: BinaryIO) -> None:
    """The column `line` as it is."""
    handle.writelines(f"{line}\n".encode() for line in rows["line"])


def write_titles(rows: pl.DataFrame, handle: BinaryIO) -> None:
    """TITLE_COLUMNS, quoted where needed."""
    blanks = rows.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in rows.columns
    )
    blanks.write_csv(handle, include_header=False, quote_style="necessary", line_terminator="\r\n")


def write_psc(rows: pl.DataFrame, handle: BinaryIO) -> None:
    """PSC_COLUMNS and `etag`, one JSON object a line, in the order of the rows."""
    for row in rows.with_columns(psc_locator().alias("self")).iter_rows(named=True):
        filled = {column: text for column, text in row.items() if text is not None}
        record = {"company_number": filled.pop("company_number"), "data": _data(filled)}
        handle.write(orjson.dumps(record, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))


def _data(filled: dict[str, str]) -> dict[str, object]:
    """The `data` of a PSC record, of its columns that are not null."""
    data: dict[str, object] = {"links": {"self": filled["self"]}}
    data |= {key: filled[key] for key in (*PSC_TEXT_KEYS, "etag") if key in filled}
    data |= {key: filled[key] == "true" for key in ("ceased", "is_sanctioned") if key in filled}
    for group in GROUPS:
        inner = {column: text for column, text in filled.items() if column.startswith(f"{group}.")}
        if inner:
            data[group] = {column.removeprefix(f"{group}."): text for column, text in inner.items()}
    if "birth_year" in filled:
        data["date_of_birth"] = {key: int(filled[f"birth_{key}"]) for key in ("month", "year")}
    if "natures" in filled:
        data["natures_of_control"] = filled["natures"].split("|")
    if exemption := filled.get("exemption"):
        period = {key: filled[key] for key in ("exempt_from", "exempt_to") if key in filled}
        items = {"exemption_type": exemption, "items": [period]}
        data["exemptions"] = {exemption.replace("-", "_"): items}
    return data


def psc_locator() -> pl.Expr:
    """Where a PSC record says it is to be found; null for a kind that is nobody's."""
    path = pl.col("kind").replace_strict(LINKS, default=None, return_dtype=pl.String)
    own = pl.format("/company/{}/{}/{}", "company_number", path, "link")
    exempt = pl.format("/company/{}/exemptions", "company_number")
    return pl.when(pl.col("kind") == EXEMPTIONS_KIND).then(exempt).otherwise(own)


def totals_line(parties: int, statements: int, exemptions: int, generated_on: date) -> bytes:
    """The publisher's totals: persons and entities, statements, exemptions."""
    data = {
        "kind": "totals#persons-of-significant-control-snapshot",
        "persons_of_significant_control_count": parties,
        "statements_count": statements,
        "exemptions_count": exemptions,
        "generated_at": f"{generated_on.isoformat()}T03:40:12Z",
    }
    return orjson.dumps({"data": data}) + b"\n"
