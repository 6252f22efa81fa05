"""The parties and titles in a file about a case: those that its page shows."""

from flows.facts.case.parties import Member
from flows.facts.case.surroundings import find_surroundings
from flows.facts.rows import query_rows
from flows.release.case_ids import case_by_id
from transforms.model.sql import Connection, read_sql


def around_case(connection: Connection, case_id: str) -> list[str]:
    """Ids of the members of the case, all holders above them, their titles and the proprietors of these, in
    order. Raises UsageError if the release does not have the case.
    """
    rows = query_rows(connection, read_sql(__package__, "case_members"), case=case_by_id(connection, case_id))
    members = [Member(str(row["subject_id"]), str(row["subject_type"]), None) for row in rows]
    return sorted({party.id for party in find_surroundings(connection, members, ()).parties})
