"""The bias report: intervals against published ones, equal cases for equal classes, and a disparity that was
planted is told.
"""

from functools import partial
from pathlib import Path

import polars as pl
import pytest

from flows.night.linkage import opened
from quality.linkage.bias import KINDS, cases, classes, rates, wilson
from quality.linkage.measure import bias_rows

CASES_N = 60


@pytest.fixture(scope="module")
def given() -> pl.DataFrame:
    return cases(CASES_N)


def test_intervals_are_wilsons() -> None:
    """Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for errors_n, pairs_n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(errors_n, pairs_n) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_every_class_has_the_same_number_of_cases_and_each_script_its_own_letters(
    given: pl.DataFrame,
) -> None:
    counted = given.group_by("dimension", "class", "kind").len()
    assert counted.height == len(classes()) * len(KINDS) and counted["len"].unique().to_list() == [
        2 * CASES_N
    ]
    first = given.filter(pl.col("dimension") == "script").unique("case", keep="first", maintain_order=True)
    written = first.group_by("class").agg(
        pl.col("surname").str.contains(r"^[A-Za-z]+$").mean().alias("ascii")
    )
    assert {row["class"] for row in written.filter(pl.col("ascii") > 0).iter_rows(named=True)} == {"latin"}
    assert cases(CASES_N).equals(given)


def test_no_class_is_a_nationality() -> None:
    assert {one.dimension for one in classes()} == {"script", "length", "frequency"}


def test_a_planted_disparity_is_told(given: pl.DataFrame) -> None:
    """A linkage without errors, but for one script: it splits every third person there, and merges half of
    the twins of long names.
    """
    case = pl.col("case")
    split = (pl.col("class") == "cyrillic") & (case % 3 == 0)
    joins = (
        pl.when(pl.col("kind") == "false_split")
        .then(~split)
        .otherwise((pl.col("class") == "long") & (pl.col("kind") == "false_merge_twins") & (case % 2 == 0))
    )
    joined = given.with_row_index("row").select(
        pl.when(joins).then(-1 - case).otherwise(pl.col("row").cast(pl.Int64)).alias("found")
    )["found"]
    by_class = {(row["class"], row["kind"]): row for row in rates(given, joined)}
    planted = {("cyrillic", "false_split"), ("long", "false_merge_twins")}
    assert {key for key, row in by_class.items() if row["errors_n"]} == planted
    assert by_class["cyrillic", "false_split"]["rate"] == pytest.approx(1 / 3, abs=0.02) and by_class[
        "long", "false_merge_twins"
    ]["rate"] == pytest.approx(1 / 2, abs=0.02)
    assert planted <= {key for key, row in by_class.items() if row["stands_apart"]}
    assert not by_class["rare", "false_split"]["stands_apart"]


@pytest.mark.nightly
def test_the_nights_rules_merge_no_twins_and_no_namesakes_of_any_class(tmp_path: Path) -> None:
    rows = bias_rows(partial(opened, tmp_path), CASES_N)
    # Two made-up names may be alike by chance.
    assert [
        row
        for row in rows
        if row["kind"] != "false_split" and row["errors_n"] not in (0, 1 if row["class"] == "rare" else 0)
    ] == []
    splits = {str(row["class"]): float(str(row["rate"])) for row in rows if row["kind"] == "false_split"}
    assert splits["latin"] < 0.2 and splits["rare"] < 0.1
