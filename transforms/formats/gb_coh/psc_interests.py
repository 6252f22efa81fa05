"""Natures of control as interests in the subject."""

from __future__ import annotations

import polars as pl

from transforms.formats import gb_coh
from transforms.formats.gb_coh.arrangements import PERIOD, of_via
from transforms.model.parsing import joined, statement, statement_id
from transforms.model.register import Edition
from transforms.model.statements import INTEREST_STATEMENT

NATURES = "data.natures_of_control"
SHARE = ("share_min", "share_max", "share_min_exclusive", "share_max_exclusive")


def natures_held(records: pl.DataFrame) -> pl.DataFrame:
    """One row for each nature of control: its position in the record, its code, its meaning, and whose it is.

    Columns as `arrangements` takes them, and relationship_part. A code that the vocabulary does not have
    keeps its row: basis unknown, no share, is_known false.
    """
    listed = records.filter(
        (pl.col("party_kind") != "unspecified") & (pl.col(NATURES).list.len() > 0)
    ).select("record_id", "record", "record_no", "subject_id", "party_kind", *PERIOD, NATURES)
    each = listed.with_columns(pl.int_ranges(0, pl.col(NATURES).list.len()).alias("position")).explode(
        NATURES, "position"
    )
    named = each.with_columns(pl.col(NATURES).str.strip_chars().alias("native_code"))
    coded = named.filter(pl.col("native_code") != "").join(
        gb_coh.natures(), left_on="native_code", right_on="code", how="left", maintain_order="left"
    )
    return coded.with_columns(
        pl.col("basis").is_not_null().alias("is_known"),
        pl.col("basis").fill_null("unknown"),
        pl.col("interest_type").fill_null(gb_coh.UNKNOWN_INTEREST_TYPE),
        pl.col("share_min_exclusive", "share_max_exclusive").fill_null(False),
        joined(of_via("part"), "r").fill_null("r").alias("relationship_part"),
        statement_id("p").alias("party_statement"),
        pl.lit(None, dtype=pl.String).alias("subject_statement"),
        pl.lit("").alias("suffix"),
    )


def interests(held: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Interests in the subject: the party's own, and those of the arrangements."""
    joint = pl.when(of_via("joint") != "").then(of_via("joint"))
    return statement(
        held,
        INTEREST_STATEMENT,
        edition,
        joined(pl.col("relationship_part"), pl.concat_str(pl.lit("i"), pl.col("position"))),
        relationship_statement_id=statement_id(pl.col("relationship_part")),
        interest_type=pl.col("interest_type"),
        native_code=pl.col("native_code"),
        basis=pl.col("basis"),
        reach=pl.lit("unknown"),
        joint_group=pl.concat_str(pl.col("subject_id"), joint, separator="/"),
        **{name: pl.col(name) for name in SHARE},
    )
