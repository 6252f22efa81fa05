"""Clusters: the strongest links first, limits that nothing talks round, and a result that does not depend on
the order of rows.
"""

import random
from itertools import combinations

import networkx as nx
import polars as pl
import pytest

from transforms.resolution.clusters import Clusters, Facts, contradiction, is_near
from transforms.resolution.judgements import Judged
from transforms.resolution.persons.parties import kept_apart
from transforms.resolution.persons.people import clustered

MAY_1970 = 1970 * 12 + 5


def facts(forename: str = "ANN", middle: str = "", month: int | None = MAY_1970) -> Facts:
    return Facts(
        frozenset({month} - {None}),
        frozenset(),
        frozenset({forename}),
        frozenset({middle} if middle else ()),
        frozenset({forename, "QUILL", *middle.split()}),
    )


def pairs(*links: tuple[int, int, float]) -> pl.DataFrame:
    schema = {"left_anchor": pl.Int64, "right_anchor": pl.Int64, "weight": pl.Float64}
    return pl.DataFrame(links, schema=schema, orient="row").with_columns(pl.lit(True).alias("merges"))


CONTRADICTIONS = [
    (facts(), facts(), None),
    (facts(month=None), facts(), None),
    (facts(month=MAY_1970), facts(month=MAY_1970 + 3), None),  # the same year
    (facts(month=MAY_1970), facts(month=MAY_1970 + 12), None),  # the same month of the next year
    (facts(month=MAY_1970), facts(month=MAY_1970 + 13), "birth"),
    (facts(month=MAY_1970), facts(month=MAY_1970 + 24), "birth"),
    (Facts(years=frozenset({1970})), facts(month=MAY_1970 + 12), None),  # of a year alone, within a year
    (Facts(years=frozenset({1970})), Facts(years=frozenset({1972})), "birth"),
    (Facts(years=frozenset({1970})), facts(month=MAY_1970 + 24), "birth"),
    (
        Facts(frozenset({MAY_1970, MAY_1970 + 180})),
        facts(month=MAY_1970 + 180),
        None,
    ),  # corrected in a later edition: either
    (Facts(frozenset({MAY_1970, MAY_1970 + 180})), facts(month=MAY_1970 + 90), "birth"),
    (facts("ANN"), facts("UNA"), "forename"),
    (facts("ANN"), facts("ANNE"), None),
    (facts("DANIEL"), facts("DANEIL"), None),
    (facts("A"), facts("ANN"), None),
    (facts("BOB"), facts("ROBERT"), None),
    (facts("KATE"), facts("KATHERINE"), None),
    (facts("BOB"), facts("KATHERINE"), "forename"),
    (facts("QUILL"), facts("ANN"), None),  # names swapped
    (facts(middle="MARIE"), facts(), None),
    (facts(middle="MARIE"), facts(middle="M"), None),
    (facts(middle="MARIE ROSE"), facts(middle="ROSE"), None),
    (facts(middle="MARIE"), facts(middle="JOAN"), "middle_name"),
    (
        Facts(numbers=frozenset({"GB-COH-00000001"})),
        Facts(numbers=frozenset({"GB-COH-00000002"})),
        "identifiers",
    ),
    (Facts(numbers=frozenset({"GB-COH-00000001"})), Facts(numbers=frozenset({"XI-LEI-00000002"})), None),
]


@pytest.mark.parametrize(("one", "other", "reason"), CONTRADICTIONS)
def test_what_excludes_another(one: Facts, other: Facts, reason: str | None) -> None:
    assert contradiction(one, other) == contradiction(other, one) == reason


def test_december_and_january_are_a_year_apart() -> None:
    december, january = 1970 * 12 + 12, 1971 * 12 + 1
    assert (
        not is_near(december, january) and is_near(1970 * 12 + 1, december) and is_near(january, january + 11)
    )


def test_a_chain_whose_ends_contradict_each_other_is_cut_at_its_weaker_link_and_said() -> None:
    """Twins Marie and Joan, and a record at their home that says neither: it goes with the one that weighs
    more.
    """
    stated = {1: facts(middle="MARIE"), 2: facts(), 3: facts(middle="JOAN")}
    made = clustered(pairs((1, 2, 20.0), (2, 3, 25.0)), stated)
    assert made.first_of_each() == {2: 2, 3: 2}
    assert [tuple(one) for one in made.refused] == [(1, 2, "middle_name")]
    assert clustered(pairs((1, 2, 20.0), (2, 3, 25.0)), {1: stated[1], 2: stated[2]}).first_of_each() == {
        1: 1,
        2: 1,
        3: 1,
    }


def test_what_a_link_of_its_own_joins_is_not_held_against_it() -> None:
    """A forename in two languages merges by its own evidence: the model has compared the two."""
    stated = {1: facts("WILLIAM"), 2: facts("WILLIAM"), 3: facts("GUGLIELMO")}
    chain = ((1, 2, 30.0), (2, 3, 20.0))
    assert clustered(pairs(*chain), stated).first_of_each() == {1: 1, 2: 1}
    assert clustered(pairs(*chain, (1, 3, 15.0)), stated).first_of_each() == {1: 1, 2: 1, 3: 1}


def test_a_third_month_of_birth_and_a_cluster_too_large_are_refused() -> None:
    months = {n: facts(month=MAY_1970 + n) for n in (1, 2, 3)}
    assert [
        one.reason for one in clustered(pairs((1, 2, 9.0), (2, 3, 8.0), (1, 3, 7.0)), months).refused
    ] == ["birth", "birth"]
    small = Clusters(size_max=2)
    assert (small.join(1, 2), small.join(2, 3), small.join(4, 3)) == (True, False, True)
    assert [tuple(one) for one in small.refused] == [(2, 3, "size")]


@pytest.mark.parametrize("seed", range(40))
def test_against_networkx(seed: int) -> None:
    """Without limits: connected components.

    With pairs kept apart: no such pair meets, no link was refused without need, and what was refused is no
    stronger than any link on the way that is there instead.
    """
    source = random.Random(seed)
    nodes_n = source.randrange(4, 30)
    clusters = [
        (a, b, float(source.randrange(40)))
        for a, b in combinations(range(nodes_n), 2)
        if source.random() < 2.5 / nodes_n
    ]
    apart = tuple((a, b) for a, b in combinations(range(nodes_n), 2) if source.random() < 1.5 / nodes_n)
    graph = nx.Graph()
    graph.add_weighted_edges_from(clusters)
    free = clustered(pairs(*clusters), {}).first_of_each()
    assert free == {
        node: min(part) for part in nx.connected_components(graph) for node in part if len(part) > 1
    }, seed
    made = clustered(pairs(*clusters), {}, Judged((), apart))
    first_of = {node: made.first(node) for node in range(nodes_n)}
    assert all(first_of[a] != first_of[b] for a, b in apart), seed
    enemies = {frozenset(pair) for pair in apart}
    for a, b, weight in clusters:
        if first_of[a] == first_of[b]:
            continue
        # The two clusters hold a pair kept apart already in what is as strong as this link or stronger.
        strong = nx.Graph(
            [(x, y) for x, y, other in clusters if first_of[x] == first_of[y] and other >= weight]
        )
        strong.add_nodes_from(range(nodes_n))
        sides = [nx.node_connected_component(strong, end) for end in (a, b)]
        assert any(frozenset((x, y)) in enemies for x in sides[0] for y in sides[1]), (seed, a, b)
    shuffled = [
        (b, a, weight) if source.random() < 0.5 else (a, b, weight)
        for a, b, weight in source.sample(clusters, len(clusters))
    ]
    ordered = [(min(a, b), max(a, b), weight) for a, b, weight in shuffled]
    assert clustered(pairs(*ordered), {}, Judged((), apart[::-1])).first_of_each() == made.first_of_each(), (
        seed
    )


def test_a_group_that_is_written_alike_is_parted_by_a_judgement_alone() -> None:
    """Rows 1 to 4 are written alike and 2 is the next edition of 1; 5 is somebody else."""
    reached = pl.DataFrame(
        {
            "row_no": [1, 2, 3, 4, 5],
            "anchor_no": [1, 1, 1, 1, 5],
            "same_record": [1, 1, 3, 4, 5],
            "written": [1, 1, 1, 1, 5],
        }
    )
    assert kept_apart(reached, ("same_record", "written"), [(1, 5)]).to_list() == [1, 1, 1, 1, 5]
    assert kept_apart(reached, ("same_record", "written"), [(2, 3)]).to_list() == [1, 1, 3, 1, 5]
    assert kept_apart(reached, ("same_record", "written"), [(1, 3), (3, 4), (1, 4)]).to_list() == [
        1,
        1,
        3,
        4,
        5,
    ]
