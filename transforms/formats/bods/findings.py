"""Findings in a BODS file: unknown codes, missing records, faulty dates and shares."""

from collections.abc import Iterator, Sequence

import polars as pl

from transforms.formats.bods import values
from transforms.formats.bods.files import publisher_of
from transforms.formats.bods.references import REFERENCES
from transforms.formats.bods.relationships import basis
from transforms.formats.file_names import slug
from transforms.model.parsing import finding_rows, record_findings
from transforms.model.register import Edition
from transforms.values.vocabulary import vocabulary

SHARE_BASES = ("shares", "votes", "surplus_assets")


def _unlisted(rows: pl.DataFrame, column: str, known: Sequence[str] | pl.Series, field: str) -> pl.DataFrame:
    return finding_rows(
        rows.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(list(known))),
        "unknown_category",
        field,
        pl.col(column),
    )


def categories(
    interests: pl.DataFrame,
    stated: pl.DataFrame,
    related: pl.DataFrame,
    records: pl.DataFrame,
) -> tuple[pl.DataFrame, ...]:
    """Codes that the vocabularies do not have. `stated`: addresses; `related`: relationships."""
    reasons = values.reason_codes()
    inline = related.filter(pl.col("party").is_null())
    return (
        _unlisted(interests, "type", vocabulary("bods_interests")["code"], "recordDetails.interests.type"),
        _unlisted(
            interests, "directOrIndirect", values.KNOWN_REACHES, "recordDetails.interests.directOrIndirect"
        ),
        _unlisted(stated, "type", vocabulary("bods_addresses")["code"], "recordDetails.addresses.type"),
        _unlisted(inline, "stated_reason", reasons, "recordDetails.interestedParty.reason"),
        *(
            _unlisted(rows, f"recordDetails.{name}.reason", reasons, f"recordDetails.{name}.reason")
            for rows, name in (
                (records, "unspecifiedEntityDetails"),
                (records, "unspecifiedPersonDetails"),
                (related, "subject"),
            )
        ),
    )


def dated_faults(interests: pl.DataFrame, records: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Records whose dates are incomplete or impossible."""
    dated = ((interests, "startDate", "interests.startDate"), (interests, "endDate", "interests.endDate"))
    founded = ((records, f"recordDetails.{name}", name) for name in ("foundingDate", "dissolutionDate"))
    for rows, column, field in (*dated, *founded):
        fault = values.date_fault(pl.col(column))
        for code in ("partial_date", "impossible_date"):
            yield record_findings(rows.filter(fault == code), code, f"recordDetails.{field}")
    birth = pl.col("recordDetails.birthDate")
    impossible = records.filter(birth.is_not_null() & values.birth(birth).is_null())
    yield record_findings(impossible, "impossible_date", "recordDetails.birthDate")


def by_record(
    judged: pl.DataFrame, related: pl.DataFrame, interests: pl.DataFrame
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
        record_findings(judged.filter("repeats_statement"), "repeated_statement_id", "statementId"),
    )


def _has_no_share() -> pl.Expr:
    """Whether a party holds shares, votes or a right to assets for which neither the share nor a nature of
    control gives a figure.
    """
    unknown = pl.col("low").is_null() & pl.col("share_fault").is_null() & pl.col("nature_low").is_null()
    return unknown & basis().is_in(SHARE_BASES) & (pl.col("party_kind") != "unspecified")


def other_publishers(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Statements from a publisher other than the one that the dataset is named after.

    The finding does not show the publisher's name, which may be a person's.
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
