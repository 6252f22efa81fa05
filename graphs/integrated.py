"""Integrated ownership over exact shares: O[i, j] = N[i, j] / N[i, i], N = (I - A)^-1, for i other than j.

A[i, j] is the share of j that i holds. Strongly connected sets are condensed, only they are solved, and everything else is one pass from the
tops down: N = D + N B D, where D holds the inverses of the sets and B the shares between sets. Weak components are independent of each
other, so they can be given to `solve` one by one, in bins, or all together, with the same figures.

Accuracy: a set is inverted by elimination without subtraction (Grassmann, Taksar and Heyman 1985; O'Cinneide 1993 for the error bound): the pivot is the
sum of what leaves, so every figure keeps about 13 digits also where a set holds nearly all of itself. All else is sums and products of
shares. Column sums and closed sets are tested on integers (`UNITS`).

Sources: Brioschi, Buzzacchi and Colombo 1989; Baldone, Brioschi and Paleari 1998.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntFlag

import numpy as np

from graphs.components import Bin, Condensation, bins, condense, levels, weak_labels
from graphs.counting import counts_above
from graphs.edges import Arcs, Bools, Bytes, Floats, Ints, ascending, reachable, spread, starts

UNITS = 10**11  # the whole, in the smallest step of DECIMAL(12,9) per cent
FLOOR = 1e-4  # own: 0.01 per cent; smaller holdings are not listed
PAIRS_LISTED = 1_000_000  # own: a chain of 10,000 wholly owned companies has 50 million pairs
PAIRS_AT_ONCE = 4_000_000  # own: 64 MB of working arrays
LARGEST_SET = 2_000  # own: members of a strongly connected set; 32 MB and some 10 s. The largest known (world's multinationals, Vitali et al. 2011) has 1,318


class Flags(IntFlag):
    """Bits of an interest."""

    HOLDER_IS_PERSON = 1  # a natural person whose identity is known


@dataclass(frozen=True, eq=False)
class Solved:
    """Pairs with at least the floor, sorted by (holder, subject), as parts of the whole, 0 to 1; and the nodes left out, with why.

    `holder`, `subject` int64[pairs]; `share_min`, `share_max_declared`, `share_max` float64[pairs], in ascending order for every pair.
    Node lists, int64, ascending:
    `closed`: members of sets that hold all of each other; they are treated as having no owner.
    `banded`: nodes of components with an interest that is an interval or unknown (nothing is listed for them).
    `over`: nodes of components where more than the whole of an entity is held (nothing is listed).
    `too_large`: nodes of components with a set of more than LARGEST_SET members (nothing is listed).
    `tops_only`: nodes of components with more than PAIRS_LISTED pairs: only holders that have no holder themselves are listed.
    """

    holder: Ints
    subject: Ints
    share_min: Floats
    share_max_declared: Floats
    share_max: Floats
    closed: Ints
    banded: Ints
    over: Ints
    too_large: Ints
    tops_only: Ints


def solve(
    src: Ints, dst: Ints, low: Floats, high: Floats, flags: Bytes, *, floor: float = FLOOR, pairs_listed: int = PAIRS_LISTED, pairs_at_once: int = PAIRS_AT_ONCE
) -> Solved:
    """Integrated ownership of the components whose interests are exact.

    Arrays of one length, sorted by (src, dst): src holds dst; `low` and `high` are parts of the whole (NaN: unknown), read to 1 / UNITS;
    `flags` are bits of `Flags`. Parallel interests count once, with the largest share. `share_max` is what is possible at all: what nobody
    declared may belong to anyone, also to the holder; it equals `share_max_declared` where everything above the subject is complete.
    """
    nodes = ascending(np.concatenate((src, dst)))
    graph = _merged(Arcs(len(nodes), np.searchsorted(nodes, src), np.searchsorted(nodes, dst)), low, high, flags)
    kept, banded, over = _left_out(graph)
    kept, closed = _without_closed(kept)
    parts = [_solve_bin(part, _taken(kept, part), floor, pairs_listed, pairs_at_once) for part in bins(kept.arcs, pairs_at_once)]
    pairs = _Pairs.joined([part.pairs for part in parts])
    order = np.lexsort((pairs.subject, pairs.holder))
    large, tops = (nodes[np.sort(np.concatenate([np.zeros(0, np.int64), *lists]))] for lists in ([p.too_large for p in parts], [p.tops_only for p in parts]))
    return Solved(
        nodes[pairs.holder[order]], nodes[pairs.subject[order]], pairs.share[order], pairs.share[order], pairs.most[order],
        closed=nodes[closed], banded=nodes[banded], over=nodes[over], too_large=large, tops_only=tops,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Graph:
    """Distinct arcs with `units` int64[arcs] of the whole (-1: not exact), `person` bool[nodes], `whole` bool[nodes]: all holders are declared."""

    arcs: Arcs
    units: Ints
    person: Bools
    whole: Bools


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Arrays of one length: what the declared interests give (`share`), and the most that is possible."""

    holder: Ints
    subject: Ints
    share: Floats
    most: Floats

    @classmethod
    def joined(cls, parts: list[_Pairs]) -> _Pairs:
        empty = cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
        return cls(*(np.concatenate(columns) for columns in zip(*(vars(part).values() for part in [empty, *parts]), strict=True)))


@dataclass(frozen=True, eq=False)
class _Part:
    """Result of one bin, and two reasons. Node numbers are those of the graph."""

    pairs: _Pairs
    too_large: Ints
    tops_only: Ints


@dataclass(frozen=True, eq=False)
class _Inverse:
    """D: the inverses of the strongly connected sets, by row. Row i, of node i, is `[begin[i], begin[i + 1])` of `column` and `value`; `diagonal` float64[nodes]."""

    begin: Ints
    column: Ints
    value: Floats
    diagonal: Floats


def _merged(ends: Arcs, low: Floats, high: Floats, flags: Bytes) -> _Graph:
    """Parallel interests as one arc with the largest share; -1 where one of them is not exact."""
    n, src, dst = ends.n, ends.src, ends.dst
    person = np.zeros(n, np.bool_)
    person[src[(flags & Flags.HOLDER_IS_PERSON) != 0]] = True
    known = np.isfinite(low) & np.isfinite(high)
    units = np.rint(np.where(known, low, 0) * UNITS).astype(np.int64)
    exact = known & (units == np.rint(np.where(known, high, -1) * UNITS)) & (units >= 0)
    if not len(src):
        return _Graph(Arcs(n, src, dst), units, person, person)
    key = src * n + dst
    begin = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    merged = np.where(np.logical_and.reduceat(exact, begin), np.maximum.reduceat(units, begin), -1)
    return _Graph(Arcs(n, src[begin], dst[begin]), merged, person, person)


def _left_out(graph: _Graph) -> tuple[_Graph, Ints, Ints]:
    """The graph without components that are not exact or hold more than the whole; and the nodes of these."""
    label = weak_labels(graph.arcs.n, graph.arcs.src, graph.arcs.dst)
    count = int(label.max(initial=-1)) + 1
    banded = np.zeros(count, np.bool_)
    banded[label[graph.arcs.src[graph.units < 0]]] = True
    sums = _sums(graph.arcs, np.maximum(graph.units, 0))
    over = np.zeros(count, np.bool_)
    over[label[sums > UNITS]] = True
    keep = ~(banded | over)[label[graph.arcs.src]] & (graph.units > 0)
    arcs = Arcs(graph.arcs.n, graph.arcs.src[keep], graph.arcs.dst[keep])
    whole = graph.person | (sums == UNITS)
    return _Graph(arcs, graph.units[keep], graph.person, whole), np.flatnonzero(banded[label]), np.flatnonzero((over & ~banded)[label])


def _without_closed(graph: _Graph) -> tuple[_Graph, Ints]:
    """The graph without the interests that members of closed sets hold in each other; and these members.

    A set is closed where its members hold the whole of every member: there I - A has no inverse, and only there.
    """
    label = condense(graph.arcs).label
    inside = label[graph.arcs.src] == label[graph.arcs.dst]
    held_inside = _sums(Arcs(graph.arcs.n, graph.arcs.src[inside], graph.arcs.dst[inside]), graph.units[inside])
    is_open = np.zeros(int(label.max(initial=-1)) + 1, np.bool_)
    is_open[label[held_inside < UNITS]] = True
    keep = ~inside | is_open[label[graph.arcs.src]]
    arcs = Arcs(graph.arcs.n, graph.arcs.src[keep], graph.arcs.dst[keep])
    return _Graph(arcs, graph.units[keep], graph.person, graph.whole), np.flatnonzero(~is_open[label])


def _sums(arcs: Arcs, units: Ints) -> Ints:
    """Units held of each node: exact below 2^53, which is 90,000 times the whole."""
    return np.bincount(arcs.dst, weights=units, minlength=arcs.n).astype(np.int64)


def _taken(graph: _Graph, part: Bin) -> _Graph:
    """The part of the graph in a bin, numbered as the bin numbers it."""
    src, dst = part.nodes[part.arcs.src], part.nodes[part.arcs.dst]
    units = graph.units[np.searchsorted(graph.arcs.src * graph.arcs.n + graph.arcs.dst, src * graph.arcs.n + dst)]
    return _Graph(part.arcs, units, graph.person[part.nodes], graph.whole[part.nodes])


def _solve_bin(part: Bin, graph: _Graph, floor: float, pairs_listed: int, pairs_at_once: int) -> _Part:
    """All pairs of some components: from the tops down, for as many holders at a time as give `pairs_at_once` pairs."""
    weak = weak_labels(graph.arcs.n, graph.arcs.src, graph.arcs.dst)
    large = _with_large_set(graph, weak)
    graph = _Graph(*_kept_arcs(graph, ~large), graph.person, graph.whole)
    sets = condense(graph.arcs)
    below = _below(sets)
    many = np.bincount(weak, weights=below) > pairs_listed
    tops = np.bincount(graph.arcs.dst, minlength=graph.arcs.n) == 0
    rows = np.flatnonzero((tops | ~many[weak]) & ~large)
    sweep = _Sweep.over(graph, sets)
    chunks = (sweep.pairs(holders, int(below[holders].sum() + len(holders))) for holders in _chunked(rows, below, pairs_at_once))
    pairs = _listed(graph, chunks, floor)
    outside = _Pairs(part.nodes[pairs.holder], part.nodes[pairs.subject], pairs.share, pairs.most)
    return _Part(outside, part.nodes[large], part.nodes[many[weak] & ~large])


def _with_large_set(graph: _Graph, weak: Ints) -> Bools:
    """Nodes of components with a set that is too large to invert: bool[nodes]."""
    label = condense(graph.arcs).label
    flagged = np.zeros(int(weak.max(initial=-1)) + 1, np.bool_)
    flagged[weak[np.greater(np.bincount(label)[label], LARGEST_SET)]] = True
    return np.asarray(flagged[weak], np.bool_)


def _kept_arcs(graph: _Graph, keep: Bools) -> tuple[Arcs, Ints]:
    inside = keep[graph.arcs.src]
    return Arcs(graph.arcs.n, graph.arcs.src[inside], graph.arcs.dst[inside]), graph.units[inside]


def _below(sets: Condensation) -> Ints:
    """Number of parties below each node, without itself: int64[nodes]."""
    order = np.lexsort((sets.arcs.src, sets.arcs.dst))
    upside_down = Arcs(sets.arcs.n, sets.arcs.dst[order], sets.arcs.src[order])
    closed = counts_above(upside_down, np.bincount(sets.label, minlength=sets.arcs.n).astype(np.int64)[:, None])
    return np.asarray(closed[sets.label, 0] - 1, np.int64)


def _chunked(rows: Ints, below: Ints, pairs_at_once: int) -> Iterator[Ints]:
    """Holders in runs of about `pairs_at_once` pairs, at least one holder each."""
    number = np.cumsum(below[rows] + 1) // max(pairs_at_once, 1)
    return (run for run in np.split(rows, np.flatnonzero(np.diff(number)) + 1) if len(run))


def _listed(graph: _Graph, chunks: Iterable[tuple[Ints, Ints, Floats]], floor: float) -> _Pairs:
    """The pairs at or above the floor.

    What other natural persons certainly own of j cannot be i's: most = 1 - (S[j] - S[i] O[i, j]), S the persons' columns of N summed (1 for a person
    itself). The second term gives back what they own of j through i.
    """
    persons, kept = np.zeros(graph.arcs.n), []
    for holder, subject, share in chunks:
        persons += np.bincount(subject, weights=np.where(graph.person[holder], share, 0), minlength=graph.arcs.n)
        keep = (holder != subject) & (share >= floor * (1 - 1e-12))
        kept.append(_Pairs(holder[keep], subject[keep], np.minimum(share[keep], 1), share[keep]))
    pairs = _Pairs.joined(kept)
    incomplete = reachable(graph.arcs.held(), np.flatnonzero(~graph.whole))
    possible = np.clip(1 - persons[pairs.subject] + persons[pairs.holder] * pairs.share, pairs.share, 1)
    return replace(pairs, most=np.where(incomplete[pairs.subject], possible, pairs.share))


@dataclass(frozen=True, eq=False)
class _Sweep:
    """The shares between sets and the inverses inside them, ready to be swept from the tops down.

    `arcs` between different sets are sorted by (level of dst, dst, src); those of level k are `[begin[k], begin[k + 1])`.
    """

    n: int
    inverse: _Inverse
    level: Ints
    src: Ints
    dst: Ints
    share: Floats
    begin: Ints
    in_set: Bools

    @classmethod
    def over(cls, graph: _Graph, sets: Condensation) -> _Sweep:
        level = levels(sets.arcs).of_node()[sets.label]
        between = sets.label[graph.arcs.src] != sets.label[graph.arcs.dst]
        src, dst, share = graph.arcs.src[between], graph.arcs.dst[between], graph.units[between] / UNITS
        order = np.lexsort((src, dst, level[dst]))
        src, dst, share = src[order], dst[order], share[order]
        begin = starts(int(level.max(initial=-1)) + 1, level[dst])
        in_set = np.bincount(sets.label)[sets.label] > 1
        return cls(graph.arcs.n, _inverses(graph, sets), level, src, dst, share, begin, in_set)

    def pairs(self, holders: Ints, size: int) -> tuple[Ints, Ints, Floats]:
        """O of `holders` with everything they own, themselves included (1): holder, subject, share; at most `size` pairs.

        Columns of N are made level by level, each from the finished columns of its holders, in arrays of `size`.
        """
        row, value = np.zeros(size, np.int64), np.zeros(size)
        column = np.zeros(size, np.int64)
        first, count = np.zeros(self.n, np.int64), np.zeros(self.n, np.int64)
        by_level = holders[np.argsort(self.level[holders], kind="stable")]
        own_begin = starts(len(self.begin) - 1, self.level[by_level])
        filled = 0
        for depth in range(len(self.begin) - 1):
            own = by_level[own_begin[depth] : own_begin[depth + 1]]
            new = self._columns(slice(self.begin[depth], self.begin[depth + 1]), own, (row, value), (first, count))
            if len(new[0]):
                at = slice(filled, filled + len(new[0]))
                column[at], row[at], value[at] = new
                change = np.flatnonzero(np.append(True, new[0][1:] != new[0][:-1]))
                first[new[0][change]], count[new[0][change]] = filled + change, np.diff(np.append(change, len(new[0])))
                filled += len(new[0])
        row, column, value = row[:filled], column[:filled], value[:filled]
        return row, column, value / self.inverse.diagonal[row]

    def _columns(self, arcs: slice, own: Ints, done: tuple[Ints, Floats], where: tuple[Ints, Ints]) -> tuple[Ints, Ints, Floats]:
        """(column, row, value) of N for the nodes of one level, sorted by column, row."""
        src, dst, share = self.src[arcs], self.dst[arcs], self.share[arcs]
        run, position = spread(where[0][src], where[1][src])
        column = np.concatenate((dst[run], own))
        row = np.concatenate((done[0][position], own))
        value = np.concatenate((done[1][position] * share[run], np.ones(len(own))))
        column, row, value = self._summed(column, row, value)
        run, position = spread(self.inverse.begin[column], self.inverse.begin[column + 1] - self.inverse.begin[column])
        solved = (self.inverse.column[position], row[run], value[run] * self.inverse.value[position])
        return self._summed(*solved) if self.in_set[column].any() else solved

    def _summed(self, column: Ints, row: Ints, value: Floats) -> tuple[Ints, Ints, Floats]:
        """One entry for each (column, row), sorted; sums run in the order of the entries."""
        if not len(column):
            return column, row, value
        key = column * self.n + row
        order = np.argsort(key, kind="stable")
        key = key[order]
        begin = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        return column[order[begin]], row[order[begin]], np.add.reduceat(value[order], begin)


def _inverses(graph: _Graph, sets: Condensation) -> _Inverse:
    """D: 1 for a node alone, 1 / (1 - a) where it holds itself, the inverse of I - A for a set."""
    n = graph.arcs.n
    inside = sets.label[graph.arcs.src] == sets.label[graph.arcs.dst]
    src, dst, units = graph.arcs.src[inside], graph.arcs.dst[inside], graph.units[inside]
    leak = UNITS - _sums(Arcs(n, src, dst), units)
    alone = np.flatnonzero(np.bincount(sets.label, minlength=sets.arcs.n)[sets.label] == 1)
    entries = [(alone, alone, UNITS / leak[alone])]
    arc_begin, order = _by_set(sets, src)
    for members in _sets(sets):
        arcs = order[arc_begin[sets.label[members[0]]] : arc_begin[sets.label[members[0]] + 1]]
        share = np.zeros((len(members), len(members)))
        share[np.searchsorted(members, src[arcs]), np.searchsorted(members, dst[arcs])] = units[arcs] / UNITS
        dense = inverse_without_subtraction(share, leak[members] / UNITS)
        entries.append((np.repeat(members, len(members)), np.tile(members, len(members)), dense.ravel()))
    row, column, value = (np.concatenate([entry[k] for entry in entries]) for k in range(3))
    order = np.lexsort((column, row))
    row, column, value = row[order].astype(np.int64), column[order].astype(np.int64), value[order]
    return _Inverse(starts(n, row), column, value, value[row == column])


def _by_set(sets: Condensation, src: Ints) -> tuple[Ints, Ints]:
    """Order of the arcs inside sets by set, and where each set's begin."""
    order = np.argsort(sets.label[src], kind="stable")
    return starts(sets.arcs.n, sets.label[src[order]]), order


def _sets(sets: Condensation) -> Iterator[Ints]:
    """Members of each set of two or more, ascending."""
    nodes = np.flatnonzero(np.bincount(sets.label, minlength=sets.arcs.n)[sets.label] > 1)
    nodes = nodes[np.argsort(sets.label[nodes], kind="stable")]
    return (run for run in np.split(nodes, np.flatnonzero(np.diff(sets.label[nodes])) + 1) if len(run))


def inverse_without_subtraction(share: Floats, leak: Floats) -> Floats:
    """(I - share)^-1 for `share` float64[m, m] not negative, where column j and `leak[j]` together make 1.

    Elimination in which each pivot is the sum of what leaves the node, so no two figures are subtracted from each other.
    """
    m = len(leak)
    lower, upper, leak = share.copy(), share.copy(), leak.copy()
    work, pivot = share.copy(), np.zeros(m)
    for k in range(m):
        pivot[k] = leak[k] + work[k + 1 :, k].sum()
        lower[k + 1 :, k] = work[k + 1 :, k] / pivot[k]
        upper[k, k + 1 :] = work[k, k + 1 :]
        leak[k + 1 :] += leak[k] / pivot[k] * work[k, k + 1 :]
        work[k + 1 :, k + 1 :] += np.outer(lower[k + 1 :, k], work[k, k + 1 :])
    forward = np.eye(m)
    for k in range(1, m):
        forward[k] += lower[k, :k] @ forward[:k]
    for k in range(m - 1, -1, -1):
        forward[k] = (forward[k] + upper[k, k + 1 :] @ forward[k + 1 :]) / pivot[k]
    return forward
