"""A case as a graph for other programs: its members, what joins them, and the open interests between them, with their shares.

Natural persons are named in it, as on the case's page: it is for the people who review the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from flows.facts.rows import Row, query_rows
from flows.release.case_ids import case_asked
from graphs.drawing.exchange import Attribute, Edge, Node, graphml
from transforms.model.sql import Connection

MEMBERS_SQL = """
select m.subject_id, m.subject_type, coalesce(m.subject_name, p.full_name) as name, m.role, m.flags_n
from v_case_member m left join v_person p on p.person_id = m.subject_id
where m.case_id = $case order by m.subject_id
"""
LINKS_SQL = "select from_id, to_id, kind, certainty, statement_id from v_case_link where case_id = $case order by from_id, to_id, kind"
INTERESTS_SQL = """
select i.party_id as from_id, i.subject_id as to_id, 'interest' as kind, i.basis, i.interest_type, i.reach, i.share_min, i.share_max,
    i.share_min_exclusive, i.share_max_exclusive, i.valid_from, i.statement_id
from v_interest i
where i.is_open and i.party_id in (select unnest($members)) and i.subject_id in (select unnest($members))
order by i.interest_id
"""
ABOUT_SQL = "select c.case_id, c.title, c.as_of, r.release_id, r.synthetic from v_case c, v_release r where c.case_id = $case"


def case_graphml(connection: Connection, case_id: str) -> bytes:
    """GraphML of the case of the release that an id leads to (`case_asked`). Raises UsageError where there is none."""
    case = case_asked(connection, case_id)
    about, members = (
        query_rows(connection, ABOUT_SQL, case=case),
        query_rows(connection, MEMBERS_SQL, case=case),
    )
    ids = [str(row["subject_id"]) for row in members]
    links = (
        *query_rows(connection, LINKS_SQL, case=case),
        *query_rows(connection, INTERESTS_SQL, members=ids),
    )
    return graphml(map(_node, members), _edges(links), _attributes(about[0]))


def _node(row: Row) -> Node:
    return Node(
        str(row["subject_id"]),
        _attributes({name: value for name, value in row.items() if name != "subject_id"}),
    )


def _edges(rows: Iterable[Row]) -> Iterable[Edge]:
    ends = ("from_id", "to_id")
    return (
        Edge(
            str(row["from_id"]),
            str(row["to_id"]),
            _attributes({name: value for name, value in row.items() if name not in ends}),
        )
        for row in rows
    )


def _attributes(row: Row) -> dict[str, Attribute]:
    return {name: _attribute(value) for name, value in row.items()}


def _attribute(value: object) -> Attribute:
    """Shares as numbers, dates as ISO text: GraphML has neither decimals nor dates."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)
