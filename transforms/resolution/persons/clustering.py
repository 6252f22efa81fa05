"""What follows from pairs of persons: who is one person, and who is the likeliest other person of each."""

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.resolution.clusters import Clusters, Facts
from transforms.resolution.judgements import Judged

ENDS = ("left_anchor", "right_anchor")


def clustered(
    pairs: pl.DataFrame,
    facts: Mapping[int, Facts],
    judged: Judged | None = None,
    alike: Sequence[tuple[int, int]] = (),
) -> Clusters:
    """Clusters of the anchors of `pairs` (`linkage.PAIR`), within the limits of `clusters`.

    What was judged is joined first, then the anchors that a key joins (`alike`), then the pairs that weigh
    most.
    """
    judged = judged or Judged()
    merging = pairs.filter("merges").sort("weight", *ENDS, descending=[True, False, False])
    links = merging.select(*ENDS).rows()
    clusters = Clusters(facts, judged.negative, {(min(link), max(link)) for link in links})
    for left, right in judged.positive:
        clusters.join(left, right, is_judged=True)
    for left, right in (*alike, *links):
        clusters.join(left, right)
    return clusters


def merged(pairs: pl.DataFrame) -> dict[int, int]:
    """anchor_no → anchor_no of its person's earliest record, for the anchors that merge with another."""
    return clustered(pairs, {}).first_of_each()


def best_candidates(pairs: pl.DataFrame, person_of: Mapping[int, int]) -> pl.DataFrame:
    """anchor_no, other_no, probability: for each person the likeliest other one, by their smallest anchors.

    Of equally likely ones, the earliest.
    """
    persons = pairs.select(*(pl.col(end).replace(person_of) for end in ENDS), "probability")
    apart = persons.filter(pl.col(ENDS[0]) != pl.col(ENDS[1]))
    both = pl.concat(
        apart.select(pl.col(end).alias("anchor_no"), pl.col(other).alias("other_no"), "probability")
        for end, other in (ENDS, ENDS[::-1])
    )
    ordered = both.sort("anchor_no", "probability", "other_no", descending=[False, True, False])
    return ordered.unique("anchor_no", keep="first", maintain_order=True)
