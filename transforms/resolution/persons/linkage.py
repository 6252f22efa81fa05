"""Pairs of persons whose records differ: taken from blocks, weighed by Splink with the settings that are
shipped.

A pair merges at MERGE_MIN and only with evidence beside the name and month (`rules`). What reaches
CANDIDATE_MIN and does not merge is a candidate.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, cast

import polars as pl
from splink import DuckDBAPI, Linker

from transforms.model.sql import Connection, frame, read_sql
from transforms.resolution.persons.blocks import prepare
from transforms.resolution.persons.features import is_whole_name, middle_is_word
from transforms.resolution.persons.model import (
    COMPARISONS,
    EXPECTED_FREQUENCY,
    FREQUENCY_RECORDS,
    PRIOR_RECORDS_MIN,
    SETTINGS,
    is_frequency_weighed,
)
from transforms.resolution.persons.rules import merges_in_registers

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

    Reads `person_profile` (`blocks.PROFILE`, and of `blocks.STATED` what there is); writes tables of its own.
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
    """Splink's linker over `person_compared` (`blocks.prepare`), with the frequencies of `person_stated`.

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
