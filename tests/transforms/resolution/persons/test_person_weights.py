"""A pair's weights are those of Fellegi and Sunter: log2(m / u) of each level, with a value's frequency in
place of u.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import log2
from typing import Any

import pytest

from flows.home import warehouse
from tests.benchmarks.persons import fill
from transforms.model.sql import frame
from transforms.resolution.persons.linkage import person_pairs, settings
from transforms.resolution.persons.model import COMPARISONS, EXPECTED_FREQUENCY, FREQUENCY_RECORDS

RECORDS = 6_000


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[warehouse.Connection]:
    opened = warehouse.connect(tmp_path_factory.mktemp("weights") / "work")
    fill(opened, RECORDS)
    # Some state more than registers do, some less, and some of what they state is written otherwise.
    opened.execute("""
        create or replace table person_profile as
        select * replace (
                if(unique_id % 7 = 0, null, middle) as middle,
                if(unique_id % 11 = 0, left(forename, 1), forename) as forename,
                if(unique_id % 13 = 0, null, birth_month) as birth_month,
                if(unique_id % 5 = 0, [hash(postcode)], partners) as partners
            ),
            if(unique_id % 3 = 0 and birth_month is not null, 1 + birth_year % 28, null)::tinyint
                as birth_day,
            'tax' as number_kind,
            if(unique_id % 4 = 0, 'N' || hash(words) % 900000, null) as number,
            if(unique_id % 2 = 0, (['BAKER', 'CLERK', 'PILOT'])[(1 + hash(surname) % 3)::int], null)
                as occupation
        from person_profile""")
    yield opened
    opened.close()


def _other_model() -> dict[str, Any]:
    """Settings with another prior and other m."""
    model = settings()
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            if "m_probability" in level:
                level["m_probability"] = (level["m_probability"] + 0.1) / 2
    return {**model, "probability_two_random_records_match": 3e-5}


@pytest.mark.parametrize("model", [settings(), _other_model()], ids=["as shipped", "another model"])
def test_each_level_weighs_log2_of_m_over_u(connection: warehouse.Connection, model: dict[str, Any]) -> None:
    pairs = person_pairs(connection, model)
    stated = frame(connection, "select * from person_stated")
    counts = {name: Counter(stated[name].drop_nulls()) for name in EXPECTED_FREQUENCY}
    value_of = {name: dict(stated.select("unique_id", name).iter_rows()) for name in EXPECTED_FREQUENCY}
    levels = {one["output_column_name"]: one["comparison_levels"][1:] for one in model["comparisons"]}
    prior = model.get("probability_two_random_records_match", 1 / RECORDS)
    weighed = Counter[str]()
    for pair in pairs.iter_rows(named=True):
        weight = log2(prior / (1 - prior))
        for name in COMPARISONS:
            level = None if pair[f"gamma_{name}"] < 0 else levels[name][-1 - pair[f"gamma_{name}"]]
            expected = 0.0 if level is None else log2(level["m_probability"] / level["u_probability"])
            if level is not None and (column := level.get("tf_adjustment_column")) is not None:
                frequency = _frequency(counts[column], value_of[column][pair["left_id"]], column)
                rarity = log2(level["u_probability"] / frequency)
                assert pair[f"mw_tf_adj_{name}"] == pytest.approx(rarity)
                weight += rarity
                weighed[name] += 1
            assert pair[f"mw_{name}"] == pytest.approx(expected)
            weight += expected
        assert pair["weight"] == pytest.approx(weight, abs=1e-4)
        assert pair["probability"] == pytest.approx(1 / (1 + 2**-weight), abs=1e-6)
    assert pairs.height > 500 and min(weighed[name] for name in ("forename", "birth", "occupation")) > 50


def _frequency(counts: Mapping[str, int], value: str, column: str) -> float:
    """Share of the records that state a value, with FREQUENCY_RECORDS added at its expected frequency."""
    added = FREQUENCY_RECORDS * EXPECTED_FREQUENCY[column]
    return (counts[value] + added) / (sum(counts.values()) + FREQUENCY_RECORDS)
