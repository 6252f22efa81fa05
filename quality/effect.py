"""Whether flags in an area changed after a measure more than in comparable areas (difference in differences).

The change of an area is the logarithm of its count after the date divided by its count before. What happens
everywhere (a new edition, another rule, the season) is in the change of every area, so the effect is the
area's change less that of its comparison areas. Its interval comes from permutation: each comparison area
takes the place of the area of the measure, and the interval holds every effect under which the area of the
measure would not stand out among them. It therefore assumes that, without the measure, any of the areas
could have changed as any other does, and nothing about how counts are distributed. An interval of 95 per
cent takes 19 comparison areas. Towns are pooled by permuting within each of them.

Nothing that comes out can give a count under CELL_MIN away, because such a count enters as HIDDEN, the middle
of what it may be. After the measure, in its own area, it enters as the most it may be, and the interval has
no lower end. Areas with under BEFORE_MIN flags before are not compared.

Changes are divided by their standard error before they are compared, because a small area changes more by
chance. It has the variance of counts and an extra variance between areas (DerSimonian and Laird 1986,
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
BEFORE_MIN = 2 * CELL_MIN  # (own) of fewer, chance alone hides many of the counts after
ALPHA = 0.05
POWER = 0.8  # (own, and the custom of trials) chance with which the smallest effect is seen
PERMUTATIONS_MAX = 4_000  # (own) of several towns; of more, so many are drawn
BOUND = 12.0  # (own) of a logarithm of a ratio: beyond it an interval has no end
HALVINGS = 30  # to a hundred-millionth
SIMULATIONS = 400  # (own) power is known to about two hundredths
FALLS = np.arange(5, 100, 5)  # per cent
RISES = np.arange(5, 405, 5)


@dataclass(frozen=True)
class Town:
    """Counts before and after: (areas, 2) or, of many simulations, (…, areas, 2); the first is the area of
    the measure, the others are comparison areas. `length_ratio`: length of the time after by that before.
    `extra_variance` of changes between areas without a measure, from the time before.
    """

    counts: Numbers
    length_ratio: float = 1.0
    extra_variance: float = 0.0


@dataclass(frozen=True)
class Effect:
    """`ratio`: the count after is so many times what it would have been. `low`, `high`: its 95 per cent
    interval; None where it has no end.
    """

    ratio: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Smallest:
    """The smallest effects that are seen with a chance of POWER, in per cent; None where none would be."""

    fall: int | None
    rise: int | None


def shown(counts: npt.ArrayLike) -> Numbers:
    """HIDDEN for what is under CELL_MIN."""
    numbers = np.asarray(counts, dtype=np.float64)
    return np.where(numbers < CELL_MIN, HIDDEN, numbers)


def entering(counts: npt.ArrayLike) -> Numbers:
    """(…, areas, 2): counts before and after as they enter; the first area is that of the measure."""
    numbers = shown(counts)
    after = numbers[..., 0, 1]
    numbers[..., 0, 1] = np.where(after < CELL_MIN, CELL_MIN - 1, after)
    return numbers


# --- effect and interval ------------------------------------------------------------------------------------


def effect(towns: Sequence[Town]) -> Effect:
    """The common effect of the measures of these towns."""
    middle, low, high = bounds(towns)
    return Effect(
        float(np.exp(middle)),
        float(np.exp(low)) if low > -BOUND else None,
        float(np.exp(high)) if high < BOUND else None,
    )


def bounds(towns: Sequence[Town]) -> tuple[Numbers, Numbers, Numbers]:
    """Logarithms of effect, lower and upper bound, one of each for each simulation; ±BOUND: without end."""
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
    """Where `is_outside` turns false between two ends, by halving."""
    for _ in range(HALVINGS):
        middle = (outside + inside) / 2
        beyond = is_outside(middle)
        outside, inside = np.where(beyond, middle, outside), np.where(beyond, inside, middle)
    return inside


def _p(towns: Sequence[Town], at: Numbers, choices: npt.NDArray[np.intp]) -> Numbers:
    """How many of the permutations are at least as extreme as what happened, if the effect was `at`."""
    statistics = np.abs(_statistics(towns, at, choices))
    return np.asarray(np.mean(statistics >= statistics[..., :1] - 1e-9, axis=-1))


def _statistics(towns: Sequence[Town], at: Numbers, choices: npt.NDArray[np.intp]) -> Numbers:
    """(…, permutations): sums of the towns' scores, weighted by their precision. `choices`: (permutations,
    towns), the area that takes the place of the area of the measure.
    """
    total = np.zeros((*towns[0].counts.shape[:-2], len(choices)))
    for town, chosen in zip(towns, choices.T, strict=True):
        scores, errors = _scores(town.counts, at)
        weight = np.sqrt(np.mean(errors**-2, axis=-1, keepdims=True))
        total += weight * scores[..., chosen]
    return total


def _scores(counts: Numbers, at: Numbers) -> tuple[Numbers, Numbers]:
    """(…, areas): the change of each area less that of the others, by its standard error, and that error."""
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
    """(…): variance between areas beyond that of counts; at least nought. Both are (…, areas)."""
    weight = 1 / variance
    total = np.sum(weight, axis=-1)
    mean = np.sum(weight * change, axis=-1) / total
    spread = np.sum(weight * (change - mean[..., None]) ** 2, axis=-1)
    scale = total - np.sum(weight**2, axis=-1) / total
    return np.asarray(np.maximum(0.0, (spread - (change.shape[-1] - 1)) / scale))


def _choices(towns: Sequence[Town]) -> npt.NDArray[np.intp]:
    """(permutations, towns); the first row is what happened."""
    areas = [town.counts.shape[-2] for town in towns]
    if prod(areas) <= PERMUTATIONS_MAX:
        return np.array(list(product(*map(range, areas))), dtype=np.intp)
    drawn = np.random.default_rng(1).integers(0, areas, size=(PERMUTATIONS_MAX, len(areas)))
    drawn[0] = 0
    return drawn.astype(np.intp)


# --- what could be seen -------------------------------------------------------------------------------------


def before_extra_variance(early: Numbers, late: Numbers) -> float:
    """Extra variance of changes between two halves of the time before. Both are (areas,)."""
    return float(extra_variance(np.log(late / early), 1 / late + 1 / early))


def smallest(towns: Sequence[Town], seed: int = 1) -> Smallest:
    """The smallest effects that these counts before the measure could show; counts after are not read."""
    fall = _first(FALLS, lambda percent: _power(towns, 1 - percent / 100, seed) >= POWER)
    return Smallest(fall, _first(RISES, lambda percent: _power(towns, 1 + percent / 100, seed) >= POWER))


def _first(steps: npt.NDArray[np.int_], is_enough: Callable[[int], bool]) -> int | None:
    """The first step that is enough, if each after it is too; None where the last is not."""
    if not is_enough(steps[-1]):
        return None
    return int(steps[bisect_left(steps, x=True, hi=len(steps) - 1, key=is_enough)])


def _power(towns: Sequence[Town], ratio: float, seed: int) -> float:
    """Share of simulations with an effect of `ratio` in which it is seen."""
    source = np.random.default_rng(seed)
    simulated = [simulate(town, ratio, SIMULATIONS, source) for town in towns]
    return float(np.mean(_p(simulated, np.zeros(SIMULATIONS), _choices(towns)) <= ALPHA))


def simulate(town: Town, ratio: float, times: int, source: np.random.Generator) -> Town:
    """Counts (times, areas, 2) of which those before have the town's as means, with this effect."""
    before = town.counts[:, 0]
    own = np.exp(source.normal(0, np.sqrt(town.extra_variance), (times, len(before))))
    means = np.stack([np.broadcast_to(before, own.shape), before * town.length_ratio * own], axis=-1)
    means[:, 0, 1] *= ratio
    return Town(entering(source.poisson(means)), town.length_ratio, town.extra_variance)


# --- verdict ------------------------------------------------------------------------------------------------


def verdict(seen: Effect, could: Smallest) -> Verdict:
    """fewer or more, where the interval leaves no effect out and the effect is one that could be shown."""
    if seen.high is not None and seen.high < 1 and could.fall is not None:
        return "fewer" if seen.ratio <= 1 - could.fall / 100 else "none"
    if seen.low is not None and seen.low > 1 and could.rise is not None:
        return "more" if seen.ratio >= 1 + could.rise / 100 else "none"
    return "none"
