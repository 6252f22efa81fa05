"""The publishers' own formats: columns, headers, line ends, and how a frame is written in them.

Companies House BasicCompanyData: 55 columns, some headers with a leading blank, every field quoted, dates
dd/mm/yyyy.
Companies House PSC snapshot: one JSON object a line, keys in alphabetical order, absent keys left out, a
totals record last.
HM Land Registry CCOD: 35 columns, quoted where needed, dates dd-mm-yyyy, CRLF, a row count last.
Source: files and technical specifications of the publishers.
"""

from collections.abc import Sequence
from datetime import date
from typing import BinaryIO

import orjson
import polars as pl

COMPANY_HEADER = (
    "CompanyName, CompanyNumber,RegAddress.CareOf,RegAddress.POBox,RegAddress.AddressLine1, "
    "RegAddress.AddressLine2,RegAddress.PostTown,"
    "RegAddress.County,RegAddress.Country,RegAddress.PostCode,CompanyCategory,CompanyStatus,CountryOfOrigin,DissolutionDate,IncorporationDate,"
    "Accounts.AccountRefDay,Accounts.AccountRefMonth,Accounts.NextDueDate,Accounts.LastMadeUpDate,Accounts.AccountCategory,Returns.NextDueDate,"
    "Returns.LastMadeUpDate,Mortgages.NumMortCharges,Mortgages.NumMortOutstanding,Mortgages.NumMortPartSatisfied,Mortgages.NumMortSatisfied,"
    "SICCode.SicText_1,SICCode.SicText_2,SICCode.SicText_3,SICCode.SicText_4,LimitedPartnerships.NumGenPartners,LimitedPartnerships.NumLimPartners,URI,"
    + "PreviousName_1.CONDATE, PreviousName_1.CompanyName, "  # the second CONDATE alone has a leading blank
    + ",".join(f"PreviousName_{n}.CONDATE, PreviousName_{n}.CompanyName" for n in range(2, 11))
    + ",ConfStmtNextDueDate, ConfStmtLastMadeUpDate"
)
COMPANY_COLUMNS = tuple(name.strip() for name in COMPANY_HEADER.split(","))

PROPRIETORS = (1, 2, 3, 4)
TITLE_COLUMNS = (
    "Title Number",
    "Tenure",
    "Property Address",
    "District",
    "County",
    "Region",
    "Postcode",
    "Multiple Address Indicator",
    "Price Paid",
    *(
        column
        for n in PROPRIETORS
        for column in (
            f"Proprietor Name ({n})",
            f"Company Registration No. ({n})",
            f"Proprietorship Category ({n})",
            f"Proprietor ({n}) Address (1)",
            f"Proprietor ({n}) Address (2)",
            f"Proprietor ({n}) Address (3)",
        )
    ),
    "Date Proprietor Added",
    "Additional Proprietor Indicator",
)
TITLE_HEADER = ",".join(TITLE_COLUMNS)

ADDRESS_KEYS = (
    "address_line_1",
    "address_line_2",
    "care_of",
    "country",
    "locality",
    "po_box",
    "postal_code",
    "premises",
    "region",
)
IDENTIFICATION_KEYS = (
    "country_registered",
    "legal_authority",
    "legal_form",
    "place_registered",
    "registration_number",
)
PERSON_NAME_KEYS = ("forename", "middle_name", "surname", "title")
VERIFICATION_KEYS = (
    "appointment_verification_start_on",
    "appointment_verification_statement_date",
    "appointment_verification_statement_due_on",
)
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
    *(f"name_elements.{key}" for key in PERSON_NAME_KEYS),
    *(f"address.{key}" for key in ADDRESS_KEYS),
    *(f"principal_office_address.{key}" for key in ADDRESS_KEYS),
    *(f"identification.{key}" for key in IDENTIFICATION_KEYS),
    *(f"identity_verification_details.{key}" for key in VERIFICATION_KEYS),
)

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


# --- writing ----------------------------------------------------------------------------------------------


def write_companies(rows: pl.DataFrame, handle: BinaryIO) -> None:
    """COMPANY_COLUMNS, every field quoted, blanks as `""`."""
    rows.write_csv(handle, include_header=False, quote_style="always", null_value="")


def write_titles(rows: pl.DataFrame, handle: BinaryIO) -> None:
    """TITLE_COLUMNS, quoted where needed."""
    blanks = rows.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in rows.columns
    )
    blanks.write_csv(handle, include_header=False, quote_style="necessary", line_terminator="\r\n")


def write_psc(rows: pl.DataFrame, handle: BinaryIO) -> None:
    """PSC_COLUMNS and `etag`, one JSON object a line, in the order of the rows."""
    numbered = rows.with_row_index("position")
    lines = pl.concat(
        [_lines(part) for part in numbered.partition_by("kind")]
        or [numbered.select("position", pl.col("etag").alias("line"))]
    )
    handle.write("".join(lines.sort("position")["line"].to_list()).encode())


def _lines(rows: pl.DataFrame) -> pl.DataFrame:
    """position, line: the JSON of records of one kind, which share their keys."""
    filled = [column.name for column in rows.iter_columns() if column.null_count() < rows.height]
    return rows.select("position", pl.concat_str(_line(frozenset(filled)), pl.lit("\n")).alias("line"))


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


# --- JSON of one PSC record -------------------------------------------------------------------------------
# A member is a key and its JSON text; a key whose column is empty throughout is left out of the expression.

Member = tuple[str, pl.Expr]


def _string(name: str) -> pl.Expr:
    escaped = (
        pl.col(name).str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    )
    return pl.concat_str(pl.lit('"'), escaped, pl.lit('"'))


def _object(members: Sequence[Member]) -> pl.Expr:
    """A JSON object of the members that are not null; null where all are."""
    joined = pl.concat_str(
        [pl.concat_str(pl.lit(f',"{key}":'), value) for key, value in members], ignore_nulls=True
    )
    return pl.concat_str(pl.lit("{"), joined.str.strip_prefix(","), pl.lit("}")).replace({"{}": None})


def _nested(key: str, inner: Sequence[str], filled: frozenset[str]) -> list[Member]:
    members = [(name, _string(f"{key}.{name}")) for name in inner if f"{key}.{name}" in filled]
    return [(key, _object(members))] if members else []


def _exemptions(filled: frozenset[str]) -> pl.Expr:
    period = _object([(key, _string(key)) for key in ("exempt_from", "exempt_to") if key in filled])
    of_type = _object(
        [("exemption_type", _string("exemption")), ("items", pl.concat_str(pl.lit("["), period, pl.lit("]")))]
    )
    return pl.concat_str(
        pl.lit('{"'), pl.col("exemption").str.replace_all("-", "_"), pl.lit('":'), of_type, pl.lit("}")
    )


def psc_locator() -> pl.Expr:
    """Where a PSC record says it is to be found; null for a kind that is nobody's."""
    path = pl.col("kind").replace_strict(LINKS, default=None, return_dtype=pl.String)
    own = pl.format("/company/{}/{}/{}", "company_number", path, "link")
    exempt = pl.format("/company/{}/exemptions", "company_number")
    return pl.when(pl.col("kind") == EXEMPTIONS_KIND).then(exempt).otherwise(own)


def _self_link() -> pl.Expr:
    return pl.concat_str(pl.lit('{"self":"'), psc_locator(), pl.lit('"}'))


def _special(filled: frozenset[str]) -> list[Member]:
    """The members that are no plain text: booleans, dates of birth, lists, exemptions."""
    natures = pl.concat_str(
        pl.lit('["'), pl.col("natures").str.replace_all("|", '","', literal=True), pl.lit('"]')
    )
    born = _object([("month", pl.col("birth_month")), ("year", pl.col("birth_year"))])
    members = {
        "ceased": pl.col("ceased"),
        "is_sanctioned": pl.col("is_sanctioned"),
        "birth_year": born,
        "natures": natures,
        "exemption": _exemptions(filled),
    }
    keys = {"birth_year": "date_of_birth", "natures": "natures_of_control", "exemption": "exemptions"}
    return [(keys.get(column, column), value) for column, value in members.items() if column in filled]


def _line(filled: frozenset[str]) -> pl.Expr:
    groups = {
        "address": ADDRESS_KEYS,
        "principal_office_address": ADDRESS_KEYS,
        "identification": IDENTIFICATION_KEYS,
        "name_elements": PERSON_NAME_KEYS,
        "identity_verification_details": VERIFICATION_KEYS,
    }
    members = [
        *((key, _string(key)) for key in (*PSC_TEXT_KEYS, "etag") if key in filled),
        *(member for key, inner in groups.items() for member in _nested(key, inner, filled)),
        *_special(filled),
        ("links", _self_link()),
    ]
    return _object(
        [
            ("company_number", _string("company_number")),
            ("data", _object(sorted(members, key=lambda member: member[0]))),
        ]
    )
