"""Stage flags on Spark: the workers find states and what flags rest on. Counts, sentences and the facts of
the evidence are DuckDB's on the driver, as without Spark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

from flows.home import warehouse
from flows.night import tables as on_driver
from flows.night.night import Counts, Night
from flows.night.stages import flags as stage
from flows.spark.connection import SparkConnection, refusals
from flows.spark.session import session
from flows.spark.tables import open_tables

# Statements of the stage that read the country, and what they create.
LONG = re.compile(r'create or replace (?:temp )?table (subject_\w+|"states [^"]+"|claim_now) as\s')

# Spark has no recursion that ends where nothing new is found (UNION without ALL).
RECURSIVE = re.compile(r"\bwith recursive\b")


def find_flags(night: Night) -> Counts:
    """As `flows.night.stages.flags.find_flags`."""
    return stage.find_flags(night, open_on_workers)


def open_on_workers(night: Night, tables: Iterable[str], **options: Any) -> OnWorkers:
    """As `flows.night.tables.open_tables`."""
    folder = night.work / "spark" / "flags"
    driver = on_driver.open_tables(night, tables, **options)
    return OnWorkers(driver, open_tables(session(), night, tables), folder, count())


class OnWorkers:
    """A DuckDB connection whose long statements run on Spark; it reads their rows from Parquet files."""

    def __init__(
        self, driver: warehouse.Connection, workers: SparkConnection, folder: Path, numbers: count[int]
    ) -> None:
        self._driver, self._workers, self._folder, self._numbers = driver, workers, folder, numbers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def __enter__(self) -> OnWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.close()

    def cursor(self) -> OnWorkers:
        return OnWorkers(self._driver.cursor(), self._workers, self._folder, self._numbers)

    def execute(self, query: str, parameters: Any = None) -> Any:
        long = LONG.match(query)
        if long is None or RECURSIVE.search(query):
            return self._driver.execute(query, parameters)
        created, rest = long[1], query[long.end() :]
        if created == "claim_now":
            self._show_flagged()
        columns = self._driver.execute(f"describe {rest}", parameters).fetchall()
        parts = self._folder / str(next(self._numbers))
        with refusals(created) as refused:
            self._workers.frame(rest, parameters).write.parquet(str(parts))
        self._workers.release()
        if refused:
            return self._driver.execute(query, parameters)
        if created.startswith("subject_"):
            self._workers.session.read.parquet(str(parts)).createOrReplaceTempView(created)
        if not (files := sorted(parts.glob("*.parquet"))):
            return self._driver.execute(f"{long[0]} select * from ({rest}) limit 0", parameters)
        typed = ", ".join(
            f"cast({warehouse.identifier(name)} as {kind}) as {warehouse.identifier(name)}"
            for name, kind, *_ in columns
        )
        return self._driver.execute(f"{long[0]} select {typed} from ({warehouse.parquet_source(files)})")

    def _show_flagged(self) -> None:
        """The workers see the flags of which they are to find the facts."""
        self._folder.mkdir(parents=True, exist_ok=True)
        flagged = self._folder / f"flagged-{next(self._numbers)}.parquet"
        target = warehouse.literal(str(flagged))
        self._driver.execute(f"copy (select flag_id, subject_id, subtype from flagged_now) to {target}")
        self._workers.session.read.parquet(str(flagged)).createOrReplaceTempView("flagged_now")
