"""Measures of linkage against sums done by hand, and against every pair counted one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest

from quality.linkage.measures import cluster_scores, pair_scores
from quality.linkage.public import PERSON_COLUMNS, persons


def test_scores_of_a_small_case_are_those_on_paper() -> None:
    """Found {1 2 3} {4} {5 6}; true {1 2} {3 4} {5 6}: found pairs 12 13 23 56, true pairs 12 34 56, both 12 56."""
    scores = cluster_scores(pl.Series(["x", "x", "x", "y", "z", "z"]), pl.Series(["a", "a", "b", "b", "c", "c"]))
    assert (scores.records_n, scores.precision, scores.recall) == (6, pytest.approx(2 / 4), pytest.approx(2 / 3))
    assert scores.f1 == pytest.approx(4 / 7)
    assert scores.b3_precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
    assert scores.b3_recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1 + 1) / 6)


def test_without_pairs_there_is_no_figure() -> None:
    scores = cluster_scores(pl.Series(["x", "y"]), pl.Series(["a", "b"]))
    assert (scores.precision, scores.recall, scores.f1, scores.b3_f1) == (None, None, None, 1.0)


@pytest.mark.parametrize("seed", range(10))
def test_scores_equal_a_count_of_every_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found, truth = (rng.integers(0, 9, 40).tolist() for _ in range(2))
    pairs = list(combinations(range(40), 2))
    said, real = ({pair for pair in pairs if of[pair[0]] == of[pair[1]]} for of in (found, truth))
    scores = cluster_scores(pl.Series(found), pl.Series(truth))
    assert scores.precision == pytest.approx(len(said & real) / len(said))
    assert scores.recall == pytest.approx(len(said & real) / len(real))
    each = [(len(f & t) / len(f), len(f & t) / len(t)) for f, t in _sets_of_each(found, truth)]
    assert (scores.b3_precision, scores.b3_recall) == (pytest.approx(sum(p for p, _ in each) / 40), pytest.approx(sum(r for _, r in each) / 40))


def _sets_of_each(found: list[int], truth: list[int]) -> list[tuple[set[int], set[int]]]:
    return [({j for j in range(len(found)) if found[j] == found[i]}, {j for j in range(len(truth)) if truth[j] == truth[i]}) for i in range(len(found))]


def test_labelled_pairs_are_scored_by_what_was_said() -> None:
    scores = pair_scores(pl.Series([True, True, False, False]), pl.Series([True, False, True, False]))
    assert (scores.records_n, scores.precision, scores.recall, scores.f1) == (4, 0.5, 0.5, 0.5)


def test_a_public_set_is_in_the_columns_that_are_compared() -> None:
    rows = persons(pl.DataFrame({"record": ["b", "a"], "party": ["1", "1"], "forename": [" ann ", ""], "birth_year": ["1970", "n/a"], "other": ["x", "y"]}))
    assert rows.columns == list(PERSON_COLUMNS)
    assert rows.row(0, named=True) | {"party": "1"} == dict.fromkeys(PERSON_COLUMNS) | {"record": "a", "party": "1"}
    assert (rows["forename"][1], rows["birth_year"][1]) == ("ann", 1970)
