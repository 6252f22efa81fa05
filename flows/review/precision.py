"""How often an indicator is right, measured on the random sample; and how far reviewers agree.

Precision is that of cases, not of flags: several flags of an indicator in one case get one verdict, and an
interval over flags would be too narrow. Only cases of the random sample count, by the last decision on each.
"Cannot be judged" is neither right nor wrong, so it is in no denominator and is given separately. Recall is
not estimated, because nobody reads unflagged subjects at random.

Interval: Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22.
Agreement: Cohen (1960), "A coefficient of agreement for nominal scales"; its interval is Wilson's of the
share of equal verdicts, because the standard error is zero if all are equal.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from flows.review.fold import Round, Walked

Z = 1.959963984540054  # of the normal distribution, for 95 per cent in the middle
JUDGED = {"case_id": pl.String, "indicator": pl.String, "version": pl.String, "outcome": pl.String}


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa of the first two readings with its 95 per cent interval; None where it is not defined.

    `n`: rounds with two readings. `agreed_n`: those in which the outcomes are the same.
    """

    n: int
    agreed_n: int
    kappa: float | None
    low: float | None
    high: float | None


def decided_rounds(walked: Walked) -> list[Round]:
    """Every decided round that was not reopened, in the order of the decisions."""
    decided = (
        one for first_n, one in walked.rounds.items() if one.decided and first_n not in walked.reopened
    )
    return sorted(decided, key=lambda round_: round_.last.n)


def sampled(walked: Walked) -> pl.DataFrame:
    """JUDGED rows of the sample: case, indicator and version, with the outcome of the last decision."""
    last = {
        (round_.last.case_id, flag.indicator, flag.version): round_.last.outcomes[flag.indicator]
        for round_ in decided_rounds(walked)
        if round_.last.sampled
        for flag in round_.last.flags.values()
    }
    return pl.DataFrame([(*one, outcome) for one, outcome in last.items()], schema=JUDGED, orient="row")


def precision(judged: pl.DataFrame) -> pl.DataFrame:
    """For each indicator and version: reviewed_n, confirmed_n, cannot_judge_n, and the bounds `low` and
    `high` in per cent, null if nothing was reviewed. `judged`: JUDGED rows.
    """
    counted = (
        judged.group_by("indicator", "version")
        .agg(
            (pl.col("outcome") != "cannot-judge").sum().cast(pl.Int64).alias("reviewed_n"),
            (pl.col("outcome") == "confirmed").sum().cast(pl.Int64).alias("confirmed_n"),
            (pl.col("outcome") == "cannot-judge").sum().cast(pl.Int64).alias("cannot_judge_n"),
        )
        .sort("indicator", "version")
    )
    low, high = wilson(pl.col("confirmed_n"), pl.col("reviewed_n"))
    has_any = pl.when(pl.col("reviewed_n") > 0)
    return counted.with_columns(
        has_any.then(100 * low).round(6).alias("low"), has_any.then(100 * high).round(6).alias("high")
    )


def wilson(right: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Bounds of the 95 per cent interval of a share, from 0 to 1."""
    share = right / n
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = (share * (1 - share) / n + Z**2 / (4 * n * n)).sqrt() * Z / (1 + Z**2 / n)
    return (middle - half).clip(0, 1).alias("low"), (middle + half).clip(0, 1).alias("high")


def agreement(walked: Walked) -> Kappa:
    """Of the first two readings of every round that has both."""
    pairs = Counter(
        (round_.verdicts[0].outcome, round_.verdicts[1].outcome)
        for round_ in walked.rounds.values()
        if len(round_.verdicts) > 1
    )
    return cohens_kappa(pairs)


def cohens_kappa(pairs: Mapping[tuple[str, str], int]) -> Kappa:
    """`pairs`: (first verdict, second verdict) → how often."""
    n = sum(pairs.values())
    agreed_n = sum(count for (one, other), count in pairs.items() if one == other)
    if n == 0:
        return Kappa(0, 0, None, None, None)
    first, second = _shares(pairs, 0, n), _shares(pairs, 1, n)
    observed, expected = agreed_n / n, sum(first[one] * second[one] for one in first)
    if expected == 1:
        return Kappa(n, agreed_n, None, None, None)
    kappa = (observed - expected) / (1 - expected)
    low, high = pl.select(*wilson(pl.lit(agreed_n), pl.lit(n))).row(0)
    return Kappa(n, agreed_n, kappa, (low - expected) / (1 - expected), (high - expected) / (1 - expected))


def _shares(pairs: Mapping[tuple[str, str], int], side: int, n: int) -> Counter[str]:
    shares: Counter[str] = Counter()
    for pair, count in pairs.items():
        shares[pair[side]] += count / n  # type: ignore[assignment]
    return shares
