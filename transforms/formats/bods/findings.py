"""Findings in a BODS file: unknown codes, missing records, faults of dates and shares."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.formats.bods import values
from transforms.formats.bods.files import publisher_of
from transforms.formats.bods.references import REFERENCES
from transforms.formats.bods.relationships import basis
from transforms.formats.file_names import slug
from transforms.model.parsing import finding_rows, record_findings
from transforms.model.register import Edition

SHARE_BASES = ("shares", "votes", "surplus_assets")


def _unlisted(rows: pl.DataFrame, column: str, known: Sequence[str], field: str) -> pl.DataFrame:
    return finding_rows(
        rows.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known)),
        "unknown_category",
        field,
        pl.col(column),
    )


def categories(
    interests: pl.DataFrame,
    stated: pl.DataFrame,
    related: pl.DataFrame,
    entities: pl.DataFrame,
    persons: pl.DataFrame,
) -> tuple[pl.DataFrame, ...]:
    reasons = values.reason_codes()
    inline = related.filter(pl.col("party").is_null())
    return (
        _unlisted(interests, "type", values.interest_types(), "recordDetails.interests.type"),
        _unlisted(
            interests, "directOrIndirect", values.KNOWN_REACHES, "recordDetails.interests.directOrIndirect"
        ),
        _unlisted(stated, "type", values.address_types(), "recordDetails.addresses.type"),
        _unlisted(inline, "stated_reason", reasons, "recordDetails.interestedParty.reason"),
        *(
            _unlisted(rows, f"recordDetails.{name}.reason", reasons, f"recordDetails.{name}.reason")
            for rows, name in (
                (entities, "unspecifiedEntityDetails"),
                (persons, "unspecifiedPersonDetails"),
                (related, "subject"),
            )
        ),
    )


def dated_faults(
    interests: pl.DataFrame, entities: pl.DataFrame, persons: pl.DataFrame
) -> list[pl.DataFrame]:
    found = []
    dated = ((interests, "startDate", "interests.startDate"), (interests, "endDate", "interests.endDate"))
    founded = ((entities, f"recordDetails.{name}", name) for name in ("foundingDate", "dissolutionDate"))
    for rows, column, field in (*dated, *founded):
        fault = rows.select("record_no", values.date_fault(pl.col(column)).alias("fault"))
        found += [
            record_findings(fault.filter(pl.col("fault") == code), code, f"recordDetails.{field}")
            for code in ("partial_date", "impossible_date")
        ]
    birth = pl.col("recordDetails.birthDate")
    return [
        *found,
        record_findings(
            persons.filter(birth.is_not_null() & values.birth(birth).is_null()),
            "impossible_date",
            "recordDetails.birthDate",
        ),
    ]


def by_record(
    fated: pl.DataFrame, related: pl.DataFrame, interests: pl.DataFrame
) -> tuple[pl.DataFrame, ...]:
    return (
        *(
            record_findings(
                interests.filter(pl.col("share_fault") == code), code, "recordDetails.interests.share"
            )
            for code in ("impossible_share", "share_conflict")
        ),
        record_findings(interests.filter(_has_no_share()), "missing_share", "recordDetails.interests.share"),
        record_findings(interests.filter("is_reversed"), "dates_reversed", "recordDetails.interests.endDate"),
        *(
            record_findings(related.filter(f"{name}_is_missing"), "missing_party", f"recordDetails.{key}")
            for name, key in zip(("subject", "party"), REFERENCES, strict=True)
        ),
        record_findings(
            related.filter(pl.col("subject").is_null()), "unspecified_subject", "recordDetails.subject"
        ),
        record_findings(fated.filter("repeats_statement"), "repeated_statement_id", "statementId"),
    )


def _has_no_share() -> pl.Expr:
    """Somebody holds shares, votes or a right to assets, and neither the share nor a nature of control says
    how much.
    """
    unknown = pl.col("low").is_null() & pl.col("share_fault").is_null() & pl.col("nature_low").is_null()
    return unknown & basis().is_in(SHARE_BASES) & (pl.col("party_kind") != "unspecified")


def other_publishers(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Statements of another publisher than the one that the data set is named after.

    A name is never the finding's value.
    """
    publisher = pl.col("publicationDetails.publisher.name")
    names = records.select(publisher.drop_nulls().unique()).to_series().to_list()
    others = [name for name in names if slug(name) != publisher_of(edition.dataset)]
    return finding_rows(
        records.filter(publisher.is_in(others)),
        "other_publisher",
        "publicationDetails.publisher.name",
        pl.lit("other-publisher"),
    )
