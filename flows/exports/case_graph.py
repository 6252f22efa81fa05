"""A case as a graph for other programs: its members, the links and open interests between them, and payments.

Payments are those between members and those of public bodies to them, one edge for each pair, day, kind and
currency. Natural persons are named, as on the page of the case: the file is for the people who review the
case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.facts.case.payments import PUBLIC_BODY, payments
from flows.facts.rows import Row, query_rows
from flows.release.case_ids import case_by_id
from graphs import ownership_graph
from graphs.drawing.exchange import graphml
from transforms.model.sql import Connection, read_sql

if TYPE_CHECKING:
    import networkx as nx

CASE_SQL = "select case_id, title from v_case where case_id = $case"
OF_PAYMENT = ("flowed_on", "amount", "currency", "lines_n", "register", "record")
PARTIES = ("legal_entity", "person")  # subject types that have interests


def case_graphml(connection: Connection, case_id: str) -> bytes:
    """GraphML of the case that an id leads to in the release. Raises UsageError if there is none."""
    return graphml(case_graph(connection, case_by_id(connection, case_id)))


def case_graph(connection: Connection, case: str) -> nx.MultiDiGraph[str]:
    """The graph of a case of the release."""
    members, links = (
        query_rows(connection, read_sql(__package__, name), case=case)
        for name in ("case_members", "case_links")
    )
    parties = [str(row["subject_id"]) for row in members if row["subject_type"] in PARTIES]
    graph = ownership_graph(connection, around=parties, hops=0)
    for _, _, interest in graph.edges(data=True):
        interest["kind"] = "interest"
    for row in members:
        graph.add_node(str(row["subject_id"]), **_without(row, "subject_id"))
    for row in links:
        graph.add_edge(str(row["from_id"]), str(row["to_id"]), **_without(row, "from_id", "to_id"))
    for row in payments(connection, parties):
        ends = [(str(row[f"{end}_id"]), row[f"{end}_name"]) for end in ("payer", "payee")]
        for party, name in ends:
            if party not in graph:
                kind = "public_body" if party.startswith(PUBLIC_BODY) else "legal_entity"
                graph.add_node(party, subject_type=kind, name=name)
        of_payment = {name: row[name] for name in OF_PAYMENT}
        graph.add_edge(ends[0][0], ends[1][0], kind="payment", payment_kind=row["kind"], **of_payment)
    graph.graph.update(query_rows(connection, CASE_SQL, case=case)[0])
    return graph


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}
