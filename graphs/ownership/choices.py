"""Which of several overlapping interests may be counted together.

Overlapping interests form *clusters*, the connected components of the overlaps. The *options* of a cluster
are its maximal independent sets: maximal sets without an overlap. All of them are listed for clusters of at
most LARGEST_CLUSTER arcs.
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

# own: arcs; 4,096 subsets are tried. A connected graph has at most 2 · 3^3 + 2^3 = 62 maximal independent
# sets (Griggs, Grinstead and Guichard 1988).
LARGEST_CLUSTER = 12


@dataclass(frozen=True, eq=False)
class Choices:
    """Arcs that do not all count together: one row for each arc of each option, sorted by (cluster, option,
    arc).

    An arc without a row always counts. Exactly one option of each cluster counts. `arc`, `cluster`, `option`
    int64[rows]. Clusters are numbered from 0 to `clusters` - 1, options across all clusters. All arcs of a
    cluster have the same subject.
    """

    arc: Ints
    cluster: Ints
    option: Ints
    clusters: int


def choices(overlaps: Overlaps, weight: Ints, dst: Ints) -> Choices:
    """Choices for sums of minima: all options of each cluster. A cluster of more than LARGEST_CLUSTER arcs
    gets two of its options, and each remaining arc as an option of its own.

    These two are chosen greedily: one takes arcs with the fewest overlaps first, the other those with the
    largest `weight`, int64[arcs], first. In dense subjects each arc is an option of its own. `dst`
    int64[arcs]: the subject of each arc.
    """
    clusters = _Clusters.from_overlaps(overlaps.first, overlaps.second)
    dense = np.isin(dst[clusters.arc[clusters.begin[:-1]]], overlaps.dense)
    large = np.flatnonzero((np.diff(clusters.begin) > LARGEST_CLUSTER) & ~dense)
    greedy = [_greedy_rows(clusters, cluster, weight) for cluster in large.tolist()]
    return _numbered(
        clusters, [*_maximal_rows(clusters, ~dense), _single_rows(clusters, np.flatnonzero(dense)), *greedy]
    )


def choices_of_indirect(overlaps: Overlaps) -> Choices:
    """Choices for sums of maxima: the clusters of the pairs `by_indirect`, with all their options. Clusters
    of more than LARGEST_CLUSTER arcs are left out.
    """
    clusters = _Clusters.from_overlaps(
        overlaps.first[overlaps.by_indirect], overlaps.second[overlaps.by_indirect]
    )
    return _numbered(clusters, _maximal_rows(clusters, np.ones(len(clusters.begin) - 1, np.bool_)))


type _Rows = tuple[Ints, Ints, Ints]  # arc, cluster, option within the cluster


@dataclass(frozen=True, eq=False)
class _Clusters:
    """Arcs by cluster, ascending within each: cluster c is `arc[begin[c]:begin[c + 1]]`. `label`: the cluster
    of each. `pairs`: the overlaps as positions in `arc`, in both directions.
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
    """Rows of all options of the wanted clusters with at most LARGEST_CLUSTER arcs."""
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
    """All maximal independent sets of a graph, by trying every subset. `adjacent` bool[k, k] is symmetric and
    False on the diagonal; k <= 12.
    """
    k = len(adjacent)
    subsets = np.arange(1 << k)
    near = np.zeros(1 << k, np.int64)
    for node in range(k):
        near |= np.where(subsets >> node & 1, int((adjacent[node] << np.arange(k)).sum()), 0)
    maximal = ((near & subsets) == 0) & ((near | subsets) == (1 << k) - 1)
    return [np.flatnonzero(subset >> np.arange(k) & 1) for subset in subsets[maximal]]


def _single_rows(clusters: _Clusters, which: Ints) -> _Rows:
    """Rows with each arc of these clusters as an option of its own."""
    run, place = spread(clusters.begin[which], np.diff(clusters.begin)[which])
    return clusters.arc[place], which[run], place


def _greedy_rows(clusters: _Clusters, cluster: int, weight: Ints) -> _Rows:
    """Rows of two options of a cluster (one if they are the same), and of each arc in neither as an option of
    its own.
    """
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
    """A maximal set without overlaps, chosen greedily in the order given."""
    blocked: set[int] = set()
    taken: list[int] = []
    for place in places.tolist():
        if place not in blocked:
            taken.append(place)
            blocked.update(pairs.indices[pairs.indptr[place] : pairs.indptr[place + 1]].tolist())
    return np.sort(np.array(taken, np.int64))


def _numbered(clusters: _Clusters, rows: Iterable[_Rows]) -> Choices:
    """The rows in order. Clusters are numbered by their smallest arc, options across all clusters, without
    gaps.
    """
    nothing = np.zeros(0, np.int64)
    arc, cluster, option = (
        np.concatenate(columns) for columns in zip((nothing, nothing, nothing), *rows, strict=True)
    )
    order = ordering(arc, option, clusters.arc[clusters.begin[:-1]][cluster])
    arc, cluster, option = arc[order], cluster[order], option[order]
    new_cluster, new_option = run_firsts(cluster), run_firsts(cluster, option)
    return Choices(arc, np.cumsum(new_cluster) - 1, np.cumsum(new_option) - 1, int(new_cluster.sum()))
