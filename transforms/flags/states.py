"""The states of an indicator's subjects: flagged, not flagged, or not assessable."""

from datetime import date

import polars as pl

from transforms.errors import DeclarationError
from transforms.flags.holdings import OWNERS
from transforms.model.indicator import STATE_COLUMNS, STATES, Indicator
from transforms.model.sql import Connection, frame, read_sql

# Subject types whose table has its name and area in columns of its own: table and key.
NAMED_BY_TABLE = {
    "title": ("title", "title_id"),
    "address": ("address", "address_id"),
    "property": ("property", "property_id"),
    "transaction": ('"transaction"', "transaction_id"),
}
# The mark that DEC-010 and others declare; it is carried up the closure for every indicator.
REJECTED_ABOVE_SQL = "select subject_id from graph_reach where mark = 'psc_record_rejected'"


def find_states(connection: Connection, indicator: Indicator, as_of: date) -> pl.DataFrame:
    """One row per subject and sub-type: the columns of the states query, with subject_name, area_name,
    area_code.

    A `not_flagged` that rests on a register which is missing, an extract, or rejected the subject's record is
    turned into `not_assessable`. Raises DeclarationError where the query breaks the contract of indicators.
    """
    query = f"""
        select s.*, n.subject_name, n.area_name, n.area_code
        from ({indicator.states}) s
        left join ({_subject_names_sql(indicator.subject_type)}) n using (subject_id)
    """
    states = frame(connection, query, indicator.bound_values(query, as_of))
    if missing := [name for name in STATE_COLUMNS if name not in states.columns]:
        raise DeclarationError(f"{indicator.code}: its states query has no column {missing[0]}")
    if unknown := sorted(set(states["state"].to_list()) - set(STATES)):
        raise DeclarationError(f"{indicator.code}: {unknown[0]} is not one of the three states")
    if states.select(pl.struct("subject_id", "subtype").is_duplicated().any()).item():
        raise DeclarationError(
            f"{indicator.code}: its states query gives a subject twice; give one row for a subject and "
            "sub-type"
        )
    return _without_unfounded_negatives(connection, states.sort("subject_id", "subtype"), indicator)


def _subject_names_sql(subject_type: str) -> str:
    """Query giving subject_id, subject_name, area_name, area_code of every subject of the type."""
    if subject_type in NAMED_BY_TABLE:
        table, key = NAMED_BY_TABLE[subject_type]
        return f"select {key} as subject_id, address_text as subject_name, area_name, area_code from {table}"
    return read_sql(__package__, f"{subject_type}_names")


def _without_unfounded_negatives(
    connection: Connection, states: pl.DataFrame, indicator: Indicator
) -> pl.DataFrame:
    rests_on_absence = pl.col("subtype").is_in(indicator.rests_on_absence).fill_null(False)
    is_negative = (pl.col("state") == "not_flagged") | ((pl.col("state") == "flagged") & rests_on_absence)
    unfounded = pl.lit(None, dtype=pl.String)
    for register in indicator.negatives_need:
        gap = frame(connection, read_sql(__package__, "register_gap"), {"register": register}).item()
        is_rejected = _is_rejected(connection, register, reach=indicator.negatives_reach)
        rejected = pl.when(is_rejected).then(pl.lit(f"rejected:{register}"))
        unfounded = pl.coalesce(unfounded, pl.lit(gap, dtype=pl.String), rejected)
    judged = states.with_columns(pl.when(is_negative).then(unfounded).alias("unfounded"))
    is_founded = pl.col("unfounded").is_null()
    return judged.with_columns(
        pl.coalesce("unfounded", "reason").alias("reason"),
        pl.when(is_founded).then("state").otherwise(pl.lit("not_assessable")).alias("state"),
        pl.when(is_founded).then("subtype").alias("subtype"),
    ).drop("unfounded")


def _is_rejected(connection: Connection, register: str, *, reach: bool) -> pl.Expr:
    """Whether a rejected record of the edition in force may speak of the subject or, with `reach`, of an
    entity above.
    """
    tokens = frame(connection, read_sql(__package__, "rejected_tokens"), {"register": register})["token"]
    number = pl.col("subject_id").str.replace(r"^[A-Z]+-[A-Z_]+-", "")
    is_rejected = number.is_in(tokens.implode())
    if reach and register == OWNERS:
        below = frame(connection, REJECTED_ABOVE_SQL)["subject_id"]
        is_rejected |= pl.col("subject_id").is_in(below.implode())
    return is_rejected
