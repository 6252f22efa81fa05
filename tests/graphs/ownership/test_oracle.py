"""`build` against networkx on 1,000 seeded random graphs: sets, cycles, reach, network. Shares and control:
`test_ownership_oracle`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import networkx as nx
import pytest

from graphs.ownership.interests import BASES
from graphs.structure.tables import BUILT_IN_MARKS
from tests.graphs.helpers import Case, Edge, built, drawn

GRAPHS = 1_000
TOGETHER = 50
COMPARED = ("graph_scc", "graph_cycle", "graph_reach", "graph_network", "graph_integrated")


@dataclass(frozen=True)
class Answer:
    """What `build` gave for one graph: rows by table."""

    seed: int
    case: Case
    rows: Mapping[str, list[dict[str, object]]]


@cache
def answers(graphs_n: int = GRAPHS) -> tuple[Answer, ...]:
    """The first graphs, built 50 at a time; rows are told apart by the seed in
    the ids.
    """
    firsts = range(0, graphs_n, TOGETHER)
    return tuple(answer for first in firsts for answer in _together(range(first, first + TOGETHER)))


FEW_OR_ALL = pytest.mark.parametrize("graphs_n", [200, pytest.param(GRAPHS, marks=pytest.mark.nightly)])


def _together(seeds: range) -> Iterator[Answer]:
    cases = {seed: drawn(seed) for seed in seeds}
    tables = built(cases.values(), seeds.start)
    rows: dict[int, dict[str, list[dict[str, object]]]] = {
        seed: {name: [] for name in COMPARED} for seed in seeds
    }
    for name in COMPARED:
        for row in tables[name].iter_rows(named=True):
            rows[int(row["subject_id"].split("-")[0])][name].append(row)
    yield from (Answer(seed, case, rows[seed]) for seed, case in cases.items())


def closure(case: Case) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((edge[0], edge[1]) for edge in case.edges if edge[3] in BASES)
    return graph


@FEW_OR_ALL
def test_the_draw_has_what_it_should(graphs_n: int) -> None:
    """Enough of the graphs have the shapes that matter, so that agreement means something."""
    answer_rows = [answer.rows for answer in answers(graphs_n)]
    cyclic = sum(bool(rows["graph_scc"]) for rows in answer_rows) / graphs_n
    long = sum(any(row["position"] == 4 for row in rows["graph_cycle"]) for rows in answer_rows) / graphs_n
    listed = sum(bool(rows["graph_integrated"]) for rows in answer_rows) / graphs_n
    assert len(answer_rows) == graphs_n
    assert (cyclic > 0.4, long > 0.03, listed > 0.6) == (True, True, True), (cyclic, long, listed)


@pytest.mark.nightly
def test_strongly_connected_sets_are_those_of_networkx() -> None:
    for answer in answers():
        expected = []
        graph = closure(answer.case)
        for component in nx.strongly_connected_components(graph):
            entities = sorted(party for party in component if answer.case.kinds[party] == "legal_entity")
            for party in entities:
                if len(entities) >= 2 or graph.has_edge(party, party):
                    expected.append(
                        {
                            "subject_id": party,
                            "scc_id": entities[0],
                            "size_n": len(entities),
                            "holds_itself": graph.has_edge(party, party),
                        }
                    )
        assert answer.rows["graph_scc"] == sorted(expected, key=lambda row: str(row["subject_id"])), (
            f"seed {answer.seed}"
        )


def shortest_cycle(graph: nx.DiGraph[str], party: str) -> list[str]:
    """The shortest cycle from `party`, of several the one whose ids come first."""
    if graph.has_edge(party, party):
        return [party, party]
    lengths = []
    for holder in graph.predecessors(party):
        if nx.has_path(graph, party, holder):
            lengths.extend([*path, party] for path in nx.all_shortest_paths(graph, party, holder))
    return min(lengths, key=lambda path: (len(path), path))


def proof(edges: tuple[Edge, ...], holder: str, subject: str) -> str:
    return min(edge[2] for edge in edges if edge[:2] == (holder, subject) and edge[3] in BASES)


@pytest.mark.nightly
def test_cycles_are_the_shortest_with_the_smallest_proof() -> None:
    for answer in answers():
        graph = closure(answer.case)
        expected = [
            {
                "subject_id": row["subject_id"],
                "position": k,
                "party_id": holder,
                "held_id": subject,
                "statement_id": proof(answer.case.edges, holder, subject),
            }
            for row in answer.rows["graph_scc"]
            for path in [shortest_cycle(graph, str(row["subject_id"]))]
            for k, (holder, subject) in enumerate(pairwise(path), start=1)
        ]
        assert answer.rows["graph_cycle"] == expected, f"seed {answer.seed}"


def carriers(case: Case) -> dict[str, set[str]]:
    declared = {mark: set(parties) for mark, parties in case.marks.items()}
    return declared | {
        mark: {party for party in case.kinds if case.kinds[party] == kind}
        for mark, kind in BUILT_IN_MARKS.items()
    }


def tops(graph: nx.DiGraph[str], above: set[str]) -> list[set[str]]:
    """The sets of the closure that nobody outside holds, by the definition."""
    condensed = nx.condensation(graph)
    members = [set(condensed.nodes[node]["members"]) for node in condensed if condensed.in_degree(node) == 0]
    return [set_ & above for set_ in members if set_ & above]


@pytest.mark.nightly
def test_reach_is_that_of_ancestors() -> None:
    for answer in answers():
        graph = closure(answer.case)
        expected = []
        for party in sorted(graph):
            if answer.case.kinds[party] not in {"legal_entity", "arrangement"}:
                continue
            above = nx.ancestors(graph, party) - {party}
            distance = nx.single_source_shortest_path_length(graph.reverse(), party)
            for mark, marked in sorted(carriers(answer.case).items()):
                if hit := above & marked:
                    depth, nearest = min((distance[other], other) for other in hit)
                    all_tops = all(top & marked for top in tops(graph, above))
                    expected.append(
                        {
                            "subject_id": party,
                            "mark": mark,
                            "nearest_id": nearest,
                            "depth": depth,
                            "n": len(hit),
                            "all_tops": all_tops,
                        }
                    )
        assert answer.rows["graph_reach"] == expected, f"seed {answer.seed}"


@FEW_OR_ALL
def test_networks_are_those_of_ancestors_and_longest_paths(graphs_n: int) -> None:
    for answer in answers(graphs_n):
        graph = closure(answer.case)
        condensed = nx.condensation(graph)
        longest: dict[int, int] = {}
        for node in nx.topological_sort(condensed):
            longest[node] = max((longest[above] + 1 for above in condensed.predecessors(node)), default=0)
        expected = {}
        for party in graph:
            above = nx.ancestors(graph, party) - {party}
            if answer.case.kinds[party] in {"legal_entity", "arrangement"} and above:
                entities = sum(answer.case.kinds[other] == "legal_entity" for other in above)
                expected[party] = (longest[condensed.graph["mapping"][party]], len(above), entities)
        networks = {
            str(row["subject_id"]): (row["depth_n"], row["closure_n"], row["closure_entities_n"])
            for row in answer.rows["graph_network"]
        }
        assert networks == expected, f"seed {answer.seed}"
