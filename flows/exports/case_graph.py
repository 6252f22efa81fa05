"""A case as a graph for other programs: its members, what joins them, and the open interests between them.

Natural persons are named in it, as on the case's page: it is for the people who review the case.
"""

from datetime import date
from decimal import Decimal

from flows.facts.rows import Row, query_rows
from flows.release.case_ids import case_asked
from graphs.drawing.exchange import Attribute, Edge, Node, graphml
from transforms.model.sql import Connection, read_sql

CASE_SQL = """
select c.case_id, c.title, c.as_of, r.release_id, r.synthetic
from v_case c, v_release r
where c.case_id = $case
"""


def case_graphml(connection: Connection, case_id: str) -> bytes:
    """GraphML of the case of the release that an id leads to. Raises UsageError where there is none."""
    case = case_asked(connection, case_id)
    members, links, interests = (
        query_rows(connection, read_sql(__package__, name), case=case)
        for name in ("case_members", "case_links", "case_interests")
    )
    nodes = (Node(str(row["subject_id"]), _attributes(row, "subject_id")) for row in members)
    edges = (
        Edge(str(row["from_id"]), str(row["to_id"]), _attributes(row, "from_id", "to_id"))
        for row in (*links, *interests)
    )
    return graphml(nodes, edges, _attributes(query_rows(connection, CASE_SQL, case=case)[0]))


def _attributes(row: Row, *left_out: str) -> dict[str, Attribute]:
    """Shares as numbers, dates as ISO text: GraphML has neither decimals nor dates."""
    return {name: _attribute(value) for name, value in row.items() if name not in left_out}


def _attribute(value: object) -> Attribute:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)
