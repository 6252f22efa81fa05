"""Pairs of persons whose records differ: taken from blocks, weighed by Splink with the settings that are
shipped.

A pair merges at MERGE_MIN and only with evidence beside the name and month (`rules`). What reaches
CANDIDATE_MIN and does not merge is a candidate.

Input is a table `person_profile` on the connection, with the columns PROFILE and those of STATED that it has:
one row for each way in which the records of a party-to-be (`anchor_no`) state a person.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, cast

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
    is_frequency_weighed,
)
from transforms.resolution.persons.rules import merges_in_registers
from transforms.values.vocabulary import vocabulary

PROFILE = (
    "unique_id",
    "anchor_no",
    "forename",
    "middle",
    "surname",
    "forename_key",
    "surname_key",
    "words",
    "birth_year",
    "birth_month",
    "address",
    "postcode",
    "partners",
)
# Columns that a profile may leave out: few records state these.
STATED = ("birth_day", "street", "number_kind", "number", "occupation")
# (own) A forename of this many records is a name of its own in any script, whether the list has it or not: a
# slip of the pen is rarer. The first is for a town, the second for a country.
NAME_RECORDS_MIN, NAME_SHARE_MIN = 20, 1e-5


def prepare(connection: Connection) -> None:
    """Write `person_stated`, what each profile states, and `person_compared`, the same with the key of each
    block.

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
    connection.execute(read_sql(__package__, "person_compared", **is_name_min))


def _forenames() -> pl.DataFrame:
    """forename, short_forms (what it is shortened to), is_forename: the two lists of forenames."""
    short = (
        vocabulary("short_forenames")
        .group_by("forename")
        .agg(pl.col("short_form").sort().alias("short_forms"))
    )
    named = vocabulary("forenames").select("forename", pl.lit(True).alias("is_forename"))
    return named.join(short, on="forename", how="full", coalesce=True)


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


def person_pairs(
    connection: Connection, model: Mapping[str, Any] | None = None, rule: pl.Expr | None = None
) -> pl.DataFrame:
    """PAIR and DETAILS (levels, and weights in bits), one row for each pair at CANDIDATE_MIN or above, by its
    ids.

    Reads `person_profile` (PROFILE, and of STATED what there is); writes tables of its own.
    Equal rows give equal rows, with any number of threads. `model`: other settings than those shipped.
    `rule`: another rule of what merges than that for registers.
    """
    prepare(connection)
    predicted = linker(connection, model).inference.predict(
        threshold_match_probability=CANDIDATE_MIN, warning_mode="never"
    )
    details, table = ", ".join(DETAILS), predicted.physical_name
    pairs = frame(connection, read_sql(__package__, "predicted_pairs", details=details, predicted=table))
    named = pairs.with_columns(
        is_whole_name().alias("is_whole_name"), middle_is_word().alias("middle_is_word")
    )
    judged = named.with_columns((merges_in_registers() if rule is None else rule).alias("merges"))
    return judged.select(pl.col(name).cast(kind) for name, kind in {**PAIR, **DETAILS}.items())


def linker(connection: Connection, model: Mapping[str, Any] | None = None) -> Linker:
    """Splink's linker over `person_compared` (`prepare`), with the frequencies of `person_stated`.

    Where the settings name no prior, it is that of as many records as there are. `model`: other settings than
    those shipped.
    """
    ((records_n,),) = connection.sql("select count(*) from person_stated").fetchall()
    prior = {"probability_two_random_records_match": 1 / max(records_n, PRIOR_RECORDS_MIN)}
    api = DuckDBAPI(connection=cast("Any", connection))
    made = Linker(
        api.register("person_compared"),
        {**prior, **(settings() if model is None else model)},
        log_level=None,
        validate_settings=False,
    )
    for column, expected in EXPECTED_FREQUENCY.items():
        parts = {"column": column, "added_n": str(FREQUENCY_RECORDS), "expected": str(expected)}
        connection.execute(read_sql(__package__, "term_frequency", **parts))
        made.table_management.register_term_frequency_lookup(api.register(f"person_tf_{column}"), column)
    return made
