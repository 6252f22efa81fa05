"""A graph as GraphML for other programs: typed attributes, and nothing that a strict XML parser rejects.

XML cannot represent most control characters, not even escaped, and a parser turns a carriage return into a
line feed. A text with such characters is written without them, and `<attribute>_json` has the full text as a
JSON string in ASCII. GraphML has neither decimals nor dates: shares are numbers, dates ISO text. Attributes
without a value are left out. Equal graphs give equal bytes, whatever order they were built in. Format:
http://graphml.graphdrawing.org/specification.html
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import networkx as nx

type Attribute = str | int | float | bool

RAW = "_json"
# Characters that XML 1.0 (section 2.2) does not allow, and the carriage return, which a parser changes.
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def graphml(graph: nx.MultiDiGraph[str]) -> bytes:
    """The graph as a GraphML document in UTF-8, with the attributes of the graph itself. Edges get new keys.

    Uses the standard library's XML writer only, so that the bytes do not depend on other installed packages.
    """
    written: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    written.graph.update(_written(graph.graph))
    for node in sorted(graph):
        written.add_node(node, **_written(graph.nodes[node]))
    edges = [(holder, held, _written(attributes)) for holder, held, attributes in graph.edges(data=True)]
    for number, (holder, held, attributes) in enumerate(sorted(edges, key=json.dumps)):
        written.add_edge(holder, held, key=f"e{number}", **attributes)
    out = io.BytesIO()
    nx.write_graphml_xml(written, out)
    return out.getvalue()


def _written(attributes: Mapping[str, object]) -> dict[str, Attribute]:
    """Attributes with a value, by name, with values that XML can represent."""
    written: dict[str, Attribute] = {}
    for name, value in sorted(attributes.items()):
        match value:
            case None:
                continue
            case bool() | int() | float():
                written[name] = value
            case Decimal():
                written[name] = float(value)
            case date():
                written[name] = value.isoformat()
            case _:
                written[name] = NOT_IN_XML.sub("", str(value))
                if written[name] != value:
                    written[name + RAW] = json.dumps(value)
    return written
