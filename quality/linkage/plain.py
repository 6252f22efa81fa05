"""Plain Splink 5, to set beside: the settings and the order of training that its own documentation gives for such data, at one threshold.

Sources: Splink documentation, examples for DuckDB: "Deduplicate 50k rows historical persons", "Deduplicating the febrl3 dataset" and "Linking febrl4". Nothing of ours goes in, and
Splink is given columns that our own comparison leaves out (day of birth, social security number, occupation); only where somebody was born, which no code
of this project reads, is left out of its comparisons too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as cl

from transforms.sql import Connection, frame

CLUSTER_MIN = 0.95  # probability at which the documentation's examples cluster
SAMPLED_PAIRS = 5e6
SEED = 1


def plain_clusters(connection: Connection, rows: pl.DataFrame, settings: Callable[[], tuple[SettingsCreator, list[Any], float, list[Any]]]) -> pl.DataFrame:
    """record, found: each record's cluster. `rows` has the columns that `settings` names, and `record`."""
    model, deterministic, recall, sessions = settings()
    connection.register("plain_rows", rows.to_arrow())
    connection.execute("create or replace table plain_input as select * from plain_rows order by record")
    api = DuckDBAPI(connection=cast("Any", connection))
    linker = Linker(api.register("plain_input"), model, log_level=None)
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    for session in sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(session)
    predicted = linker.inference.predict(threshold_match_probability=CLUSTER_MIN)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=CLUSTER_MIN)
    return frame(connection, f"select record, cluster_id::varchar as found from {clusters.physical_name} order by record")


def historical() -> tuple[SettingsCreator, list[Any], float, list[Any]]:
    model = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "surname"), block_on("surname", "dob"), block_on("first_name", "dob"), block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"), block_on("postcode_fake", "dob"), block_on("postcode_fake", "occupation"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="first_and_surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.LevenshteinAtThresholds("postcode_fake", 2),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
    )  # fmt: skip
    return model, [block_on("first_name", "surname", "dob"), block_on("full_name")], 0.6, [block_on("first_name", "surname"), block_on("dob")]


def febrl() -> tuple[SettingsCreator, list[Any], float, list[Any]]:
    model = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"), block_on("given_name"), block_on("surname"), block_on("date_of_birth"), block_on("postcode"),
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
    )  # fmt: skip
    return model, [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")], 0.9, [block_on("date_of_birth"), block_on("postcode")]


def register() -> tuple[SettingsCreator, list[Any], float, list[Any]]:
    """For records of a register of persons with significant control: the same comparisons on the columns there are."""
    model = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        blocking_rules_to_generate_predictions=[block_on("forename", "surname"), block_on("surname", "birth"), block_on("forename", "birth"), block_on("postcode", "forename"), block_on("postcode", "surname")],
        comparisons=[
            cl.ForenameSurnameComparison("forename", "surname"),
            cl.NameComparison("middle_names"),
            cl.ExactMatch("birth").configure(term_frequency_adjustments=True),
            cl.PostcodeComparison("postcode"),
        ],
    )  # fmt: skip
    return model, [block_on("forename", "surname", "birth")], 0.6, [block_on("forename", "surname"), block_on("birth")]
