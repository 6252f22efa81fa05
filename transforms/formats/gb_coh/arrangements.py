"""Unnamed trusts and firms that a nature of control implies ("as trust", "as firm", "as control over …").

| statement | part |
|---|---|
| entity of the arrangement | `t`, `f`, `tt`, `mf`, `n` (`Via.part`) |
| relationship of the declared party in it, with one interest | `t-h`, `t-h-i0` |
| relationship of the arrangement in the subject | `t-r` |
"""

import polars as pl

from transforms.formats.gb_coh.codes import VIAS
from transforms.model.parsing import joined, other_entities, statement, statement_id
from transforms.model.register import Edition
from transforms.model.statements import INTEREST_STATEMENT, RELATIONSHIP_STATEMENT

PERIOD = {name: pl.col(name) for name in ("valid_from", "valid_to", "is_ceased", "is_left_censored")}


def of_via(attribute: str) -> pl.Expr:
    """An attribute of the Via that the column `via` names; null for the party's own interest."""
    values = {name: getattr(via, attribute) for name, via in VIAS.items()}
    return pl.col("via").replace_strict(values, default=None, return_dtype=pl.String)


def arrangements(interests: pl.DataFrame, edition: Edition) -> dict[str, pl.DataFrame]:
    """Statements by table: one arrangement for each record and kind, with its periods and holders.

    interests: record_no, record, record_id, via (null: no arrangement), native_code, suffix of the period's
    statements, party_statement, party_kind, subject_id, subject_statement (one of the two null), and PERIOD.
    """
    periods = interests.filter(pl.col("via").is_not_null()).unique(
        ["record_id", "via", "suffix"], keep="first", maintain_order=True
    )
    once = periods.unique(["record_id", "via"], keep="first", maintain_order=True)
    part = of_via("part")
    return {
        "entity_statement": other_entities(
            once, edition, part, role=pl.lit("arrangement"), entity_type=of_via("entity_type")
        ),
        "relationship_statement": pl.concat(
            [_holders(periods, edition), _arrangements_in_subject(periods, edition)]
        ),
        "interest_statement": _holders_interests(periods, edition),
    }


def _holder_part() -> pl.Expr:
    return joined(of_via("part"), pl.lit("h") + pl.col("suffix"))


def _holders(periods: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Relationships of the declared parties in their arrangements."""
    return statement(
        periods,
        RELATIONSHIP_STATEMENT,
        edition,
        _holder_part(),
        subject_statement_id=statement_id(of_via("part")),
        party_statement_id=pl.col("party_statement"),
        party_kind=pl.col("party_kind"),
        **PERIOD,
    )


def _arrangements_in_subject(periods: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Relationships of the arrangements in the subjects."""
    return statement(
        periods,
        RELATIONSHIP_STATEMENT,
        edition,
        joined(of_via("part"), pl.lit("r") + pl.col("suffix")),
        subject_id=pl.col("subject_id"),
        subject_statement_id=pl.col("subject_statement"),
        party_statement_id=statement_id(of_via("part")),
        party_kind=pl.lit("entity"),
        **PERIOD,
    )


def _holders_interests(periods: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Influence over the arrangement, or trusteeship of it: never a share."""
    return statement(
        periods,
        INTEREST_STATEMENT,
        edition,
        joined(_holder_part(), "i0"),
        relationship_statement_id=statement_id(_holder_part()),
        interest_type=of_via("holder_interest_type"),
        native_code=pl.col("native_code"),
        basis=of_via("holder_basis"),
        reach=pl.lit("unknown"),
        share_min_exclusive=pl.lit(False),
        share_max_exclusive=pl.lit(False),
    )
