"""Difference in differences by permutation of areas: against simulated counts with a known effect."""

import numpy as np
import pytest

from quality.effect import (
    HIDDEN,
    Effect,
    Smallest,
    Town,
    bounds,
    effect,
    entering,
    extra_variance,
    shown,
    simulate,
    smallest,
    verdict,
)

SEED = 27


def town(
    areas: int = 20, *, low: float = 20, high: float = 200, extra: float = 0.02, seed: int = SEED
) -> Town:
    """Different means, the same before and after, and areas that differ in more than counts do."""
    means = np.random.default_rng(seed).uniform(low, high, areas)
    return Town(np.stack([means, means], axis=1), extra_variance=extra)


@pytest.mark.parametrize("ratio", [1.0, 0.6, pytest.param(1.5, marks=pytest.mark.nightly)])
def test_the_interval_covers_the_effect_at_its_stated_rate(ratio: float) -> None:
    simulated = simulate(town(), ratio, 1000, np.random.default_rng(SEED))
    middle, low, high = bounds([simulated])
    covered = np.mean((low <= np.log(ratio)) & (np.log(ratio) <= high))
    assert 0.93 <= covered <= 0.97, f"{covered} of 1,000 with seed {SEED}"
    assert np.exp(np.median(middle)) == pytest.approx(ratio, rel=0.05)


def test_what_happens_everywhere_is_no_effect() -> None:
    """Twice the time after, and three times as many flags everywhere."""
    many = Town(town().counts * [1, 3], length_ratio=2)
    middle, low, high = bounds([simulate(many, 1, 500, np.random.default_rng(SEED))])
    assert 0.93 <= np.mean((low <= 0) & (high >= 0)) <= 0.97
    assert np.median(middle) == pytest.approx(0, abs=0.05)


def test_without_an_effect_there_is_a_verdict_in_one_of_twenty_at_most() -> None:
    """The interval leaves no effect out in one of twenty; the bound of the smallest effect takes most of
    these away.
    """
    plain = town(extra=0)
    could = smallest([plain])
    seen = bounds([simulate(plain, 1, 1000, np.random.default_rng(SEED))])
    verdicts = [verdict(Effect(*map(float, np.exp(each))), could) for each in zip(*seen, strict=True)]
    left_out = np.mean((seen[1] > 0) | (seen[2] < 0))
    assert 0.03 <= left_out <= 0.07
    assert np.mean([one != "none" for one in verdicts]) < left_out


def test_the_smallest_effect_is_seen_with_the_stated_chance_and_a_smaller_one_less_often() -> None:
    plain = town(40, extra=0.01)
    could = smallest([plain])
    assert could.fall is not None and could.rise is not None

    def seen(percent: int) -> float:
        source = np.random.default_rng(SEED + 1)
        _, _, high = bounds([simulate(plain, 1 - percent / 100, 400, source)])
        return float(np.mean(high < 0))

    assert seen(could.fall) > 0.74 > seen(could.fall - 10)


def test_fewer_than_nineteen_comparison_areas_show_nothing_but_several_towns_together_do() -> None:
    towns = [town(6, low=40, seed=seed) for seed in range(3)]
    assert smallest(towns[:1]) == Smallest(None, None)
    pooled = smallest(towns)
    assert pooled.fall is not None and pooled.fall <= 50
    source = np.random.default_rng(SEED)
    simulated = [simulate(each, 0.6, 200, source) for each in towns]
    alone = effect([Town(simulated[0].counts[0])])
    assert alone.low is None and alone.high is None
    middle, low, high = bounds(simulated)
    assert 0.9 <= np.mean((low <= np.log(0.6)) & (np.log(0.6) <= high)) <= 1
    assert np.exp(np.median(middle)) == pytest.approx(0.6, rel=0.08)


@pytest.mark.parametrize("ratio", [0.5, pytest.param(1.0, marks=pytest.mark.nightly)])
def test_the_interval_covers_where_the_area_has_few_flags(ratio: float) -> None:
    """Many of its counts after are hidden: then they enter as the most that they may be."""
    means = np.array([20.0, *town(19, high=60).counts[:, 0]])
    simulated = simulate(Town(np.stack([means, means], axis=1)), ratio, 1000, np.random.default_rng(SEED))
    _, low, high = bounds([simulated])
    assert np.mean((low <= np.log(ratio)) & (np.log(ratio) <= high)) >= 0.93
    is_hidden = simulated.counts[:, 0, 1] == 9
    assert (low[is_hidden] == -12).all() and (ratio == 1 or is_hidden.mean() > 0.3)


def test_a_hidden_count_changes_nothing_that_is_computed() -> None:
    counts = np.array([[40, 20], *[[30 + area, 31 + area] for area in range(18)], [50, 0]])
    other = counts.copy()
    other[-1, 1] = 9
    assert shown(counts)[-1, 1] == HIDDEN == 4.5
    assert effect([Town(shown(counts))]) == effect([Town(shown(other))])
    assert entering([[40, 3], [40, 3]]).tolist() == [[40, 9], [40, 4.5]]


def test_extra_variance_is_nought_where_areas_differ_by_chance_only() -> None:
    """Two studies of variance 1 that differ by 4: the moment estimate is 4**2 / 2 - 1 = 7."""
    assert extra_variance(np.array([0.0, 4.0]), np.array([1.0, 1.0])) == pytest.approx(7)
    assert extra_variance(np.array([0.0, 0.1]), np.array([1.0, 1.0])) == 0


@pytest.mark.parametrize(
    ("seen", "could", "expected"),
    [
        (Effect(0.5, 0.3, 0.8), Smallest(40, 80), "fewer"),
        (Effect(0.7, 0.5, 0.9), Smallest(40, 80), "none"),
        (Effect(0.5, 0.3, 1.1), Smallest(40, 80), "none"),
        (Effect(2.0, 1.4, 3.0), Smallest(40, 80), "more"),
        (Effect(1.5, 1.1, 2.0), Smallest(40, 80), "none"),
        (Effect(0.5, None, None), Smallest(40, 80), "none"),
        (Effect(0.5, 0.3, 0.8), Smallest(None, None), "none"),
    ],
)
def test_no_verdict_below_the_smallest_effect(seen: Effect, could: Smallest, expected: str) -> None:
    assert verdict(seen, could) == expected
