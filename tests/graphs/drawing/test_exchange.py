"""GraphML: typed, strict, the same from the same, and every raw name can be had back."""

from __future__ import annotations

import io
import json
import random

import networkx as nx
import pytest

from graphs.drawing.exchange import Edge, Node, graphml

HOSTILE = (
    "plain",
    "a\0b",
    "\x1b[31mred",
    "line\r\nend",
    "<b>&amp;</b>",
    "]]>",
    "\u202eturned",
    "\ufffe\uffff",
    "tab\there",
    'quote"',
    "",
    " spaces ",
    "_json",
)


def _read(document: bytes) -> nx.MultiDiGraph[str]:
    return nx.read_graphml(
        io.BytesIO(document), force_multigraph=True
    )  # by the standard library's parser, which is strict


def _raw(attributes: dict[str, str]) -> str:
    return json.loads(attributes["name_json"]) if "name_json" in attributes else attributes["name"]


def test_every_raw_name_comes_back() -> None:
    found = _read(
        graphml([Node(f"n{number:02}", {"name": name}) for number, name in enumerate(HOSTILE)], (), {})
    )
    assert [_raw({"name": "", **found.nodes[node]}) for node in sorted(found)] == list(HOSTILE)


def test_attributes_have_types_and_none_is_left_out() -> None:
    nodes = [Node("a", {"n": 3, "share": 0.5, "open": True, "name": None}), Node("b", {"n": 4})]
    found = _read(
        graphml(
            nodes, [Edge("a", "b", {"kind": "ownership", "share_min": 25.0, "at": None})], {"case_id": "c"}
        )
    )
    assert dict(found.nodes["a"]) == {"n": 3, "share": 0.5, "open": True}
    assert [data for _, _, data in found.edges(data=True)] == [{"kind": "ownership", "share_min": 25.0}]
    assert found.graph["case_id"] == "c"


def test_order_of_arrival_does_not_matter() -> None:
    nodes = [Node(f"n{number}", {"name": str(number), "flags_n": number}) for number in range(20)]
    edges = [
        Edge(f"n{number % 7}", f"n{number % 5}", {"kind": "control", "at": number if number % 2 else None})
        for number in range(40)
    ]
    first = graphml(nodes, edges, {"a": 1})
    random.Random(3).shuffle(nodes)
    random.Random(4).shuffle(edges)
    assert graphml(nodes, edges, {"a": 1}) == first
    assert _read(first).number_of_edges() == 40


def test_an_edge_to_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="not given"):
        graphml([Node("a")], [Edge("a", "b")], {})
