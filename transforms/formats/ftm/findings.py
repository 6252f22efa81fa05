"""Findings in a FollowTheMoney file: unknown codes, lost links, faulty dates and shares."""

import polars as pl

from transforms.formats.bods.values import BIRTH
from transforms.formats.ftm import codes
from transforms.formats.ftm.references import LINKS
from transforms.formats.ftm.values import first, is_no_date, native, texts
from transforms.model.parsing import finding_rows, record_findings

LOST = ("missing_party", "no_party", "person_as_subject", "office_of_no_person")


def categories(judged: pl.DataFrame, records: pl.DataFrame, topics: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """Schemas, topics and statuses that the vocabularies do not have."""
    with_status = records.filter(pl.col("record_type").is_in(LINKS))
    statuses = texts(with_status, native("status"), ("record_no",)).with_columns(
        codes.status_word(pl.col("text")).alias("text")
    )
    unknown = judged.filter(pl.col("fate") == "unknown_schema")
    return (
        finding_rows(
            unknown,
            "unknown_category",
            "schema",
            pl.concat_str(pl.lit("schema."), pl.col("schema").str.to_lowercase()),
        ),
        finding_rows(
            topics.filter(~pl.col("text").is_in([*codes.topics()])),
            "unknown_category",
            native("topics"),
            pl.col("text"),
        ),
        finding_rows(
            statuses.filter(~pl.col("text").is_in([*codes.statuses()])),
            "unknown_category",
            native("status"),
            pl.col("text"),
        ),
    )


def by_record(
    judged: pl.DataFrame, records: pl.DataFrame, links: pl.DataFrame, persons: pl.DataFrame
) -> tuple[pl.DataFrame, ...]:
    """Faults, by the number of the record. `judged`: all records with their fate; `links`: as in `links`."""
    several = (
        records.filter(pl.col("record_type") == "sanction")
        .explode("party_topics")
        .filter(codes.class_of_sanction(pl.col("party_topics")) == "other")
    )
    births = texts(persons, native("birthDate"), ("record_no",)).filter(~pl.col("text").str.contains(BIRTH))
    return (
        *(record_findings(judged.filter(pl.col("fate") == fate), fate, "properties") for fate in LOST),
        *(
            record_findings(links.filter(pl.col("share_fault") == fault), fault, native("percentage"))
            for fault in ("impossible_share", "share_conflict")
        ),
        *(
            record_findings(links.filter(pl.col("reading") == reading), reading, native("percentage"))
            for reading in ("unreadable_share", "several_bands")
        ),
        *(
            record_findings(records.filter(is_no_date(first(native(name)))), "impossible_date", native(name))
            for name in ("startDate", "endDate", "periodStart", "periodEnd")
        ),
        record_findings(births, "impossible_date", native("birthDate")),
        record_findings(several, "several_classes", native("topics")),
    )
