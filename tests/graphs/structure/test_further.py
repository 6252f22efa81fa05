"""Layers, barred chains and parts of control groups, against networkx on seeded graphs, and cases by hand."""

from __future__ import annotations

import random

import networkx as nx
import numpy as np
import polars as pl
import pytest

from graphs.arrays.components import condense
from graphs.arrays.edges import Arcs, Bools, distinct
from graphs.structure.further import PARTS_FROM, TABLES, build, chains, group_part, layers
from transforms.errors import RunFailed
from transforms.model.views import GRAPH_TABLES

CLOSURE = {"subject_id": pl.String, "party_id": pl.String}
NODES = {"party_id": pl.String, "kind": pl.String}
MARKS = {"mark": pl.String, "party_id": pl.String}
GROUPS = {"control_group_id": pl.String, "subject_id": pl.String, "controller_id": pl.String}


def _tables(
    held: dict[str, str],
    kinds: dict[str, str],
    marks: dict[str, str] | None = None,
    groups: dict[str, str] | None = None,
) -> dict[str, pl.DataFrame]:
    """`held`: holders by subject, as letters; `kinds`: kind by party, legal entities otherwise; `marks`:
    carriers; `groups`: members by controller.
    """
    pairs = [(subject, party) for subject, parties in held.items() for party in parties]
    names = sorted({name for pair in pairs for name in pair})
    return {
        name: pl.concat(frames)
        for name, frames in build(
            pl.LazyFrame(pairs, schema=CLOSURE, orient="row"),
            pl.DataFrame(
                [(name, kinds.get(name, "legal_entity")) for name in names], schema=NODES, orient="row"
            ),
            pl.DataFrame(
                [(mark, party) for mark, carriers in (marks or {}).items() for party in carriers],
                schema=MARKS,
                orient="row",
            ),
            pl.DataFrame(
                [(f"CG-{one}", member, one) for one, members in (groups or {}).items() for member in members],
                schema=GROUPS,
                orient="row",
            ),
            ["x"],
        )
    }


def _layers(held: dict[str, str], **kinds: str) -> dict[str, tuple[int, str, str]]:
    return {row[0]: row[1:] for row in _tables(held, kinds)["graph_layers"].rows()}


def _chains(
    held: dict[str, str], marked: str, blocks: str = "", **kinds: str
) -> dict[str, tuple[str, int, bool]]:
    return {
        row[0]: row[2:]
        for row in _tables(held, kinds, {"x": marked, "x_blocks": blocks})["graph_chain"].rows()
    }


# --- by hand ----------------------------------------------------------------------------------------------


def test_layers_are_legal_entities_on_the_longest_chain() -> None:
    computed = _layers({"D": "CA", "C": "B", "B": "A", "A": "P"}, P="person")
    assert computed == {"D": (3, "D", "C"), "C": (2, "C", "B"), "B": (1, "B", "A")}


def test_arrangements_and_persons_are_no_layers() -> None:
    assert _layers({"B": "T", "T": "A", "A": "P"}, P="person", T="arrangement") == {
        "B": (1, "B", "T"),
        "T": (1, "T", "A"),
    }


def test_a_ring_is_one_layer_and_its_chain_begins_at_any_member() -> None:
    computed = _layers({"A": "B", "B": "AC", "D": "A"})
    assert computed == {"A": (1, "B", "C"), "B": (1, "B", "C"), "D": (2, "D", "A")}
    assert _layers({"A": "B", "B": "A"}) == {}


def test_a_chain_ends_at_a_blocked_holder() -> None:
    held = {"A": "J", "B": "A", "C": "BK", "K": "J"}
    assert _chains(held, "J") == {
        "A": ("J", 1, True),
        "B": ("J", 2, True),
        "C": ("J", 2, True),
        "K": ("J", 1, True),
    }
    assert _chains(held, "J", "A") == {"A": ("J", 1, True), "C": ("J", 2, False), "K": ("J", 1, True)}
    assert _chains(held, "J", "J") == {}


def test_one_clean_chain_is_enough() -> None:
    held = {"A": "JP", "B": "A", "C": "BJ", "J": "Q"}
    assert _chains(held, "J", P="person", Q="person") == {
        "A": ("J", 1, False),
        "B": ("J", 2, False),
        "C": ("J", 1, False),
    }
    assert _chains({"A": "J", "J": "Q"}, "J", Q="person") == {"A": ("J", 1, True)}


def test_a_marked_ring_at_the_top_leaves_no_clean_chain() -> None:
    assert _chains({"A": "B", "B": "JA", "J": "B"}, "J") == {"A": ("J", 2, True), "B": ("J", 1, True)}


def test_an_entity_that_is_marked_itself_is_not_above_itself() -> None:
    assert _chains({"J": "V", "V": "P"}, "JV", P="person") == {"J": ("V", 1, True)}


def test_companion_marks_that_nobody_carries_are_no_error() -> None:
    assert _tables({"A": "B"}, {})["graph_chain"].height == 0
    assert _tables({"A": "B"}, {}, {"x_blocks": "B"})["graph_chain"].height == 0
    assert _tables({"A": "B"}, {}, {"x": "B"})["graph_chain"].rows() == [("A", "x", "B", 1, True)]


def test_parts_are_what_has_nothing_to_do_with_each_other() -> None:
    """P controls all: A holds B; Q holds a part of C and through R one of D; E stands alone."""
    held, kinds = (
        {"B": "PA", "A": "P", "C": "PQ", "D": "PR", "R": "Q", "E": "P", "Z": "BE"},
        {"P": "person", "Q": "person"},
    )
    arcs = _arcs(held)
    names = sorted({*"ABCDEPQRZ"})
    members = np.array([names.index(name) for name in "ABCDE"])
    seen = np.zeros(arcs.n, np.bool_)
    assert [names[part] for part in group_part(arcs.holders(), members, names.index("P"), seen)] == [
        "A",
        "A",
        "C",
        "C",
        "E",
    ]
    assert not seen.any()
    assert _tables(held, kinds, groups={"P": "ABCDE"})["graph_group_part"].height == 0  # too small a group


def test_what_holds_the_controller_does_not_relate_its_companies() -> None:
    names = "ABPQ"
    arcs = _arcs({"A": "PB", "B": "P", "P": "Q"})
    part = group_part(arcs.holders(), np.array([0, 1]), names.index("P"), np.zeros(4, np.bool_))
    assert part.tolist() == [0, 0]
    apart = _arcs({"A": "P", "B": "P", "P": "Q"})
    assert group_part(apart.holders(), np.array([0, 1]), 2, np.zeros(4, np.bool_)).tolist() == [0, 1]


def _arcs(held: dict[str, str]) -> Arcs:
    names = sorted({*held, *"".join(held.values())})
    pairs = [
        (names.index(party), names.index(subject)) for subject, parties in held.items() for party in parties
    ]
    return distinct(len(names), np.array([a for a, _ in pairs]), np.array([b for _, b in pairs]))


def test_large_groups_are_listed_in_order_with_the_smallest_member_of_each_part() -> None:
    members = [f"M{n:03d}" for n in range(PARTS_FROM)]
    pairs = [(member, "P") for member in members] + [(members[7], members[3])]
    nodes = pl.DataFrame(
        [*((member, "legal_entity") for member in members), ("P", "person")], schema=NODES, orient="row"
    )
    groups = pl.DataFrame(
        [("CG-P", member, "P") for member in reversed(members)], schema=GROUPS, orient="row"
    )
    made = dict(
        build(
            pl.LazyFrame(pairs, schema=CLOSURE, orient="row"), nodes, pl.DataFrame(schema=MARKS), groups, []
        )
    )
    parts = pl.concat(made["graph_group_part"])
    assert parts["subject_id"].to_list() == members
    assert parts["part_id"].to_list() == [
        members[3] if n == 7 else member for n, member in enumerate(members)
    ]


def test_no_pairs_give_empty_tables_in_their_schema() -> None:
    empty = _tables({}, {})
    assert tuple(empty) == TABLES
    assert all(
        frame.height == 0 and dict(frame.schema) == GRAPH_TABLES[name].schema for name, frame in empty.items()
    )


def test_a_party_that_is_no_node_is_named_by_its_number_of_rows_only() -> None:
    with pytest.raises(RunFailed, match="1 rows have a party_id"):
        list(
            build(
                pl.LazyFrame([("A", "B")], schema=CLOSURE, orient="row"),
                pl.DataFrame([("A", "legal_entity")], schema=NODES, orient="row"),
                pl.DataFrame(schema=MARKS),
                pl.DataFrame(schema=GROUPS),
                [],
            )
        )


# --- against networkx -------------------------------------------------------------------------------------


def _drawn(seed: int) -> tuple[Arcs, nx.DiGraph[int], Bools, Bools, Bools]:
    """A graph with cycles, and three sets of nodes: legal entities, marked, blocked."""
    draw = random.Random(seed)
    n = draw.randint(2, 14)
    pairs = {(draw.randrange(n), draw.randrange(n)) for _ in range(draw.randint(1, 2 * n))}
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(pairs)
    src, dst = (np.array([pair[k] for pair in sorted(pairs)], np.int64) for k in (0, 1))
    entity, marked, blocked = (
        np.array([draw.random() < share for _ in range(n)]) for share in (0.8, 0.3, 0.2)
    )
    return distinct(n, src, dst), graph, entity, marked, blocked


@pytest.mark.sample(25)
@pytest.mark.parametrize("seed", range(150))
def test_layers_are_the_longest_weighted_path_of_the_condensation(seed: int) -> None:
    arcs, graph, entity, _, _ = _drawn(seed)
    computed = layers(arcs, condense(arcs), entity)
    whole = nx.condensation(graph)
    weight = {node: int(entity[list(whole.nodes[node]["members"])].any()) for node in whole}
    best: dict[int, int] = {}
    for node in nx.topological_sort(whole):
        best[node] = max((best[above] + weight[above] for above in whole.predecessors(node)), default=0)
    set_of = whole.graph["mapping"]
    assert computed.count.tolist() == [best[set_of[node]] for node in range(arcs.n)], f"seed {seed}"
    for node in np.flatnonzero(computed.count > 0).tolist():
        via, holder = int(computed.via[node]), int(computed.holder[node])
        assert (
            graph.has_edge(holder, via)
            and set_of[via] == set_of[node]
            and best[set_of[holder]] + weight[set_of[holder]] == computed.count[node]
        ), f"seed {seed}"


@pytest.mark.sample(25)
@pytest.mark.parametrize("seed", range(150))
def test_chains_are_walks_in_the_graph_without_blocked_holders(seed: int) -> None:
    arcs, graph, _, marked, blocked = _drawn(seed)
    computed = chains(arcs, condense(arcs), marked, blocked)
    open_graph = graph.copy()
    open_graph.remove_edges_from([edge for edge in graph.edges if blocked[edge[0]]])
    counting = {node for node in graph if marked[node] and not blocked[node]}
    clean_graph = graph.copy()
    clean_graph.remove_edges_from([edge for edge in graph.edges if edge[0] in counting])
    whole = nx.condensation(graph)
    tops = {
        node
        for one in whole
        if whole.in_degree(one) == 0 and not whole.nodes[one]["members"] & counting
        for node in whole.nodes[one]["members"]
    }
    ends = tops | set(np.flatnonzero(blocked).tolist())
    for node in graph:
        steps = {
            one: nx.shortest_path_length(open_graph, one, node)
            for one in counting - {node}
            if nx.has_path(open_graph, one, node)
        }
        nearest = min(((depth, one) for one, depth in steps.items()), default=(-1, -1))
        assert (int(computed.depth[node]), int(computed.party[node])) == nearest, f"seed {seed}, node {node}"
        is_clean = any(
            nx.has_path(clean_graph, end, holder) for holder in clean_graph.predecessors(node) for end in ends
        )
        assert bool(computed.every[node]) == (not is_clean), f"seed {seed}, node {node}"


@pytest.mark.sample(25)
@pytest.mark.parametrize("seed", range(100))
def test_parts_are_weak_components_of_what_is_above_without_the_controller(seed: int) -> None:
    arcs, graph, _, marked, _ = _drawn(seed)
    controller = 0
    members = np.array([node for node in np.flatnonzero(~marked).tolist() if node != controller], np.int64)
    without = graph.copy()
    without.remove_node(controller)
    above = set(members.tolist()).union(*(nx.ancestors(without, int(node)) for node in members))
    component = {
        node: min(set(part) & set(members.tolist()))
        for part in nx.weakly_connected_components(without.subgraph(above))
        for node in part
    }
    part = group_part(arcs.holders(), members, controller, np.zeros(arcs.n, np.bool_))
    assert part.tolist() == [component[int(node)] for node in members], f"seed {seed}"
