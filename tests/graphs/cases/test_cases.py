"""Cases against an oracle in networkx on seeded random graphs, the bounds that keep them small, and what a
case hangs by.
"""

import random
from collections.abc import Iterable
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from graphs.cases.grouping import (
    LINKS_MAX,
    MEMBERS_MAX,
    NO_CASE,
    STEPS_MAX,
    Cases,
    Links,
    group_in_turn,
    group_subjects,
    links_that_connect,
)

SEEDS = range(60)
LARGE = 10**6


def cases(
    n: int,
    links: Iterable[tuple[int, int]],
    opens: Iterable[int],
    flagged: Iterable[int] = (),
    **bounds: object,
) -> Cases:
    pairs = list(dict.fromkeys((min(link), max(link)) for link in links if link[0] != link[1]))
    src, dst = (np.array(column, np.int32) for column in (list(zip(*pairs, strict=True)) or [(), ()]))
    is_open, has_flag = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    is_open[list(opens)] = True
    has_flag[[*opens, *flagged]] = True
    return group_subjects(n, Links(src, dst), is_open, has_flag, **bounds)  # type: ignore[arg-type]


def parts(result: Cases) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(result.case == k).tolist()) for k in range(len(result.links_max))}


def drawn(seed: int) -> tuple[int, list[tuple[int, int]], list[int], list[int]]:
    """Nodes, links (some doubled, some of a node to itself), opening nodes, and nodes with weak
    flags only.
    """
    draw = random.Random(seed)
    n = draw.randint(1, 40)
    links = [(draw.randrange(n), draw.randrange(n)) for _ in range(draw.randint(0, 2 * n))]
    nodes = draw.sample(range(n), n)
    opens_n = draw.randint(1, max(1, n // 4))
    return n, links, nodes[:opens_n], nodes[opens_n : opens_n + draw.randint(0, n // 4)]


def expected_seeds(
    n: int, links: Iterable[tuple[int, int]], opens: Iterable[int], links_max: int
) -> set[frozenset[int]]:
    """Opening nodes by case: those within STEPS_MAX of each other over nodes with few links, transitively."""
    graph = nx.Graph(links)
    graph.add_nodes_from(range(n))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    hubs = [node for node, degree in graph.degree() if degree > links_max]
    graph.remove_edges_from([edge for edge in list(graph.edges) if set(edge) & set(hubs)])
    near = nx.Graph()
    near.add_nodes_from(opens)
    for one in opens:
        reached = nx.single_source_shortest_path_length(graph, one, cutoff=STEPS_MAX)
        near.add_edges_from((one, other) for other in opens if other in reached)
    return {frozenset(component) for component in nx.connected_components(near)}


# --- against the oracle -----------------------------------------------------------------------------------


@pytest.mark.sample(30)
@pytest.mark.parametrize("links_max", [2, 4, 1000])
@pytest.mark.parametrize("seed", SEEDS)
def test_opening_subjects_are_together_where_a_short_way_joins_them(seed: int, links_max: int) -> None:
    n, links, opens, weak = drawn(seed)
    result = cases(n, links, opens, weak, links_max=(links_max,), members_max=LARGE)
    assert {part & frozenset(opens) for part in parts(result)} == expected_seeds(
        n, links, opens, links_max
    ), f"seed {seed}"
    assert set(result.links_max.tolist()) == {links_max}


@pytest.mark.sample(12)
@pytest.mark.parametrize("seed", SEEDS)
def test_others_are_beside_or_between(seed: int) -> None:
    n, links, opens, weak = drawn(seed)
    result = cases(n, links, opens, weak, members_max=LARGE)
    graph = nx.Graph([link for link in links if link[0] != link[1]])
    graph.add_nodes_from(range(n))
    for part in parts(result):
        inside = graph.subgraph(part)
        assert nx.is_connected(inside), f"seed {seed}"
        for node in part - set(opens):
            beside = node in weak and bool(set(graph[node]) & set(opens))
            assert beside or inside.degree(node) >= 2, f"seed {seed}"
    for node in weak:
        if set(graph[node]) & set(opens):
            assert result.case[node] != NO_CASE, f"seed {seed}: a weak flag right beside a case shows in it"


@pytest.mark.sample(12)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_case_is_too_large_and_nothing_that_opens_one_is_lost(seed: int) -> None:
    n, links, opens, weak = drawn(seed)
    result = cases(n, links, opens, weak, members_max=5)
    assert max((len(part) for part in parts(result)), default=0) <= 5, f"seed {seed}"
    assert all(result.case[node] != NO_CASE for node in opens), f"seed {seed}"
    assert all(part & set(opens) for part in parts(result)), f"seed {seed}"
    assert set(result.links_max.tolist()) <= set(LINKS_MAX)


@pytest.mark.sample(12)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_links_does_not_matter(seed: int) -> None:
    n, links, opens, weak = drawn(seed)
    turned = links[:]
    random.Random(seed).shuffle(turned)
    for bound in (5, LARGE):
        one, other = (
            cases(n, links, opens, weak, members_max=bound),
            cases(n, turned, opens, weak, members_max=bound),
        )
        assert (
            one.case.tolist() == other.case.tolist() and one.links_max.tolist() == other.links_max.tolist()
        ), f"seed {seed}"


# --- nodes that join cases ----------------------------------------------------------------------------------


def in_turn(n: int, links: Iterable[tuple[int, int]], opens: Iterable[int], joins: Iterable[int]) -> Cases:
    """Of nodes that open a case, and of others that join one or open one together."""
    pairs = np.array(sorted({(min(link), max(link)) for link in links if link[0] != link[1]}), np.int32)
    src, dst = pairs.reshape(-1, 2).T
    is_open, may_join = (np.isin(np.arange(n), list(nodes)) for nodes in (opens, joins))
    return group_in_turn(
        n, Links(src, dst), opens=is_open, joins=may_join, together=may_join, flagged=is_open | may_join
    )


A, B, C, J1, J2, J3 = range(6)
CASE_OF_A = [(A, C), (C, J2)]


def way(*nodes: int) -> list[tuple[int, int]]:
    return list(pairwise(nodes))


@pytest.mark.parametrize(
    ("links", "joins", "case_of_a"),
    [
        (CASE_OF_A, [J2], {A, C, J2}),
        (CASE_OF_A + way(A, 6, 7, J1, 8, 9, B), [J1, J2], {A, C, J2}),
        (CASE_OF_A + way(C, 6, J1, 8, 9, B), [J1, J2], {A, C, J2}),
        (CASE_OF_A + way(A, 6, 7, J1, 8, 9, J3, 10, 11, B), [J1, J2, J3], {A, C, J2}),
        (CASE_OF_A + way(J2, 6, 7, J1, 8, 9, B), [J1, J2], {A}),
    ],
    ids=["no other case", "one near both", "the other is near it", "two in a row", "all in a row"],
)
def test_what_would_join_two_cases_stays_out_and_others_stay_in(
    links: list[tuple[int, int]], joins: list[int], case_of_a: set[int]
) -> None:
    result = in_turn(12, links, [A, B], joins)
    assert set(np.flatnonzero(result.case == result.case[A]).tolist()) == case_of_a
    assert result.case[A] != result.case[B]


@pytest.mark.sample(30)
@pytest.mark.parametrize("seed", SEEDS)
def test_who_may_join_never_puts_cases_together_and_is_left_out_only_near_two(seed: int) -> None:
    n, links, opens, joins = drawn(seed)
    result = in_turn(n, links, opens, joins)
    alone = parts(cases(n, links, opens, joins))
    assert {part & frozenset(opens) for part in parts(result)} - {frozenset()} == {
        part & frozenset(opens) for part in alone
    }, f"seed {seed}"
    graph = nx.Graph(links)
    graph.add_nodes_from(range(n))
    for node in joins:
        reached = set(nx.single_source_shortest_path_length(graph, node, cutoff=STEPS_MAX)) - {node}
        near = [part for part in alone if part & reached & set(opens)]
        if len(near) == 1 and not reached & set(joins):
            assert result.case[node] == result.case[min(near[0] & set(opens))], f"seed {seed}"


# --- bounds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("between", "together"), [(3, True), (4, False)])
def test_a_longer_way_joins_nobody(between: int, together: bool) -> None:
    ends = [0, between + 1]
    result = cases(between + 2, [(k, k + 1) for k in range(between + 1)], ends)
    assert bool(result.case[0] == result.case[ends[1]]) is together
    assert (result.case != NO_CASE).all() == together  # who stands between is in the case


@pytest.mark.parametrize(("links_n", "cases_n"), [(100, 1), (101, 101)])
def test_a_hub_glues_nobody(links_n: int, cases_n: int) -> None:
    """An agent, or an owner of 100,000 titles."""
    result = cases(links_n + 1, [(0, k) for k in range(1, links_n + 1)], range(1, links_n + 1))
    assert len(result.links_max) == cases_n
    assert bool(result.case[0] == NO_CASE) is (cases_n > 1)


def test_a_flagged_hub_is_a_case_by_itself() -> None:
    result = cases(202, [(0, k) for k in range(1, 202)], [0, 1, 2])
    assert parts(result) == {frozenset({0}), frozenset({1}), frozenset({2})}


def test_doubled_links_are_one_for_the_bound() -> None:
    result = cases(3, [(0, 1), (1, 0), (0, 1), (0, 2), (0, 2)], [1, 2], links_max=(2,))
    assert parts(result) == {frozenset({0, 1, 2})}


def test_a_large_case_is_joined_again_with_a_lower_bound_and_says_so() -> None:
    """Two rings of owners that one party of 40 links joins: each ring is a case, at the bound below."""
    rings = [[k * 20 + j for j in range(20)] for k in range(2)]
    links = [(ring[j], ring[(j + 1) % 20]) for ring in rings for j in range(20)] + [
        (40, node) for ring in rings for node in ring
    ]
    alone = [(99, 98)]
    result = cases(100, links + alone, [*rings[0], *rings[1], 99, 98], members_max=30)
    assert parts(result) == {frozenset(rings[0]), frozenset(rings[1]), frozenset({98, 99})}
    assert result.links_max[result.case[0]] == 25 and result.links_max[result.case[99]] == 100


def test_a_chain_is_cut_in_pieces_that_hang_together() -> None:
    n = 2 * MEMBERS_MAX + 7
    links = [(k, k + 1) for k in range(n - 1)]
    result = cases(n, links, range(n))
    assert sorted(map(len, parts(result))) == [7, MEMBERS_MAX, MEMBERS_MAX]
    assert all(nx.is_connected(nx.Graph(links).subgraph(part)) for part in parts(result))


def test_nothing_flagged_is_no_case() -> None:
    assert parts(cases(3, [(0, 1), (1, 2)], [], [0, 1])) == set()
    assert parts(cases(0, [], [])) == set()


# --- links that connect ----------------------------------------------------------------------------------


@pytest.mark.sample(12)
@pytest.mark.parametrize("seed", SEEDS)
def test_links_that_connect_are_those_whose_removal_separates_flagged_members(seed: int) -> None:
    n, links, opens, weak = drawn(seed)
    flagged = np.zeros(n, np.bool_)
    flagged[[*opens, *weak]] = True

    def together(kept: list[tuple[int, int]]) -> int:
        graph = nx.Graph(kept)
        graph.add_nodes_from(range(n))
        return sum(any(flagged[node] for node in part) for part in nx.connected_components(graph))

    held = links_that_connect(
        n, *(np.array(column, np.int64) for column in (list(zip(*links, strict=True)) or [(), ()])), flagged
    )
    assert held.tolist() == [
        together(links[:k] + links[k + 1 :]) > together(links) for k in range(len(links))
    ], f"seed {seed}"
