"""Pairs of persons whose records differ: taken from blocks and weighed by Splink, by default with the
settings in this package.

A pair merges at a probability of MERGE_MIN, and only with evidence beside name and month of birth (below). A
pair at CANDIDATE_MIN or above that does not merge is a candidate.

Input is a table `person_profile` on the connection: one row for each spelling of a person in the records of a
party-to-be (`anchor_no`). Its columns are unique_id, anchor_no, forename, middle, surname, forename_key,
surname_key, words, birth_year, birth_month, address, postcode, partners, and optionally those of STATED.

There are two policies for which pairs merge, on the levels of `model`. The weights assume that comparisons
are independent, and they are not: twins share surname, month of birth and home; father and son share name and
home. So a high probability is necessary but not sufficient.

For registers (used in every run): forename, surname and month of birth must each agree, and something beside
them. An initial does not count as a forename.

For families, for data that states more than registers do (a day of birth, a number, an occupation), with
settings trained on that data: the weight decides, with three exceptions. First name, last name and month of
birth alone never merge. Two different forenames, or two similar ones that are each a name (Karen, Karin),
never merge on what a family shares: surname, births and home. Without a name on both sides only a number
merges.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

import polars as pl
from splink import DuckDBAPI, Linker

from transforms.model.sql import Connection, frame, read_sql
from transforms.resolution.persons.features import is_whole_name, middle_is_word
from transforms.resolution.persons.model import (
    BLOCK_MAX,
    BLOCKS,
    COMPARISONS,
    EXPECTED_FREQUENCY,
    FREQUENCY_RECORDS,
    PRIOR_RECORDS_MIN,
    SETTINGS,
    gamma,
    is_frequency_weighed,
)
from transforms.values.vocabulary import vocabulary

if TYPE_CHECKING:
    from splink import SparkAPI

MERGE_MIN = 0.99  # probability of a pair at which it may merge
# The same for settings trained on the data at hand: the threshold of Splink's example of historical figures.
FAMILY_MERGE_MIN = 0.95
# Records expected by chance with this full name and month, below which the full name is evidence by itself
# (R20).
RARE_MAX = 0.1


def agrees(comparison: str, *levels: str) -> pl.Expr:
    """Whether the pair is at one of these levels of a comparison. Boolean, from `gamma_<comparison>`."""
    return pl.col(f"gamma_{comparison}").is_in([gamma(comparison, level) for level in levels])


def is_missing(comparison: str) -> pl.Expr:
    """Whether the value is missing on either side."""
    return pl.col(f"gamma_{comparison}") < 0


def _full_name() -> pl.Expr:
    return agrees("middle", "exact") & pl.col("middle_is_word")


def _number_decides() -> pl.Expr:
    """Whether a personal number is equal and a name or the birth agrees too."""
    named = agrees("forename", "exact", "swapped", "short", "alike") | agrees(
        "surname", "exact", "swapped", "alike", "close"
    )
    return agrees("number", "exact") & (named | agrees("birth", "date", "date_slip", "month"))


def merges_in_registers() -> pl.Expr:
    """Whether a pair is one person by the rules for registers.

    Reads the columns gamma_…, probability, expected_n, middle_is_word and is_whole_name.
    """
    surname_agrees = agrees("surname", "exact", "alike", "swapped")
    name_agrees = agrees("forename", "exact", "alike", "swapped") & surname_agrees
    birth_agrees = agrees("birth", "date", "month")
    beside = (
        agrees("address", "exact", "street", "postcode")
        | agrees("partners", "shared")
        | (_full_name() & name_agrees & (pl.col("expected_n") < RARE_MAX).fill_null(False))
    )
    plain = name_agrees & pl.col("is_whole_name") & birth_agrees & beside & ~agrees("middle", "else")
    another_form = (
        agrees("forename", "short", "two_names")
        & _full_name()
        & surname_agrees
        & birth_agrees
        & agrees("address", "exact")
    )
    other_surname = agrees("forename", "exact") & _full_name() & birth_agrees & agrees("address", "exact")
    other_birth = (
        agrees("forename", "exact")
        & agrees("surname", "exact")
        & _full_name()
        & agrees("birth", "year", "near", "date_slip")
        & agrees("address", "exact")
    )
    return (
        (pl.col("probability") >= MERGE_MIN)
        & ~agrees("number", "else")
        & (plain | another_form | other_surname | other_birth | _number_decides())
    )


def merges_in_families() -> pl.Expr:
    """Whether a pair is one person by the rules for families. Columns as `merges_in_registers`."""
    forename_fits = agrees("forename", "exact", "swapped", "short", "alike", "initial", "close") | is_missing(
        "forename"
    )
    surname_fits = agrees("surname", "exact", "swapped", "alike", "close") | is_missing("surname")
    is_named = ~is_missing("forename") | ~is_missing("surname")
    place = agrees("address", "exact", "street", "postcode", "nearby")
    beside = (
        place
        | agrees("partners", "shared")
        | agrees("occupation", "exact")
        | agrees("birth", "date", "date_slip")
        | _full_name()
    )
    by_name = forename_fits & beside & is_named
    by_more_than_family = (
        agrees("forename", "two_names", "else")
        & surname_fits
        & (_full_name() | agrees("occupation", "exact") & agrees("birth", "date"))
    )
    return (pl.col("probability") >= FAMILY_MERGE_MIN) & (by_name | by_more_than_family | _number_decides())


# Columns that a profile may leave out: few records state these.
STATED = ("birth_day", "street", "number_kind", "number", "occupation")
# (own) A forename in this many records is a name, even if the list lacks it, because a slip is rarer. The
# first bound is for a town, the second (a share of records) for a country.
NAME_RECORDS_MIN, NAME_SHARE_MIN = 20, 1e-5
# Column → table of how often each of its values occurs.
FREQUENCY_TABLES = {column: f"person_tf_{column}" for column in EXPECTED_FREQUENCY}


def prepare(connection: Connection, *, sharing: bool = False) -> None:
    """Write `person_stated` (what each profile states), `person_compared` (the same with the key of each
    block) and FREQUENCY_TABLES. `sharing`: only profiles that share a block, because no others are in a pair.

    A key is null if no other party-to-be has it, or if more than BLOCK_MAX profiles share it. Keys are 64-bit
    hashes: among 12 million records, the chance that two different keys are equal is about four in a million.
    """
    connection.register("person_forename", _forenames().to_arrow())
    connection.execute(read_sql(__package__, "person_stated"))
    keys = ", ".join(f"{sql} as {name}" for name, sql in BLOCKS.items())
    pivoted = ", ".join(f"max(key) filter (block = '{name}') as {name}" for name in BLOCKS)
    connection.execute(
        read_sql(__package__, "person_blocked", keys=keys, pivoted=pivoted, block_max=str(BLOCK_MAX))
    )
    is_name_min = {"records_min": str(NAME_RECORDS_MIN), "share_min": str(NAME_SHARE_MIN)}
    blocked_join = "join" if sharing else "left join"
    connection.execute(read_sql(__package__, "person_compared", **is_name_min, blocked_join=blocked_join))
    for column, table in FREQUENCY_TABLES.items():
        parts = {
            "table": table,
            "added_n": str(FREQUENCY_RECORDS),
            "expected": str(EXPECTED_FREQUENCY[column]),
        }
        connection.execute(read_sql(__package__, "term_frequency", column=column, **parts))


def _forenames() -> pl.DataFrame:
    """forename, short_forms (list of its short forms), is_forename: from the two lists of forenames."""
    short = (
        vocabulary("short_forenames")
        .group_by("forename")
        .agg(pl.col("short_form").sort().alias("short_forms"))
    )
    return (
        vocabulary("forenames")
        .select("forename", pl.lit(True).alias("is_forename"))
        .join(short, on="forename", how="full", coalesce=True)
    )


CANDIDATE_MIN = 0.5  # (own) lowest probability of a pair that is shown as a candidate
PAIR = {
    "left_id": pl.Int64,
    "right_id": pl.Int64,
    "left_anchor": pl.Int64,
    "right_anchor": pl.Int64,
    "probability": pl.Float64,
    "weight": pl.Float64,
    "expected_n": pl.Float64,
    "merges": pl.Boolean,
}
DETAILS = {
    **{f"gamma_{name}": pl.Int8 for name in COMPARISONS},
    **{f"mw_{name}": pl.Float64 for name in COMPARISONS},
    **{f"mw_tf_adj_{name}": pl.Float64 for name in COMPARISONS if is_frequency_weighed(name)},
}


def settings() -> dict[str, Any]:
    """The settings in this package, in Splink's form."""
    text = (files(__package__) / "settings" / SETTINGS).read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


# Writes Splink's predictions with the given settings to a table of a DuckDB connection; returns its name.
type Predict = Callable[[Any, Mapping[str, Any]], str]


def predicted_here(connection: Any, given: Mapping[str, Any]) -> str:
    """Splink's predictions, computed in DuckDB: the name of their table."""
    return predict(DuckDBAPI(connection=connection), given)


def predict(api: DuckDBAPI | SparkAPI, given: Mapping[str, Any]) -> str:
    """The name of a table with the pairs at CANDIDATE_MIN or above, from the tables that `prepare` wrote."""
    pairs = linker(api, given).inference.predict(
        threshold_match_probability=CANDIDATE_MIN, warning_mode="never"
    )
    return pairs.physical_name


def complete_settings(connection: Connection, model: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The settings `model` (default: those in this package), with a prior for the number of records if they
    have none.
    """
    ((records_n,),) = connection.sql("select count(*) from person_stated").fetchall()
    prior = {"probability_two_random_records_match": 1 / max(records_n, PRIOR_RECORDS_MIN)}
    return {**prior, **(settings() if model is None else model)}


def linker(api: DuckDBAPI | SparkAPI, given: Mapping[str, Any]) -> Linker:
    """Splink's linker over the tables that `prepare` wrote."""
    made = Linker(api.register("person_compared"), dict(given), log_level=None, validate_settings=False)
    for column, table in FREQUENCY_TABLES.items():
        made.table_management.register_term_frequency_lookup(api.register(table), column)
    return made


def person_pairs(
    connection: Connection,
    model: Mapping[str, Any] | None = None,
    rule: pl.Expr | None = None,
    predict_pairs: Predict = predicted_here,
) -> pl.DataFrame:
    """PAIR and DETAILS (levels, and weights in bits), one row for each pair at CANDIDATE_MIN or above, sorted
    by its ids.

    Reads `person_profile`; writes temporary tables. The result does not depend on the number of threads.
    `model`: settings in place of those in this package. `rule`: which pairs merge, in place of the rules for
    registers. `predict_pairs`: lets Splink compute elsewhere than in DuckDB.
    """
    prepare(connection, sharing=True)
    ((persons_n,),) = connection.sql("select count(*) from person_compared").fetchall()
    if persons_n < 2:
        return pl.DataFrame(schema={**PAIR, **DETAILS})
    table = predict_pairs(connection, complete_settings(connection, model))
    details = ", ".join(DETAILS)
    pairs = frame(connection, read_sql(__package__, "predicted_pairs", details=details, predicted=table))
    return (
        pairs.with_columns(is_whole_name().alias("is_whole_name"), middle_is_word().alias("middle_is_word"))
        .with_columns((merges_in_registers() if rule is None else rule).alias("merges"))
        .select(pl.col(name).cast(kind) for name, kind in {**PAIR, **DETAILS}.items())
    )
