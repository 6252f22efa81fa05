"""Precision with its interval, against the truth of simulated years; and agreement of two readers."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from flows.review import rules
from flows.review.fold import walk
from flows.review.precision import JUDGED, agreement, cohens_kappa, precision, sampled
from flows.review.published import imprecise
from tests.flows.review.test_fold import FLAG, Events

SIMULATIONS, CASES_A_YEAR, SAMPLE = 1_000, 200, 0.25


def test_the_interval_covers_the_truth_at_its_rate() -> None:
    """Each simulation is a year of one indicator with a precision of its own. Its cases are drawn as those of
    the queue are; of those drawn some cannot be judged.
    """
    chance = np.random.default_rng(20_261_128)
    precisions = chance.uniform(0.05, 0.95, (SIMULATIONS, 1))
    shape = (SIMULATIONS, CASES_A_YEAR)
    right, cannot = chance.random(shape) < precisions, chance.random(shape) < 0.1
    numbers = range(SIMULATIONS * CASES_A_YEAR)
    drawn = np.array([rules.draw(b"k" * 32, "sample", f"UT-C-{n}") < SAMPLE for n in numbers]).reshape(shape)
    outcomes = np.where(cannot, "cannot-judge", np.where(right, "confirmed", "no-concern"))
    judged = pl.DataFrame(
        {
            "case_id": np.flatnonzero(drawn),
            "indicator": np.nonzero(drawn)[0],
            "outcome": outcomes[drawn],
        }
    ).select("case_id", "indicator", pl.lit("v1").alias("version"), "outcome")
    rows = precision(judged.cast(JUDGED)).sort(pl.col("indicator").cast(pl.Int64))
    assert rows.height == SIMULATIONS and 30 < rows["reviewed_n"].mean() < 60  # type: ignore[operator]
    truth = 100 * precisions[:, 0]
    covered = (rows["low"].to_numpy() <= truth) & (truth <= rows["high"].to_numpy())
    assert 0.93 <= covered.mean() <= 0.97


def _judged(**outcomes: int) -> pl.DataFrame:
    names: Mapping[str, str] = {"right": "confirmed", "wrong": "no-concern", "unknown": "cannot-judge"}
    all_of_them = [names[name] for name, n in outcomes.items() for _ in range(n)]
    rows = [(f"UT-C-{n}", "PRP-010", "v1", outcome) for n, outcome in enumerate(all_of_them)]
    return pl.DataFrame(rows, schema=JUDGED, orient="row")


def test_what_cannot_be_judged_is_in_no_denominator() -> None:
    [row] = precision(_judged(right=8, wrong=2, unknown=5)).rows(named=True)
    assert (row["reviewed_n"], row["confirmed_n"], row["cannot_judge_n"]) == (10, 8, 5)
    # Brown, Cai, DasGupta (2001): Wilson's interval of 8 in 10.
    assert (round(row["low"], 1), round(row["high"], 1)) == (49.0, 94.3)
    rows = precision(_judged(unknown=2))
    [none] = rows.rows(named=True)
    assert none["low"] is None and none["high"] is None
    assert not list(imprecise(rows, {"PRP-010": "v1"}, 50))


def test_an_alarm_where_the_whole_interval_is_below_the_bound() -> None:
    rows = precision(_judged(right=2, wrong=60))
    assert not list(imprecise(rows, {"PRP-010": "v1"}, None))
    assert not list(imprecise(rows, {"PRP-010": "v2"}, 30))  # another rule now
    assert not list(imprecise(rows, {"PRP-010": "v1"}, 5))
    [alarm] = imprecise(rows, {"PRP-010": "v1"}, 30)
    assert alarm.register == "PRP-010" and alarm.kind == "imprecise" and "2 were confirmed" in alarm.message


def test_only_the_sample_counts_and_the_last_decision_on_a_case() -> None:
    events = Events()
    events.judge("ann", "no-concern", [FLAG])
    assert sampled(walk(events)).is_empty()
    for outcome in ("no-concern", "cannot-judge"):
        events.judge("ann", outcome, [FLAG])
        events[-1].body["sampled"] = True  # type: ignore[index]
    assert sampled(walk(events)).rows() == [("UT-C-1", "PRP-010", "v1", "cannot-judge")]
    events.reopen([FLAG])
    assert sampled(walk(events)).height <= 1


def test_kappa_is_that_of_a_table_in_the_literature() -> None:
    """Cohen's kappa of 20, 5, 10 and 15: 0.4."""
    pairs = {("a", "a"): 20, ("a", "b"): 5, ("b", "a"): 10, ("b", "b"): 15}
    kappa = cohens_kappa(pairs)
    assert kappa.n == 50 and kappa.agreed_n == 35 and kappa.kappa == pytest.approx(0.4)
    assert kappa.low is not None and kappa.high is not None and kappa.low < 0.4 < kappa.high
    assert cohens_kappa({("a", "a"): 9}).kappa is None and agreement(walk([])).n == 0
