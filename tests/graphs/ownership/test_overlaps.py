"""Overlaps against networkx on seeded random graphs, sets without overlaps against networkx's cliques, and
what the limits do.
"""

import random
from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from graphs.arrays.edges import Arcs, Bools, Bytes, Ints, distinct
from graphs.ownership.choices import LARGEST_CLUSTER, choices, choices_of_indirect, maximal_sets
from graphs.ownership.choices import Choices as Options
from graphs.ownership.intervals import Flags, Holdings, prepare
from graphs.ownership.overlaps import OverlapArcs as Interests
from graphs.ownership.overlaps import Overlaps, overlaps

SEEDS = 300
UNKNOWN, INDIRECT = int(Flags.UNKNOWN_REACH), int(Flags.INDIRECT)

type Pair = tuple[int, int]


def drawn(seed: int) -> tuple[Arcs, Arcs, Bools, Interests]:
    """Closure, members, persons and interests of a random cyclic graph. Nodes below 3 are persons, the last
    two are joint groups.
    """
    draw = random.Random(seed)
    n = draw.randint(6, 14)
    groups = {n - 1, n - 2} if draw.random() < 0.5 else set()
    subjects = [node for node in range(3, n) if node not in groups]
    rows = {
        (
            draw.choice([*range(n)]),
            draw.choice(subjects[: draw.choice((3, 20))]),
            draw.random() < 0.15,
        ): draw.random() < 0.6
        for _ in range(draw.randint(4, 3 * n))
    }
    members = sorted(
        {(draw.choice([*range(n - 2)]), group) for group in groups for _ in range(draw.randint(1, 3))}
    )
    others = [(draw.randrange(n), draw.choice(subjects)) for _ in range(draw.randint(0, 3))]
    ends = [(src, dst) for src, dst, _ in rows] + members + others
    keys = sorted(rows)
    src, dst, indirect = (np.array([key[k] for key in keys], np.int64) for k in range(3))
    interests = Interests(src, dst, np.array([rows[key] for key in keys], np.bool_), indirect > 0)
    return _arcs(n, ends), _arcs(n, members), np.arange(n) < 3, interests


def _arcs(n: int, ends: list[tuple[int, int]]) -> Arcs:
    return distinct(
        n, np.array([src for src, _ in ends], np.int64), np.array([dst for _, dst in ends], np.int64)
    )


def by_definition(
    closure: Arcs, members: Arcs, person: Bools, interests: Interests
) -> tuple[set[Pair], set[Pair]]:
    """All pairs that overlap, and those that do because one is said to be indirect."""
    graph: nx.DiGraph[int] = nx.DiGraph(zip(closure.src.tolist(), closure.dst.tolist(), strict=True))
    group = {
        node: [m for m, g in zip(members.src.tolist(), members.dst.tolist(), strict=True) if g == node]
        for node in set(members.dst.tolist())
    }
    src, dst, unknown, indirect = (
        values.tolist()
        for values in (interests.src, interests.dst, interests.unknown_reach, interests.indirect)
    )

    def above(upper: int, lower: int) -> bool:
        return any(
            lower in nx.descendants(graph, node) for node in {upper, *group.get(upper, ())} if node != lower
        )

    every, through = set(), set()
    for a in range(len(src)):
        for b in range(len(src)):
            pair = (min(a, b), max(a, b))
            if a == b or dst[a] != dst[b]:
                continue
            if src[a] == src[b]:
                every |= {pair} if unknown[a] else set()
                continue
            if unknown[a] and above(src[a], src[b]):
                every.add(pair)
            if indirect[a] and not person[src[b]]:
                every.add(pair)
                through.add(pair)
    return every, through


def pairs(overlapping: Overlaps) -> set[Pair]:
    return set(zip(overlapping.first.tolist(), overlapping.second.tolist(), strict=True))


def sets_of(options: Options) -> list[tuple[int, list[int]]]:
    """(cluster, arcs) of each option."""
    return [
        (int(options.cluster[options.option == k][0]), options.arc[options.option == k].tolist())
        for k in range(int(options.option.max(initial=-1)) + 1)
    ]


def test_overlaps_are_those_of_the_definition() -> None:
    seen = through_groups = 0
    for seed in range(SEEDS):
        closure, members, person, interests = drawn(seed)
        every, through = by_definition(closure, members, person, interests)
        overlapping = overlaps(closure, members, person, interests)
        assert pairs(overlapping) == every, f"seed {seed}"
        assert {
            pair
            for pair, kind in zip(sorted(pairs(overlapping)), overlapping.by_indirect.tolist(), strict=True)
            if kind
        } == through, f"seed {seed}"
        assert not len(overlapping.dense), f"seed {seed}"
        seen += len(every)
        through_groups += any(closure.n - 1 in (interests.src[a], interests.src[b]) for a, b in every)
    assert (seen > 1_000, through_groups > 30) == (True, True), (seen, through_groups)


@pytest.mark.nightly
@pytest.mark.parametrize(("most_pairs", "looked_at"), [(0, 0), (3, 10**6), (10**6, 0), (10**6, 12), (6, 20)])
def test_beyond_the_limits_more_is_taken_to_overlap_never_less(most_pairs: int, looked_at: int) -> None:
    """Of every option, and of what always counts, no two interests may overlap by the definition."""
    less = 0
    for seed in range(SEEDS):
        closure, members, person, interests = drawn(seed)
        every, _ = by_definition(closure, members, person, interests)
        overlapping = overlaps(closure, members, person, interests, pairs=most_pairs, looked_at=looked_at)
        options = choices(overlapping, np.zeros(len(interests.src), np.int64), interests.dst)
        free = set(range(len(interests.src))) - set(options.arc.tolist())
        for _, arcs in sets_of(options):
            assert not every & set(combinations(sorted(free | set(arcs)), 2)), f"seed {seed}"
        clusters = {
            cluster: {arc for other, arcs in sets_of(options) if other == cluster for arc in arcs}
            for cluster in range(options.clusters)
        }
        assert all(any(set(pair) <= arcs for arcs in clusters.values()) for pair in every), f"seed {seed}"
        less += pairs(overlapping) != every or len(overlapping.dense) > 0
    assert less > 20 or looked_at > 10


@pytest.mark.nightly
def test_clusters_have_all_maximal_sets() -> None:
    """Against the maximal cliques of the complement; and a cluster's arcs are those that pairs join."""
    several = 0
    for seed in range(SEEDS):
        closure, members, person, interests = drawn(seed)
        overlapping = overlaps(closure, members, person, interests)
        for options, kept in (
            (choices(overlapping, interests.src, interests.dst), pairs(overlapping)),
            (
                choices_of_indirect(overlapping),
                {
                    pair
                    for pair, kind in zip(
                        sorted(pairs(overlapping)), overlapping.by_indirect.tolist(), strict=True
                    )
                    if kind
                },
            ),
        ):
            graph: nx.Graph[int] = nx.Graph(kept)
            joined = sorted(sorted(part) for part in nx.connected_components(graph))
            expected = [
                (k, sorted(s))
                for k, part in enumerate(joined)
                for s in nx.find_cliques(nx.complement(graph.subgraph(part)))
            ]
            assert sorted(sets_of(options)) == sorted(expected), f"seed {seed}"
            rows = list(
                zip(options.cluster.tolist(), options.option.tolist(), options.arc.tolist(), strict=True)
            )
            assert rows == sorted(set(rows)) and options.clusters == len(joined), f"seed {seed}"
            several += any(len(part) > 3 for part in joined)
    assert several > 50


def test_maximal_sets_of_a_path() -> None:
    adjacent = np.abs(np.subtract.outer(np.arange(4), np.arange(4))) == 1
    assert sorted(chosen.tolist() for chosen in maximal_sets(adjacent)) == [[0, 2], [0, 3], [1, 3]]


def test_a_star_beyond_the_limit_keeps_its_two_sets() -> None:
    """One interest overlaps with each of 20 that are independent of each other: it alone, or all of them."""
    overlapping = Overlaps(
        np.zeros(20, np.int64), np.arange(1, 21), np.ones(20, np.bool_), np.zeros(0, np.int64)
    )
    weight = np.array([30, *[2] * 20], np.int64)
    options = choices(overlapping, weight, np.zeros(21, np.int64))
    assert sorted(arcs for _, arcs in sets_of(options)) == [[0], [*range(1, 21)]]
    assert choices_of_indirect(overlapping).clusters == 0  # sums are sound for maxima


def test_no_cluster_within_the_limit_has_more_than_62_sets() -> None:
    """Four triangles joined at one node are the connected graph of 12 nodes that has most."""
    edges = [(3 * k + i, 3 * k + j) for k in range(4) for i, j in ((0, 1), (0, 2), (1, 2))] + [
        (0, 3),
        (0, 6),
        (0, 9),
    ]
    adjacent = np.zeros((LARGEST_CLUSTER, LARGEST_CLUSTER), np.bool_)
    adjacent[tuple(np.array(edges).T)] = True
    assert len(maximal_sets(adjacent | adjacent.T)) == 62


def test_a_cluster_beyond_the_limit_has_two_greedy_sets_and_singles() -> None:
    """A ring of 13, weights rising: every other one from the last down; every other one from the first up;
    and the rest alone.
    """
    ring = [(k, (k + 1) % 13) for k in range(13)]
    first, second = (
        np.array(side, np.int64)
        for side in zip(*sorted((min(pair), max(pair)) for pair in ring), strict=True)
    )
    options = choices(
        Overlaps(first, second, np.zeros(13, np.bool_), np.zeros(0, np.int64)),
        np.arange(13),
        np.zeros(13, np.int64),
    )
    assert [arcs for _, arcs in sets_of(options)] == [
        [0, 2, 4, 6, 8, 10],
        [2, 4, 6, 8, 10, 12],
        [1],
        [3],
        [5],
        [7],
        [9],
        [11],
    ]


# --- hubs, chains, cycles ---------------------------------------------------------------------------------


def prepared(src: Ints, dst: Ints, flags: Bytes | None = None) -> Holdings:
    """Interests of 25 to 50 per cent each, of unknown reach unless flags say otherwise."""
    order = np.lexsort((dst, src))
    flags = np.full(len(src), UNKNOWN, np.uint8) if flags is None else flags[order]
    return prepare(src[order], dst[order], np.full(len(src), 0.25), np.full(len(src), 0.5), flags)


@pytest.mark.nightly
def test_a_hub_of_100_000_subjects() -> None:
    """One holder above the co-holder of each of its subjects; and one above none."""
    hub, subject, other = np.zeros(100_000, np.int64), np.arange(1, 100_001), np.arange(100_001, 200_001)
    above = prepared(np.concatenate((hub, other, hub)), np.concatenate((subject, subject, other)))
    assert above.low_choices.clusters == 100_000
    apart = prepared(np.concatenate((hub, other, hub + 200_001)), np.concatenate((subject, subject, other)))
    assert apart.low_choices.clusters == 0


@pytest.mark.nightly
def test_a_subject_with_100_000_holders() -> None:
    """All held by one that also holds through another company; and an indirect interest beside them."""
    holder, one = np.arange(1, 100_001), np.zeros(1, np.int64)
    src = np.concatenate((holder, one + 100_001, one + 100_001, np.full(100_000, 100_002)))
    dst = np.concatenate((one.repeat(100_000), one, one + 100_002, holder))
    assert prepared(src, dst).low_choices.clusters == 1
    flags = np.append(np.zeros(100_000, np.uint8), np.uint8(INDIRECT))
    assert prepared(np.append(holder, 100_001), np.zeros(100_001, np.int64), flags).low_choices.clusters == 1


@pytest.mark.nightly
@pytest.mark.parametrize(
    "holds",
    [
        "everything",
        "one each",
        "one each and the top",
        "one each and the top of another chain",
        "one each and 100 above",
    ],
)
def test_a_chain_of_10_000_with_a_co_holder_at_each_step(holds: str) -> None:
    n = 10_000
    step, own = np.arange(n - 1), n + np.arange(n - 1)
    src, dst = {
        "everything": (np.full(n - 1, n), step + 1),
        "one each": (own, step + 1),
        "one each and the top": (np.tile(own, 2), np.concatenate((step + 1, np.zeros(n - 1, np.int64)))),
        "one each and the top of another chain": (
            np.concatenate((own, own, 2 * n + step)),
            np.concatenate((step + 1, np.full(n - 1, 2 * n), 2 * n + 1 + step)),
        ),
        "one each and 100 above": (np.tile(own, 2), np.concatenate((step + 1, np.maximum(step - 99, 0)))),
    }[holds]
    result = prepared(np.concatenate((step, src)), np.concatenate((step + 1, dst)))
    overlapping = {"everything": n - 2, "one each": 0, "one each and the top of another chain": 0}
    assert result.low_choices.clusters == overlapping.get(holds, n - 1)


def test_a_cycle_of_10_000_with_a_co_holder() -> None:
    """The co-holder is above every member, and so is every member's holder."""
    node = np.arange(10_000)
    result = prepared(
        np.concatenate((node, np.full(10_000, 10_000))), np.concatenate((np.roll(node, -1), node))
    )
    assert result.low_choices.clusters == 10_000
