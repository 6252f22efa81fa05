"""The content hash of a release depends on its rows alone."""

import hashlib
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.release import build as build_module
from flows.release import database
from tests.flows.release_tables import FACTS, SMALL, frame, write_tables
from transforms.model.statements import Table
from transforms.model.views import ABOUT, CYCLE, FINDING_VIEW


def content_of(
    home: Home,
    run: str,
    tables: dict[str, Path],
    *,
    facts: build_module.ReleaseFacts = FACTS,
    declared: Mapping[str, Table] = SMALL,
) -> str:
    built = build_module.build_release(home, home.work / run, tables, facts, declared=declared)
    return str(json.loads((built / "manifest.json").read_text())["content_sha256"])


@pytest.mark.nightly
def test_content_hash_depends_on_rows_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads 1, 2, 4; rows and columns in another order; another run at another time.

    More rows than one row group.
    """
    declared = {"graph_cycle": CYCLE, **SMALL}
    cycles = pl.concat([frame(CYCLE, 1000)] * 130).with_columns(
        subject_id=pl.int_range(130_000).cast(pl.String)
    )
    seen = set()
    for threads in (1, 2, 4):
        monkeypatch.setattr(warehouse, "processors", lambda threads=threads: threads)
        tables = write_tables(home.work / f"run-{threads}" / "tables", 50, declared=declared, shuffle=threads)
        cycles.sample(fraction=1, shuffle=True, seed=threads).write_parquet(tables["graph_cycle"])
        pl.read_parquet(tables["flag"]).select(reversed(SMALL["flag"].names)).write_parquet(tables["flag"])
        facts = replace(
            FACTS,
            run_id=f"run-{threads}",
            built_at=datetime(2026, 12, threads, tzinfo=UTC),
            engine="prefect" if threads == 2 else "plain",
        )
        seen.add(content_of(home, f"run-{threads}", tables, facts=facts, declared=declared))
    assert len(seen) == 1


CELLS: list[tuple[str, Callable[[pl.Expr], pl.Expr]]] = [
    ("name", lambda column: column.fill_null("") + "x"),
    ("former_names", lambda column: pl.concat_list(column, pl.lit("x"))),
    ("is_active", lambda column: ~column),
    ("charges_n", lambda column: column.fill_null(0) + 1),
    ("dissolved_on", lambda column: column.fill_null(date(2020, 1, 1)) + timedelta(days=1)),
    ("name", lambda column: pl.when(column.is_null()).then(pl.lit("")).otherwise(column)),
]


@pytest.mark.sample(2)
@pytest.mark.parametrize("case", range(len(CELLS)))
def test_one_cell_changes_the_content_hash(home: Home, case: int) -> None:
    column, change = CELLS[case]
    tables = write_tables(home.work / "a" / "tables", 20, declared=SMALL)
    before = content_of(home, "a", tables)
    company = pl.read_parquet(tables["company"]).with_row_index("row")
    row = int(company.filter(pl.col("name").is_null())["row"][0])
    company.with_columns(
        pl.when(pl.col("row") == row).then(change(pl.col(column))).otherwise(pl.col(column)).alias(column)
    ).drop("row").write_parquet(tables["company"])
    assert content_of(home, "b", tables) != before


def hash_of(schema: Mapping[str, pl.DataType], rows: pl.DataFrame, batch_rows: int) -> str:
    with duckdb.connect() as connection:
        batches = connection.from_arrow(rows.to_arrow()).to_arrow_reader(batch_rows)
        return database.table_content("t", schema, batches).sha256


def test_values_cannot_move_between_rows_or_columns_unseen() -> None:
    """Texts and lists are hashed with their lengths: 'ab','c' is not 'a','bc', and [[x],[]] not [[],[x]]."""
    schema = {"a": pl.String(), "b": pl.String(), "l": pl.List(pl.String())}
    frames = [
        pl.DataFrame({"a": a, "b": b, "l": lists}, schema=schema)
        for a, b, lists in (
            (["ab", "c"], ["d", "e"], [["x"], []]),
            (["a", "bc"], ["d", "e"], [["x"], []]),
            (["d", "e"], ["ab", "c"], [["x"], []]),
            (["ab", "c"], ["d", "e"], [[], ["x"]]),
            (["ab", "c"], ["d", "e"], [["x"], None]),
            (["ab", "c"], ["d", "e"], [[None], []]),
            (["ab", None], ["d", "e"], [["x"], []]),
        )
    ]
    hashes = {hash_of(schema, frame, 2) for frame in frames}
    assert len(hashes) == len(frames)
    assert len({hash_of(schema, frames[0], rows_n) for rows_n in (1, 2, 3)}) == 1


def test_a_hash_is_that_of_each_value_in_turn_wherever_it_stands_in_memory() -> None:
    """What a published release promises: lengths (−1 and 0 for null), then values, of each column."""
    texts, numbers = ["out", "ab", None, "", "é", "out"], [0, 1, None, -3, 4, 0]
    schema = {"t": pl.String(), "n": pl.Int64()}
    batch = pa.record_batch({"t": pa.array(texts, pa.string()), "n": pa.array(numbers, pa.int64())})
    lengths = [[-1 if text is None else len(text.encode()) for text in texts[1:5]], [1, 0, 1, 1]]
    values = ["".join(text or "" for text in texts[1:5]).encode(), struct.pack("<4q", 1, 0, -3, 4)]
    total = hashlib.sha256(b"t\n4\n")
    for column, dtype, length, value in zip(schema, schema.values(), lengths, values, strict=True):
        total.update(f"{column}\t{dtype}\n".encode())
        total.update(hashlib.sha256(struct.pack("<4q", *length)).digest() + hashlib.sha256(value).digest())
    for rows_n in (1, 2, 4):
        parts = (batch.slice(start, rows_n) for start in range(1, 5, rows_n))
        assert database.table_content("t", schema, parts).sha256 == total.hexdigest()


def test_floats_that_are_equal_hash_equal() -> None:
    schema = {"f": pl.Float64(), "d": pl.Decimal(12, 9)}
    zero, minus_zero, one = (
        pl.DataFrame({"f": [value], "d": [Decimal("33.333333333")]}, schema=schema)
        for value in (0.0, -0.0, 1.0)
    )
    first, second, third = (hash_of(schema, each, 1) for each in (zero, minus_zero, one))
    assert first == second != third


def test_key_with_nulls_still_gives_one_order(home: Home) -> None:
    declared = {"finding": FINDING_VIEW, **{name: ABOUT[name] for name in ("release", "run")}}
    finding = frame(FINDING_VIEW, 40).with_columns(value=pl.lit(None, dtype=pl.String))
    seen = set()
    for seed in (1, 2):
        tables = write_tables(home.work / f"{seed}" / "tables", declared=declared)
        finding.sample(fraction=1, shuffle=True, seed=seed).write_parquet(tables["finding"])
        built = build_module.build_release(home, home.work / f"{seed}", tables, FACTS, declared=declared)
        seen.add(json.loads((built / "manifest.json").read_text())["content_sha256"])
    assert len(seen) == 1
