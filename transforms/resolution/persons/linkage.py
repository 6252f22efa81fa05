"""Pairs of persons whose records differ: taken from blocks, weighed by Splink with the settings that are
shipped.

A pair merges at MERGE_MIN and only with evidence beside the name and month (below). What reaches
CANDIDATE_MIN and does not merge is a candidate.

Input is a table `person_profile` on the connection: one row for each way in which the records of a
party-to-be (`anchor_no`) state a person. Its columns are unique_id, anchor_no, forename, middle, surname,
forename_key, surname_key, words, birth_year, birth_month, address, postcode, partners, and those of STATED
that it has.

Which pairs merge has two policies, on the levels of `model`. The weights take comparisons as independent, and
they are not: twins share surname, month of birth and home; father and son share name and home. So a
probability of MERGE_MIN is needed and is never enough.

For registers, which the night uses: forename, surname and month of birth agree each, and so does something
beside them. An initial is no forename.

For families, which is for data that state more than registers do (a day of birth, a number, an occupation),
with settings trained on that data, the weight decides, but for three things. First name, last name and month
of birth alone never merge. Two forenames that are alike and each a name of its own (Karen, Karin), or that
differ, never merge on what a family shares: surname, births and home. Without a name on both sides only a
number merges.
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
# The same for settings trained on the data at hand; the threshold of Splink's own example of the historical
# figures
FAMILY_MERGE_MIN = 0.95
# Records expected by chance with this full name and month, below which the full name is evidence of its own
# (R20)
RARE_MAX = 0.1


def agrees(comparison: str, *levels: str) -> pl.Expr:
    """Whether the pair is at one of these levels of a comparison. Boolean, from `gamma_<comparison>`."""
    return pl.col(f"gamma_{comparison}").is_in([gamma(comparison, level) for level in levels])


def is_missing(comparison: str) -> pl.Expr:
    """Whether one side says nothing."""
    return pl.col(f"gamma_{comparison}") < 0


def _full_name() -> pl.Expr:
    return agrees("middle", "exact") & pl.col("middle_is_word")


def _number_decides() -> pl.Expr:
    """A number of one's own is equal, or nearly so, and a name or the birth agrees too."""
    named = agrees("forename", "exact", "swapped", "short", "alike") | agrees(
        "surname", "exact", "swapped", "alike", "close"
    )
    return agrees("number", "exact") & (named | agrees("birth", "date", "date_slip", "month"))


def merges_in_registers() -> pl.Expr:
    """One person by the night's rules.

    Input: gamma_…, probability, expected_n, middle_is_word, is_whole_name (`person_features`).
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
    """One person by weights trained on the data at hand. Input as above."""
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
# (own) A forename of this many records is a name of its own in any script, whether the list has it or not: a
# slip of the pen is rarer. The first is for a town, the second for a country.
NAME_RECORDS_MIN, NAME_SHARE_MIN = 20, 1e-5
# Column -> table of how often each of its values occurs.
FREQUENCY_TABLES = {column: f"person_tf_{column}" for column in EXPECTED_FREQUENCY}


def prepare(connection: Connection, *, sharing: bool = False) -> None:
    """Write `person_stated`, what each profile states, and `person_compared`, the same with the key of each
    block; and FREQUENCY_TABLES. `sharing`: only profiles that share a block, as nobody else is in a pair: a
    country has few.

    A key is null where no other party-to-be has it, and where more than BLOCK_MAX profiles share it. Keys are
    64-bit hashes: two different keys of 12 million records agree by chance about four times in a million.
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
    """forename, short_forms (what it is shortened to), is_forename: the two lists of forenames."""
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


CANDIDATE_MIN = 0.5  # (own) probability below which a pair is not worth a look
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
    """The settings as shipped, in Splink's form."""
    text = (files(__package__) / "settings" / SETTINGS).read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


# On a connection of DuckDB: writes what Splink predicts with these settings, and names the table.
type Predict = Callable[[Any, Mapping[str, Any]], str]


def predicted_here(connection: Any, given: Mapping[str, Any]) -> str:
    """The name of a table with what Splink predicts in DuckDB."""
    return predict(DuckDBAPI(connection=connection), given)


def predict(api: DuckDBAPI | SparkAPI, given: Mapping[str, Any]) -> str:
    """The name of a table with the pairs at CANDIDATE_MIN or above, of the tables that `prepare` wrote."""
    pairs = linker(api, given).inference.predict(
        threshold_match_probability=CANDIDATE_MIN, warning_mode="never"
    )
    return pairs.physical_name


def complete_settings(connection: Connection, model: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """These settings, or those shipped, with the prior of as many records as there are, if they name none."""
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
    """PAIR and DETAILS (levels, and weights in bits), one row for each pair at CANDIDATE_MIN or above, by its
    ids.

    Reads `person_profile`; writes tables of its own.
    Equal rows give equal rows, with any number of threads. `model`: other settings than those shipped.
    `rule`: another rule of what merges than that for registers. `predict_pairs`: has Splink
    compute elsewhere than in DuckDB.
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
