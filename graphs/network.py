"""The ownership network of a release as a networkx graph: for analyses, notebooks and exchange files.

networkx suits graphs of the size of a case. The tables of a whole country are computed on arrays instead, by
`graphs.build` (docs/how-to/graph.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from transforms.errors import UsageError
from transforms.model.sql import Connection, frame, read_sql

if TYPE_CHECKING:
    import networkx as nx

RELEASE_SQL = "select release_id, as_of, synthetic from v_release"


def ownership_graph(
    connection: Connection, around: str | Iterable[str] | None = None, hops: int | None = None
) -> nx.MultiDiGraph[str]:
    """The open interests of a release, from holder to held, in the order of their ids.

    `connection`: to a release, read-only. `around`: ids of parties. If given, the graph has these parties,
    all parties at most `hops` interests away in either direction (all connected parties without `hops`), and
    all interests between them. With 0 hops it has only the parties given. Without `around` it is the whole
    network, except parties that hold nothing and have no holder.

    Nodes are party ids. The key of an edge is its `interest_id`, or `statement_id` if it has none. Nodes have
    the columns of `network_parties.sql`, edges those of `network_interests.sql`, explained in
    docs/how-to/graph.md. The graph itself has release_id, as_of and synthetic.

    Raises UsageError if a party is not in the release, or `hops` is negative or given without `around`.
    """
    import networkx as nx  # imported here, so that commands that do not need networkx start faster

    if hops is not None and (around is None or hops < 0):
        raise UsageError("hops: give a number from 0, together with `around`")
    parties = None if around is None else _near(connection, around, hops)
    interests = frame(connection, read_sql(__package__, "network_interests"), {"parties": parties})
    if parties is None:
        parties = sorted({*interests["party_id"], *interests["subject_id"]})
    nodes = frame(connection, read_sql(__package__, "network_parties"), {"parties": parties})
    if missing := len(parties) - nodes.height:
        raise UsageError(f"around: {missing} of the ids are not in v_entity or v_person of this release")
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.graph.update(frame(connection, RELEASE_SQL).row(0, named=True))
    for row in nodes.iter_rows(named=True):
        graph.add_node(row.pop("party_id"), **row)
    for row in interests.iter_rows(named=True):
        key = row["interest_id"] or row["statement_id"]
        graph.add_edge(row.pop("party_id"), row.pop("subject_id"), key, **row)
    return graph


def _near(connection: Connection, around: str | Iterable[str], hops: int | None) -> list[str]:
    """The parties of the graph."""
    parameters: dict[str, object] = {"around": [around] if isinstance(around, str) else sorted(set(around))}
    if hops is None:
        near = frame(connection, read_sql(__package__, "network_connected"), parameters)
    else:
        near = frame(connection, read_sql(__package__, "network_near"), {**parameters, "hops": hops})
    return sorted(near["party_id"])
