"""Nights with a memory find the pairs that a night without one finds: whoever came, went, moved, was renumbered or is now one of many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from flows.home import warehouse
from tests.benchmarks.persons import fill
from transforms.resolution.persons.blocks import NAME_RECORDS_MIN
from transforms.resolution.persons.linkage import person_pairs, settings
from transforms.resolution.persons.memory import CHANGED_SHARE_MAX
from transforms.resolution.persons.model import BLOCK_MAX

RECORDS = 2_400
MANY = 260  # records of one name and month, at homes of their own
NIGHTS = 6
MEMORY = "kept"


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Every record of all nights, with `identity` and `who`: two records of one `who` may be one party-to-be."""
    connection = warehouse.connect(tmp_path_factory.mktemp("everybody") / "work")
    fill(connection, RECORDS)
    rows = pl.from_arrow(connection.sql("select * from person_profile order by unique_id").to_arrow_table())
    connection.close()
    assert isinstance(rows, pl.DataFrame)
    number = pl.col("unique_id")
    many, turning = number < MANY, number.is_between(MANY, MANY + NAME_RECORDS_MIN + 1)
    same = {
        "forename": "ANN",
        "surname": "ZED",
        "forename_key": "ANN",
        "surname_key": "ZED",
        "middle": None,
        "words": "ANN ZED",
    }
    # Two names that are alike: of two persons where both are often, of one in another spelling where one is not.
    turned = {"forename": "YEJINA", "forename_key": "YEJINA"}
    beside = rows.filter(number.is_between(MANY, MANY + NAME_RECORDS_MIN + 1)).with_columns(
        number + RECORDS,
        forename=pl.lit("HYEJINA"),
        forename_key=pl.lit("HYEJINA"),
        postcode=pl.lit("ZT1 1AA"),
    )
    written = rows.with_columns(
        *(pl.when(many).then(pl.lit(value)).otherwise(name).alias(name) for name, value in same.items()),
        pl.when(many).then(pl.lit(1970, dtype=pl.Int16)).otherwise("birth_year").alias("birth_year"),
        pl.when(many).then(pl.lit(5, dtype=pl.Int8)).otherwise("birth_month").alias("birth_month"),
    ).with_columns(
        pl.when(turning).then(pl.lit(value)).otherwise(name).alias(name) for name, value in turned.items()
    )
    return pl.concat([written, beside]).with_columns(
        number.cast(pl.UInt64).alias("identity"), (number // 2 * 2).alias("who")
    )


def _night(everybody: pl.DataFrame, night: int) -> pl.DataFrame:
    """Who is there on a night: most records stay, some come and go; the large block and the forename cross their bounds, back and forth. Numbered anew."""
    number = pl.col("unique_id").cast(pl.Int64)
    plain = (number * 7919 + 31) % 101 >= 4
    comes_late = (number * 104_729 + 7) % 97 != night
    in_large = number < (MANY if night % 2 else BLOCK_MAX - 15)
    turns = ~number.is_between(MANY, MANY + NAME_RECORDS_MIN + 1) | (
        number < MANY + NAME_RECORDS_MIN - (night % 3)
    )
    there = everybody.filter(
        (number >= MANY) | in_large,
        turns,
        (number < MANY + 40) | (plain | (number % 3 == night % 3)),
        (number < MANY + 40) | comes_late,
    )
    ordered = there.sort(pl.col("unique_id").hash(night) if night % 2 else pl.col("unique_id"))
    renumbered = (
        ordered.drop("unique_id").with_row_index("unique_id").with_columns(pl.col("unique_id").cast(pl.Int64))
    )
    # On some nights two records of one household count as one party-to-be, on others as two.
    joined = (pl.col("who") % 10 == 0) & pl.lit(night % 4 == 3)
    together = renumbered.with_columns(
        pl.when(joined).then(pl.col("unique_id").min().over("who")).otherwise("unique_id").alias("anchor_no"),
        pl.when(joined).then(pl.col("identity").min().over("who")).otherwise("identity").alias("identity"),
    ).drop("who")
    return together.unique(
        [name for name in together.columns if name not in ("unique_id", "partners")],
        keep="first",
        maintain_order=True,
    )


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[warehouse.Connection]:
    opened = warehouse.connect(tmp_path / "work")
    opened.execute(f"attach '{tmp_path / 'work' / 'kept.duckdb'}' as {MEMORY}")
    yield opened
    opened.close()


def _pairs(connection: warehouse.Connection, profiles: pl.DataFrame, memory: str | None) -> pl.DataFrame:
    connection.register("given", profiles.to_arrow())
    connection.execute("create or replace table person_profile as select * from given")
    return person_pairs(connection, memory=memory)


def _compared_n(connection: warehouse.Connection) -> int:
    ((n,),) = connection.sql("select count(*) from person_met").fetchall()
    return int(n)


def test_many_nights_with_a_memory_find_what_nights_without_one_find(
    everybody: pl.DataFrame, connection: warehouse.Connection
) -> None:
    compared, crossed, turned = [], 0, 0
    for night in range(NIGHTS):
        profiles = _night(everybody, night)
        alone = _pairs(connection, profiles, None)
        whole_n = _compared_n(connection)
        kept = _pairs(connection, profiles, MEMORY)
        assert kept.equals(alone), f"night {night}"
        assert alone.height > 200
        compared.append((_compared_n(connection), whole_n))
        if night:
            crossed += connection.sql("select count(*) from person_crossing").fetchall()[0][0]
            turned += connection.sql("select count(*) from person_turned").fetchall()[0][0]
    assert compared[0][0] == compared[0][1]
    assert all(0 < some_n < 0.8 * whole_n for some_n, whole_n in compared[1:] if whole_n < 10_000), compared
    assert crossed >= NIGHTS - 1 and turned >= 2  # else the bounds were never put to the test


def test_a_night_on_which_nothing_changed_compares_nothing(
    everybody: pl.DataFrame, connection: warehouse.Connection
) -> None:
    profiles = _night(everybody, 0)
    first = _pairs(connection, profiles, MEMORY)
    assert _pairs(connection, profiles, MEMORY).equals(first) and _compared_n(connection) == 0
    assert connection.sql(f"select count(*) from {MEMORY}.person_row").fetchall() == [(profiles.height,)]


def test_a_memory_that_is_of_other_settings_or_not_whole_is_not_used(
    everybody: pl.DataFrame, connection: warehouse.Connection
) -> None:
    profiles = _night(everybody, 0)
    first = _pairs(connection, profiles, MEMORY)
    whole_n = _compared_n(connection)
    for spoil in (
        "update kept.about set is_whole = false",
        "update kept.about set stamp = 'another'",
        "drop table kept.person_kept",
        "drop table kept.about",
        f"delete from kept.person_row where key % 100 < {100 * CHANGED_SHARE_MAX:.0f} + 10",
    ):
        connection.execute(spoil)
        assert _pairs(connection, profiles, MEMORY).equals(first) and _compared_n(connection) == whole_n, (
            spoil
        )
    other = settings()
    other["comparisons"][0]["comparison_levels"][2]["sql_condition"] += " and true"
    connection.execute("create or replace table person_profile as select * from given")
    assert person_pairs(connection, other, memory=MEMORY).equals(first) and _compared_n(connection) == whole_n


def test_a_night_that_fails_half_way_leaves_no_half_of_a_memory(
    everybody: pl.DataFrame, connection: warehouse.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _night(everybody, 0), _night(everybody, 1)
    _pairs(connection, first, MEMORY)
    with monkeypatch.context() as patched:
        patched.setattr("transforms.resolution.persons.linkage.keep", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            _pairs(connection, second, MEMORY)
    assert _pairs(connection, first, MEMORY).equals(_pairs(connection, first, None))
    assert _pairs(connection, second, MEMORY).equals(_pairs(connection, second, None))


def test_no_text_is_kept(everybody: pl.DataFrame, connection: warehouse.Connection) -> None:
    _pairs(connection, _night(everybody, 0), MEMORY)
    texts = connection.sql(
        f"select table_name, column_name from duckdb_columns() where database_name = '{MEMORY}' and data_type like 'VARCHAR%'"
    ).fetchall()
    assert texts == [("about", "stamp")]
