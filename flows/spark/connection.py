"""A connection to Spark that runs the SQL of our `.sql` files."""

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
    """If the server rejects a statement in the block, logs `what` and adds it to the list, which is empty
    otherwise.

    Sail does not support all of Spark's SQL.

    """
    from pyspark.errors import PySparkException

    refused: list[str] = []
    try:
        yield refused
    except PySparkException as error:  # its text may have values
        refused.append(what)
        log.warning("run on the driver", message=f"{what}: the server gives {type(error).__name__}")


class SparkConnection:
    """Runs our SQL on a Spark session, on temporary views of the session."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self._parts: list[str] = []
        self._numbers = count()

    def frame(self, query: str, parameters: Mapping[str, object] | None = None) -> DataFrame:
        """The rows of a query, computed when they are read. What the query reads more than once is computed
        now, and kept until `release`.
        """
        statement = translated(query, parameters, prefix=f"query_{next(self._numbers)}")
        for view, part in statement.shared.items():
            self._held(view, self.session.sql(part))
        return self.session.sql(statement.statement)

    def hold(self, name: str, query: str, parameters: Mapping[str, object] | None = None) -> DataFrame:
        """The rows of a query, computed now and kept until `release`, also as the view `name`."""
        return self._held(name, self.frame(query, parameters))

    def _held(self, name: str, frame: DataFrame) -> DataFrame:
        held = frame.localCheckpoint()
        held.createOrReplaceTempView(name)
        self._parts.append(name)
        return held

    def release(self) -> None:
        """Drop the views kept for earlier queries. Their frames cannot be read after this."""
        for view in self._parts:
            self.session.catalog.dropTempView(view)
        self._parts.clear()

    def view(self, name: str, query: str) -> None:
        """A view of the rows of a query."""
        self.frame(query).createOrReplaceTempView(name)

    def parquet_view(self, name: str, paths: Sequence[Path], table: Table | None = None) -> None:
        """A view of Parquet files. With `table`, it has the columns of the table; a column that no file has
        is null.
        """
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
