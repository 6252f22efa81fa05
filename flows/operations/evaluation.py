"""Precision and recall of the indicators of the release in force, against a file of expected flags."""

from pathlib import Path

import polars as pl

from flows.home.settings import Home
from flows.release.store import open_current
from quality.evaluation import evaluate_release
from transforms.errors import UsageError


def truth_file(home: Home, truth: Path | None) -> Path:
    """`truth`, else that of the synthetic town."""
    return truth or home.landing / "town" / "truth.csv"


def measure_indicators(home: Home, truth: Path | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(measures by indicator, rows about subjects that are not in the release). Raises UsageError."""
    path = truth_file(home, truth)
    if not path.is_file():
        raise UsageError(
            f"{path}: there is no such file; name one with --truth, or run `undertow demo` first"
        )
    with open_current(home) as connection:
        return evaluate_release(connection, path)
