"""`ownership_graph`: attributes by hand, its parts against networkx, and the graph tables of a release
against networkx on the graph that it gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import networkx as nx
import pytest

from graphs import ownership_graph
from tests.graphs.helpers import case, drawn, held
from tests.graphs.network_release import AS_OF, SINCE, network_release
from transforms.errors import UsageError
from transforms.model.sql import frame

SEEDS, TOGETHER = 120, 20

# P1 has a good 60 per cent of A's shares and of its votes, and is B's holder by a statement alone. A holds
# 30 per cent of B and B 10 of A. C is apart from these.
SMALL = case(
    [
        held("P1", "A", "60.123456789"),
        held("P1", "A", 60, basis="votes"),
        held("P1", "B", basis="closure"),
        held("A", "B", 30),
        held("B", "A", 10),
        held("P2", "C", 100),
    ],
    P2="protected",
)


@pytest.fixture
def small() -> Iterator[duckdb.DuckDBPyConnection]:
    with network_release([SMALL]) as connection:
        yield connection


@pytest.fixture(scope="module")
def releases() -> list[tuple[int, duckdb.DuckDBPyConnection]]:
    """Releases of 20 random graphs each, by their first seed."""
    return [
        (first, network_release(drawn(seed) for seed in range(first, first + TOGETHER)))
        for first in range(0, SEEDS, TOGETHER)
    ]


def undirected(graph: nx.MultiDiGraph[str]) -> nx.Graph[str]:
    return nx.Graph(graph.to_undirected())


# --- what a party and an interest say ---------------------------------------------------------------------


def test_a_share_has_its_bounds_basis_period_and_control(small: duckdb.DuckDBPyConnection) -> None:
    graph = ownership_graph(small)
    assert graph.edges["P1", "A", "s-P1-A-shares-shares"] == {
        "interest_id": "s-P1-A-shares-shares",
        "statement_id": "s-P1-A-shares",
        "interest_type": "shareholding",
        "basis": "shares",
        "reach": "direct",
        "joint_group": None,
        "share_min": 60.123456789,
        "share_max": 60.123456789,
        "share_min_exclusive": False,
        "share_max_exclusive": False,
        "valid_from": SINCE,
        "valid_to": None,
        "is_left_censored": False,
        "control_verdict": "CERTAIN",
        "control_kind": "control",
    }
    assert sorted(graph["P1"]["A"]) == ["s-P1-A-shares-shares", "s-P1-A-votes-votes"]


def test_a_statement_that_names_the_holder_only_is_an_edge(small: duckdb.DuckDBPyConnection) -> None:
    [(key, data)] = ownership_graph(small)["P1"]["B"].items()
    assert key == data["statement_id"] == "s-P1-B-closure"
    assert {data[name] for name in ("interest_id", "basis", "share_min", "share_max")} == {None}
    assert data["valid_from"] == SINCE and data["share_min_exclusive"] is False


def test_parties_have_kinds_and_names(small: duckdb.DuckDBPyConnection) -> None:
    graph = ownership_graph(small)
    assert dict(graph.nodes(data="kind")) == {
        "A": "legal_entity",
        "B": "legal_entity",
        "C": "legal_entity",
        "P1": "person",
        "P2": "protected",
    }
    assert graph.nodes["A"] == {
        "kind": "legal_entity",
        "name": "name of A",
        "entity_type": "registeredEntity",
        "jurisdiction": "gb",
        "legal_form": None,
        "in_register": True,
        "is_active": True,
        "incorporated_on": SINCE,
    }
    assert graph.nodes["P1"] == {**dict.fromkeys(graph.nodes["A"]), "kind": "person", "name": "name of P1"}
    assert graph.nodes["P2"]["name"] is None
    assert graph.graph == {"release_id": "R1", "as_of": AS_OF, "synthetic": True}


def test_an_ended_interest_is_no_edge(small: duckdb.DuckDBPyConnection) -> None:
    small.execute("update v_interest set is_open = false where basis = 'votes'")
    assert list(ownership_graph(small)["P1"]["A"]) == ["s-P1-A-shares-shares"]


def test_every_party_and_interest_has_all_attributes_and_the_page_names_them(
    releases: list[tuple[int, duckdb.DuckDBPyConnection]],
) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/graph.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| `.*?\|", page, re.MULTILINE))))
    for seed, connection in releases:
        graph = ownership_graph(connection)
        for given in (graph.nodes.values(), graph.edges.values()):
            [attributes] = {frozenset(data) for data in given}
            assert named >= attributes, f"seed {seed}: {attributes - named}"


# --- around parties ---------------------------------------------------------------------------------------


def test_around_a_party_are_those_that_so_many_interests_join(small: duckdb.DuckDBPyConnection) -> None:
    assert sorted(ownership_graph(small, "B", 0)) == ["B"]
    assert sorted(ownership_graph(small, "B", 1)) == ["A", "B", "P1"]
    assert sorted(ownership_graph(small, ["B", "C"])) == ["A", "B", "C", "P1", "P2"]
    assert len(ownership_graph(small, [])) == 0
    # All interests between them, as many as there are.
    assert ownership_graph(small, ["P1", "A"], 0).number_of_edges() == 2


@pytest.mark.nightly
def test_parts_are_those_that_networkx_cuts_out(
    releases: list[tuple[int, duckdb.DuckDBPyConnection]],
) -> None:
    for seed, connection in releases:
        whole = ownership_graph(connection)
        ties = undirected(whole)
        starts = sorted(whole)[:: max(1, len(whole) // 12)]
        for start in starts:
            for hops in (0, 1, 2, 5):
                near = set(nx.ego_graph(ties, start, radius=hops))
                assert nx.utils.graphs_equal(
                    ownership_graph(connection, start, hops), whole.subgraph(near)
                ), f"seed {seed}, {start}, {hops} hops"
            linked = nx.node_connected_component(ties, start)
            assert nx.utils.graphs_equal(ownership_graph(connection, start), whole.subgraph(linked)), (
                f"seed {seed}, {start}"
            )
        several = {node for start in starts for node in nx.ego_graph(ties, start, radius=1)}
        assert set(ownership_graph(connection, starts, 1)) == several, f"seed {seed}"


def test_a_party_without_interests_stands_alone(small: duckdb.DuckDBPyConnection) -> None:
    small.execute("insert into v_person (person_id, person_type) values ('P9', 'knownPerson')")
    assert "P9" not in ownership_graph(small)
    assert list(ownership_graph(small, "P9", 3)) == ["P9"]
    assert list(ownership_graph(small, "P9")) == ["P9"]


def test_a_party_that_is_not_there_is_counted_and_not_named(small: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="around: 1 of the ids") as raised:
        ownership_graph(small, ["A", "Mrs Nobody"], 1)
    assert "Nobody" not in str(raised.value)


@pytest.mark.parametrize(("around", "hops"), [(None, 1), ("A", -1)])
def test_hops_need_parties_and_are_not_negative(
    small: duckdb.DuckDBPyConnection, around: str | None, hops: int
) -> None:
    with pytest.raises(UsageError, match="hops"):
        ownership_graph(small, around, hops)


# --- the tables of the release ----------------------------------------------------------------------------


def test_pairs_and_components_are_those_of_the_release(
    releases: list[tuple[int, duckdb.DuckDBPyConnection]],
) -> None:
    for seed, connection in releases:
        graph = ownership_graph(connection)
        rows = frame(connection, "select component_no, party_id, subject_id from v_closure_edge").rows()
        assert {(holder, held) for holder, held, _ in graph.edges} == {row[1:] for row in rows}
        parts: dict[int, set[str]] = {}
        for component_no, *ends in rows:
            parts.setdefault(component_no, set()).update(ends)
        assert sorted(map(sorted, nx.weakly_connected_components(graph))) == sorted(
            map(sorted, parts.values())
        ), f"seed {seed}"


def test_cycles_are_those_of_the_release(releases: list[tuple[int, duckdb.DuckDBPyConnection]]) -> None:
    sets_n = 0
    for seed, connection in releases:
        graph = ownership_graph(connection)
        expected = set()
        for members in nx.strongly_connected_components(graph):
            entities = sorted(
                party for party in members if graph.nodes[party]["entity_type"] == "registeredEntity"
            )
            for party in entities:
                if len(entities) > 1 or graph.has_edge(party, party):
                    row = (party, entities[0], len(entities), graph.has_edge(party, party))
                    expected.add(row)
        rows = frame(connection, "select subject_id, scc_id, size_n, holds_itself from v_graph_scc").rows()
        assert set(rows) == expected and len(rows) == len(expected), f"seed {seed}"
        sets_n += len(rows)
    assert sets_n > 100
