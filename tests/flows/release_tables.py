"""Invented rows for every table of a release, from its declaration: valid types, unique keys, nulls where
they may be.
"""

import random
from collections.abc import Callable, Mapping, Sized
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl

from flows.home.settings import Home
from flows.release import build as build_module
from flows.release import publish
from flows.release.content import TableContent
from flows.release.database import Recall
from transforms.model.statements import Column, Table
from transforms.model.views import ABOUT, COMPANY, FLAG, RELEASE_TABLES, RELEASE_VIEW, RUN_VIEW

FACTS = build_module.ReleaseFacts(
    as_of=date(2026, 11, 1),
    code_version="0.1.0",
    authority="Zedton",
    contact="corrections@zedton.example",
    synthetic=True,
    run_id="run-1",
    started_at=datetime(2026, 11, 2, 1, 0, tzinfo=UTC),
    built_at=datetime(2026, 11, 2, 1, 5, tzinfo=UTC),
    engine="plain",
)
# What a table without rows holds: the same in every release of this process, and counted for the first.
_WITHOUT_ROWS: dict[str, TableContent] = {}
# Few tables, for tests that publish often.
SMALL: Mapping[str, Table] = {table.name: table for table in (COMPANY, FLAG, RELEASE_VIEW, RUN_VIEW)}


def frame(table: Table, rows_n: int, seed: int = 0) -> pl.DataFrame:
    """`rows_n` rows in the table's schema.

    The key is unique; a nullable column is null in about one row of four.
    """
    source = random.Random(f"{table.name}-{seed}")
    return pl.DataFrame(
        {column.name: _values(column, column.name in table.key, rows_n, source) for column in table},
        schema=table.schema,
    )


def _values(column: Column, is_key: bool, rows_n: int, source: random.Random) -> list[object]:
    return [
        None
        if column.nullable and not is_key and source.random() < 0.25
        else _value(column, is_key, row, source)
        for row in range(rows_n)
    ]


def _value(column: Column, is_key: bool, row: int, source: random.Random) -> object:
    return (
        _text(column, row if is_key else source.randrange(100), source)
        if column.dtype == "text"
        else (row if is_key else _OTHERS[column.dtype](source))
    )


def _text(column: Column, number: int, source: random.Random) -> str:
    return source.choice(column.values) if column.values else f"{column.name}-{number}-é"


_OTHERS: Mapping[str, Callable[[random.Random], object]] = {
    "texts": lambda source: [f"part {part}" for part in range(source.randrange(3))],
    "date": lambda source: date(2020, 1, 1) + timedelta(days=source.randrange(2000)),
    "integer": lambda source: source.randrange(1000),
    "boolean": lambda source: source.random() < 0.5,
    "share": lambda source: Decimal(source.randrange(100 * 10**9)).scaleb(-9),
    "money": lambda source: Decimal(source.randrange(10**9)).scaleb(-2),
    "number": lambda source: source.random(),
    "timestamp": lambda source: datetime(2026, 1, 1) + timedelta(seconds=source.randrange(10**6)),
}


def write_tables(
    folder: Path,
    rows_n: int = 5,
    *,
    seed: int = 0,
    declared: Mapping[str, Table] = RELEASE_TABLES,
    shuffle: int | None = None,
) -> dict[str, Path]:
    """A Parquet file for each declared table but those about the release itself."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, table in declared.items():
        if name not in ABOUT:
            rows = frame(table, rows_n, seed)
            paths[name] = folder / f"{name}.parquet"
            (
                rows.sample(fraction=1, shuffle=True, seed=shuffle) if shuffle is not None else rows
            ).write_parquet(paths[name])
    return paths


def new_home(folder: Path) -> Home:
    home = Home(folder)
    home.prepare()
    return home


def known_if_empty(given: Mapping[str, Sized]) -> Recall:
    """For `build_release`. `given`: rows by table; a table that has none need not be there."""

    def recall(name: str, count: Callable[[], TableContent]) -> TableContent:
        if len(given.get(name, ())):
            return count()
        if name not in _WITHOUT_ROWS:
            _WITHOUT_ROWS[name] = count()
        return _WITHOUT_ROWS[name]

    return recall


def build(
    home: Home,
    run: str,
    *,
    rows_n: int = 5,
    seed: int = 0,
    declared: Mapping[str, Table] = SMALL,
    facts: build_module.ReleaseFacts = FACTS,
) -> Path:
    """A built release of invented rows, under `work/<run>`."""
    work = home.work / run
    return build_module.build_release(
        home,
        work,
        write_tables(work / "tables", rows_n, seed=seed, declared=declared),
        facts,
        declared=declared,
    )


def publish_one(
    home: Home, run: str, *, rows_n: int = 5, seed: int = 0, declared: Mapping[str, Table] = SMALL
) -> str:
    return publish.publish(home, build(home, run, rows_n=rows_n, seed=seed, declared=declared))
