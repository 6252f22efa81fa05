"""The tables of ownership: `graph_integrated` and `graph_contradiction`."""

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from graphs.arrays.edges import Bools, Ints, Parties, marked, ordering
from graphs.arrays.tables import Frames, named, picked, stream, stream_by_key, words
from graphs.arrays.units import UNITS, per_cent
from graphs.ownership.integrated import Solved
from graphs.ownership.interests import SHARE_BASES, Interests, share_arcs, within
from graphs.ownership.intervals import prepare
from transforms.model.views import GRAPH_TABLES


def integrated_table(solved: Mapping[str, Solved], known: Parties) -> Frames:
    """Rows of `graph_integrated` in order of holder, subject, basis. Shares in per cent: minima are rounded
    down, maxima up.
    """
    bases = sorted(solved)

    def make(first: int, last: int) -> Iterable[pl.Series | Ints | Bools]:
        parts = [slice(*np.searchsorted(solved[basis].holder, (first, last)).tolist()) for basis in bases]
        which = np.repeat(np.arange(len(bases), dtype=np.uint8), [part.stop - part.start for part in parts])
        at = {
            field: np.concatenate(
                [getattr(solved[basis], field)[part] for basis, part in zip(bases, parts, strict=True)]
            )
            for field in PAIR_FIELDS
        }
        pick = ordering(which, at["subject"], at["holder"])
        yield named(known, at["holder"][pick])
        yield named(known, at["subject"][pick])
        yield words(which[pick], tuple(bases))
        yield per_cent(at["share_min"][pick], up=False)
        yield from (per_cent(at[name][pick], up=True) for name in ("share_max_declared", "share_max"))
        yield from (at[name][pick].astype(np.bool_) for name in ("min_open", "declared_open", "as_declared"))

    rows_n = np.sum([np.bincount(solved[basis].holder, minlength=len(known)) for basis in bases], axis=0)
    return stream_by_key("graph_integrated", rows_n, make)


PAIR_FIELDS = (
    "holder",
    "subject",
    "share_min",
    "share_max_declared",
    "share_max",
    "min_open",
    "declared_open",
    "as_declared",
)


def contradiction_table(
    edges: pl.LazyFrame, network: Interests, solved: Mapping[str, Solved], owned_persons: Ints
) -> Frames:
    """Rows of `graph_contradiction`: subjects with contradictory bounds, impossible shares, natural persons
    with holders.

    """
    over = [_over(network, solved[basis].contradictory, basis, edges) for basis in SHARE_BASES]
    outside = pl.any_horizontal(
        pl.col("share_min") < 0, pl.col("share_max") > 100, pl.col("share_min") > pl.col("share_max")
    )
    impossible = (
        edges.filter(pl.col("basis").is_in(SHARE_BASES) & outside)
        .select(CONTRADICTED)
        .collect()
        .with_columns(kind=pl.lit("impossible"))
    )
    owned = picked(edges, CONTRADICTED, owned_persons).with_columns(kind=pl.lit("holder_is_owned"))
    singles = [_counted_rows(part, pl.lit(None, pl.Float64), pl.lit(False)) for part in (impossible, owned)]
    frame = pl.concat([*over, *singles]).sort("subject_id", "basis", "kind")
    return stream("graph_contradiction", frame.height, lambda rows: [column[rows] for column in frame])


CONTRADICTED = ("subject_id", "basis", "statement_id")


def _over(network: Interests, contradictory: Ints, basis: str, edges: pl.LazyFrame) -> pl.DataFrame:
    """Rows for subjects with contradictory bounds on this basis, with the sum of the minima in per cent."""
    if not len(contradictory):
        return GRAPH_TABLES["graph_contradiction"].empty()
    holdings = prepare(*share_arcs(interests_around(network, contradictory), basis))
    mine = np.flatnonzero(network.of_basis(basis) & marked(network.n, contradictory)[network.held])
    mine = mine[np.argsort(network.row[mine])]
    rows = picked(edges, CONTRADICTED, network.row[mine]).with_columns(
        sum_min=holdings.counted[network.held[mine]] / UNITS * 100,
        sum_min_exclusive=holdings.counted_open[network.held[mine]],
        kind=pl.lit("over"),
    )
    return _counted_rows(rows, pl.col("sum_min").min(), pl.col("sum_min_exclusive").any())


def _counted_rows(rows: pl.DataFrame, sum_min: pl.Expr, exclusive: pl.Expr) -> pl.DataFrame:
    table = GRAPH_TABLES["graph_contradiction"]
    counted = rows.group_by("subject_id", "basis", "kind").agg(
        sum_min.alias("sum_min"),
        exclusive.alias("sum_min_exclusive"),
        pl.len().cast(pl.Int64).alias("interests_n"),
        pl.col("statement_id").min(),
    )
    return table.conformed(counted)


def interests_around(network: Interests, parties: Ints) -> Interests:
    """The interests in the weak components of these parties."""
    return within(network, marked(int(network.component.max(initial=-1)) + 1, network.component[parties]))
