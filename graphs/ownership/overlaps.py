"""Which interests in one subject may be part of each other, and the sets of them that may be counted together.

Two steps, both on arrays: `overlaps` lists the pairs, `choices` makes clusters of them and, of each cluster, the sets without a pair.

Whether one holder is above another is asked only where the numbers of arcs leave it open, first of the arcs themselves, then by a sweep from the
holders down, in topological order of the condensation, that carries a bit for each of up to `SOURCES_AT_ONCE` holders: every arc is looked at once for
that many. The sweep is confined to what is below a holder asked about and above a co-holder asked about.

Limits never make a result wrong: what is not decided within `PAIRS` and `LOOKED_AT` is taken to overlap, and a sum of minima only gets smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from graphs.arrays.components import condense, levels, weak_labels
from graphs.arrays.edges import (
    Arcs,
    Bools,
    Csr,
    Ints,
    ascending,
    distinct,
    neighbours,
    ordering,
    reachable,
    spread,
    starts,
)

PAIRS = 5_000_000  # own: pairs of co-holders listed for each of the two rules; some 400 MB
LOOKED_AT = 5_000_000  # own: arcs, nodes and questions of the sweep together; some 3 s
SOURCES_AT_ONCE = 4_096  # own: half a kilobyte for each node on the front of the sweep
LARGEST_CLUSTER = 12  # own: 4,096 subsets are tried, of which at most 62 are such sets (Griggs, Grinstead and Guichard 1988); nearly all clusters have two


@dataclass(frozen=True, eq=False)
class Interests:
    """Interests in columns, sorted by (src, dst, indirect): `src`, `dst` int64, `unknown_reach`, `indirect` bool, of one length."""

    src: Ints
    dst: Ints
    unknown_reach: Bools
    indirect: Bools


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Pairs of interests in one subject, each once and `first` < `second`: numbers of interests. `by_indirect`: because one is said to be indirect.

    `dense`: subjects with too many pairs to list, ascending. Their pairs join all interests that could overlap, without saying which do.
    """

    first: Ints
    second: Ints
    by_indirect: Bools
    dense: Ints


@dataclass(frozen=True, eq=False)
class Options:
    """Rows (arc, cluster, option) sorted by (cluster, option, arc), options numbered through all clusters. int64 arrays of one length."""

    arc: Ints
    cluster: Ints
    option: Ints
    clusters: int


def overlaps(
    closure: Arcs,
    members: Arcs,
    person: Bools,
    interests: Interests,
    *,
    pairs: int = PAIRS,
    looked_at: int = LOOKED_AT,
) -> Overlaps:
    """Interests a, b in one subject of which one may be part of the other. `members`: (member, group node); `person` bool[nodes].

    - a of unknown reach, its holder (of a group node: any member) above that of b in the closure; a path may lead through the subject itself;
    - a said to be indirect, the holder of b not a person;
    - a and b of one holder, one of them of unknown reach.
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


def choices(found: Overlaps, weight: Ints, dst: Ints) -> Options:
    """For sums of minima: of each cluster all maximal sets without a pair; of more than `LARGEST_CLUSTER` arcs two such sets, and each other arc alone.

    The two sets are made greedily: fewest overlaps first, and largest `weight` first. In dense subjects each arc stands alone.
    """
    clusters = _Clusters.of(found.first, found.second)
    dense = np.isin(dst[clusters.arc[clusters.begin[:-1]]], found.dense)
    large = np.flatnonzero((np.diff(clusters.begin) > LARGEST_CLUSTER) & ~dense)
    greedy = [_greedy_rows(clusters, cluster, weight) for cluster in large.tolist()]
    return _numbered(
        clusters, [*_maximal_rows(clusters, ~dense), _single_rows(clusters, np.flatnonzero(dense)), *greedy]
    )


def choices_of_indirect(found: Overlaps) -> Options:
    """For sums of maxima: clusters of the pairs `by_indirect`, all maximal sets of each; none of more than `LARGEST_CLUSTER` arcs."""
    clusters = _Clusters.of(found.first[found.by_indirect], found.second[found.by_indirect])
    return _numbered(clusters, _maximal_rows(clusters, np.ones(len(clusters.begin) - 1, np.bool_)))


# --- pairs ----------------------------------------------------------------------------------------------------------


def _may_be_above(closure: Arcs, members: Arcs, interests: Interests) -> tuple[Bools, Bools]:
    """Interests of unknown reach whose holder holds enough to be above a co-holder, and interests whose holder is held: bool[interests] each."""
    out = np.bincount(closure.src, minlength=closure.n)
    busy = out > 1
    busy[members.dst[out[members.src] > 1]] = True
    held = np.zeros(closure.n, np.bool_)
    held[closure.dst[closure.src != closure.dst]] = True
    shared = np.bincount(interests.dst, minlength=closure.n)[interests.dst] > 1
    below = shared & held[interests.src]
    above = shared & interests.unknown_reach
    above[above] = busy[interests.src[above]] | (out[interests.dst[above]] > 0)
    return above, below


def _crossed(interests: Interests, first: Bools, second: Bools, most: int) -> tuple[Ints, Ints, Ints]:
    """Every interest of `first` with every one of `second` in the same subject and of another holder: a, b. And the interests of subjects left out.

    Subjects with most pairs are left out, so that at most `most` pairs are made.
    """
    a = np.flatnonzero(first)
    asked = np.zeros(int(interests.dst.max(initial=-1)) + 1, np.bool_)
    asked[interests.dst[a]] = True
    b = np.flatnonzero(second & asked[interests.dst])
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
    """Rows whose column has to be left out, the columns with most pairs first, so that at most `most` pairs are left: bool[rows]."""
    columns = ascending(column)
    at = np.searchsorted(columns, column)
    size = np.bincount(at, weights=pairs, minlength=len(columns))
    order = np.argsort(size, kind="stable")
    dense = np.empty(len(columns), np.bool_)
    dense[order] = np.cumsum(size[order]) > most
    return np.asarray(dense[at], np.bool_)


def _of_one_holder(interests: Interests) -> Ints:
    """First of two interests, direct and indirect, of one holder in one subject, one of which may include the other."""
    same = (interests.src[1:] == interests.src[:-1]) & (interests.dst[1:] == interests.dst[:-1])
    return np.flatnonzero(same & (interests.unknown_reach[1:] | interests.unknown_reach[:-1]))


def _paths(interests: Interests, dense: Ints) -> tuple[Ints, Ints]:
    """Pairs that join the interests of each dense subject in a path."""
    arcs = dense[ordering(interests.dst[dense])]
    same = interests.dst[arcs[1:]] == interests.dst[arcs[:-1]]
    return arcs[:-1][same], arcs[1:][same]


def _each_once(n: int, first: Ints, second: Ints, by_indirect: Bools) -> tuple[Ints, Ints, Bools]:
    """Pairs sorted, the smaller number first, each once; `by_indirect` if it was so once."""
    key = (np.minimum(first, second) * n + np.maximum(first, second)) * 2 + ~by_indirect
    key = ascending(key)
    pair = key // 2
    kept = np.append(True, pair[1:] != pair[:-1])[: len(pair)]
    pair, by_indirect = pair[kept], key[kept] % 2 == 0
    return pair // max(n, 1), pair % max(n, 1), by_indirect


# --- who is above whom ----------------------------------------------------------------------------------------------


def _above(closure: Arcs, members: Arcs, upper: Ints, lower: Ints, looked_at: int) -> Bools:
    """True where `upper` (of a group node: any member other than `lower`) is above `lower` in the closure, or it is not decided: bool[pairs]."""
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
    """True where the arc is there: bool[pairs]."""
    return _is_in(arcs.src * arcs.n + arcs.dst, src * arcs.n + dst)


def _start_nodes(members: Arcs, upper: Ints, left_out: Ints) -> tuple[Ints, Ints]:
    """(source, node to start from): the holder itself and, of a group node, its members but the one `left_out` (-1: none)."""
    run, member = neighbours(members.holders(), upper)
    kept = member != left_out[run]
    return np.concatenate((np.arange(len(upper)), run[kept])), np.concatenate((upper, member[kept]))


def _reached(closure: Arcs, source: Ints, start: Ints, asked: Ints, target: Ints, *, looked_at: int) -> Bools:
    """True where a start node of the source `asked` is above `target`, or it is not decided: bool[queries]."""
    nodes, between = _between(closure, ascending(start), ascending(target))
    answer = np.zeros(len(target), np.bool_)
    possible = np.flatnonzero(_is_in(nodes, target))
    if not len(possible):
        return answer
    order, sets = _ordered(between)
    inside = _is_in(nodes, start)
    begins = (source[inside], order[np.searchsorted(nodes, start[inside])])
    queries = (asked[possible], order[np.searchsorted(nodes, target[possible])])
    answer[possible] = _swept(sets.held(), begins, queries, looked_at)
    return answer


def _between(closure: Arcs, start: Ints, target: Ints) -> tuple[Ints, Arcs]:
    """What is at or below a start node and at or above a target: nodes, and the arcs among them numbered in that order."""
    down = reachable(closure.held(), start)
    nodes, part = np.flatnonzero(down), np.flatnonzero(down[closure.src])
    below = Arcs(
        len(nodes), np.searchsorted(nodes, closure.src[part]), np.searchsorted(nodes, closure.dst[part])
    )
    up = reachable(below.holders(), np.searchsorted(nodes, target[down[target]]))
    kept, number = up[below.dst], np.cumsum(up) - 1
    return nodes[up], Arcs(int(up.sum()), number[below.src[kept]], number[below.dst[kept]])


def _is_in(values: Ints, wanted: Ints) -> Bools:
    """True where `wanted` is among the ascending `values`."""
    if not len(values):
        return np.zeros(len(wanted), np.bool_)
    return np.asarray(
        values[np.minimum(np.searchsorted(values, wanted), len(values) - 1)] == wanted, np.bool_
    )


def _ordered(arcs: Arcs) -> tuple[Ints, Arcs]:
    """Number of each node's strongly connected set, sets numbered from the top down, and the arcs between sets.

    Labels of strong components come from the bottom up (Pearce 2005 closes a set after all it leads to), which is an order; should they not, levels are one.
    """
    sets = condense(arcs)
    rank = sets.arcs.n - 1 - np.arange(sets.arcs.n)
    if (rank[sets.arcs.src] > rank[sets.arcs.dst]).any():
        rank[levels(sets.arcs).order] = np.arange(sets.arcs.n)
    return rank[sets.label], distinct(sets.arcs.n, rank[sets.arcs.src], rank[sets.arcs.dst])


def _swept(held: Csr, begins: tuple[Ints, Ints], queries: tuple[Ints, Ints], looked_at: int) -> Bools:
    """True where the sweep from a source comes to the target. `begins`: (source, set); `queries`: (source, set). Arcs lead from smaller to larger numbers.

    Sources are taken in the order of their first set, so that those swept together share what is below them.
    """
    first = np.full(int(max(begins[0].max(initial=-1), queries[0].max(initial=-1))) + 1, held.n)
    np.minimum.at(first, *begins)
    answer = first[queries[0]] <= queries[1]
    open_queries = np.flatnonzero(answer)
    place = np.empty(len(first), np.int64)
    place[ordering(first)] = np.arange(len(first))
    begun, asked, target = place[begins[0]], place[queries[0][open_queries]], queries[1][open_queries]
    arcs = (held.indptr.tolist(), held.indices.tolist())
    for mine, wanted in zip(_chunks(begun, len(first)), _chunks(asked, len(first)), strict=True):
        bits = ((begun[mine] % SOURCES_AT_ONCE).tolist(), begins[1][mine].tolist())
        found, looked_at = _sweep(
            arcs, bits, ((asked[wanted] % SOURCES_AT_ONCE).tolist(), target[wanted].tolist()), looked_at
        )
        answer[open_queries[wanted]] = found
        if looked_at < 0:
            break
    return np.asarray(answer, np.bool_)


def _chunks(place: Ints, sources: int) -> Iterator[Ints]:
    """Rows of each chunk of `SOURCES_AT_ONCE` sources."""
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
    """One sweep: for each query (bit, set) whether the bit came there, True where it was not decided; and how much may still be looked at (below 0: nothing)."""
    indptr, indices = arcs
    bits_at: dict[int, int] = {}
    for bit, node in zip(*begins, strict=True):
        bits_at[node] = bits_at.get(node, 0) | 1 << bit
    wanted: dict[int, list[int]] = {}
    for query, node in enumerate(queries[1]):
        wanted.setdefault(node, []).append(query)
    last, found = max(wanted, default=-1), [False] * len(queries[0])
    front = list(bits_at)
    heapify(front)
    left -= len(found)
    while front and front[0] <= last and left >= 0:
        node = heappop(front)
        bits = bits_at.pop(node)
        for query in wanted.pop(node, ()):
            found[query] = bool(bits >> queries[0][query] & 1)
        below = indices[indptr[node] : indptr[node + 1]]
        left -= 1 + len(below)
        for other in below:
            if other not in bits_at:
                heappush(front, other)
            bits_at[other] = bits_at.get(other, 0) | bits
    if left < 0:
        for query in (query for rest in wanted.values() for query in rest):
            found[query] = True
    return found, left


# --- clusters -------------------------------------------------------------------------------------------------------

type _Rows = tuple[Ints, Ints, Ints]  # arc, cluster, option within the cluster


@dataclass(frozen=True, eq=False)
class _Clusters:
    """Arcs by cluster, ascending in each: those of cluster c are `arc[begin[c]:begin[c + 1]]`. Pairs as places in `arc`, in both directions."""

    arc: Ints
    begin: Ints
    label: Ints
    pairs: Csr

    @classmethod
    def of(cls, first: Ints, second: Ints) -> _Clusters:
        arcs = ascending(np.concatenate((first, second)))
        left, right = np.searchsorted(arcs, first), np.searchsorted(arcs, second)
        label = weak_labels(len(arcs), left, right)
        order = ordering(label)
        place = np.empty(len(arcs), np.int64)
        place[order] = np.arange(len(arcs))
        both = distinct(len(arcs), place[np.concatenate((left, right))], place[np.concatenate((right, left))])
        return cls(
            arcs[order], starts(int(label.max(initial=-1)) + 1, label[order]), label[order], both.held()
        )


def _maximal_rows(clusters: _Clusters, wanted: Bools) -> Iterator[_Rows]:
    """Rows of all wanted clusters within the limit, those of one size and pattern together."""
    size = np.where(wanted, np.diff(clusters.begin), 0)
    for k in ascending(size[(size > 0) & (size <= LARGEST_CLUSTER)]).tolist():
        for adjacent, same in _patterns(clusters, np.flatnonzero(size == k), k):
            for option, chosen in enumerate(maximal_sets(adjacent)):
                yield _set_rows(clusters, same, option, chosen)


def _patterns(clusters: _Clusters, of_size: Ints, k: int) -> Iterator[tuple[Bools, Ints]]:
    """Each pattern of overlaps among the clusters of k arcs, bool[k, k], with the clusters that have it."""
    places = clusters.begin[of_size][:, None] + np.arange(k)
    run, other = neighbours(clusters.pairs, places.ravel())
    adjacent = np.zeros((len(of_size) * k, k), np.bool_)
    adjacent[run, other - places[run // k, 0]] = True
    packed = np.packbits(adjacent.reshape(len(of_size), k * k), axis=1)
    _, first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    order = ordering(which.ravel())
    for at, same in zip(
        first.tolist(), np.split(order, np.cumsum(np.bincount(which.ravel()))[:-1]), strict=True
    ):
        yield adjacent[at * k : (at + 1) * k], of_size[same]


def maximal_sets(adjacent: Bools) -> list[Ints]:
    """All maximal sets of nodes without an edge between them, by trying every subset. `adjacent` bool[k, k] is symmetric, False on the diagonal; k <= 12."""
    k = len(adjacent)
    subsets = np.arange(1 << k)
    near = np.zeros(1 << k, np.int64)
    for node in range(k):
        near |= np.where(subsets >> node & 1, int((adjacent[node] << np.arange(k)).sum()), 0)
    maximal = ((near & subsets) == 0) & ((near | subsets) == (1 << k) - 1)
    return [np.flatnonzero(subset >> np.arange(k) & 1) for subset in subsets[maximal]]


def _set_rows(clusters: _Clusters, same: Ints, option: int, chosen: Ints) -> _Rows:
    """The arcs at the places `chosen` of every cluster in `same`, as one option of each."""
    arcs = clusters.arc[clusters.begin[same][:, None] + chosen].ravel()
    return arcs, np.repeat(same, len(chosen)), np.full(len(arcs), option)


def _single_rows(clusters: _Clusters, which: Ints) -> _Rows:
    """Each arc of the clusters as an option of its own."""
    run, place = spread(clusters.begin[which], np.diff(clusters.begin)[which])
    return clusters.arc[place], which[run], place


def _greedy_rows(clusters: _Clusters, cluster: int, weight: Ints) -> _Rows:
    """Two maximal sets of one cluster (one if they are the same), and every arc that is in neither alone."""
    places = np.arange(clusters.begin[cluster], clusters.begin[cluster + 1])
    overlapping = clusters.pairs.indptr[places + 1] - clusters.pairs.indptr[places]
    orders = (
        np.argsort(overlapping, kind="stable"),
        np.argsort(-weight[clusters.arc[places]], kind="stable"),
    )
    chosen = [_greedy(clusters.pairs, places[order]) for order in orders]
    chosen = chosen[: 1 if np.array_equal(chosen[0], chosen[1]) else 2]
    single = np.setdiff1d(places, np.concatenate(chosen))
    taken = np.concatenate((*chosen, single))
    option = np.concatenate(
        (np.repeat(np.arange(len(chosen)), [len(some) for some in chosen]), np.arange(2, 2 + len(single)))
    )
    return clusters.arc[taken], np.full(len(taken), cluster), option


def _greedy(pairs: Csr, places: Ints) -> Ints:
    """A maximal set without overlaps, taken in the order given."""
    blocked: set[int] = set()
    taken: list[int] = []
    for place in places.tolist():
        if place not in blocked:
            taken.append(place)
            blocked.update(pairs.indices[pairs.indptr[place] : pairs.indptr[place + 1]].tolist())
    return np.sort(np.array(taken, np.int64))


def _numbered(clusters: _Clusters, rows: Iterable[_Rows]) -> Options:
    """Rows in order; clusters numbered by their smallest arc, options through all clusters, without gaps."""
    nothing = np.zeros(0, np.int64)
    arc, cluster, option = (
        np.concatenate(columns) for columns in zip((nothing, nothing, nothing), *rows, strict=True)
    )
    smallest = clusters.arc[clusters.begin[:-1]]
    order = ordering(arc, option, smallest[cluster])
    arc, cluster, option = arc[order], cluster[order], option[order]
    new_cluster = np.append(True, cluster[1:] != cluster[:-1])[: len(arc)]
    new_option = new_cluster | np.append(True, option[1:] != option[:-1])[: len(arc)]
    return Options(arc, np.cumsum(new_cluster) - 1, np.cumsum(new_option) - 1, int(new_cluster.sum()))
