"""Which interests in one subject may be part of each other.

Whether one holder is above another is searched only if the numbers of arcs do not already exclude it: first
among the arcs themselves, then from the holders down in topological order of the condensation. The search
carries a bit for each of up to SOURCES_AT_ONCE holders, so one visit of an arc serves all of them. It covers
only the nodes between the holders and co-holders in question.

The limits PAIRS and LOOKED_AT never make a result wrong: what is not decided within them counts as
overlapping, which only makes a sum of minima smaller.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from graphs.arrays.components import condense, levels
from graphs.arrays.edges import (
    Arcs,
    Bools,
    Csr,
    Ints,
    ascending,
    distinct,
    is_in,
    marked,
    neighbours,
    ordering,
    placed,
    reachable,
    run_starts,
    spread,
)

SOURCES_AT_ONCE = 4_096  # own: half a kilobyte for each node on the frontier of the search
PAIRS = 5_000_000  # own: pairs of co-holders listed for each of the first two rules; some 400 MB
LOOKED_AT = 5_000_000  # own: arcs, nodes and queries of the search together; some 3 s


@dataclass(frozen=True, eq=False)
class OverlapArcs:
    """Interests sorted by (src, dst, indirect): `src`, `dst` int64, `unknown_reach`, `indirect` bool, of one
    length.
    """

    src: Ints
    dst: Ints
    unknown_reach: Bools
    indirect: Bools


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Distinct pairs of overlapping interests in one subject, with `first` < `second`: int64. `by_indirect`
    bool: they overlap because one is declared as indirect.

    `dense` int64, ascending: subjects with too many pairs to list. Their pairs connect all interests that may
    overlap into one cluster, without saying which do.
    """

    first: Ints
    second: Ints
    by_indirect: Bools
    dense: Ints


def overlaps(
    closure: Arcs,
    members: Arcs,
    person: Bools,
    interests: OverlapArcs,
    *,
    pairs: int = PAIRS,
    looked_at: int = LOOKED_AT,
) -> Overlaps:
    """Pairs of interests a, b in one subject of which one may be part of the other. `members`: (member, group
    node); `person` bool[nodes]; `pairs`, `looked_at`: limits, see PAIRS and LOOKED_AT.

    - a has unknown reach, and its holder (of a group node: any member) is above that of b in the closure; the
      path may lead through the subject;
    - a is declared as indirect, and the holder of b is not a person;
    - a and b have the same holder, and one of them has unknown reach.
    """
    a, b, dense = _crossed(interests, *_may_be_above(closure, members, interests), pairs)
    above = _above(closure, members, interests.src[a], interests.src[b], looked_at)
    direct, through, dense_too = _crossed(interests, interests.indirect, ~person[interests.src], pairs)
    same = _of_one_holder(interests)
    kinds = (
        (a[above], b[above]),
        (direct, through),
        (same, same + 1),
        _paths(interests, dense),
        _paths(interests, dense_too),
    )
    first, second = (np.concatenate([kind[k] for kind in kinds]) for k in (0, 1))
    by_indirect = np.repeat([False, True, False, False, False], [len(kind[0]) for kind in kinds])
    columns = ascending(interests.dst[np.concatenate((dense, dense_too))])
    return Overlaps(*_each_once(len(interests.src), first, second, by_indirect), columns)


def _may_be_above(closure: Arcs, members: Arcs, interests: OverlapArcs) -> tuple[Bools, Bools]:
    """Interests of unknown reach whose holder has enough arcs to be above a co-holder, and interests whose
    holder has a holder: bool[interests] each.
    """
    out = np.bincount(closure.src, minlength=closure.n)
    busy = (out > 1) | marked(closure.n, members.dst[out[members.src] > 1])
    held = marked(closure.n, closure.dst[closure.src != closure.dst])
    shared = np.bincount(interests.dst, minlength=closure.n)[interests.dst] > 1
    below = shared & held[interests.src]
    above = shared & interests.unknown_reach
    above[above] = busy[interests.src[above]] | (out[interests.dst[above]] > 0)
    return above, below


def _crossed(interests: OverlapArcs, first: Bools, second: Bools, most: int) -> tuple[Ints, Ints, Ints]:
    """Every interest of `first` with every one of `second` in the same subject and of another holder: a, b.
    And the interests of the subjects left out.

    The subjects with most pairs are left out, so that there are at most `most` pairs.
    """
    a = np.flatnonzero(first)
    of_first = marked(int(interests.dst.max(initial=-1)) + 1, interests.dst[a])
    b = np.flatnonzero(second & of_first[interests.dst])
    b = b[ordering(interests.dst[b])]
    begin, end = (
        np.searchsorted(interests.dst[b], interests.dst[a], side=side) for side in ("left", "right")
    )
    dense = _too_many(interests.dst[a], end - begin, most)
    run, position = spread(begin, np.where(dense, 0, end - begin))
    left, right = a[run], b[position]
    other = interests.src[left] != interests.src[right]
    both = ascending(np.concatenate((a[dense], b[np.isin(interests.dst[b], interests.dst[a[dense]])])))
    return left[other], right[other], both


def _too_many(column: Ints, pairs: Ints, most: int) -> Bools:
    """True for rows of the subjects left out, those with most pairs, so that at most `most` pairs remain:
    bool[rows].
    """
    columns = ascending(column)
    at = np.searchsorted(columns, column)
    size = np.bincount(at, weights=pairs, minlength=len(columns))
    order = np.argsort(size, kind="stable")
    dense = np.empty(len(columns), np.bool_)
    dense[order] = np.cumsum(size[order]) > most
    return np.asarray(dense[at], np.bool_)


def _of_one_holder(interests: OverlapArcs) -> Ints:
    """Numbers of the interests that are followed by another of the same holder and subject (direct and
    indirect), if one of the two has unknown reach.
    """
    same = (interests.src[1:] == interests.src[:-1]) & (interests.dst[1:] == interests.dst[:-1])
    return np.flatnonzero(same & (interests.unknown_reach[1:] | interests.unknown_reach[:-1]))


def _paths(interests: OverlapArcs, dense: Ints) -> tuple[Ints, Ints]:
    """Pairs that connect the interests of each dense subject in a path."""
    arcs = dense[ordering(interests.dst[dense])]
    same = interests.dst[arcs[1:]] == interests.dst[arcs[:-1]]
    return arcs[:-1][same], arcs[1:][same]


def _each_once(n: int, first: Ints, second: Ints, by_indirect: Bools) -> tuple[Ints, Ints, Bools]:
    """Distinct pairs, sorted, with the smaller number first; `by_indirect` if any of the equal pairs was."""
    key = np.sort((np.minimum(first, second) * n + np.maximum(first, second)) * 2 + ~by_indirect)
    key = key[run_starts(key // 2)]
    return key // 2 // max(n, 1), key // 2 % max(n, 1), key % 2 == 0


def _above(closure: Arcs, members: Arcs, upper: Ints, lower: Ints, looked_at: int) -> Bools:
    """True where `upper` (for a group node: any member other than `lower`) is above `lower` in the closure,
    or the search reached its limit: bool[pairs].
    """
    answer = _has(closure, upper, lower)
    rest = np.flatnonzero(~answer)
    if not len(rest):
        return answer
    upper, lower = upper[rest], lower[rest]
    key = upper * (closure.n + 1) + np.where(_has(members, lower, upper), lower + 1, 0)
    sources = ascending(key)
    source, node = _start_nodes(members, sources // (closure.n + 1), sources % (closure.n + 1) - 1)
    answer[rest] = _reached(closure, source, node, np.searchsorted(sources, key), lower, looked_at=looked_at)
    return answer


def _has(arcs: Arcs, src: Ints, dst: Ints) -> Bools:
    """True where the arc exists: bool[pairs]."""
    return is_in(arcs.src * arcs.n + arcs.dst, src * arcs.n + dst)


def _start_nodes(members: Arcs, upper: Ints, left_out: Ints) -> tuple[Ints, Ints]:
    """(source, start node): the holder itself and, for a group node, its members except the one in `left_out`
    (-1: none).
    """
    run, member = neighbours(members.holders(), upper)
    kept = member != left_out[run]
    return np.concatenate((np.arange(len(upper)), run[kept])), np.concatenate((upper, member[kept]))


def _reached(
    closure: Arcs, source: Ints, start: Ints, source_of: Ints, target: Ints, *, looked_at: int
) -> Bools:
    """True where a start node of the source `source_of` is above `target`, or the search reached its limit:
    bool[queries].
    """
    nodes, between = _between(closure, ascending(start), ascending(target))
    answer = np.zeros(len(target), np.bool_)
    possible = np.flatnonzero(is_in(nodes, target))
    if not len(possible):
        return answer
    order, sets = _ordered(between)
    inside = is_in(nodes, start)
    begins = (source[inside], order[np.searchsorted(nodes, start[inside])])
    queries = (source_of[possible], order[np.searchsorted(nodes, target[possible])])
    answer[possible] = _swept(sets.held(), begins, queries, looked_at)
    return answer


def _between(closure: Arcs, start: Ints, target: Ints) -> tuple[Ints, Arcs]:
    """The nodes at or below a start node and at or above a target, and the arcs among them, as positions in
    these nodes.
    """
    down = reachable(closure.held(), start)
    nodes, part = np.flatnonzero(down), np.flatnonzero(down[closure.src])
    below = Arcs(
        len(nodes), np.searchsorted(nodes, closure.src[part]), np.searchsorted(nodes, closure.dst[part])
    )
    up = reachable(below.holders(), np.searchsorted(nodes, target[down[target]]))
    kept, number = up[below.dst], np.cumsum(up) - 1
    return nodes[up], Arcs(int(up.sum()), number[below.src[kept]], number[below.dst[kept]])


def _ordered(arcs: Arcs) -> tuple[Ints, Arcs]:
    """The strongly connected set of each node, numbered in topological order, and the arcs between sets.

    scipy labels strong components in reverse topological order (Pearce 2005 completes a component after
    everything it leads to). If a version does not, the levels give the order.
    """
    sets = condense(arcs)
    rank = sets.arcs.n - 1 - np.arange(sets.arcs.n)
    if (rank[sets.arcs.src] > rank[sets.arcs.dst]).any():
        rank[levels(sets.arcs).order] = np.arange(sets.arcs.n)
    return rank[sets.label], distinct(sets.arcs.n, rank[sets.arcs.src], rank[sets.arcs.dst])


def _swept(held: Csr, begins: tuple[Ints, Ints], queries: tuple[Ints, Ints], looked_at: int) -> Bools:
    """True where the search from a source reaches the target, or the search reached its limit: bool[queries].
    `begins`: (source, set); `queries`: (source, set). Arcs lead from smaller to larger numbers.

    Sources are processed in the order of their first set, so that those searched together share much of what
    is below them.
    """
    first = np.full(int(max(begins[0].max(initial=-1), queries[0].max(initial=-1))) + 1, held.n)
    np.minimum.at(first, *begins)
    answer = first[queries[0]] <= queries[1]
    open_queries = np.flatnonzero(answer)
    place = placed(len(first), ordering(first))
    begun, source_of, target = place[begins[0]], place[queries[0][open_queries]], queries[1][open_queries]
    arcs = (held.indptr.tolist(), held.indices.tolist())
    for mine, wanted in zip(_chunks(begun, len(first)), _chunks(source_of, len(first)), strict=True):
        bits = ((begun[mine] % SOURCES_AT_ONCE).tolist(), begins[1][mine].tolist())
        is_above, looked_at = _sweep(
            arcs, bits, ((source_of[wanted] % SOURCES_AT_ONCE).tolist(), target[wanted].tolist()), looked_at
        )
        answer[open_queries[wanted]] = is_above
        if looked_at < 0:
            break
    return np.asarray(answer, np.bool_)


def _chunks(place: Ints, sources: int) -> Iterator[Ints]:
    """Row numbers for each chunk of SOURCES_AT_ONCE sources."""
    order = ordering(place)
    return iter(
        np.split(order, np.searchsorted(place[order], np.arange(SOURCES_AT_ONCE, sources, SOURCES_AT_ONCE)))
    )


def _sweep(
    arcs: tuple[list[int], list[int]],
    begins: tuple[list[int], list[int]],
    queries: tuple[list[int], list[int]],
    left: int,
) -> tuple[list[bool], int]:
    """One search: for each query (bit, set) whether the bit arrived at the set, True if undecided; and how
    much may still be visited, negative if the limit is exceeded.
    """
    indptr, indices = arcs
    bits_at: dict[int, int] = {}
    for bit, node in zip(*begins, strict=True):
        bits_at[node] = bits_at.get(node, 0) | 1 << bit
    wanted: dict[int, list[int]] = {}
    for query, node in enumerate(queries[1]):
        wanted.setdefault(node, []).append(query)
    last, is_above = max(wanted, default=-1), [False] * len(queries[0])
    front = list(bits_at)
    heapify(front)
    left -= len(is_above)
    while front and front[0] <= last and left >= 0:
        node = heappop(front)
        bits = bits_at.pop(node)
        for query in wanted.pop(node, ()):
            is_above[query] = bool(bits >> queries[0][query] & 1)
        below = indices[indptr[node] : indptr[node + 1]]
        left -= 1 + len(below)
        for other in below:
            if other not in bits_at:
                heappush(front, other)
            bits_at[other] = bits_at.get(other, 0) | bits
    if left < 0:
        for query in (query for rest in wanted.values() for query in rest):
            is_above[query] = True
    return is_above, left
