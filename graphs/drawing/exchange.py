"""A case as GraphML, for other programs: typed attributes, and nothing that a strict XML parser refuses.

XML cannot hold most control characters, not even escaped, and a parser turns a carriage return into a line
feed. A text with any of them is written without them, and beside it `<attribute>_json` holds the full text as
a JSON string in ASCII. An attribute without a value is left out. Equal nodes and edges give equal bytes, in
any order. Format: http://graphml.graphdrawing.org/specification.html
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import networkx as nx

type Attribute = str | int | float | bool | None

RAW = "_json"
# What XML 1.0 (section 2.2) has no place for, and the carriage return, which a parser changes.
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Node:
    id: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True)
class Edge:
    """From holder to held. Several may join the same two nodes."""

    from_id: str
    to_id: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def graphml(nodes: Iterable[Node], edges: Iterable[Edge], about: Mapping[str, Attribute]) -> bytes:
    """A GraphML document, UTF-8. `about`: attributes of the graph itself. Raises ValueError if an end of an
    edge is not among the nodes.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.graph.update(_written(about))
    for node in sorted(nodes, key=lambda node: node.id):
        graph.add_node(node.id, **_written(node.attributes))
    for number, edge in enumerate(sorted(edges, key=_order)):
        if edge.from_id not in graph or edge.to_id not in graph:
            raise ValueError("an edge ends at a node that is not given")
        graph.add_edge(edge.from_id, edge.to_id, key=f"e{number}", **_written(edge.attributes))
    return _document(graph)


def _order(edge: Edge) -> tuple[str, str, str]:
    return edge.from_id, edge.to_id, json.dumps(dict(edge.attributes), sort_keys=True)


def _written(attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """Attributes that have a value, in the order of their names, as XML can hold them."""
    written: dict[str, Attribute] = {}
    for name, value in sorted(attributes.items()):
        if isinstance(value, str):
            written[name] = NOT_IN_XML.sub("", value)
            if written[name] != value:
                written[name + RAW] = json.dumps(value)
        elif value is not None:
            written[name] = value
    return written


def _document(graph: nx.MultiDiGraph[str]) -> bytes:
    """Written with the standard library's XML only, so that the bytes do not depend on other installed
    packages.
    """
    out = io.BytesIO()
    nx.write_graphml_xml(graph, out, named_key_ids=True)
    return out.getvalue()
