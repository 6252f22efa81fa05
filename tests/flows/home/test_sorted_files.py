"""Sorted Parquet files."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from flows.home import warehouse
from flows.home.sorted_files import write_in_parts, write_parquet

ROWS = (
    "select i % 7 as grp, case when i % 5 > 0 then md5(i::varchar) end as t, i as n, [t] as l "
    "from (select (i * 7919) % 30000 as i from range(30000) r(i))"
)


@pytest.mark.nightly
def test_parquet_bytes_depend_on_rows_alone(tmp_path: Path) -> None:
    """Threads 1, 2, 4; rows shuffled. More than one row group."""
    seen = set()
    for threads, shift in ((1, 0), (2, 77), (4, 1234)):
        connection = warehouse.connect(tmp_path, threads=threads)
        rows = (
            f"select (i + {shift}) % 300000 as n, n % 7 as grp, md5(n::varchar) as t, [t] as l from "
            f"range(300000) r(i)"
        )
        path = tmp_path / f"{threads}.parquet"
        assert write_parquet(connection, rows, path, ["grp", "n"]) == 300000
        seen.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(seen) == 1
    assert pl.read_parquet(path).equals(pl.read_parquet(path).sort("grp", "n"))


def test_write_parquet_binds_parameters(tmp_path: Path) -> None:
    connection = warehouse.connect(tmp_path)
    written = write_parquet(
        connection,
        "select i, $days as days from range(10) r(i) where i < $days",
        tmp_path / "a.parquet",
        ["i"],
        {"days": 3},
    )
    assert written == 3
    assert pl.read_parquet(tmp_path / "a.parquet")["days"].to_list() == [3, 3, 3]


@pytest.mark.parametrize("rows_n", [0, 3, 30000])
def test_rows_sorted_in_parts_are_those_sorted_at_once(tmp_path: Path, rows_n: int) -> None:
    """With nulls in the key, and fewer rows than parts. No other file is left."""
    connection = warehouse.connect(tmp_path)
    rows = f"select * from ({ROWS}) where n < {rows_n}"
    at_once, in_parts = tmp_path / "at_once.parquet", tmp_path / "in_parts.parquet"
    assert write_parquet(connection, rows, at_once, ["grp", "t", "n"]) == rows_n
    assert write_in_parts(connection, rows, in_parts, "grp, t, n") == rows_n
    assert pl.read_parquet(in_parts).equals(pl.read_parquet(at_once))
    assert {path.name for path in tmp_path.glob("*_*")} == {at_once.name, in_parts.name}


@pytest.mark.nightly
def test_rows_too_many_for_memory_are_sorted_all_the_same(tmp_path: Path) -> None:
    connection = warehouse.connect(tmp_path, threads=2, memory_limit="100MB")
    rows = "select i as n, hash(i) as h, repeat(md5(i::varchar), 4) as t from range(1000000) r(i)"
    path = tmp_path / "a.parquet"
    with pytest.raises(warehouse.OutOfMemory):
        connection.execute(f"copy ({rows} order by h) to '{path}'")
    path.unlink(missing_ok=True)
    assert write_parquet(connection, rows, path, ["h", "n"]) == 1_000_000
    written = pl.read_parquet(path)
    assert written["h"].is_sorted() and written["n"].n_unique() == 1_000_000
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [path.name]
