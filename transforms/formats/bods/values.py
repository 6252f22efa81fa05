"""Values of a BODS statement: lists of objects, dates, places, reasons, interest types."""

from collections.abc import Sequence

import polars as pl

from transforms.model import parsing
from transforms.model.statements import ENTITY_TYPES, PERSON_TYPES, REACHES
from transforms.values.countries import country_code
from transforms.values.vocabulary import lookup, vocabulary

# The standard and this project use the same lists of types.
KNOWN_ENTITY_TYPES, KNOWN_PERSON_TYPES, KNOWN_REACHES = ENTITY_TYPES, PERSON_TYPES, REACHES
UNSTATED = "unspecified"  # native_code of an interest without a type
BIRTH = r"^[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-\d{2}(?:T.*)?)?)?$"
PSC_LOCATOR = r"^/company/([A-Z0-9]{8})/persons-with-significant-control/[a-z-]+/([A-Za-z0-9_-]+)$"
PSC_RECORD_ID = r"^GB-COH-(?:PER|ENT|REL)-([A-Z0-9]{8})-([A-Za-z0-9_-]{20,})$"


def items(frame: pl.DataFrame, path: str, keys: Sequence[str], keep: Sequence[str]) -> pl.DataFrame:
    """One row for each object of the list at `path`: columns `keep`, `position` (from 0), and each key, with
    blanks as null.
    """
    each = parsing.items(frame, {f"{path}.{key}": key for key in keys}, keep, "position")
    return each.drop("position_n").with_columns(
        pl.col("position") - 1, pl.col(keys).str.strip_chars().replace("", None)
    )


def day(text: pl.Expr) -> pl.Expr:
    """The day of a date, with or without a time; null for a partial date and for anything else."""
    return text.str.extract(r"^(\d{4}-\d{2}-\d{2})(?:$|[T ])", 1).str.to_date("%Y-%m-%d", strict=False)


def date_fault(text: pl.Expr) -> pl.Expr:
    """partial_date for a year or a year and month, impossible_date for any other text that is not a date."""
    bad = text.is_not_null() & day(text).is_null()
    return (
        pl.when(bad & text.str.contains(r"^\d{4}(-\d{2})?$"))
        .then(pl.lit("partial_date"))
        .when(bad)
        .then(pl.lit("impossible_date"))
    )


def birth(text: pl.Expr) -> pl.Expr:
    """`1978` or `1978-08` of a birth date (a year, with or without month, day and time); otherwise null."""
    return pl.when(text.str.contains(BIRTH)).then(text.str.head(7))


def place_code(code: pl.Expr, name: pl.Expr) -> pl.Expr:
    """ISO 3166-1 code in lower case, from the code of a country or subdivision, else from the name, which may
    itself be a code.
    """
    first = code.str.extract(r"^([A-Za-z]{2})(?:-|$)", 1).str.to_lowercase()
    return pl.coalesce(first, name.str.extract(r"^([A-Z]{2})$", 1).str.to_lowercase(), country_code(name))


def subdivision_code(code: pl.Expr) -> pl.Expr:
    """ISO 3166-2 code in lower case; null for the code of a country, and for a name."""
    return code.str.extract(r"^([A-Za-z]{2}-[A-Za-z0-9]+)$", 1).str.to_lowercase()


def psc_link(record: pl.Expr) -> pl.Expr:
    """`<company number>/<link>` of the PSC record behind a locator; null for any other locator.

    A locator is the register's own `links.self`, or the recordId that Open Ownership derives from it. Equal
    links are the same PSC record, so they identify the same party.
    """
    parts = (record.str.extract_groups(pattern).struct for pattern in (PSC_LOCATOR, PSC_RECORD_ID))
    return pl.coalesce(each[0] + "/" + each[1] for each in parts)


def reason(code: pl.Expr, column: str) -> pl.Expr:
    """`unspecified_reason` or `declaration_class` of a reason; `unknown` for an unlisted code; null stays
    null.
    """
    return pl.when(code.is_not_null()).then(
        parsing.coded(code, lookup("bods_reasons", "code", column), "unknown")
    )


def reason_codes() -> tuple[str, ...]:
    return tuple(vocabulary("bods_reasons")["code"])


def basis(interest_type: pl.Expr) -> pl.Expr:
    """Basis of a BODS interest type; `unknown` if there is none or it is unlisted."""
    return parsing.coded(interest_type, lookup("bods_interests", "code", "basis"), "unknown")


def relation_code(details: pl.Expr) -> pl.Expr:
    """Code of a LEI record's relationship or exception in Open Ownership's `details`, such as
    IS_DIRECTLY_CONSOLIDATED_BY.
    """
    return details.str.extract(r"^(?:Relationship Type|Exception Category): ([A-Z]+(?:[_-][A-Z]+)+)$", 1)
