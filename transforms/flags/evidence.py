"""The evidence of flags: every fact with the record that states it, and the first edition that stated it."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from transforms.errors import DeclarationError
from transforms.model.indicator import Indicator
from transforms.model.register import RECORD_ID_BYTES
from transforms.model.sql import Connection, frame, read_sql
from transforms.model.statements import STATEMENT_TABLES
from transforms.model.views import EVIDENCE

# From here on, a statement's id says which part of its record it is: the same in every edition.
PART_FROM = 2 * RECORD_ID_BYTES + 1
# Roles of a chain end with the number of their step, and step 10 comes after step 9.
STEP_ORDER = (
    pl.col("role").str.replace_all(r"[0-9]+", ""),
    pl.col("role").str.extract("([0-9]+)", 1).cast(pl.Int64),
)


def find_evidence(
    connection: Connection, indicator: Indicator, flagged: pl.DataFrame, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Evidence of the flags in `flagged` (flag_id, subject_id, subtype), in the columns of EVIDENCE.

    The second frame has flag_id and first_seen_on: the day on which all facts of the flag were first there.
    Raises DeclarationError where a fact is no column of a statement table, or its statement is not there.
    """
    no_facts = EVIDENCE.empty().with_columns(pl.lit(None, dtype=pl.Date).alias("first_seen_on"))
    if flagged.is_empty():
        return EVIDENCE.empty(), no_facts.select("flag_id", "first_seen_on")
    claims = _claims(connection, indicator, flagged, as_of)
    connection.register("claim", claims.to_arrow())
    columns_by_table = _columns_by_table(indicator, claims["field"].unique().to_list())
    facts = pl.concat(
        [no_facts.drop("position"), *(_facts(connection, *named) for named in columns_by_table.items())]
    )
    connection.unregister("claim")
    if facts.height != claims.height:
        raise DeclarationError(
            f"{indicator.code}: {claims.height - facts.height} facts of its evidence query name a statement "
            "that is not in the table of their field"
        )
    ordered = facts.sort("flag_id", *STEP_ORDER, "statement_id", "field")
    evidence = ordered.with_columns(pl.int_range(1, pl.len() + 1).over("flag_id").alias("position"))
    return evidence.select(EVIDENCE.names), facts.group_by("flag_id").agg(pl.col("first_seen_on").max())


def _claims(connection: Connection, indicator: Indicator, flagged: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """flag_id, role, statement_id, field: the facts that the indicator says each flag rests on."""
    same = "f.subtype is not distinct from e.subtype" if indicator.evidence_by_subtype else "true"
    query = read_sql(__package__, "claims", evidence=indicator.evidence, is_same_subtype=same)
    connection.register("flagged_now", flagged.to_arrow())
    claims = frame(connection, query, indicator.bound_values(query, as_of))
    connection.unregister("flagged_now")
    return claims


def _columns_by_table(indicator: Indicator, fields: Iterable[str]) -> Mapping[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for field in sorted(fields):
        table, _, column = field.partition(".")
        if table not in STATEMENT_TABLES or column not in STATEMENT_TABLES[table]:
            raise DeclarationError(
                f"{indicator.code}: evidence field {field} is no column of a statement table"
            )
        columns.setdefault(table, []).append(column)
    return columns


def _facts(connection: Connection, table: str, columns: Iterable[str]) -> pl.DataFrame:
    """The facts that are claimed of one statement table, in the columns of EVIDENCE without position."""
    values = (f"when '{table}.{column}' then cast(s.{column} as varchar)" for column in columns)
    query = read_sql(__package__, "facts", table=table, value=f"case field {' '.join(values)} end")
    columns_in_order = (*(name for name in EVIDENCE.names if name != "position"), "first_seen_on")
    return frame(connection, query, {"part_from": PART_FROM}).select(columns_in_order)
