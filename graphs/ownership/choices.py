"""Of interests that overlap, the sets that may be counted together.

Overlapping interests form clusters. Of each cluster of at most LARGEST_CLUSTER arcs, the options are all
maximal sets without an overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from graphs.arrays.components import weak_labels
from graphs.arrays.edges import (
    Bools,
    Csr,
    Ints,
    ascending,
    distinct,
    neighbours,
    ordering,
    placed,
    run_firsts,
    spread,
    starts,
)
from graphs.ownership.overlaps import Overlaps

# own: arcs; 4,096 subsets are tried, of which at most 62 are maximal (Griggs, Grinstead and Guichard 1988)
LARGEST_CLUSTER = 12


@dataclass(frozen=True, eq=False)
class Choices:
    """Arcs of which not all count together: one row for each arc of each option, sorted by (cluster, option,
    arc).

    An arc without a row always counts. Exactly one option of each cluster counts. `arc`, `cluster`, `option`
    int64[rows]; options are numbered through all clusters, clusters from 0 to `clusters` - 1. All arcs of a
    cluster have the same subject.
    """

    arc: Ints
    cluster: Ints
    option: Ints
    clusters: int


def choices(overlaps: Overlaps, weight: Ints, dst: Ints) -> Choices:
    """For sums of minima: of each cluster all maximal sets without an overlap; of a cluster with more than
    LARGEST_CLUSTER arcs two such sets, and each remaining arc alone.

    The two sets are taken greedily: fewest overlaps first, and largest `weight` first. In dense subjects each
    arc stands alone.
    """
    clusters = _Clusters.from_overlaps(overlaps.first, overlaps.second)
    dense = np.isin(dst[clusters.arc[clusters.begin[:-1]]], overlaps.dense)
    large = np.flatnonzero((np.diff(clusters.begin) > LARGEST_CLUSTER) & ~dense)
    greedy = [_greedy_rows(clusters, cluster, weight) for cluster in large.tolist()]
    return _numbered(
        clusters, [*_maximal_rows(clusters, ~dense), _single_rows(clusters, np.flatnonzero(dense)), *greedy]
    )


def choices_of_indirect(overlaps: Overlaps) -> Choices:
    """For sums of maxima: clusters of the pairs `by_indirect` and all their maximal sets; none for more than
    LARGEST_CLUSTER arcs.
    """
    clusters = _Clusters.from_overlaps(
        overlaps.first[overlaps.by_indirect], overlaps.second[overlaps.by_indirect]
    )
    return _numbered(clusters, _maximal_rows(clusters, np.ones(len(clusters.begin) - 1, np.bool_)))


type _Rows = tuple[Ints, Ints, Ints]  # arc, cluster, option within the cluster


@dataclass(frozen=True, eq=False)
class _Clusters:
    """Arcs by cluster, ascending in each: cluster c is `arc[begin[c]:begin[c + 1]]`. `pairs`: overlaps as
    places in `arc`, in both directions.
    """

    arc: Ints
    begin: Ints
    label: Ints
    pairs: Csr

    @classmethod
    def from_overlaps(cls, first: Ints, second: Ints) -> _Clusters:
        arcs = ascending(np.concatenate((first, second)))
        left, right = np.searchsorted(arcs, first), np.searchsorted(arcs, second)
        label = weak_labels(len(arcs), left, right)
        order = ordering(label)
        place = placed(len(arcs), order)
        both = distinct(len(arcs), place[np.concatenate((left, right))], place[np.concatenate((right, left))])
        return cls(
            arcs[order], starts(int(label.max(initial=-1)) + 1, label[order]), label[order], both.held()
        )


def _maximal_rows(clusters: _Clusters, wanted: Bools) -> Iterator[_Rows]:
    """Rows of all wanted clusters within the limit: an option for each maximal set."""
    size = np.diff(clusters.begin)
    sets_of = cache(lambda k, pattern: maximal_sets(np.frombuffer(pattern, np.bool_).reshape(k, k)))
    for cluster in np.flatnonzero(wanted & (size <= LARGEST_CLUSTER)).tolist():
        first, k = int(clusters.begin[cluster]), int(size[cluster])
        run, other = neighbours(clusters.pairs, np.arange(first, first + k))
        adjacent = np.zeros((k, k), np.bool_)
        adjacent[run, other - first] = True
        for option, chosen in enumerate(sets_of(k, adjacent.tobytes())):
            yield clusters.arc[first + chosen], np.full(len(chosen), cluster), np.full(len(chosen), option)


def maximal_sets(adjacent: Bools) -> list[Ints]:
    """All maximal sets of nodes without an edge between them, by trying every subset. `adjacent` bool[k, k]
    is symmetric, False on the diagonal; k <= 12.
    """
    k = len(adjacent)
    subsets = np.arange(1 << k)
    near = np.zeros(1 << k, np.int64)
    for node in range(k):
        near |= np.where(subsets >> node & 1, int((adjacent[node] << np.arange(k)).sum()), 0)
    maximal = ((near & subsets) == 0) & ((near | subsets) == (1 << k) - 1)
    return [np.flatnonzero(subset >> np.arange(k) & 1) for subset in subsets[maximal]]


def _single_rows(clusters: _Clusters, which: Ints) -> _Rows:
    """Each arc of the clusters as an option of its own."""
    run, place = spread(clusters.begin[which], np.diff(clusters.begin)[which])
    return clusters.arc[place], which[run], place


def _greedy_rows(clusters: _Clusters, cluster: int, weight: Ints) -> _Rows:
    """Two maximal sets of one cluster (one if they are the same), and every arc that is in neither, alone."""
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


def _numbered(clusters: _Clusters, rows: Iterable[_Rows]) -> Choices:
    """Rows in order; clusters numbered by their smallest arc, options through all clusters, without gaps."""
    nothing = np.zeros(0, np.int64)
    arc, cluster, option = (
        np.concatenate(columns) for columns in zip((nothing, nothing, nothing), *rows, strict=True)
    )
    order = ordering(arc, option, clusters.arc[clusters.begin[:-1]][cluster])
    arc, cluster, option = arc[order], cluster[order], option[order]
    new_cluster, new_option = run_firsts(cluster), run_firsts(cluster, option)
    return Choices(arc, np.cumsum(new_cluster) - 1, np.cumsum(new_option) - 1, int(new_cluster.sum()))
