"""The next release's content on reviews: rows of `v_verdict` and `v_precision`, and alarms on precision."""

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from flows.home.settings import Home
from flows.journal import reviews
from flows.release.alarms import Alarm
from flows.review.fold import Walked, walk
from flows.review.precision import precision, sampled
from transforms.model.views import PRECISION, VERDICT


def published(home: Home) -> tuple[pl.DataFrame, pl.DataFrame]:
    """VERDICT and PRECISION rows of everything decided so far."""
    walked = walk(reviews.events(home))
    return verdicts(walked), PRECISION.conformed(precision(sampled(walked)))


def verdicts(walked: Walked) -> pl.DataFrame:
    """VERDICT rows: only decisions, so that no reader learns another's verdict from them."""
    rows: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for covered in sorted(walked.covered.values(), key=lambda covered: covered.n):
        if covered.round is None:
            continue  # closed without a verdict
        last = covered.round.last
        flag = last.flags.get(covered.flag.flag_id, covered.flag)
        outcome = last.outcomes.get(flag.indicator, last.outcome)
        key = (last.case_id, flag.indicator, flag.subject_id)
        by_readers = (code for verdict in covered.round.verdicts for code in verdict.done)
        done = list(dict.fromkeys((*by_readers, *walked.done.get(last.n, ()))))
        readings_n = len(covered.round.verdicts)
        day = date.fromisoformat(last.at[:10])
        rows[key] = (*key, outcome, last.reason, day, readings_n, done, flag.version)
    return pl.DataFrame(list(rows.values()), schema=VERDICT.schema, orient="row").sort(VERDICT.key)


def imprecise(rows: pl.DataFrame, versions: Mapping[str, str], least_percent: int | None) -> Iterator[Alarm]:
    """An alarm for each indicator whose whole interval is below the bound of the authority.

    `rows`: PRECISION. `versions`: indicator → version of its rule now; another version has its own figures.
    """
    for row in rows.filter(pl.col("high") < least_percent).iter_rows(named=True) if least_percent else ():
        code = str(row["indicator"])
        if versions.get(code) == row["version"]:
            message = (
                f"{code}: of {row['reviewed_n']} cases of the sample {row['confirmed_n']} were confirmed, so "
                f"its precision is at most {row['high']:.0f} per cent, below the bound of {least_percent} in "
                "undertow.toml; change its parameters, or switch it off there ([[switched_off]]) with the "
                "reason"
            )
            yield Alarm(code, str(row["version"])[:12], "imprecise", None, None, message)
