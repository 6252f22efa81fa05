"""Pairs of persons, scored by Splink's own backend for Spark.

Its similarity functions are in a Java library that Spark Connect cannot load. Here the workers use those of
rapidfuzz, which give the same values as DuckDB's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from flows.home import warehouse
from flows.home.sorted_files import write_parquet
from flows.night.night import Night
from flows.spark.connection import SparkConnection, refusals
from flows.spark.session import session
from flows.spark.translate import translated
from transforms.resolution.persons.linkage import FREQUENCY_TABLES, Predict, predict, predicted_here

PREDICTED = "person_predicted"


def _likeness(one: str | None, other: str | None) -> float | None:
    return None if one is None or other is None else JaroWinkler.similarity(one, other)


def _distance(one: str | None, other: str | None) -> int | None:
    return None if one is None or other is None else DamerauLevenshtein.distance(one, other)


# Name in Spark's SQL, as sqlglot writes it → function and its type.
FUNCTIONS: Mapping[str, tuple[Callable[..., object], str]] = {
    "jarowinkler_similarity": (_likeness, "double"),
    "damerau_levenshtein": (_distance, "int"),
}


def predicted_on_workers(night: Night) -> Predict:
    """A function that predicts pairs with Splink on the workers, or on the driver if the server rejects
    it.
    """

    def predict_pairs(connection: warehouse.Connection, given: Mapping[str, Any]) -> str:
        with refusals("pairs person_pair"):
            return _predicted(night, connection, given)
        return predicted_here(connection, given)

    return predict_pairs


def _predicted(night: Night, connection: warehouse.Connection, given: Mapping[str, Any]) -> str:
    from pyspark.errors import UnsupportedOperationException
    from splink import SparkAPI

    folder, spark = night.work / "spark" / "persons", session()
    folder.mkdir(parents=True, exist_ok=True)
    workers = SparkConnection(spark)
    for name in ("person_compared", *FREQUENCY_TABLES.values()):
        path = folder / f"{name}.parquet"
        write_parquet(connection, f"select * from {name}", path, ())
        workers.parquet_view(name, [path])
    for name, (function, kind) in FUNCTIONS.items():
        spark.udf.register(name, function, kind)
    api = SparkAPI(  # type: ignore[no-untyped-call]
        spark_session=spark, break_lineage_method="persist", register_udfs_automatically=False
    )
    try:
        pairs = spark.table(predict(api, for_spark(given)))
    except Exception as error:  # Splink wraps the server's error in its own
        raise error.__cause__ or error from None
    pairs.write.mode("overwrite").parquet(str(folder / PREDICTED))
    with suppress(UnsupportedOperationException):  # Sail has no cache
        spark.catalog.clearCache()
    warehouse.parquet_view(connection, PREDICTED, sorted((folder / PREDICTED).glob("*.parquet")))
    return PREDICTED


def for_spark(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings for DuckDB with their conditions in Spark's SQL."""
    rules = [rule["blocking_rule"] for rule in given["blocking_rules_to_generate_predictions"]]
    return {
        **given,
        "sql_dialect": "spark",
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": rule, "sql_dialect": "spark"} for rule in rules
        ],
        "comparisons": [
            {
                **comparison,
                "comparison_levels": [
                    {**level, "sql_condition": _condition(level["sql_condition"])}
                    for level in comparison["comparison_levels"]
                ],
            }
            for comparison in given["comparisons"]
        ],
    }


def _condition(sql: str) -> str:
    return sql if sql == "ELSE" else translated(f"select {sql}").statement.removeprefix("SELECT ")
