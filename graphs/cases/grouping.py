"""Which flagged subjects are one case: arrays in, arrays out, no names.

Nodes are subjects of flags and the parties, titles and addresses between them; links have no direction here. Two subjects that open
cases are in one case where a path of at most STEPS_MAX links joins them, or a chain of such paths (single linkage on the distance, found
without computing pairs: a link is on such a path exactly where the distances of its ends to the nearest opening subject, plus one, are at
most STEPS_MAX).

Two bounds keep a country from becoming one case, and both are told with the case:
- a node of more than `links_max` distinct neighbours joins nobody. Flagged, it is a case by itself;
- what still has more than `members_max` members is joined again inside itself with the next lower bound of LINKS_MAX, as often as needed; what
  is too large with the lowest one, a chain, is cut: from its smallest opening subject outward, `members_max` members at a time.

The step is linear in nodes and links. Source of the method: own; single linkage by nearest seeds as in Mehlhorn 1988 (Steiner trees).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from graphs.arrays.components import weak_labels
from graphs.arrays.edges import Arcs, Bools, Ints, distinct, grouped, neighbours

if TYPE_CHECKING:
    import networkx as nx  # imported where it is used: a night without links between members does without it

STEPS_MAX = 4  # own: title - owner - person - owner - title is one case; a longer way is no relation that a reviewer can explain
LINKS_MAX = (
    100,
    50,
    25,
    12,
    6,
    3,
)  # own: more than 100 is what INDICATORS.md calls mass (ADR-010, ROL-010); then halved
MEMBERS_MAX = 300  # own: what a picture can show
BESIDE_STEPS = (
    1  # own: what opens no case by itself shows only right beside what does, or between two that do
)
NO_CASE = -1
UNREACHED = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, eq=False)
class Cases:
    """`case` int64[nodes]: number of the case of each node, NO_CASE for none; cases are numbered in the order of their smallest node. `links_max` int64[cases]: the bound used."""

    case: Ints
    links_max: Ints


def joined(
    n: int,
    src: Ints,
    dst: Ints,
    opens: Bools,
    flagged: Bools,
    *,
    members_max: int = MEMBERS_MAX,
    links_max: Sequence[int] = LINKS_MAX,
    steps_max: int = STEPS_MAX,
) -> Cases:
    """Cases of `n` nodes.

    `src`, `dst` int64[links]: the ends, in any order, repeated or not. `opens` bool[n]: subjects that open a case; `flagged` bool[n]: those that have any flag.
    Every node that opens is in exactly one case; every case has one; a node that neither opens nor is flagged is in a case only where it
    has at least two links to members.
    """
    pairs = _pairs(n, src, dst)
    degree = np.bincount(np.concatenate((pairs.src, pairs.dst)), minlength=n)
    label, bound_of = np.full(n, NO_CASE, np.int64), np.zeros(n, np.int64)
    inside = np.ones(n, np.bool_)
    for place, bound in enumerate(links_max):
        found = _members(pairs, opens & inside, flagged, inside & (degree <= bound), steps_max)
        size = np.bincount(found[found != NO_CASE], minlength=n)
        too_large = (found != NO_CASE) & (size[found] > members_max)
        if too_large.any() and place + 1 == len(links_max):
            found = _cut(pairs, found, opens, too_large, members_max)
            too_large = np.zeros(n, np.bool_)
        settled = (found != NO_CASE) & ~too_large
        label[settled], bound_of[settled] = found[settled], bound
        if not too_large.any():
            break
        inside = too_large
    return _numbered(label, bound_of)


def _pairs(n: int, src: Ints, dst: Ints) -> Arcs:
    """Links once each, smaller end first, without those of a node to itself."""
    apart = src != dst
    return distinct(n, np.minimum(src, dst)[apart], np.maximum(src, dst)[apart])


def _members(pairs: Arcs, opens: Bools, flagged: Bools, links: Bools, steps_max: int) -> Ints:
    """Smallest opening node of each node's case, NO_CASE for none. `links`: nodes that may join others."""
    usable = links[pairs.src] & links[pairs.dst]
    src, dst = pairs.src[usable], pairs.dst[usable]
    distance = _distance(pairs.n, src, dst, opens, steps_max // 2)
    near = distance[src] + distance[dst] + 1 <= steps_max
    src, dst = src[near], dst[near]
    stays = opens | (flagged & (distance <= BESIDE_STEPS))
    kept = _without_loose_ends(pairs.n, src, dst, stays)
    both = kept[src] & kept[dst]
    label = weak_labels(pairs.n, src[both], dst[both])
    first = np.full(int(label.max(initial=-1)) + 1, NO_CASE, np.int64)
    seeds = np.flatnonzero(opens)[::-1]
    first[label[seeds]] = seeds
    return np.where(kept, first[label], NO_CASE)


def _distance(n: int, src: Ints, dst: Ints, seeds: Bools, steps_max: int) -> Ints:
    """Links to the nearest seed, up to `steps_max`; UNREACHED beyond."""
    both = np.concatenate((src, dst)), np.concatenate((dst, src))
    order = np.argsort(both[0], kind="stable")
    csr = grouped(n, both[0][order], both[1][order])
    distance = np.full(n, UNREACHED, np.int64)
    distance[seeds] = 0
    frontier = np.flatnonzero(seeds)
    for step in range(1, steps_max + 1):
        _, found = neighbours(csr, frontier)
        frontier = np.unique(found[distance[found] == UNREACHED])
        distance[frontier] = step
    return distance


def _without_loose_ends(n: int, src: Ints, dst: Ints, stays: Bools) -> Bools:
    """Nodes that stay, and those on a way between: the others are taken off while they have fewer than two links."""
    kept = stays.copy()
    kept[src] = True
    kept[dst] = True
    while True:
        both = kept[src] & kept[dst]
        links_n = np.bincount(np.concatenate((src[both], dst[both])), minlength=n)
        loose = kept & ~stays & (links_n < 2)
        if not loose.any():
            return kept
        kept &= ~loose


def _cut(pairs: Arcs, label: Ints, opens: Bools, too_large: Bools, members_max: int) -> Ints:
    """Labels with every case that is too large cut in pieces that hang together, each named by its smallest opening node."""
    import networkx as nx

    inside = too_large[pairs.src] & too_large[pairs.dst] & (label[pairs.src] == label[pairs.dst])
    graph: nx.Graph[int] = nx.Graph(zip(pairs.src[inside].tolist(), pairs.dst[inside].tolist(), strict=True))
    cut = label.copy()
    cut[too_large] = NO_CASE
    for start in np.flatnonzero(too_large & opens).tolist():
        if start in graph:
            reached = [start, *(node for _, node in islice(nx.bfs_edges(graph, start), members_max - 1))]
            cut[reached] = start
            graph.remove_nodes_from(reached)
        elif cut[start] == NO_CASE:
            cut[start] = start
    return cut


def _numbered(label: Ints, bound_of: Ints) -> Cases:
    """Cases numbered in the order of their smallest member."""
    members = np.flatnonzero(label != NO_CASE)
    seeds, first = np.unique(label[members], return_index=True)
    rank = np.empty(len(seeds), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(seeds))
    case = np.full(len(label), NO_CASE, np.int64)
    case[members] = rank[np.searchsorted(seeds, label[members])]
    bounds = np.zeros(len(seeds), np.int64)
    bounds[case[members]] = bound_of[members]
    return Cases(case, bounds)


def hangs_by(n: int, src: Ints, dst: Ints, flagged: Bools) -> Bools:
    """For each link of one case: whether flagged members fall apart without it. bool[links].

    A link that is doubled by another between the same ends holds nothing by itself. For graphs of case size: bridges by Tarjan's search in networkx.
    """
    if not len(src):
        return np.zeros(0, np.bool_)
    import networkx as nx

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n))
    ends = [(min(a, b), max(a, b)) for a, b in zip(src.tolist(), dst.tolist(), strict=True)]
    graph.add_edges_from(end for end in ends if end[0] != end[1])
    times = (
        {end: ends.count(end) for end in set(ends)} if len(set(ends)) < len(ends) else dict.fromkeys(ends, 1)
    )
    found: list[tuple[int, int]] = list(nx.bridges(graph))  # type: ignore[arg-type]  # the package's stub says nodes
    bridges = {(min(a, b), max(a, b)) for a, b in found}
    parting = {end for end in bridges if times[end] == 1 and _parts(graph, end, flagged)}
    return np.array([end in parting for end in ends], np.bool_)


def _parts(graph: nx.Graph[int], bridge: tuple[int, int], flagged: Bools) -> bool:
    """Whether both sides of a bridge have a flagged member."""
    import networkx as nx

    graph.remove_edge(*bridge)
    sides = [any(flagged[node] for node in nx.node_connected_component(graph, end)) for end in bridge]
    graph.add_edge(*bridge)
    return all(sides)
