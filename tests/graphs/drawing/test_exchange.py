"""GraphML: typed, strict, the same from the same, and every raw name can be had back."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import networkx as nx

from graphs.drawing.exchange import graphml

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


Attributes = Mapping[str, object]


def _graph(
    nodes: Iterable[tuple[str, Attributes]], edges: Iterable[tuple[str, str, Attributes]] = ()
) -> nx.MultiDiGraph[str]:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.graph["case_id"] = "c"
    for node, attributes in nodes:
        graph.add_node(node, **attributes)
    for holder, held, attributes in edges:
        graph.add_edge(holder, held, **attributes)
    return graph


def _read(document: bytes) -> nx.MultiDiGraph[str]:
    return nx.read_graphml(
        io.BytesIO(document), force_multigraph=True
    )  # by the standard library's parser, which is strict


def _raw(attributes: dict[str, str]) -> str:
    return json.loads(attributes["name_json"]) if "name_json" in attributes else attributes["name"]


def test_every_raw_name_comes_back() -> None:
    nodes = ((f"n{number:02}", {"name": name}) for number, name in enumerate(HOSTILE))
    read = _read(graphml(_graph(nodes)))
    assert [_raw({"name": "", **read.nodes[node]}) for node in sorted(read)] == list(HOSTILE)


def test_attributes_have_types_and_none_is_left_out() -> None:
    node = {"n": 3, "share": Decimal("0.5"), "open": True, "name": None, "on": date(2026, 6, 1)}
    edge = {"kind": "ownership", "share_min": 25.0, "at": None}
    read = _read(graphml(_graph([("a", node), ("b", {"n": 4})], [("a", "b", edge)])))
    assert dict(read.nodes["a"]) == {"n": 3, "share": 0.5, "open": True, "on": "2026-06-01"}
    assert [data for _, _, data in read.edges(data=True)] == [{"kind": "ownership", "share_min": 25.0}]
    assert read.graph["case_id"] == "c"


def test_an_attribute_of_nodes_and_edges_has_a_key_for_each() -> None:
    nodes: list[tuple[str, Attributes]] = [("a", {"kind": "person", "n": 1}), ("b", {"kind": "legal_entity"})]
    document = graphml(_graph(nodes, [("a", "b", {"kind": "interest"}), ("a", "b", {"kind": "x", "n": 0.5})]))
    keys = list(ElementTree.fromstring(document).iter("{http://graphml.graphdrawing.org/xmlns}key"))
    assert len({key.get("id") for key in keys}) == len(keys)
    assert sorted(str(key.get("attr.name")) for key in keys) == ["case_id", "kind", "kind", "n", "n"]


def test_order_of_arrival_does_not_matter() -> None:
    nodes = [(f"n{number}", {"name": str(number), "flags_n": number}) for number in range(20)]
    edges = [
        (f"n{number % 7}", f"n{number % 5}", {"kind": "control", "at": number if number % 2 else None})
        for number in range(40)
    ]
    first = graphml(_graph(nodes, edges))
    random.Random(3).shuffle(nodes)
    random.Random(4).shuffle(edges)
    assert graphml(_graph(nodes, edges)) == first
    assert _read(first).number_of_edges() == 40
