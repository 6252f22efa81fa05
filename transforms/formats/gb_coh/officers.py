"""Appointments in Companies House's bulk products: their codes, and their statements."""

import polars as pl

from transforms.model.parsing import joined, other_entities, statement, statement_id, written_addresses
from transforms.model.register import Edition
from transforms.model.statements import (
    ADDRESS_STATEMENT,
    ENTITY_STATEMENT,
    INTEREST_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
)
from transforms.values.countries import country_code

SECRETARY, APPOINTED_BY_A_COURT, STRUCK_OUT = "secretary", "appointed_by_a_court", "struck_out"
DIRECTOR = "director"
IN_AN_ANNUAL_RETURN = "2"  # origin of a date: in office by then, appointed before
PERSON_DIGITS = 8  # the first digits of a person number, which are the same in every company
# Code of a current appointment → code after it ended, and the kind of office.
_KINDS = {
    "00": ("02", SECRETARY),
    "01": ("03", DIRECTOR),
    "04": ("06", "member of an LLP"),
    "05": ("07", "designated member of an LLP"),
    "11": ("14", APPOINTED_BY_A_COURT),
    "12": ("15", APPOINTED_BY_A_COURT),
    "13": ("16", APPOINTED_BY_A_COURT),
    "17": ("20", "administrative organ of an SE"),
    "18": ("21", "supervisory organ of an SE"),
    "19": ("22", "management organ of an SE"),
}
OFFICES = {
    **{code: kind for code, (_, kind) in _KINDS.items()},
    **dict(_KINDS.values()),
    "99": STRUCK_OUT,
}
RESIGNED = tuple(after for after, _ in _KINDS.values())
LEFT_OUT = (SECRETARY, APPOINTED_BY_A_COURT, STRUCK_OUT)


def locator() -> pl.Expr:
    """The locator of an appointment: company, person number, code and first day."""
    where = pl.format("/company/{}/appointments/{}", "company_number", "person_number")
    return joined(
        where, pl.col("appointment_type"), pl.col("appointment_date").dt.strftime("%Y%m%d").fill_null("")
    )


def person_number(record: pl.Expr) -> pl.Expr:
    """The digits in a locator that identify an officer in every company, and as a disqualified director; null
    for any other locator.
    """
    number = rf"(\d{{{PERSON_DIGITS}}})\d{{4}}"
    return pl.coalesce(
        record.str.extract(rf"^/company/[^/]+/appointments/{number}-", 1),
        record.str.extract(rf"^/disqualified-officers/[^/]+/[^/]+/{number}$", 1),
    )


def appointment_tables(records: pl.DataFrame, edition: Edition) -> dict[str, pl.DataFrame]:
    """Statement tables for `records`: located appointments with subject_id."""
    is_body = pl.col("corporate_indicator") == "Y"
    kinded = records.with_columns(
        pl.when(is_body).then(pl.lit("entity")).otherwise(pl.lit("person")).alias("party_kind")
    )
    return {
        PERSON_STATEMENT.name: _persons(kinded.filter(pl.col("party_kind") == "person"), edition),
        ENTITY_STATEMENT.name: other_entities(
            kinded.filter(pl.col("party_kind") == "entity"), edition, name=pl.col("surname")
        ),
        RELATIONSHIP_STATEMENT.name: statement(
            kinded,
            RELATIONSHIP_STATEMENT,
            edition,
            "r",
            subject_id=pl.col("subject_id"),
            party_statement_id=statement_id("p"),
            party_kind=pl.col("party_kind"),
            valid_from=pl.col("appointment_date"),
            valid_to=pl.col("resignation_date"),
            is_ceased=pl.col("is_ceased"),
            is_left_censored=(pl.col("appointment_date_origin") == IN_AN_ANNUAL_RETURN).fill_null(False),
        ),
        INTEREST_STATEMENT.name: statement(
            kinded,
            INTEREST_STATEMENT,
            edition,
            "i",
            relationship_statement_id=statement_id("r"),
            interest_type=pl.lit("boardMember"),
            native_code=pl.col("appointment_type"),
            basis=pl.lit("unknown"),
            reach=pl.lit("unknown"),
            share_min_exclusive=pl.lit(False),
            share_max_exclusive=pl.lit(False),
        ),
        ADDRESS_STATEMENT.name: _addresses(kinded, edition),
    }


def _persons(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    whole = pl.concat_str("title", "forenames", "surname", separator=" ", ignore_nulls=True)
    return statement(
        records,
        PERSON_STATEMENT,
        edition,
        "p",
        person_type=pl.lit("knownPerson"),
        full_name=whole.replace("", None),
        name_title=pl.col("title"),
        forename=pl.col("forenames").str.extract(r"^(\S+)"),
        middle_names=pl.col("forenames").str.extract(r"^\S+\s+(.+)$"),
        surname=pl.col("surname"),
        birth_year=pl.col("birth_year"),
        birth_month=pl.col("birth_month"),
    )


def _addresses(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return written_addresses(
        records,
        edition,
        "a-p",
        of_statement_id=statement_id("p"),
        role=pl.lit("service"),
        lines=[pl.col("address_line_1"), pl.col("address_line_2")],
        locality=pl.col("post_town"),
        region=pl.col("county"),
        country=country_code(pl.col("country")),
        country_text=pl.col("country"),
        postcode_text=pl.col("postcode"),
        care_of=pl.col("care_of"),
        po_box=pl.col("po_box"),
    )
