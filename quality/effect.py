"""Whether flags in an area changed after a measure more than in comparable areas (difference in differences).

The change of an area is the logarithm of its count after the date divided by its count before. What happens
everywhere (a new edition, a changed rule, the season) affects the change of every area, so the effect is the
area's change minus that of its comparison areas. Its interval comes from a permutation test: each comparison
area in turn takes the place of the treated area, and the interval has all effects under which the treated
area would not be extreme among them. The test assumes that the areas are exchangeable without the measure. It
assumes nothing about the distribution of counts. A 95 per cent interval needs 19 comparison areas. Towns are
pooled by permuting within each of them.

No result reveals a count below CELL_MIN, because such a count enters as HIDDEN, the middle of its possible
values. In the treated area after the measure it enters as the largest possible value, and the interval has no
lower end. Areas with fewer than BEFORE_MIN flags before the measure are not compared.

Changes are divided by their standard error before they are compared, because a small area changes more by
chance. The error has the variance of counts and an extra variance between areas (DerSimonian and Laird 1986,
"Meta-analysis in clinical trials"). Permutation of areas: Conley and Taber 2011, "Inference with difference
in differences with a small number of policy changes"; MacKinnon and Webb 2020, "Randomization inference for
difference-in-differences with few treated clusters".
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Literal

import numpy as np
import numpy.typing as npt

from transforms.model.area_views import CELL_MIN

type Numbers = npt.NDArray[np.float64]
type Verdict = Literal["fewer", "more", "none"]

HIDDEN = (CELL_MIN - 1) / 2
BEFORE_MIN = 2 * CELL_MIN  # (own) with fewer, many counts after fall below CELL_MIN by chance
ALPHA = 0.05
POWER = 0.8  # (own, as usual in trials) probability of detecting the smallest effect
PERMUTATIONS_MAX = 4_000  # (own) if several towns have more, this many are drawn
BOUND = 12.0  # (own) logarithm of a ratio; an interval that goes beyond it has no end
HALVINGS = 30  # (own) to 1e-8
SIMULATIONS = 400  # (own) gives power to about 0.02
FALLS = np.arange(5, 100, 5)  # per cent
RISES = np.arange(5, 405, 5)


@dataclass(frozen=True)
class Town:
    """Counts before and after: (areas, 2), or (…, areas, 2) for many simulations. The first area is the
    treated one, the others are comparison areas. `length_ratio`: length of the period after, divided by that
    of the period before. `extra_variance`: variance of changes between areas without a measure, beyond that
    of counts; estimated from the period before.
    """

    counts: Numbers
    length_ratio: float = 1.0
    extra_variance: float = 0.0


@dataclass(frozen=True)
class Effect:
    """The effect of a measure. `ratio`: the count after, divided by what it would have been without the
    measure. `low`, `high`: the 95 per cent interval, None if it has no end.
    """

    ratio: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Smallest:
    """The smallest effects detected with probability POWER, in per cent; None if none would be."""

    fall: int | None
    rise: int | None


def shown(counts: npt.ArrayLike) -> Numbers:
    """The counts, with HIDDEN for those below CELL_MIN. Any shape."""
    numbers = np.asarray(counts, dtype=np.float64)
    return np.where(numbers < CELL_MIN, HIDDEN, numbers)


def entering(counts: npt.ArrayLike) -> Numbers:
    """Counts before and after as they enter the computation: (…, areas, 2). The first area is the treated
    one.
    """
    numbers = shown(counts)
    after = numbers[..., 0, 1]
    numbers[..., 0, 1] = np.where(after < CELL_MIN, CELL_MIN - 1, after)
    return numbers


# --- effect and interval ------------------------------------------------------------------------------------


def effect(towns: Sequence[Town]) -> Effect:
    """The common effect of the measures of these towns, with its 95 per cent interval."""
    middle, low, high = bounds(towns)
    return Effect(
        float(np.exp(middle)),
        float(np.exp(low)) if low > -BOUND else None,
        float(np.exp(high)) if high < BOUND else None,
    )


def bounds(towns: Sequence[Town]) -> tuple[Numbers, Numbers, Numbers]:
    """Logarithms of effect, lower and upper bound, one of each per simulation: (…). ±BOUND means no end."""
    choices = _choices(towns)
    edge = np.full(towns[0].counts.shape[:-2], BOUND)
    middle = _halved(-edge, edge, lambda at: _statistics(towns, at, choices[:1])[..., 0] > 0)
    low = _halved(-edge, middle, lambda at: _p(towns, at, choices) <= ALPHA)
    high = _halved(edge, middle, lambda at: _p(towns, at, choices) <= ALPHA)
    is_hidden = np.any([town.counts[..., 0, 1] < CELL_MIN for town in towns], axis=0)
    low = np.where(is_hidden | (_p(towns, -edge, choices) > ALPHA), -BOUND, low)
    return middle, low, np.where(_p(towns, edge, choices) > ALPHA, BOUND, high)


def _halved(
    outside: Numbers, inside: Numbers, is_outside: Callable[[Numbers], npt.NDArray[np.bool_]]
) -> Numbers:
    """The point between `outside` and `inside` at which `is_outside` becomes false, by bisection."""
    for _ in range(HALVINGS):
        middle = (outside + inside) / 2
        beyond = is_outside(middle)
        outside, inside = np.where(beyond, middle, outside), np.where(beyond, inside, middle)
    return inside


def _p(towns: Sequence[Town], at: Numbers, choices: npt.NDArray[np.intp]) -> Numbers:
    """p-value of the effect `at`: the share of permutations at least as extreme as the observed one: (…)."""
    statistics = np.abs(_statistics(towns, at, choices))
    return np.asarray(np.mean(statistics >= statistics[..., :1] - 1e-9, axis=-1))


def _statistics(towns: Sequence[Town], at: Numbers, choices: npt.NDArray[np.intp]) -> Numbers:
    """Sums of the scores of all towns, weighted by precision: (…, permutations). `choices`: (permutations,
    towns), the area that takes the place of the treated area.
    """
    total = np.zeros((*towns[0].counts.shape[:-2], len(choices)))
    for town, chosen in zip(towns, choices.T, strict=True):
        scores, errors = _scores(town.counts, at)
        weight = np.sqrt(np.mean(errors**-2, axis=-1, keepdims=True))
        total += weight * scores[..., chosen]
    return total


def _scores(counts: Numbers, at: Numbers) -> tuple[Numbers, Numbers]:
    """The change of each area minus that of the others, divided by its standard error; and that error: (…,
    areas).
    """
    change = np.log(counts[..., 1] / counts[..., 0])
    change[..., 0] -= at
    variance = np.sum(1 / counts, axis=-1)
    variance = variance + extra_variance(change, variance)[..., None]
    weight = 1 / variance
    others = np.sum(weight, axis=-1, keepdims=True) - weight
    mean = (np.sum(weight * change, axis=-1, keepdims=True) - weight * change) / others
    error = np.sqrt(variance + 1 / others)
    return (change - mean) / error, error


def extra_variance(change: Numbers, variance: Numbers) -> Numbers:
    """Variance between areas beyond that of counts, at least 0: (…). Both arguments are (…, areas)."""
    weight = 1 / variance
    total = np.sum(weight, axis=-1)
    mean = np.sum(weight * change, axis=-1) / total
    spread = np.sum(weight * (change - mean[..., None]) ** 2, axis=-1)
    scale = total - np.sum(weight**2, axis=-1) / total
    return np.asarray(np.maximum(0.0, (spread - (change.shape[-1] - 1)) / scale))


def _choices(towns: Sequence[Town]) -> npt.NDArray[np.intp]:
    """Areas that take the place of the treated one: (permutations, towns). The first row is the observed
    one.
    """
    areas = [town.counts.shape[-2] for town in towns]
    if prod(areas) <= PERMUTATIONS_MAX:
        return np.array(list(product(*map(range, areas))), dtype=np.intp)
    drawn = np.random.default_rng(1).integers(0, areas, size=(PERMUTATIONS_MAX, len(areas)))
    drawn[0] = 0
    return drawn.astype(np.intp)


# --- what could be detected----------------------------------------------------------------------------------


def before_extra_variance(early: Numbers, late: Numbers) -> float:
    """Extra variance of changes between two halves of the period before. Both arguments are (areas,)."""
    return float(extra_variance(np.log(late / early), 1 / late + 1 / early))


def smallest(towns: Sequence[Town], seed: int = 1) -> Smallest:
    """The smallest effects that could be detected, given the counts before the measure. Counts after are not
    read.
    """
    fall = _first(FALLS, lambda percent: _power(towns, 1 - percent / 100, seed) >= POWER)
    return Smallest(fall, _first(RISES, lambda percent: _power(towns, 1 + percent / 100, seed) >= POWER))


def _first(steps: npt.NDArray[np.int_], is_enough: Callable[[int], bool]) -> int | None:
    """The first step that is enough; None if the last is not. Every step after one that is enough must be
    enough too.
    """
    if not is_enough(steps[-1]):
        return None
    return int(steps[bisect_left(steps, x=True, hi=len(steps) - 1, key=is_enough)])


def _power(towns: Sequence[Town], ratio: float, seed: int) -> float:
    """Share of simulations with an effect of `ratio` in which it is detected."""
    source = np.random.default_rng(seed)
    simulated = [simulate(town, ratio, SIMULATIONS, source) for town in towns]
    return float(np.mean(_p(simulated, np.zeros(SIMULATIONS), _choices(towns)) <= ALPHA))


def simulate(town: Town, ratio: float, times: int, source: np.random.Generator) -> Town:
    """A town with simulated counts, (times, areas, 2): Poisson with the town's counts before as means, and
    this effect.
    """
    before = town.counts[:, 0]
    own = np.exp(source.normal(0, np.sqrt(town.extra_variance), (times, len(before))))
    means = np.stack([np.broadcast_to(before, own.shape), before * town.length_ratio * own], axis=-1)
    means[:, 0, 1] *= ratio
    return Town(entering(source.poisson(means)), town.length_ratio, town.extra_variance)


# --- verdict ------------------------------------------------------------------------------------------------


def verdict(seen: Effect, could: Smallest) -> Verdict:
    """`fewer` or `more` if the interval excludes a ratio of 1 and the effect is at least the smallest that
    could be detected; otherwise `none`.
    """
    if seen.high is not None and seen.high < 1 and could.fall is not None:
        return "fewer" if seen.ratio <= 1 - could.fall / 100 else "none"
    if seen.low is not None and seen.low > 1 and could.rise is not None:
        return "more" if seen.ratio >= 1 + could.rise / 100 else "none"
    return "none"
