"""Plain Splink 5, for comparison: comparisons, blocking rules and order of training as in the examples of its
documentation, with one threshold.

Sources: Splink's documentation, examples for DuckDB: `deduplicate_50k_synthetic`, `febrl3` and `febrl4` (its
detailed model, here on both files together). Splink gets columns that our own comparison leaves out (day of
birth, social security number, occupation). The place of birth is left out here too, because no code of this
project reads it. There is no example for the town, so the same comparisons are used on its columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as cl

from transforms.model.sql import Connection, frame

CLUSTER_MIN = 0.95  # match probability from which the example of the historical figures clusters
SEED = 2


@dataclass(frozen=True)
class Recipe:
    """A model. blocks: blocking rules for prediction. deterministic: rules that find the fraction `recall` of
    all matches, to estimate the prior. sessions: blocking rules for training. sampled_pairs: random pairs to
    estimate u.
    """

    comparisons: Sequence[Any]
    blocks: Sequence[Any]
    deterministic: Sequence[Any]
    recall: float
    sessions: Sequence[Any]
    sampled_pairs: float = 1e6


def plain_clusters(connection: Connection, rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """record, found: the cluster of each record. `rows` has `record` and the columns that the recipe
    compares.
    """
    connection.register("plain_rows", rows.to_arrow())
    connection.execute("create or replace table plain_input as select * from plain_rows order by record")
    api = DuckDBAPI(connection=cast("Any", connection))
    model = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        blocking_rules_to_generate_predictions=list(recipe.blocks),
        comparisons=list(recipe.comparisons),
    )
    linker = Linker(api.register("plain_input"), model, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        list(recipe.deterministic), recall=recipe.recall
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=recipe.sampled_pairs, seed=SEED)
    for session in recipe.sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(
            session, estimate_without_term_frequencies=True
        )
    predicted = linker.inference.predict(threshold_match_probability=CLUSTER_MIN, warning_mode="never")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=CLUSTER_MIN
    )
    return frame(
        connection,
        f"select record, cluster_id::varchar as found from {clusters.physical_name} order by record",
    )


def historical() -> Recipe:
    """The recipe of the example `deduplicate_50k_synthetic`."""
    district, initials = (
        "substr(postcode_fake,1,3)",
        ("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    )
    return Recipe(
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_and_surname"
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        blocks=[
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on(district, "dob"),
            block_on(district, "first_name"),
            block_on(district, "surname"),
            block_on(*initials),
        ],
        deterministic=[
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        recall=0.6,
        sessions=[block_on("first_name", "surname"), block_on("dob")],
        sampled_pairs=1e7,
    )


def febrl3() -> Recipe:
    """The recipe of the example `febrl3`."""
    return Recipe(
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
        blocks=[
            block_on(column)
            for column in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
        ],
        deterministic=[
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
        ],
        recall=0.9,
        sessions=[block_on("date_of_birth"), block_on("postcode")],
    )


def febrl4() -> Recipe:
    """The recipe of the example `febrl4`, its detailed model."""
    return Recipe(
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
        blocks=[
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        deterministic=[block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        recall=0.8,
        sessions=[block_on("date_of_birth"), block_on("postcode")],
    )


def register() -> Recipe:
    """A recipe for records of a register of persons with significant control."""
    return Recipe(
        comparisons=[
            cl.ForenameSurnameComparison("forename", "surname"),
            cl.NameComparison("middle_names"),
            cl.ExactMatch("birth").configure(term_frequency_adjustments=True),
            cl.PostcodeComparison("postcode"),
        ],
        blocks=[
            block_on("forename", "surname"),
            block_on("surname", "birth"),
            block_on("forename", "birth"),
            block_on("postcode", "forename"),
            block_on("postcode", "surname"),
        ],
        deterministic=[block_on("forename", "surname", "birth")],
        recall=0.6,
        sessions=[block_on("forename", "surname"), block_on("birth")],
    )
