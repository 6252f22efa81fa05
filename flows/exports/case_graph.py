"""A case as a graph for other programs: its members, what joins them, and the open interests between them.

Natural persons are named in it, as on the case's page: it is for the people who review the case.
"""

from flows.facts.rows import Row, query_rows
from flows.release.case_ids import case_asked
from graphs import ownership_graph
from graphs.drawing.exchange import graphml
from transforms.model.sql import Connection, read_sql

CASE_SQL = "select case_id, title from v_case where case_id = $case"
PARTIES = ("legal_entity", "person")  # subject types that have interests


def case_graphml(connection: Connection, case_id: str) -> bytes:
    """GraphML of the case of the release that an id leads to. Raises UsageError where there is none."""
    case = case_asked(connection, case_id)
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
    graph.graph.update(query_rows(connection, CASE_SQL, case=case)[0])
    return graphml(graph)


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}
