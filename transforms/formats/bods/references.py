"""References between BODS records: versions, duplicates, and the parties that a relationship names."""

import polars as pl

from transforms.errors import BlockedEdition
from transforms.formats.bods.parties import entity_numbers
from transforms.model.parsing import rejections, without

RECORD_TYPES = ("entity", "person", "relationship")
REFERENCES = ("subject", "interestedParty")


def refuse_earlier_versions(frame: pl.DataFrame) -> None:
    earlier = frame.filter(
        (pl.col("statementID").is_not_null() | pl.col("statementType").is_not_null())
        & pl.col("recordType").is_null()
    )
    if earlier.height:
        raise BlockedEdition(
            "bods_version",
            f"register bods: record {earlier['record_no'][0]} uses BODS before version 0.4 (keys "
            "statementID, statementType) in a file of 0.4; put each version into a file of its own",
        )


def _stated(name: str) -> pl.Expr:
    """Whether a relationship names its subject or interested party, or gives a reason instead."""
    keys = (
        "",
        ".describedByEntityStatement",
        ".describedByPersonStatement",
        ".reason",
        ".unspecifiedReason",
        ".unspecified.reason",
    )
    return pl.any_horizontal(pl.col(f"recordDetails.{name}{key}").is_not_null() for key in keys)


def rejected(frame: pl.DataFrame) -> pl.DataFrame:
    """REJECT_SCHEMA, one row a record: the first fault in this order."""
    related = pl.col("recordType") == "relationship"
    faults = (
        (pl.col("recordType").is_null(), "missing_value", "recordType"),
        (~pl.col("recordType").is_in(RECORD_TYPES), "unknown_kind", "recordType"),
        (pl.col("recordId").is_null(), "missing_value", "recordId"),
        *((related & ~_stated(name), "missing_value", f"recordDetails.{name}") for name in REFERENCES),
    )
    return rejections(frame, faults)


def kept(frame: pl.DataFrame) -> pl.DataFrame:
    """Key, version and kind of each record, and what it refers to (by recordId, or by statementId as
    before 0.4).
    """
    refuse_earlier_versions(frame)
    records = without(frame, rejected(frame))
    numbers = entity_numbers(records.filter(pl.col("recordType") == "entity"))
    numbered = records.join(numbers, on="record_no", how="left", maintain_order="left")
    own_reason = pl.coalesce(
        "recordDetails.unspecifiedPersonDetails.reason", "recordDetails.unspecifiedEntityDetails.reason"
    )
    return numbered.select(
        "record_no",
        "content_hash",
        pl.col("recordId").alias("key"),
        pl.col("statementId").alias("statement_key"),
        pl.col("replacesStatements").alias("replaces"),
        pl.col("statementDate").alias("dated"),
        pl.col("recordType").alias("kind"),
        pl.coalesce("recordDetails.personType", "recordDetails.entityType.type").alias("subkind"),
        own_reason.alias("reason"),
        pl.concat_str("scheme", pl.lit("-"), "number").alias("org_id"),
        *(
            _reference(name).alias(alias)
            for name, alias in zip(REFERENCES, ("subject", "party"), strict=True)
        ),
    )


def _reference(name: str) -> pl.Expr:
    return pl.coalesce(
        f"recordDetails.{name}",
        f"recordDetails.{name}.describedByEntityStatement",
        f"recordDetails.{name}.describedByPersonStatement",
    )


def settled(kept: pl.DataFrame) -> pl.DataFrame:
    """One row for each record: record_no, fate (null: loaded), and the references of a relationship.

    subject, party: the referenced recordId (null: none). subject_org_id. subject_is_missing,
    party_is_missing. party_kind: entity, person or unspecified. party_subkind, party_reason: of the
    referenced record. makes_subject, makes_party: this relationship is the first loaded one that refers to
    that missing record. is_subject: a relationship has this record as its subject.
    repeats_statement: another record with different content has the same statementId.
    """
    kept = _in_place_of_replaced(kept)
    judged = kept.with_columns(_fate(kept).alias("fate"))
    current = judged.filter(pl.col("fate").is_null())
    related = _referring(current.filter(pl.col("kind") == "relationship"), current, kept)
    of_persons = related.filter(pl.col("subject_kind") == "person").select(
        "record_no", pl.lit("person_as_subject").alias("refusal")
    )
    stand_ins = _stand_ins(related.join(of_persons, on="record_no", how="anti"))
    subjects = (
        related.select(pl.col("subject").alias("key"), pl.lit(True).alias("is_subject")).drop_nulls().unique()
    )
    is_several = pl.col("content_hash").n_unique().over("statement_key") > 1
    repeats_statement = pl.col("statement_key").is_not_null() & is_several
    return (
        judged.select("record_no", "key", "fate", repeats_statement.alias("repeats_statement"))
        .join(of_persons, on="record_no", how="left", maintain_order="left")
        .with_columns(pl.coalesce("fate", "refusal").alias("fate"))
        .join(related.drop("subject_kind"), on="record_no", how="left", maintain_order="left")
        .join(stand_ins, on="record_no", how="left", maintain_order="left")
        .join(subjects, on="key", how="left", maintain_order="left")
        .with_columns(
            pl.col(
                "makes_subject", "makes_party", "is_subject", "subject_is_missing", "party_is_missing"
            ).fill_null(False)
        )
        .drop("key", "refusal")
    )


def _in_place_of_replaced(kept: pl.DataFrame) -> pl.DataFrame:
    """Before 0.4, a statement names those that it replaces. They become older versions, and references to
    them become references to the new statement.
    """
    newer = (
        kept.select("record_no", "replaces", pl.col("statement_key").alias("newer"))
        .explode("replaces")
        .filter(pl.col("replaces").is_not_null() & (pl.col("replaces") != pl.col("newer")))
        .unique("replaces", keep="last", maintain_order=True)
    )
    latest = dict(newer.select("replaces", "newer").iter_rows())
    for replaced, by in latest.items():
        seen, last = {replaced}, by
        while last in latest and last not in seen:
            seen.add(last)
            last = latest[last]
        latest[replaced] = last
    return kept.with_columns(
        pl.col("statement_key").is_in(list(latest)).fill_null(False).alias("is_replaced"),
        pl.col("subject", "party").replace(latest),
    )


def _fate(kept: pl.DataFrame) -> pl.Series:
    """duplicate, older_version or null. ISO dates and times are compared as text."""
    repeat = kept.select(
        "record_no",
        "key",
        pl.col("dated").fill_null(""),
        (~pl.struct("key", "content_hash").is_first_distinct()).alias("is_repeat"),
    )
    newest = (
        repeat.filter(~pl.col("is_repeat"))
        .sort("dated", "record_no")
        .unique("key", keep="last", maintain_order=True)
    )
    holds = pl.col("record_no").is_in(newest["record_no"].implode())
    is_older = ~holds | kept["is_replaced"]
    fate = pl.when("is_repeat").then(pl.lit("duplicate")).when(is_older).then(pl.lit("older_version"))
    return repeat.select(fate.alias("fate"))["fate"]


def _referring(related: pl.DataFrame, current: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """record_no, the columns of `settled` about references, and subject_kind.

    A reference may be a recordId or a statementId.
    """
    parties = current.filter(pl.col("kind") != "relationship").select(
        "key", "kind", "subkind", "reason", "org_id"
    )
    by_statement = (
        kept.select(pl.col("statement_key").alias("named"), pl.col("key").alias("via"))
        .drop_nulls()
        .unique("named", keep="last", maintain_order=True)
    )
    referring = related.select("record_no", "subject", "party")
    for name in ("subject", "party"):
        known = parties.select("key", pl.lit(True).alias("is_key"))
        resolved = (
            referring.join(known, left_on=name, right_on="key", how="left", maintain_order="left")
            .join(by_statement, left_on=name, right_on="named", how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col("is_key").is_null()).then(pl.coalesce("via", name)).otherwise(name).alias(name)
            )
            .drop("is_key", "via")
        )
        details = parties.select(
            "key",
            *(pl.col(column).alias(f"{name}_{column}") for column in ("kind", "subkind", "reason", "org_id")),
        )
        referring = resolved.join(details, left_on=name, right_on="key", how="left", maintain_order="left")
    nobody = pl.col("party").is_null() | (pl.col("party_subkind") == "unknownPerson").fill_null(False)
    return referring.select(
        "record_no",
        "subject",
        "subject_org_id",
        "subject_kind",
        "party",
        "party_subkind",
        "party_reason",
        (pl.col("subject").is_not_null() & pl.col("subject_kind").is_null()).alias("subject_is_missing"),
        (pl.col("party").is_not_null() & pl.col("party_kind").is_null()).alias("party_is_missing"),
        pl.when(nobody)
        .then(pl.lit("unspecified"))
        .otherwise(pl.col("party_kind").fill_null("entity"))
        .alias("party_kind"),
    )


def _stand_ins(related: pl.DataFrame) -> pl.DataFrame:
    """record_no, makes_subject, makes_party: the relationship that creates each missing record.

    It is the first that refers to the record, as subject before party.
    """
    missing = pl.concat(
        [
            related.filter(f"{name}_is_missing").select(
                "record_no", pl.col(name).alias("key"), pl.lit(name).alias("as")
            )
            for name in ("subject", "party")
        ]
    )
    return (
        missing.sort("record_no", pl.col("as") == "party", "key")
        .unique("key", keep="first", maintain_order=True)
        .group_by("record_no", maintain_order=True)
        .agg(
            (pl.col("as") == "subject").any().alias("makes_subject"),
            (pl.col("as") == "party").any().alias("makes_party"),
        )
    )
