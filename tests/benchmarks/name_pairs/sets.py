"""Labelled pairs of names, published by OpenSanctions (MIT). They are read from a folder and not shipped."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import yaml  # type: ignore[import-untyped]

from quality.linkage.public import csv

NAME_BENCH = "opensanctions_name_bench_cases.csv"
ENTITY_BENCH = "opensanctions_entity_bench_checks.yml"
ENTITY_SCHEMAS = ("Company", "Organization", "LegalEntity")


def name_pairs(folder: Path) -> Mapping[str, pl.DataFrame]:
    """Name of the set → schema, name, other, is_match: labelled pairs of names; empty where the folder has
    none.
    """
    path = folder / NAME_BENCH
    if not path.is_file():
        return {}
    rows = csv(path).select(
        "schema",
        pl.col("name1").alias("name"),
        pl.col("name2").alias("other"),
        (pl.col("is_match") == "true").alias("is_match"),
    )
    named = rows.drop_nulls()
    return {
        "name_bench_persons": named.filter(pl.col("schema") == "Person"),
        "name_bench_entities": named.filter(pl.col("schema").is_in(ENTITY_SCHEMAS)),
    }


def entity_checks(folder: Path) -> pl.DataFrame:
    """schema, name, other, is_match of OpenSanctions' checks of entities that have a name on both sides;
    empty where the folder has none.
    """
    path = folder / ENTITY_BENCH
    checks = yaml.safe_load(path.read_text(encoding="utf-8"))["checks"] if path.is_file() else []
    rows = [
        (check["schema"], _name_of(check["query"]), _name_of(check["candidate"]), check["match"])
        for check in checks
    ]
    return pl.DataFrame(
        rows,
        schema={"schema": pl.String, "name": pl.String, "other": pl.String, "is_match": pl.Boolean},
        orient="row",
    ).drop_nulls()


def _name_of(properties: Mapping[str, object]) -> str | None:
    """The name, or its parts in their order; of several the first."""
    stated = {key: value[0] if isinstance(value, list) else value for key, value in properties.items()}
    parts = [
        str(stated[key]) for key in ("firstName", "middleName", "fatherName", "lastName") if stated.get(key)
    ]
    return str(stated["name"]) if stated.get("name") else " ".join(parts) or None
