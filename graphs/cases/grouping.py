"""Decide which flagged subjects form one case: arrays in, arrays out, no names.

Nodes are flagged subjects and the parties, titles and addresses between them; links have no direction. Two
subjects that open cases are in one case if a path of at most STEPS_MAX links joins them, or a chain of such
paths does. This is single linkage on the distance between opening subjects. It needs no pairs: a link lies on
such a path exactly where the distances of its two ends to their nearest opening subjects add up to at most
STEPS_MAX - 1.

Two bounds keep a whole country from becoming one case; both are stored with the case:
- a node with more than `links_max` distinct neighbours joins nobody. If it is flagged, it is a case by
  itself;
- a case of more than `members_max` members is grouped again with the next lower bound of LINKS_MAX, as often
  as needed. One that is still too large at the lowest bound (a chain) is cut: from its smallest opening
  subject outward, `members_max` members at a time.

Cost is linear in nodes and links. Method: own; single linkage by nearest seeds as in Mehlhorn 1988 (Steiner
trees).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import networkx as nx
import numpy as np
import numpy.typing as npt

from graphs.arrays.components import weak_labels
from graphs.arrays.edges import Bools, Ints, Numbers, Rows, distinct, marked, placed

# own: title - owner - person - owner - title is one case; nobody can explain a relation by a longer path
STEPS_MAX = 4
# own: more than 100 is mass registration or mass control (indicators ADR-010, ROL-010); then halved
LINKS_MAX = (100, 50, 25, 12, 6, 3)
MEMBERS_MAX = 300  # own: what a picture can show
# own: a subject that opens no case joins one only right beside an opening subject, or between two of them
BESIDE_STEPS = 1
NO_CASE = -1
UNREACHED = np.int16(1000)  # own: any number above STEPS_MAX of which twice still fits


@dataclass(frozen=True, eq=False)
class Links(Rows):
    """The two ends of each link, every pair once, in any order: src < dst."""

    src: Numbers
    dst: Numbers


@dataclass(frozen=True, eq=False)
class Cases:
    """`case` int64[nodes]: the number of each node's case, NO_CASE for none; cases are numbered in the order
    of their smallest node.

    `links_max` int64[cases]: the bound on links that each case was grouped with.
    """

    case: Ints
    links_max: Ints


def group_subjects(
    n: int,
    links: Links,
    opens: Bools,
    flagged: Bools,
    *,
    members_max: int = MEMBERS_MAX,
    links_max: Sequence[int] = LINKS_MAX,
) -> Cases:
    """Cases of `n` nodes.

    `opens` bool[n]: subjects that open a case. `flagged` bool[n]: subjects with any flag. Every opening node
    is in exactly one case, and every case has one. A node without a flag is in a case only if it has at least
    two links to members.
    """
    degree = np.bincount(links.src, minlength=n) + np.bincount(links.dst, minlength=n)
    label, bound_of = np.full(n, NO_CASE, np.int64), np.zeros(n, np.int64)
    inside = np.ones(n, np.bool_)
    for place, bound in enumerate(links_max):
        case = _members(n, links, opens & inside, flagged, inside & (degree <= bound))
        size = np.bincount(case[case != NO_CASE], minlength=n)
        too_large = (case != NO_CASE) & (size[case] > members_max)
        if too_large.any() and place + 1 == len(links_max):
            case = _cut(links, case, opens, too_large, members_max)
            too_large = np.zeros(n, np.bool_)
        settled = (case != NO_CASE) & ~too_large
        label[settled], bound_of[settled] = case[settled], bound
        inside = too_large
        if not inside.any():
            break
    return _numbered(label, bound_of)


def group_in_turn(
    n: int, links: Links, *, opens: Bools, joins: Bools, together: Bools, flagged: Bools
) -> Cases:
    """Cases as `group_subjects` makes them: first of the nodes in `opens`, and of those in `joins` that would
    not put several cases of `opens` together; then, among the nodes left over, of those in `together`. So
    what is graver never depends on what is less.
    """
    alone = group_subjects(n, links, opens, flagged)
    grave = group_subjects(n, links, opens | joins, flagged)
    merged = _merged(n, grave, alone, opens)
    if merged.any():
        inside = links.at(merged[links.src] & (grave.case[links.src] == grave.case[links.dst]))
        joins = joins & ~marked(n, _bridging(inside, alone, opens, merged & joins & ~opens))
        grave = group_subjects(n, links, opens | joins, flagged)
        # A case that got smaller may have a higher bound on links, over which others join it.
        merged = _merged(n, grave, alone, opens)
        if merged.any():
            grave = group_subjects(n, links, opens | (joins & ~merged), flagged)
    left = grave.case == NO_CASE
    look = group_subjects(n, links.at(left[links.src] & left[links.dst]), together & left, flagged & left)
    case = np.where(look.case == NO_CASE, grave.case, look.case + len(grave.links_max))
    return Cases(case, np.concatenate((grave.links_max, look.links_max)))


def _merged(n: int, grave: Cases, alone: Cases, opens: Bools) -> Bools:
    """Nodes in a case of `grave` that has several cases of `alone`: bool[n]."""
    parts = distinct(n, grave.case[opens], alone.case[opens])
    return np.isin(grave.case, np.flatnonzero(np.bincount(parts.src) > 1))


def _bridging(links: Links, alone: Cases, opens: Bools, joins: Bools) -> Ints:
    """Nodes in `joins` that put cases of `alone` together: those near several of them, and chains of others
    that lead from one to another. For the links of the few cases that were put together.
    """
    graph: nx.Graph[int] = nx.Graph(zip(links.src.tolist(), links.dst.tolist(), strict=True))
    chains: nx.Graph[int] = nx.Graph()
    cases: dict[int, set[int]] = {}
    for node in np.flatnonzero(joins).tolist():
        reached = np.array(list(nx.single_source_shortest_path_length(graph, node, cutoff=STEPS_MAX)))
        cases[node] = set(alone.case[reached[opens[reached]]].tolist())
        chains.add_edges_from((node, other) for other in reached[joins[reached]].tolist())
    several = [node for node, near in cases.items() if len(near) > 1]
    chains.remove_nodes_from(several)
    for chain in nx.connected_components(chains):
        if len(set[int]().union(*(cases[node] for node in chain))) > 1:
            several.extend(chain)
    return np.array(several, np.int64)


def _members(n: int, links: Links, opens: Bools, flagged: Bools, joins: Bools) -> Ints:
    """The smallest opening node of each node's case, NO_CASE for none. `joins` bool[n]: nodes that may join
    others.
    """
    links = links.at(joins[links.src] & joins[links.dst])
    distance = _distance(links, opens)
    links = links.at(distance[links.src] + distance[links.dst] + 1 <= STEPS_MAX)
    kept = _without_loose_ends(n, links, opens | (flagged & (distance <= BESIDE_STEPS)))
    links = links.at(kept[links.src] & kept[links.dst])
    label = weak_labels(n, links.src, links.dst)
    seeds = np.flatnonzero(opens)[::-1]
    first = placed(int(label.max(initial=-1)) + 1, label[seeds], seeds)
    return np.where(kept, first[label], NO_CASE)


def _distance(links: Links, seeds: Bools) -> npt.NDArray[np.int16]:
    """Links to the nearest seed, up to half of STEPS_MAX; UNREACHED beyond: int16[n]."""
    src, dst = links.src, links.dst
    distance = np.where(seeds, np.int16(0), UNREACHED)
    for step in range(1, STEPS_MAX // 2 + 1):
        reached = np.concatenate((dst[distance[src] == step - 1], src[distance[dst] == step - 1]))
        distance[reached[distance[reached] == UNREACHED]] = step
    return distance


def _without_loose_ends(n: int, links: Links, stays: Bools) -> Bools:
    """Nodes that stay, and those on a path between them: other nodes are removed while they have fewer than
    two links.
    """
    src, dst = links.src, links.dst
    kept = stays | marked(n, np.concatenate((src, dst)))
    while True:
        both = kept[src] & kept[dst]
        links_n = np.bincount(np.concatenate((src[both], dst[both])), minlength=n)
        loose = kept & ~stays & (links_n < 2)
        if not loose.any():
            return kept
        kept &= ~loose


def _cut(links: Links, label: Ints, opens: Bools, too_large: Bools, members_max: int) -> Ints:
    """Labels after cutting every case that is too large into connected parts, each named by its smallest
    opening node.
    """
    inside = too_large[links.src] & too_large[links.dst] & (label[links.src] == label[links.dst])
    graph: nx.Graph[int] = nx.Graph(zip(links.src[inside].tolist(), links.dst[inside].tolist(), strict=True))
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
    _, first, number = np.unique(label[members], return_index=True, return_inverse=True)
    order = np.argsort(first)
    case = placed(len(label), members, placed(len(order), order)[number])
    return Cases(case, bound_of[members[first[order]]])


# --- which links a case depends on ------------------------------------------------------------------------


def links_that_connect(n: int, src: Ints, dst: Ints, flagged: Bools) -> Bools:
    """For each link of one case, whether removing it separates flagged members: bool[links].

    A link beside another between the same two ends never does. For graphs of case size: bridges by networkx
    (Tarjan).
    """
    ends = [(min(a, b), max(a, b)) for a, b in zip(src.tolist(), dst.tolist(), strict=True)]
    graph: nx.Graph[int] = nx.Graph(end for end in ends if end[0] != end[1])
    graph.add_nodes_from(range(n))
    times = Counter(ends)
    bridges: list[tuple[int, int]] = list(nx.bridges(graph))  # type: ignore[arg-type]  # the stub says nodes
    connecting = {
        (min(end), max(end))
        for end in bridges
        if times[min(end), max(end)] == 1 and _separates_flagged(graph, end, flagged)
    }
    return np.array([end in connecting for end in ends], np.bool_)


def _separates_flagged(graph: nx.Graph[int], bridge: tuple[int, int], flagged: Bools) -> bool:
    """Whether both sides of a bridge have a flagged member."""
    graph.remove_edge(*bridge)
    sides = [any(flagged[node] for node in nx.node_connected_component(graph, end)) for end in bridge]
    graph.add_edge(*bridge)
    return all(sides)
