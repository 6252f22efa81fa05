"""The ids of everything near some cases, so that a night's pages ask each query once for many cases."""

from collections.abc import Iterator, Sequence

from flows.facts.rows import AllAtOnce, query_rows
from transforms.model.sql import Connection

CASES_AT_ONCE = 100  # (own) cases whose rows are held in memory together
IDS_MAX = 100_000  # (own) more are near cases of very large groups, whose pages are then made one by one

# The table `near_case` has the id of every party, title, property, sale, address and group nearby, and of
# their statements and flags: first the cases and their members, then what each of these queries adds by the
# ids before it.
MEMBERS_SQL = """
    select unnest([case_id, subject_id]) as id from v_case_member where case_id in (select unnest($cases))
"""
FURTHER_SQL = (
    """select unnest([controller_id, subject_id]) from v_control_group
    where control_group_id in (from near_case)""",
    "select property_id from v_transaction where transaction_id in (from near_case)",
    "select title_id from v_title_address where property_id in (from near_case)",
    "select party_id from v_proprietorship where title_id in (from near_case)",
    # Everybody above.
    """with recursive above as (
        select id from near_case
        union
        select e.party_id from v_closure_edge e join above a on e.subject_id = a.id
    )
    select id from above""",
    "select title_id from v_proprietorship where party_id in (from near_case)",
    "select property_id from v_title_address where title_id in (from near_case)",
    "select transaction_id from v_transaction where property_id in (from near_case)",
    "select flag_id from v_flag where state = 'flagged' and case_id in (from near_case)",
    """select statement_id from v_closure_edge where subject_id in (from near_case)
    union select statement_id from v_proprietorship where title_id in (from near_case)
    union select statement_id from v_case_link where case_id in (from near_case)""",
)


def in_batches(connection: Connection, case_ids: Sequence[str]) -> Iterator[tuple[str, Connection]]:
    """Each case, with a connection that asks queries for all cases of a batch at once."""
    for start in range(0, len(case_ids), CASES_AT_ONCE):
        batch = case_ids[start : start + CASES_AT_ONCE]
        ids = _ids_near(connection, batch)
        shared = AllAtOnce(connection, ids) if len(ids) <= IDS_MAX else connection
        for case_id in batch:
            yield case_id, shared


def _ids_near(connection: Connection, case_ids: Sequence[str]) -> set[str]:
    connection.execute(f"create temp table near_case as {MEMBERS_SQL}", {"cases": list(case_ids)})
    try:
        for query in FURTHER_SQL:
            connection.execute(f"insert into near_case {query}")
        rows = query_rows(connection, "select distinct id from near_case where id is not null")
    finally:
        connection.execute("drop table temp.near_case")
    return {str(row["id"]) for row in rows}
