"""Cycles: money that comes back to where it began, in 2 to 6 hops.

A ring is 2 or more bundles of different payers within `days`. Each is paid to the payer of the next, and the
last to the payer of the first. From the start, every hop is at least `keep` and at most `over` per cent of
the one before. If that also holds for the first hop and the last, any hop could be the start, and the
earliest is.

- ordered: 3 hops or more, each on a later day than the one before;
- windowed: 3 hops or more in another order, or with two of them on one day;
- return: 2 hops, the second on a later day.

Method: every ring lies in a strongly connected set of a sliding window. For each bundle in such a set,
`continuations` lists the bundles that can follow. The sets are computed once more from these, and the
remaining paths are searched breadth-first, for many starts at a time, on arrays. With no condition on
amounts, the rings are those of the paper on parallel cycle enumeration (Blanuša, Atasu, Ienne 2023).

Source: the cycle pattern of AMLSim and AMLworld.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from graphs.arrays.edges import Bools, Ints, Numbers, Rows, run_starts, spread, starts
from graphs.money.bundles import Bundles
from graphs.money.windows import (
    KINDS,
    WORK_MAX,
    Dense,
    FoundPatterns,
    Members,
    by_party,
    chunks,
    compared,
    grouped_rows,
)


@dataclass(frozen=True)
class Bounds:
    """`days` from the first to the last hop; `keep`, `over`: per cent of the hop before; `work_max`: limit of
    the search for one start.
    """

    days: int
    keep: float
    over: float
    hops_max: int = 6
    work_max: int = WORK_MAX


@dataclass(frozen=True, eq=False)
class _Follows:
    """The bundles that can follow bundle v: `indices[indptr[v]:indptr[v + 1]]`."""

    indptr: Ints
    indices: Numbers


@dataclass(frozen=True, eq=False)
class _Paths(Rows):
    """Paths of one length: `hops` int32[hops, paths], with the first and last day of each path."""

    hops: Numbers
    first: Ints
    last: Ints

    def at(self, which: Ints | Bools | slice) -> "_Paths":
        return _Paths(self.hops[:, which], self.first[which], self.last[which])


def cycles(bundles: Bundles, bounds: Bounds) -> FoundPatterns:
    """All rings within the bounds, and the parties around which there was too much to search."""
    follows, dense, without_rate = continuations(bundles, bounds)
    follows = within_strong_sets(bundles, follows, bounds.days)
    begin = np.flatnonzero(np.diff(follows.indptr)).astype(np.int32)
    day = bundles.day[begin]
    rings: list[tuple[Numbers, Ints]] = []
    cut = [dense]
    for closed, too_many in _searched(bundles, follows, _Paths(begin[None, :], day, day), bounds):
        cut.append(too_many)
        kind = _kinds(bundles, closed)
        if (kept := _kept(bundles, closed, kind, bounds)).any():
            rings.append((closed.hops[:, kept], kind[kept]))
    return _as_patterns(rings, Dense.joined(cut).once(), without_rate)


def continuations(bundles: Bundles, bounds: Bounds) -> tuple[_Follows, Dense, int]:
    """For each bundle the bundles that can follow it within the bounds; the dense parties; and the number of
    comparisons without an exchange rate. If there are more than `work_max` bundles to compare, none follows,
    and the payee is listed as dense.
    """
    rows = np.flatnonzero(in_strong_sets(bundles, np.arange(len(bundles)), bounds.days))
    outgoing = by_party(bundles.payer, bundles.day, rows)
    # In the order of payees, the searches below read keys and amounts in sequence, which is faster.
    incoming = by_party(bundles.payee, bundles.day, rows).order
    payee, day = bundles.payee[incoming], bundles.day[incoming]
    begin, count = outgoing.between(payee, day - bounds.days, day + bounds.days)
    wide = count > bounds.work_max
    dense = Dense(payee[wide], day[wide] - bounds.days, day[wide] + bounds.days, count[wide])
    count[wide] = 0
    # Sorted copies are read in sequence, which takes half the time.
    arrived = bundles.arrived.at(incoming.astype(np.int64))
    left = bundles.left.at(outgoing.order.astype(np.int64))
    some = np.flatnonzero(count)
    parts: list[tuple[Numbers, Numbers]] = []
    without_rate = 0
    for part in chunks(count[some]):
        run, goes_on = spread(begin[some[part]], count[some[part]])
        came = some[part][run]
        holds, unknown = compared(arrived, came, left, goes_on, (bounds.keep, bounds.over))
        without_rate += unknown
        parts.append((incoming[came[holds]], outgoing.order[goes_on[holds]]))
    src, dst = (np.concatenate([np.zeros(0, np.int32), *(part[k] for part in parts)]) for k in (0, 1))
    return _Follows(starts(len(bundles), src), dst[grouped_rows(src)]), dense, without_rate


def in_strong_sets(bundles: Bundles, rows: Ints, days: int) -> Bools:
    """True for bundles between two parties that are in one strongly connected set of the bundles `rows` in
    some window of twice `days`: bool[bundles]. A window begins every `days`, so each ring lies within one of
    them.
    """
    inside = np.zeros(len(bundles), np.bool_)
    n, day = bundles.parties_n, bundles.day[rows]
    step = max(days, 1)
    for first in range(int(day.min(initial=0)), int(day.max(initial=-1)) + 1, step):
        at = rows[slice(*np.searchsorted(day, (first, first + 2 * step)))]
        payer, payee = bundles.payer[at], bundles.payee[at]
        order = grouped_rows(payer)
        arcs = (np.ones(len(at)), payee[order].astype(np.int32), starts(n, payer).astype(np.int32))
        _, label = connected_components(csr_array(arcs, shape=(n, n)), directed=True, connection="strong")
        inside[at[label[payer] == label[payee]]] = True
    return inside


def within_strong_sets(bundles: Bundles, follows: _Follows, days: int) -> _Follows:
    """The continuations between bundles that remain in a strongly connected set once bundles without a
    continuation are left out.
    """
    used = np.diff(follows.indptr) > 0
    used[follows.indices] = True
    inside = in_strong_sets(bundles, np.flatnonzero(used), days)
    src = np.repeat(np.arange(len(bundles)), np.diff(follows.indptr))
    kept = inside[src] & inside[follows.indices]
    return _Follows(starts(len(bundles), src[kept]), follows.indices[kept])


def _searched(
    bundles: Bundles, follows: _Follows, paths: _Paths, bounds: Bounds
) -> Iterator[tuple[_Paths, Dense]]:
    """Closed paths; and the starts with more than `work_max` continuations in one step, whose paths are left
    out.
    """
    end, start = paths.hops[-1], paths.hops[0]
    count = follows.indptr[end + 1] - follows.indptr[end]
    for rows in chunks(count, group=start):
        some, too_many = _bounded(bundles, paths.at(rows), count[rows], bounds)
        goes_on, closed = _longer(bundles, follows, some, bounds.days)
        yield closed, too_many
        if len(goes_on.first) and len(goes_on.hops) < bounds.hops_max:
            yield from _searched(bundles, follows, goes_on, bounds)


def _bounded(bundles: Bundles, paths: _Paths, count: Ints, bounds: Bounds) -> tuple[_Paths, Dense]:
    """The paths of starts with at most `work_max` continuations, and the other starts. `count`: continuations
    by path.
    """
    start = paths.hops[0]
    run = run_starts(start)
    total = np.add.reduceat(count, run)
    wide = total > bounds.work_max
    at = start[run[wide]]
    day = bundles.day[at].astype(np.int64)
    dense = Dense(bundles.payer[at].astype(np.int64), day - bounds.days, day + bounds.days, total[wide])
    return paths.at(np.repeat(~wide, np.diff(run, append=len(start)))), dense


def _longer(bundles: Bundles, follows: _Follows, paths: _Paths, days: int) -> tuple[_Paths, _Paths]:
    """The paths with one more hop: those that visit no party twice, and those that close a ring."""
    begin = follows.indptr[paths.hops[-1]]
    run, place = spread(begin, follows.indptr[paths.hops[-1] + 1] - begin)
    new = follows.indices[place]
    day = bundles.day[new]
    first, last = np.minimum(paths.first[run], day), np.maximum(paths.last[run], day)
    near = np.flatnonzero(last - first <= days)
    run, new, first, last = run[near], new[near], first[near], last[near]
    payee = bundles.payee[new]
    closes = payee == bundles.payer[paths.hops[0]][run]
    goes_on = ~closes
    for hop in paths.hops[1:]:
        goes_on &= bundles.payer[hop][run] != payee

    def lengthened(which: Bools) -> _Paths:
        at = np.flatnonzero(which)
        return _Paths(np.vstack((paths.hops[:, run[at]], new[at][None, :])), first[at], last[at])

    return lengthened(goes_on), lengthened(closes)


def _kinds(bundles: Bundles, rings: _Paths) -> Ints:
    """Kind of each ring, as a position in KINDS: int64[rings]."""
    day = bundles.day[rings.hops]
    in_order = (day[1:] > day[:-1]).all(axis=0)
    words = ("return", "windowed") if len(rings.hops) == 2 else ("ordered", "windowed")
    return np.where(in_order, KINDS.index(words[0]), KINDS.index(words[1]))


def _kept(bundles: Bundles, rings: _Paths, kind: Ints, bounds: Bounds) -> Bools:
    """True for rings to keep: bool[rings]. A ring within the bounds all around is found once from each of its
    hops, and is kept from the earliest. Of rings of two hops only returns are kept.
    """
    hops = rings.hops.astype(np.int64)
    around, _ = compared(bundles.arrived, hops[-1], bundles.left, hops[0], (bounds.keep, bounds.over))
    kept: Bools = ~around | (hops[0] == hops.min(axis=0))
    if len(hops) == 2:
        kept &= kind == KINDS.index("return")
    return kept


def _as_patterns(rings: list[tuple[Numbers, Ints]], dense: Dense, without_rate: int) -> FoundPatterns:
    kind = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in rings)])
    parts: list[Members] = []
    done = 0
    for path, _ in rings:
        length, n = path.shape
        pattern = np.repeat(np.arange(done, done + n), length)
        position = np.tile(np.arange(1, length + 1), n)
        parts.append(Members(pattern, position, path.T.ravel().astype(np.int64), np.zeros_like(pattern)))
        done += n
    return FoundPatterns(kind, Members.joined(parts), dense, without_rate)
