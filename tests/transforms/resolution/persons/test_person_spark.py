"""One file of settings on two engines: in the long tier, Splink's Spark backend gives the pairs and scores that DuckDB gives."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from flows.home import warehouse
from tests.benchmarks.persons import fill
from transforms.resolution.persons.linkage import linker, prepare, settings
from transforms.resolution.persons.model import BLOCKS, EXPECTED_FREQUENCY
from transforms.resolution.persons.spark import FUNCTIONS, for_spark

RECORDS = 2_000
SCORED = "unique_id_l, unique_id_r, match_weight, match_probability"


def test_settings_for_spark_differ_in_names_of_functions_only() -> None:
    shipped, made = settings(), for_spark(settings())
    for ours, theirs in zip(shipped["comparisons"], made["comparisons"], strict=True):
        for level, other in zip(ours["comparison_levels"], theirs["comparison_levels"], strict=True):
            assert {**level, "sql_condition": ""} == {**other, "sql_condition": ""}
            assert not [name for name in FUNCTIONS if re.search(rf"\b{name}\(", other["sql_condition"])]
    assert made["sql_dialect"] == "spark" and settings() == shipped


@pytest.mark.nightly
def test_spark_gives_the_pairs_and_scores_that_duckdb_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("needs the extra `spark` and Java 17")
    connection = warehouse.connect(tmp_path / "work")
    fill(connection, RECORDS)
    prepare(connection)
    expected = _sorted(
        linker(connection).inference.predict(threshold_match_probability=0.01).as_pyarrow_table()
    )
    tables = {
        name: connection.sql(f"select * from {name}").to_arrow_table()
        for name in ("person_compared", *(f"person_tf_{column}" for column in EXPECTED_FREQUENCY))
    }
    connection.close()
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    found = _sorted(_predicted_by_spark(tables, tmp_path))
    assert found.num_rows == expected.num_rows > 200
    for name in ("unique_id_l", "unique_id_r"):
        assert np.array_equal(found.column(name).to_numpy(), expected.column(name).to_numpy())
    for name in ("match_weight", "match_probability"):
        assert np.allclose(found.column(name).to_numpy(), expected.column(name).to_numpy(), rtol=0, atol=1e-9)


def _predicted_by_spark(tables: dict[str, pa.Table], folder: Path) -> pa.Table:
    from pyspark.sql import SparkSession
    from splink import Linker
    from splink.backends.spark import SparkAPI, similarity_jar_location

    builder = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
    )
    spark = (
        builder.config("spark.jars", similarity_jar_location())
        .config("spark.sql.warehouse.dir", str(folder / "spark"))
        .getOrCreate()
    )
    try:
        api = SparkAPI(spark_session=spark, break_lineage_method="persist", num_partitions_on_repartition=2)
        given = {name: _for_spark(table) for name, table in tables.items()}
        prior = {"probability_two_random_records_match": 1 / given["person_compared"].num_rows}
        made = Linker(
            api.register(spark.createDataFrame(given["person_compared"])),
            {**for_spark(settings()), **prior},
            log_level=None,
        )
        for column in EXPECTED_FREQUENCY:
            made.table_management.register_term_frequency_lookup(
                api.register(spark.createDataFrame(given[f"person_tf_{column}"])), column
            )
        return spark.sql(
            f"select {SCORED} from {made.inference.predict(threshold_match_probability=0.01).physical_name}"
        ).toArrow()
    finally:
        spark.stop()


def _for_spark(table: pa.Table) -> pa.Table:
    """Spark has no unsigned numbers: keys of blocks and hashes of partners as text."""
    for name in table.column_names:
        if name in BLOCKS:
            table = table.set_column(
                table.column_names.index(name), name, table.column(name).cast(pa.string())
            )
        elif name == "partners":
            table = table.set_column(
                table.column_names.index(name), name, table.column(name).cast(pa.list_(pa.string()))
            )
    return table


def _sorted(pairs: pa.Table) -> pa.Table:
    return pairs.select([name.strip() for name in SCORED.split(",")]).sort_by(
        [("unique_id_l", "ascending"), ("unique_id_r", "ascending")]
    )
