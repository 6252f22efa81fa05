"""Precision, recall and F1 of clusters against known ones: over pairs of records, and B-cubed, which asks the
same of every record.

Source: Bagga and Baldwin (1998) for B-cubed. A measure with nothing to divide by is null.
"""

from dataclasses import asdict, dataclass

import polars as pl

DIGITS = 4


@dataclass(frozen=True)
class Scores:
    """records_n: compared. The pairs' figures, then B-cubed ones."""

    records_n: int
    precision: float | None
    recall: float | None
    f1: float | None
    b3_precision: float | None
    b3_recall: float | None
    b3_f1: float | None

    def as_row(self) -> dict[str, object]:
        return {
            name: round(value, DIGITS) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def cluster_scores(found: pl.Series, truth: pl.Series) -> Scores:
    """Of records in two partitions: the cluster found and the true one of each, neither null."""
    cells = (
        pl.DataFrame({"found": found, "truth": truth})
        .group_by("found", "truth")
        .agg(pl.len().cast(pl.Int64).alias("n"))
    )
    both, of_found, of_truth = (
        _pairs_n(cells.group_by(by).agg(pl.col("n").sum())["n"])
        for by in (["found", "truth"], ["found"], ["truth"])
    )
    shares = cells.with_columns(
        pl.col("n").sum().over("found").alias("found_n"), pl.col("n").sum().over("truth").alias("truth_n")
    )
    total = int(cells["n"].sum())
    precise, complete = (
        float((shares["n"] ** 2 / shares[of]).sum()) / total if total else None
        for of in ("found_n", "truth_n")
    )
    precision, recall = ratio(both, of_found), ratio(both, of_truth)
    return Scores(
        total, precision, recall, f1_of(precision, recall), precise, complete, f1_of(precise, complete)
    )


def f1_of(precision: float | None, recall: float | None) -> float | None:
    """Harmonic mean of the two."""
    if precision is None or recall is None or precision + recall == 0:
        return None
    return 2 * precision * recall / (precision + recall)


def _pairs_n(sizes: pl.Series) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
