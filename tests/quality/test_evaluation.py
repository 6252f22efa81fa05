"""Evaluation: the arithmetic on frames small enough to count by hand."""

from pathlib import Path

import polars as pl
import pytest

from quality.evaluation import (
    checked_truth,
    evaluate,
    read_truth,
    split_by_presence,
    with_groups,
    with_patterns,
)
from transforms.errors import UsageError

TRUTH = pl.DataFrame(
    [
        ("AAA-010", "s1", "flagged"),
        ("AAA-010", "s2", "flagged"),
        ("AAA-010", "s3", "flagged"),
        ("AAA-010", "s4", "not_flagged"),
        ("AAA-010", "s5", "not_flagged"),
        ("AAA-010", "s6", "not_assessable"),
        ("AAA-010", "s7", "not_assessable"),
        ("BBB-010", "s1", "not_flagged"),
    ],
    schema=["indicator", "subject_id", "expected"],
    orient="row",
)
STATES = pl.DataFrame(
    [
        ("AAA-010", "s1", "flagged"),
        ("AAA-010", "s2", "not_assessable"),
        ("AAA-010", "s4", "flagged"),
        ("AAA-010", "s6", "not_assessable"),
        ("AAA-010", "s7", "flagged"),
        ("AAA-010", "x1", "flagged"),
        ("AAA-010", "x2", "flagged"),
        ("AAA-010", "x3", "not_assessable"),
        ("CCC-010", "s1", "flagged"),
    ],
    schema=["indicator", "subject_id", "state"],
    orient="row",
)
COUNTS = pl.DataFrame(
    {
        "indicator": ["AAA-010", "BBB-010"],
        "n_flagged": [5, 0],
        "n_not_flagged": [3992, 10],
        "n_not_assessable": [3, 0],
    }
)


def _row(frame: pl.DataFrame, indicator: str) -> dict[str, object]:
    return frame.filter(indicator=indicator).row(0, named=True)


def test_counts_by_hand() -> None:
    assert _row(evaluate(STATES, TRUTH, COUNTS), "AAA-010") == {
        "indicator": "AAA-010",
        "hits_n": 3,
        "found_n": 1,  # s1
        "missed_n": 2,  # s2 not assessable, s3 not stored
        "near_misses_n": 2,
        "wrongly_flagged_n": 2,  # s4, and s7 which should not be assessable
        "not_assessable_n": 2,
        "not_assessable_agree_n": 1,  # s6
        "precision": 1 / 3,
        "recall": 1 / 3,
        "background_flags_n": 2,  # x1, x2
        "candidates_n": 4000,
        "background_per_10000": 5.0,
    }


def test_rates_are_null_where_there_is_nothing_to_divide_by() -> None:
    row = _row(evaluate(STATES, TRUTH, COUNTS), "BBB-010")
    assert (row["precision"], row["recall"], row["background_per_10000"]) == (None, None, 0.0)


def test_only_the_truths_indicators_are_judged() -> None:
    assert evaluate(STATES, TRUTH, COUNTS)["indicator"].to_list() == ["AAA-010", "BBB-010"]


def test_several_states_of_one_subject_count_once_and_flagged_wins() -> None:
    twice = pl.concat(
        [
            STATES,
            pl.DataFrame(
                {"indicator": ["AAA-010"] * 3, "subject_id": ["s2", "x1", "x3"], "state": ["flagged"] * 3}
            ),
        ]
    )
    row = _row(evaluate(twice, TRUTH, COUNTS), "AAA-010")
    assert (row["found_n"], row["missed_n"], row["background_flags_n"]) == (2, 1, 3)


def test_order_of_rows_changes_nothing() -> None:
    shuffled = evaluate(STATES.sample(fraction=1, shuffle=True, seed=5), TRUTH.reverse(), COUNTS.reverse())
    assert shuffled.equals(evaluate(STATES, TRUTH, COUNTS))


def test_empty_states_miss_every_hit() -> None:
    row = _row(evaluate(STATES.clear(), TRUTH, COUNTS), "AAA-010")
    assert (row["found_n"], row["missed_n"], row["recall"], row["precision"], row["background_flags_n"]) == (
        0,
        3,
        0.0,
        None,
        0,
    )


@pytest.mark.parametrize(
    ("truth", "says"),
    [
        (TRUTH.drop("expected"), "no column expected"),
        (TRUTH.clear(), "a header but no rows"),
        (TRUTH.with_columns(pl.col("expected").replace("flagged", "yes")), "'yes'"),
        (pl.concat([TRUTH, TRUTH.head(1)]), "AAA-010 s1 is there twice"),
        (
            TRUTH.with_columns(
                pl.when(pl.col("subject_id") != "s1").then(pl.col("subject_id")).alias("subject_id")
            ),
            "blank",
        ),
    ],
)
def test_a_truth_that_cannot_be_used_is_refused(truth: pl.DataFrame, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        evaluate(STATES, truth, COUNTS)


def test_a_truth_file_may_have_further_columns(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    TRUTH.with_columns(pl.lit("why").alias("note")).write_csv(path)
    assert read_truth(path).equals(checked_truth(TRUTH))


def test_a_file_that_is_no_truth_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises(UsageError, match=r"empty\.csv"):
        read_truth(empty)
    with pytest.raises(UsageError, match=r"absent\.csv"):
        read_truth(tmp_path / "absent.csv")


def test_a_near_miss_that_is_not_there_holds_nothing_and_an_unknown_code_is_refused() -> None:
    """s4 is not in the release, s5 is something else there; s3, which is expected to be flagged, is not there
    and missed.
    """
    types = {"AAA-010": "title", "BBB-010": "title"}
    subjects = pl.DataFrame(
        [(f"s{n}", "property" if n == 5 else "title") for n in (1, 2, 5, 6, 7)],
        schema=["subject_id", "subject_type"],
        orient="row",
    )
    present, absent = split_by_presence(TRUTH, subjects, types)
    assert (
        absent.rows() == [("AAA-010", "s4", "not_flagged"), ("AAA-010", "s5", "not_flagged")]
        and present.height == TRUTH.height - 2
    )
    row = _row(evaluate(STATES, present, COUNTS), "AAA-010")
    assert (row["near_misses_n"], row["hits_n"], row["missed_n"], row["not_assessable_n"]) == (0, 3, 2, 2)
    with pytest.raises(UsageError, match="1 codes of the truth file are not indicators, BBB-010 first"):
        split_by_presence(TRUTH, subjects, {"AAA-010": "title"})


def test_a_control_group_may_be_named_by_a_member() -> None:
    truth = pl.DataFrame(
        {
            "indicator": ["ROL-010"] * 3,
            "subject_id": ["CG-OF-A", "CG-OF-Z", "CG-x"],
            "expected": ["flagged"] * 3,
        }
    )
    groups = pl.DataFrame({"subject_id": ["A", "A", "B"], "control_group_id": ["CG-q", "CG-p", "CG-r"]})
    assert with_groups(truth, groups)["subject_id"].to_list() == ["CG-p", "CG-OF-Z", "CG-x"]
    assert with_groups(truth, groups).columns == truth.columns


def test_a_pattern_is_meant_by_its_indicator_and_the_party_that_begins_it() -> None:
    truth = pl.DataFrame(
        {
            "indicator": ["FLW-020", "FLW-010", "FLW-020", "OWN-010"],
            "subject_id": ["FP-OF-A", "FP-OF-A", "FP-OF-Z", "A"],
            "expected": ["flagged"] * 4,
        }
    )
    patterns = pl.DataFrame(
        {
            "indicator": ["FLW-020", "FLW-020", "FLW-010"],
            "party_id": ["A", "A", "B"],
            "pattern_id": ["FP-2", "FP-1", "FP-3"],
        }
    )
    assert with_patterns(truth, patterns)["subject_id"].to_list() == ["FP-1", "FP-OF-A", "FP-OF-Z", "A"]
    assert with_patterns(truth, patterns).columns == truth.columns
