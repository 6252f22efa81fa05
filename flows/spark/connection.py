"""A connection to Spark that runs the SQL of our files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from flows.spark.gather import SPARK_TYPES
from flows.spark.translate import translated
from transforms.model.statements import Table

log = structlog.get_logger()

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@contextmanager
def refusals(what: str) -> Iterator[list[str]]:
    """What a server refuses here goes into the list and the log: Sail does not know all of Spark's SQL."""
    from pyspark.errors import PySparkException

    refused: list[str] = []
    try:
        yield refused
    except PySparkException as error:  # its text may hold a value
        refused.append(what)
        log.warning("run on the driver", message=f"{what}: the server gives {type(error).__name__}")


class SparkConnection:
    """Runs our SQL on a Spark session, over temporary views of the session."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self._parts: list[str] = []
        self._numbers = count()

    def frame(self, query: str, parameters: Mapping[str, object] | None = None) -> DataFrame:
        """The rows of a query, computed when they are read. What it reads more than once is computed here,
        and held until `release`.
        """
        statement = translated(query, parameters, prefix=f"query_{next(self._numbers)}")
        for view, part in statement.shared.items():
            self._held(view, self.session.sql(part))
        return self.session.sql(statement.statement)

    def hold(self, name: str, query: str, parameters: Mapping[str, object] | None = None) -> DataFrame:
        """The rows of a query, computed here and held until `release`, as a view too."""
        return self._held(name, self.frame(query, parameters))

    def _held(self, name: str, frame: DataFrame) -> DataFrame:
        held = frame.localCheckpoint()
        held.createOrReplaceTempView(name)
        self._parts.append(name)
        return held

    def release(self) -> None:
        """Let go of what the queries so far read more than once: their frames are of no use any more."""
        for view in self._parts:
            self.session.catalog.dropTempView(view)
        self._parts.clear()

    def view(self, name: str, query: str) -> None:
        self.frame(query).createOrReplaceTempView(name)

    def parquet_view(self, name: str, paths: Sequence[Path], table: Table | None = None) -> None:
        """A view over Parquet files. Of `table`: with its columns; one that no file has is null."""
        files = [str(path) for path in paths]
        none = self.session.sql("select 1 as nothing where false")
        held = self.session.read.option("mergeSchema", True).parquet(*files) if files else none
        known = {*held.columns}
        typed = [
            f"cast({f'`{column.name}`' if column.name in known else 'null'} as {SPARK_TYPES[column.dtype]})"
            f" as `{column.name}`"
            for column in (table or ())
        ]
        (held.selectExpr(*typed) if typed else held).createOrReplaceTempView(name)
