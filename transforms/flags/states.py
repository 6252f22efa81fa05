"""The states of an indicator's subjects: flagged, not flagged, or not assessable."""

from datetime import date

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.indicator import LANES, STATE_COLUMNS, STATES, Indicator
from transforms.model.sql import Connection, frame
from transforms.model.subjects import SUBJECT_KINDS

# Subjects that a rejected record of a register with the role may speak of, and the register.
REJECTED_SQL = """
    select s.subject_id, min(s.register) as rejected_by
    from rejected_subject s
    join register_role r using (register)
    where r.role = $role and not r.is_partial
    group by s.subject_id
"""
# This mark is carried up the closure for every indicator.
REJECTED_ABOVE_SQL = "select distinct subject_id from graph_reach where mark = 'owners_record_rejected'"


def find_states(connection: Connection, indicator: Indicator, as_of: date) -> pl.DataFrame:
    """One row per subject and sub-type: the columns of the states query, with subject_name, area_name,
    area_code, is_private and lane (the indicator's, where its query gives none).

    A `not_flagged` that rests on a role whose register is missing, an extract, or rejected the subject's
    record is turned into `not_assessable`. Raises DeclarationError where the query breaks the contract of
    indicators.
    """
    query = f"""
        select
            s.*, n.subject_name, n.area_name, n.area_code,
            coalesce(n.territory, 'elsewhere') as territory, coalesce(n.is_private, false) as is_private
        from ({indicator.states}) s
        left join ({SUBJECT_KINDS[indicator.subject_type].query}) n using (subject_id)
    """
    states = frame(connection, query, indicator.bound_values(query, as_of))
    if missing := [name for name in STATE_COLUMNS if name not in states.columns]:
        raise DeclarationError(f"{indicator.code}: its states query has no column {missing[0]}")
    if unknown := sorted(set(states["state"].to_list()) - set(STATES)):
        raise DeclarationError(f"{indicator.code}: {unknown[0]} is not one of the three states")
    states = states.with_columns(_lane(states, indicator))
    if unknown := sorted(set(states["lane"].to_list()) - set(LANES)):
        raise DeclarationError(f"{indicator.code}: {unknown[0]} is not one of the lanes {', '.join(LANES)}")
    if states.select(pl.struct("subject_id", "subtype").is_duplicated().any()).item():
        raise DeclarationError(
            f"{indicator.code}: its states query gives a subject twice; give one row for a subject and "
            "sub-type"
        )
    return _without_unfounded_negatives(connection, states.sort("subject_id", "subtype"), indicator).drop(
        "territory"
    )


def _lane(states: pl.DataFrame, indicator: Indicator) -> pl.Expr:
    """The lane that the query gives a flag; of any other row, the indicator's."""
    own = pl.lit(indicator.lane)
    if "lane" not in states.columns:
        return own.alias("lane")
    return pl.when(pl.col("state") == "flagged").then(pl.coalesce("lane", own)).otherwise(own).alias("lane")


def _without_unfounded_negatives(
    connection: Connection, states: pl.DataFrame, indicator: Indicator
) -> pl.DataFrame:
    rests_on_absence = pl.col("subtype").is_in(indicator.rests_on_absence).fill_null(False)
    is_negative = (pl.col("state") == "not_flagged") | ((pl.col("state") == "flagged") & rests_on_absence)
    judged = states.with_columns(unfounded=pl.lit(None, dtype=pl.String))
    for role in indicator.negatives_need:
        held = frame(connection, "select * from role_held where role = $role", {"role": role})
        judged = (
            judged.join(held.select("territory", "gap", "register"), on="territory", how="left")
            .join(frame(connection, REJECTED_SQL, {"role": role}), on="subject_id", how="left")
            .with_columns(
                pl.coalesce(
                    "unfounded",
                    "gap",
                    pl.format("rejected:{}", "rejected_by"),
                    _rejected_above(connection, role) if indicator.negatives_reach else None,
                ).alias("unfounded")
            )
            .drop("gap", "register", "rejected_by")
        )
    is_unfounded = is_negative & pl.col("unfounded").is_not_null()
    return (
        judged.with_columns(
            pl.when(is_unfounded).then("unfounded").otherwise("reason").alias("reason"),
            pl.when(is_unfounded).then(pl.lit("not_assessable")).otherwise("state").alias("state"),
            pl.when(~is_unfounded).then("subtype").alias("subtype"),
        )
        .drop("unfounded")
        .sort("subject_id", "subtype")
    )


def _rejected_above(connection: Connection, role: str) -> pl.Expr | None:
    """`rejected:` and the register, of subjects below an entity that a rejected record may speak of."""
    if role != "owners":
        return None
    below = frame(connection, REJECTED_ABOVE_SQL)["subject_id"]
    return pl.when(pl.col("subject_id").is_in(below.implode())).then(pl.format("rejected:{}", "register"))
