"""The closure as a table (`graph_edge`): one row for each pair of holder and held, by weak component, with
the interest that stands for it.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from graphs.arrays.edges import Bools, Bytes, Floats, Ints, Parties, ordering, run_starts
from graphs.arrays.tables import ROWS_AT_ONCE, Frames
from graphs.ownership.interests import BASES, Interests
from transforms.model.views import EDGE

NO_SHARE = 2.0  # ranks after every share of the whole
NO_RIGHT = 3.0


def closure_edges(edges: pl.LazyFrame, network: Interests, known: Parties) -> Frames:
    """Frames of `transforms.model.views.EDGE` in key order. `edges`: the rows that `network` was made of (see
    `graphs.build.build`), in the same order.

    Of several interests of a pair: a stated one before a mere holder, then the largest minimum, the basis
    that comes first in BASES, the smallest id.
    """
    at = stand_for_pairs(network, edges)
    at = at[ordering(network.component[network.held[at]])]
    column = {
        name: _picked(edges, name, network.row[at])
        for name in ("interest_id", "statement_id", "share_min", "share_max")
    }
    bases = pl.Series([*BASES[:-1], None], dtype=pl.String)  # the last, closure, is no right

    def make(rows: slice) -> Iterable[pl.Series | Ints]:
        pick = at[rows]
        yield network.component[network.held[pick]]
        yield from (known.names(ends[pick]) for ends in (network.held, network.holder))
        yield from (column[name][rows] for name in ("interest_id", "statement_id"))
        yield bases.gather(pl.Series(values=network.basis[pick].astype(np.int64)))
        yield from (column[name][rows] for name in ("share_min", "share_max"))

    if not len(at):
        yield EDGE.empty()
    for begin in range(0, len(at), ROWS_AT_ONCE):
        yield pl.DataFrame(
            dict(zip(EDGE.names, make(slice(begin, begin + ROWS_AT_ONCE)), strict=True)), schema=EDGE.schema
        )


def _picked(edges: pl.LazyFrame, column: str, rows: Ints) -> pl.Series:
    """Values of one column at these rows. One column at a time, because the rows of a register are large as
    text.
    """
    return edges.select(column).collect().to_series().gather(pl.Series(values=rows, dtype=pl.Int64))


def stand_for_pairs(network: Interests, edges: pl.LazyFrame) -> Ints:
    """Position of the interest that stands for each pair, in order of (held, holder): int64[pairs]."""
    pair = network.held * network.parties + network.holder
    share = np.where(np.isnan(network.low), NO_SHARE, 1.0 - np.clip(network.low, 0.0, 1.0))
    share[network.basis == BASES.index("closure")] = NO_RIGHT
    order = ordering(network.holder, network.held)
    for rank in (share, network.basis):
        order = order[_is_least(pair[order], rank[order])]
    return _smallest_ids(pair, order, network.row, edges)


def _is_least(group: Ints, rank: Floats | Bytes) -> Bools:
    """True where `rank` is the least of its group: bool[rows]. The rows of a group stand together."""
    if not len(group):
        return np.zeros(0, np.bool_)
    begin = run_starts(group)
    least = np.minimum.reduceat(rank, begin)
    is_least: Bools = np.equal(rank, np.repeat(least, np.diff(np.append(begin, len(group)))))
    return is_least


def _smallest_ids(pair: Ints, order: Ints, row: Ints, edges: pl.LazyFrame) -> Ints:
    """One interest of each pair in `order`. Ids are text, so only those of pairs with several interests are
    read.
    """
    of = pair[order]
    several = np.zeros(len(order), np.bool_)
    several[1:] = of[1:] == of[:-1]
    several[:-1] |= several[1:].copy()
    picked = _first_by_id(of[several], order[several], row, edges) if several.any() else order[:0]
    at = np.concatenate((order[~several], picked))
    return at[ordering(pair[at])]


def _first_by_id(of: Ints, at: Ints, row: Ints, edges: pl.LazyFrame) -> Ints:
    ids: Sequence[str] = ("interest_id", "statement_id")
    rows = pl.DataFrame({"pair": of, "at": at, **{name: _picked(edges, name, row[at]) for name in ids}})
    return (
        rows.sort("pair", *ids, nulls_last=True)
        .unique("pair", keep="first", maintain_order=True)
        .get_column("at")
        .to_numpy()
    )
