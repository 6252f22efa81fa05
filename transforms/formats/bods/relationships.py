"""Relationships of a BODS file, their periods and their interests."""

import polars as pl

from transforms.formats import gb_coh
from transforms.formats.bods import values
from transforms.formats.bods.shares import SHARE_KEYS, WHOLE, per_cent, with_natures, with_share
from transforms.formats.gb_coh.arrangements import PERIOD, of_via
from transforms.model.parsing import joined, record_ids, statement, statement_id
from transforms.model.register import Edition
from transforms.model.statements import INTEREST_STATEMENT, RELATIONSHIP_STATEMENT

INTEREST_KEYS = ("type", "directOrIndirect", "details", "startDate", "endDate", "share")
NAMELESS = ("anonymousPerson", "unknownPerson", "anonymousEntity", "unknownEntity")
RELATED = (
    "record_no",
    "record",
    "record_id",
    "subject_statement",
    "party_statement",
    "party_kind",
    "stated_reason",
    "unspecified_reason",
    "declaration_class",
    "subject_key",
    "is_closed",
    "stated_on",
)


def related(records: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Relationships with the statements of both ends (party_statement null: nobody is named), and the reason
    why a party is unnamed.
    """
    related = records.filter(pl.col("recordType") == "relationship")
    located_both = related.with_columns(
        record_ids(related["subject"], edition).alias("subject_record_id"),
        record_ids(related["party"], edition).alias("party_record_id"),
    )
    inline = pl.coalesce(
        *(
            f"recordDetails.interestedParty.{key}"
            for key in ("reason", "unspecifiedReason", "unspecified.reason")
        )
    )
    nameless = pl.col("party_subkind").is_in(NAMELESS).fill_null(False)
    nobody = pl.col("party_kind") == "unspecified"
    stated_reason = (
        pl.when(pl.col("party").is_null())
        .then(inline)
        .when(nameless)
        .then(pl.coalesce("party_reason", "party_subkind"))
    )
    known_reason = (
        pl.when(stated_reason.is_in(values.reason_codes()))
        .then(stated_reason)
        .when(stated_reason.is_not_null())
        .then(pl.lit("unknown"))
    )
    withheld = (
        pl.when(pl.col("party_subkind").str.starts_with("anonymous"))
        .then(pl.lit("protected"))
        .otherwise(pl.lit("undisclosed"))
    )
    return located_both.with_columns(
        pl.coalesce(pl.col("subject_record_id") + "-p", pl.col("record_id") + "-s").alias(
            "subject_statement"
        ),
        pl.when(~nobody).then(pl.col("party_record_id") + "-p").alias("party_statement"),
        stated_reason.alias("stated_reason"),
        values.reason(known_reason, "unspecified_reason").alias("unspecified_reason"),
        pl.when(nobody)
        .then(values.reason(known_reason, "declaration_class"))
        .when(stated_reason.is_not_null())
        .then(withheld)
        .alias("declaration_class"),
        pl.coalesce("subject_org_id", "subject", "record").alias("subject_key"),
        (pl.col("recordStatus") == "closed").fill_null(False).alias("is_closed"),
        values.day(pl.col("statementDate")).alias("stated_on"),
    )


def interests_of(related: pl.DataFrame) -> pl.DataFrame:
    """One row for each interest: its type, share and period, and the suffix of the relationship's statement
    that carries it.
    """
    keys = (*INTEREST_KEYS, *(f"share.{key}" for key in SHARE_KEYS))
    each = values.items(related, "recordDetails.interests", keys, RELATED).rename(
        {f"share.{key}": key for key in SHARE_KEYS}
    )
    dated = with_natures(with_share(each)).with_columns(
        values.day(pl.col("startDate")).alias("valid_from"), values.day(pl.col("endDate")).alias("ends_on")
    )
    reversed_ = (pl.col("ends_on") < pl.col("valid_from")).fill_null(False)
    closed_on = pl.when(
        pl.col("is_closed")
        & pl.col("endDate").is_null()
        & (pl.col("stated_on") >= pl.col("valid_from")).fill_null(True)
    ).then("stated_on")
    timed = dated.with_columns(
        reversed_.alias("is_reversed"),
        pl.coalesce("ends_on", closed_on).alias("valid_to"),
        (pl.col("endDate").is_not_null() | pl.col("is_closed")).alias("is_ceased"),
        gb_coh.is_left_censored(pl.col("valid_from"), pl.col("regime_start")).alias("is_left_censored"),
    )
    period = ("record_no", "valid_from", "valid_to", "is_ceased")
    first = timed.with_columns(
        pl.col("position").min().over(period).alias("first_position"),
        pl.col("is_left_censored").any().over(period),
    )
    return first.with_columns(
        pl.col("first_position").rank("dense").over("record_no").cast(pl.Int64).alias("period_no")
    ).with_columns(
        pl.when(pl.col("period_no") > 1)
        .then(pl.col("period_no").cast(pl.String))
        .otherwise(pl.lit(""))
        .alias("suffix"),
        pl.when(pl.col("party_kind") != "unspecified").then("via").alias("via"),
        pl.when(of_via("joint") != "").then(of_via("joint")).alias("joint"),
        pl.lit(None, dtype=pl.String).alias("subject_id"),
        pl.coalesce("nature", values.relation_code(pl.col("details")), "type", pl.lit(values.UNSTATED)).alias(
            "native_code"
        ),
    )


def periods(related: pl.DataFrame, interests: pl.DataFrame) -> pl.DataFrame:
    """RELATED, suffix and PERIOD: one row for each period of each relationship.

    A relationship without interests has one period, which ends on its statementDate if the record is closed.
    """
    held = interests.select(*RELATED, "suffix", *PERIOD).unique(
        ["record_no", "suffix"], keep="first", maintain_order=True
    )
    bare = related.join(held.select("record_no"), on="record_no", how="anti", maintain_order="left").select(
        *RELATED,
        pl.lit("").alias("suffix"),
        pl.lit(None, dtype=pl.Date).alias("valid_from"),
        pl.when("is_closed").then("stated_on").alias("valid_to"),
        pl.col("is_closed").alias("is_ceased"),
        pl.lit(False).alias("is_left_censored"),
    )
    return pl.concat([held, bare]).sort("record_no", "suffix")


def relationships(periods: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return statement(
        periods,
        RELATIONSHIP_STATEMENT,
        edition,
        pl.lit("r") + pl.col("suffix"),
        subject_statement_id=pl.col("subject_statement"),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.col("party_kind"),
        unspecified_reason=pl.col("unspecified_reason"),
        declaration_code=pl.col("stated_reason"),
        declaration_class=pl.col("declaration_class"),
        **PERIOD,
    )


def basis() -> pl.Expr:
    """Basis of an interest. A right to appoint at most half of the board is influence, not a majority."""
    plain = values.basis(pl.col("type"))
    minority = (plain == "board") & (pl.col("high") <= WHOLE // 2).fill_null(False)
    return pl.coalesce("nature_basis", pl.when(minority).then(pl.lit("influence")).otherwise(plain))


def interests(interests: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Interest statements. The band of a nature of control replaces the publisher's band, which does not say
    whether its bounds are exclusive.
    """
    is_nature, exact = pl.col("nature").is_not_null(), pl.col("exact").is_not_null()
    same = (pl.col("low") == pl.col("nature_low")) & (pl.col("high") == pl.col("nature_high"))
    by_nature = (
        is_nature & ~exact & pl.col("share_fault").is_null() & (same | pl.col("low").is_null())
    ).fill_null(False)
    share = {
        name: pl.when(by_nature).then(f"nature_{name}").otherwise(name)
        for name in ("low", "high", "low_open", "high_open")
    }
    reach = (
        pl.when(~is_nature & pl.col("directOrIndirect").is_in(values.KNOWN_REACHES))
        .then("directOrIndirect")
        .otherwise(pl.lit("unknown"))
    )
    part = joined(of_via("part"), pl.lit("r") + pl.col("suffix")).fill_null(pl.lit("r") + pl.col("suffix"))
    return statement(
        interests,
        INTEREST_STATEMENT,
        edition,
        joined(part, pl.concat_str(pl.lit("i"), "position")),
        relationship_statement_id=statement_id(part),
        interest_type=pl.col("type").fill_null(gb_coh.UNKNOWN_INTEREST_TYPE),
        native_code=pl.col("native_code"),
        basis=basis(),
        reach=reach,
        joint_group=pl.concat_str("subject_key", "joint", separator="/"),
        share_min=per_cent(share["low"]),
        share_max=per_cent(share["high"]),
        share_min_exclusive=share["low_open"].fill_null(False),
        share_max_exclusive=share["high_open"].fill_null(False),
        share_fault=pl.col("share_fault"),
        share_native=pl.col("share_native"),
    )
