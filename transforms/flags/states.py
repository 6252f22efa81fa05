"""The states of an indicator's subjects: flagged, not flagged, or not assessable."""

from datetime import date

import polars as pl

from transforms.errors import DeclarationError
from transforms.marts import tables_behind
from transforms.model.indicator import (
    EVIDENCE_STEP,
    LANES,
    STATES,
    STATES_STEP,
    Indicator,
)
from transforms.model.sql import Connection, frame, read_sql, tables_read
from transforms.model.subjects import SUBJECT_KINDS


def find_states(connection: Connection, indicator: Indicator, as_of: date) -> pl.DataFrame:
    """One row per subject and sub-type: the columns of the states query, with subject_name, area_name,
    area_code, is_private and lane (the indicator's lane if the query gives none).

    For tests and for a few subjects: all rows are in memory.
    """
    subjects = f"({SUBJECT_KINDS[indicator.subject_type].query})"
    query, values = states_sql(indicator, subjects, as_of)
    named = named_sql(f"({query})", subjects)
    return frame(connection, f"{named} order by subject_id, subtype", values)


def judge(connection: Connection, indicator: Indicator, subjects: str, as_of: date) -> str:
    """Create a table with the states of an indicator's subjects, and the tables of its steps, which its
    evidence query may read too. Returns the name of the table with the states.

    The tables are temporary, because DuckDB takes longer to compress a stored table than to find the states.
    They take about 100 bytes for each subject and can spill to disk. `subjects`: a table or query of the
    subjects of the indicator's kind. Raises DeclarationError if a state or lane is unknown.
    """
    for name, table in indicator.steps.items():
        if name not in (STATES_STEP, EVIDENCE_STEP):
            create = f"create or replace temp table {name} as {table}"
            connection.execute(create, indicator.bound_values(table, as_of))
    states, given = indicator.steps.get(STATES_STEP, indicator.states), f'"given {indicator.code}"'
    values = indicator.bound_values(states, as_of)
    connection.execute(f"create or replace temp table {given} as {given_sql(states)}", values)
    # A separate statement: for a country, its joins and those of the indicator together do not fit in 2 GiB.
    query, values = states_sql(indicator, subjects, as_of, f"from {given}")
    judged = f'"states {indicator.code}"'
    connection.execute(f"create or replace temp table {judged} as {query}", values)
    connection.execute(f"drop table {given}")
    shown = frame(connection, f"select distinct state, lane from {judged}")
    if unknown := sorted(set(shown["state"].to_list()) - set(STATES)):
        raise DeclarationError(f"{indicator.code}: {unknown[0]} is not one of the three states")
    if unknown := sorted(set(shown["lane"].to_list()) - set(LANES)):
        raise DeclarationError(f"{indicator.code}: {unknown[0]} is not one of the lanes {', '.join(LANES)}")
    return judged


def states_sql(
    indicator: Indicator, subjects: str, as_of: date, states: str | None = None
) -> tuple[str, dict[str, object]]:
    """The query of an indicator's states, and its parameters. `states`: read in place of the indicator's
    own states query."""
    states = states or indicator.states
    unfounded = read_sql(
        __package__, "unfounded" if indicator.negatives_need else "all_founded", subjects=subjects
    )
    query = read_sql(__package__, "states", given=given_sql(states), unfounded=unfounded, subjects=subjects)
    values = {
        "needed_roles": list(indicator.negatives_need),
        "reaches": indicator.negatives_reach,
        "rests_on_absence": list(indicator.rests_on_absence),
        "own_lane": indicator.lane,
    }
    named = {name: value for name, value in values.items() if f"${name}" in query}
    return query, {**indicator.bound_values(states, as_of), **named}


def given_sql(states: str) -> str:
    """A states query with all of STATE_COLUMNS and `lane`; those that it lacks are null."""
    return read_sql(__package__, "given", states=states)


def tables_of(indicator: Indicator) -> frozenset[str]:
    """The tables that its queries read, with each fact view replaced by the tables that it reads."""
    subjects = SUBJECT_KINDS[indicator.subject_type].query
    query, _ = states_sql(indicator, f"({subjects})", date.min)
    return tables_behind(tables_read(query) | tables_read(indicator.evidence))


def named_sql(judged: str, subjects: str) -> str:
    """States with the name and the district of their subjects."""
    return (
        f"select j.*, n.subject_name, n.area_name, n.area_code from {judged} j "
        f"left join {subjects} n using (subject_id)"
    )
