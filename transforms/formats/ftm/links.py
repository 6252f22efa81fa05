"""Who holds whom: Ownership, Control and Directorship records."""

from __future__ import annotations

import polars as pl

from transforms.formats.bods.shares import per_cent, with_share
from transforms.formats.ftm.periods import is_over, period
from transforms.formats.ftm.references import ENDS
from transforms.formats.ftm.shares import shares
from transforms.formats.ftm.values import native
from transforms.model.parsing import record_ids, statement, statement_id
from transforms.model.register import Edition
from transforms.model.statements import INTEREST_STATEMENT, RELATIONSHIP_STATEMENT

INTERESTS = {
    "ownership": ("shareholding", "shares"),
    "control": ("otherInfluenceOrControl", "influence"),
    "directorship": ("boardMember", "unknown"),
}


def links(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Links of all types with both ends' statements, the period, and the share: low, high, low_open,
    high_open, share_fault (`formats.with_share`); stated, reading (`formats.shares`).
    """
    linked = records.filter(pl.col("record_type").is_in([*ENDS]))
    owned = shares(linked.filter(pl.col("record_type") == "ownership"), native("percentage"))
    prepared = linked.join(owned, on="record_no", how="left", maintain_order="left").with_columns(
        pl.concat_str(record_ids(linked["first_refs"].list.first(), edition), pl.lit("-p")).alias(
            "party_statement"
        ),
        pl.concat_str(record_ids(linked["second_ref"], edition), pl.lit("-p")).alias("subject_statement"),
        pl.col("first_kinds").list.first().alias("first_kind"),
        *(
            pl.lit(None, dtype=pl.String).alias(key)
            for key in ("exclusiveMinimum", "exclusiveMaximum", "share")
        ),
        is_over().alias("is_ceased"),
    )
    contradicts = pl.col("reading").eq_missing("share_conflict")
    return with_share(prepared).with_columns(
        pl.when(contradicts).then("reading").otherwise("share_fault").alias("share_fault")
    )


def relationships(links: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        links,
        RELATIONSHIP_STATEMENT,
        edition,
        "r",
        subject_statement_id=pl.col("subject_statement"),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.col("first_kind"),
        is_ceased=pl.col("is_ceased"),
        is_left_censored=pl.lit(False),
        **period(),
    )


def interests(links: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """The standard does not say whether what is held through others is in a percentage: the reach is not
    known.
    """
    kinds, bases = ({name: pair[k] for name, pair in INTERESTS.items()} for k in (0, 1))
    return statement(
        links,
        INTEREST_STATEMENT,
        edition,
        "r-i0",
        relationship_statement_id=statement_id("r"),
        interest_type=pl.col("record_type").replace_strict(kinds, return_dtype=pl.String),
        native_code=pl.col("schema"),
        basis=pl.col("record_type").replace_strict(bases, return_dtype=pl.String),
        reach=pl.lit("unknown"),
        share_min=per_cent(pl.col("low")),
        share_max=per_cent(pl.col("high")),
        share_min_exclusive=pl.lit(False),
        share_max_exclusive=pl.lit(False),
        share_fault=pl.col("share_fault"),
        share_native=pl.when(pl.col("share_fault").is_not_null()).then("stated"),
    )
