"""Stage marts: build the marts, each from its SQL file."""

from __future__ import annotations

from collections.abc import Mapping

from flows.home import warehouse
from flows.night.night import Counts, Night
from flows.night.tables import open_tables
from transforms.marts import MART_ORDER, MART_PARAMETERS, mart_sql
from transforms.model.views import (
    MARTS,
)


def build_marts(night: Night) -> Counts:
    """The marts, in order, each from its SQL file."""
    counts: dict[str, int] = {}
    connection = open_tables(night, ["resolution"])
    try:
        for name in MART_ORDER:
            sql = mart_sql(name)
            given: Mapping[str, object] = {"as_of": night.as_of, **MART_PARAMETERS}
            parameters = {key: value for key, value in given.items() if f"${key}" in sql}
            counts[name] = warehouse.write_parquet(
                connection, sql, night.table(name), MARTS[name].key, parameters
            )
            warehouse.parquet_view(connection, name, [night.table(name)])
    finally:
        connection.close()
    return counts
