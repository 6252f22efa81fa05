"""Our weights are Splink's own: each comparison, each frequency and their sum, on the same records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from flows.home import warehouse
from tests.benchmarks.persons import fill
from transforms.model.sql import frame
from transforms.resolution.persons.features import (
    is_whole_name,
    is_whole_name_sql,
    middle_is_word,
    middle_is_word_sql,
)
from transforms.resolution.persons.linkage import linker, person_pairs, prepare, settings
from transforms.resolution.persons.model import COMPARISONS
from transforms.resolution.persons.weights import LEVEL_BITS

RECORDS = 6_000


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[warehouse.Connection]:
    opened = warehouse.connect(tmp_path_factory.mktemp("weights") / "work")
    fill(opened, RECORDS)
    # Some state more than registers do, some less, and some of what they state is written otherwise.
    opened.execute("""
        create or replace table person_profile as
        select * replace (
            if(unique_id % 7 = 0, null, middle) as middle, if(unique_id % 11 = 0, left(forename, 1), forename) as forename,
            if(unique_id % 13 = 0, null, birth_month) as birth_month, if(unique_id % 5 = 0, [hash(postcode)], partners) as partners),
            if(unique_id % 3 = 0 and birth_month is not null, 1 + birth_year % 28, null)::tinyint as birth_day, 'tax' as number_kind,
            if(unique_id % 4 = 0, 'N' || hash(words) % 900000, null) as number, if(unique_id % 2 = 0, (['BAKER', 'CLERK', 'PILOT'])[(1 + hash(surname) % 3)::int], null) as occupation
        from person_profile""")
    yield opened
    opened.close()


def _shifted() -> dict[str, Any]:
    """Other settings: another prior and other m."""
    made = settings()
    for one in made["comparisons"]:
        for level in one["comparison_levels"]:
            if "m_probability" in level:
                level["m_probability"] = (level["m_probability"] + 0.1) / 2
    return {**made, "probability_two_random_records_match": 3e-5}


@pytest.mark.parametrize("model", [settings(), _shifted()], ids=["as shipped", "another model"])
def test_weights_are_those_of_splink(connection: warehouse.Connection, model: dict[str, Any]) -> None:
    prepare(connection)
    predicted = (
        linker(connection, model).inference.predict(threshold_match_probability=0.5).as_pyarrow_table()
    )
    theirs = pl.from_arrow(predicted)
    assert isinstance(theirs, pl.DataFrame)
    ours = person_pairs(connection, model)
    both = ours.join(
        theirs,
        left_on=["left_id", "right_id"],
        right_on=["unique_id_l", "unique_id_r"],
        how="full",
        suffix="_theirs",
        coalesce=True,
    )
    assert both.height == ours.height == theirs.height > 500
    weighed = [name for name in ours.columns if name.startswith(("gamma_", "mw_"))]
    assert len(weighed) == 2 * len(COMPARISONS) + 6
    for name in weighed:
        assert (both[name] - both[f"{name}_theirs"]).abs().max() == pytest.approx(0, abs=1e-9), name
        assert (
            name.startswith("mw_tf") or both[name].n_unique() > 1 or name.endswith(("number", "partners"))
        ), name
    assert (both["weight"] - both["match_weight"]).abs().max() == pytest.approx(0, abs=1e-4)
    assert (both["probability"] - both["match_probability"]).abs().max() == pytest.approx(0, abs=1e-6)
    assert (
        both.filter(pl.col("mw_tf_adj_forename") != 0).height > 100
        and both.filter(pl.col("mw_tf_adj_occupation") != 0).height > 50
    )


def test_every_level_has_room_in_the_number_of_all_of_them() -> None:
    assert (
        max(len(levels) for _, levels in COMPARISONS.values()) + 1 < 1 << LEVEL_BITS
        and LEVEL_BITS * len(COMPARISONS) < 63
    )


def test_what_a_name_is_in_sql_is_what_it_is_in_polars(connection: warehouse.Connection) -> None:
    words = [
        "A",
        "AL",
        "ANN",
        "VAN DER",
        "VAN DER EUDORA",
        "J P",
        "JR",
        "DR",
        "MRS",
        "O",
        "BCD",
        "BCDF",
        "EUD",
        "XYZ ANN",
        "",
        None,
    ]
    names = pl.DataFrame(
        [{"forename": f, "middle": m, "surname": s} for f in words for m in words for s in words],
        schema=dict.fromkeys(("forename", "middle", "surname"), pl.String),
    )
    connection.register("named", names.to_arrow())
    found = frame(
        connection, f"select {middle_is_word_sql()} as word, {is_whole_name_sql()} as whole from named"
    )
    expected = names.select(middle_is_word().alias("word"), is_whole_name().alias("whole"))
    assert found.equals(expected)
    assert all(0 < expected[name].sum() < expected.height for name in expected.columns)
