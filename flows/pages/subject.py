"""What a case page is about: a case, or a subject that is in none."""

from dataclasses import dataclass, replace

from flows.facts.case import Member
from flows.facts.rows import Row, as_int, query_rows
from transforms.errors import UsageError, as_typed
from transforms.model.sql import Connection, read_sql


@dataclass(frozen=True)
class Subject:
    """`case`: its v_case row; None for a subject in no case.

    `links`: rows of v_case_link. `flags`: subject_flags.sql.
    """

    case: Row | None
    heading: str
    members: tuple[Member, ...]
    links: tuple[Row, ...]
    flags: tuple[Row, ...]


def read_case(connection: Connection, case_id: str) -> Subject:
    """A case of the release."""
    case = query_rows(connection, "select * from v_case where case_id = $id", id=case_id)[0]
    members = query_rows(
        connection,
        "select * from v_case_member where case_id = $id order by role, subject_id",
        id=case_id,
    )
    links = query_rows(
        connection,
        "select * from v_case_link where case_id = $id order by from_id, to_id, kind",
        id=case_id,
    )
    flags = _flags(connection, "f.case_id", case_id)
    anchors = {flag["subject_id"] for flag in flags if flag["flag_id"] == case["anchor_flag_id"]}
    return Subject(
        case,
        str(case["title"]),
        tuple(replace(_member(member), is_subject=member["subject_id"] in anchors) for member in members),
        links,
        flags,
    )


def read_subject(connection: Connection, subject_id: str) -> Subject:
    """The case that a subject is in, or else the subject alone.

    Flags of a subject in no case are weak, about a register's own faults, or on a property that no legal
    entity holds. Raises UsageError for an unknown subject, and for a natural person.
    """
    rows = query_rows(connection, read_sql(__package__, "subject"), id=subject_id)
    if not rows:
        raise UsageError(
            f"--subject {as_typed(subject_id)}: the current release has no record with this id; "
            "`undertow sql` on v_entity, v_title or v_address finds ids"
        )
    kind, name = str(rows[0]["kind"]), rows[0]["name"]
    if kind == "person":
        raise UsageError(
            "--subject: this is a natural person, about whom there is never a page; "
            "name a legal entity, title, property, sale or address"
        )
    query = "select case_id from v_case_member where subject_id = $id order by case_id"
    if cases := query_rows(connection, query, id=subject_id):
        return read_case(connection, str(cases[0]["case_id"]))
    flags = _flags(connection, "f.subject_id", subject_id)
    heading = subject_id if name is None else str(name)
    member = Member(subject_id, kind, None if name is None else str(name), len(flags), is_subject=True)
    return Subject(None, heading or subject_id, (member,), (), flags)


def _flags(connection: Connection, column: str, value: str) -> tuple[Row, ...]:
    return query_rows(connection, read_sql(__package__, "subject_flags", column=column), id=value)


def _member(row: Row) -> Member:
    name = None if row["subject_name"] is None else str(row["subject_name"])
    return Member(str(row["subject_id"]), str(row["subject_type"]), name, as_int(row["flags_n"]))
