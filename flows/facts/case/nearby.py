"""The rows of a release near some of its cases, copied into memory: a night's pages then read each register
once.

While the copy is open, temporary tables hide the views of the same names. They hold all that a page of these
cases reads, and more: a page is the same with it and without it (`tests/flows/pages` compares them).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from transforms.model.sql import Connection

# The table `near_case` has the id of every party, title, property, sale, address and group nearby: first the
# members, then what each of these queries adds by the ids before it.
MEMBERS_SQL = "select subject_id as id from v_case_member where case_id in (select unnest($cases))"
FURTHER_SQL = (
    """select unnest([controller_id, subject_id]) from v_control_group
    where control_group_id in (from near_case)""",
    "select property_id from v_transaction where transaction_id in (from near_case)",
    "select title_id from v_title_address where property_id in (from near_case)",
    "select party_id from v_proprietorship where title_id in (from near_case)",
    # Everybody above: the whole of each part of the closure that one of them is in.
    """select unnest([party_id, subject_id]) from v_closure_edge where component_no in (
        select component_no from v_closure_edge
        where subject_id in (from near_case) or party_id in (from near_case)
    )""",
    "select title_id from v_proprietorship where party_id in (from near_case)",
    "select property_id from v_title_address where title_id in (from near_case)",
    "select party_id from v_relationship where subject_id in (from near_case)",
    "select listed_party_id from v_screening where party_id in (from near_case)",
)
# View → which of its rows are near. A condition may read the tables above its own.
NEARBY_SQL: Mapping[str, str] = {
    "v_entity": "entity_id in (from near_case)",
    "v_company": "company_id in (from near_case)",
    "v_person": "person_id in (from near_case)",
    "v_control_group": "control_group_id in (from near_case)",
    "v_closure_edge": "subject_id in (from near_case)",
    "v_control": "subject_id in (from near_case)",
    "v_interest": "subject_id in (from near_case)",
    "v_relationship": "subject_id in (from near_case)",
    "v_resolution": "statement_id in (select party_statement_id from v_relationship)",
    "v_proprietorship": "title_id in (from near_case)",
    "v_title": "title_id in (from near_case)",
    "v_title_address": "title_id in (from near_case)",
    "v_address": "address_id in (select address_id from v_title_address)",
    "v_property": "property_id in (from near_case)",
    "v_transaction": "transaction_id in (from near_case) or property_id in (from near_case)",
    "v_screening": "party_id in (from near_case)",
    "v_listing": "party_id in (from near_case)",
    "v_flag": "subject_id in (from near_case)",
    "v_evidence": "flag_id in (select flag_id from v_flag)",
}


@contextmanager
def only_nearby_rows(connection: Connection, case_ids: Sequence[str]) -> Iterator[None]:
    """Within it, the views of NEARBY_SQL have only the rows near these cases.

    `connection`: to a release, used by nobody else meanwhile.
    """
    tables: list[str] = []
    try:
        connection.execute(f"create temp table near_case as {MEMBERS_SQL}", {"cases": list(case_ids)})
        tables.append("near_case")
        for query in FURTHER_SQL:
            connection.execute(f"insert into near_case {query}")
        for view, is_near in NEARBY_SQL.items():
            connection.execute(f"create temp table {view} as select * from {view} where {is_near}")
            tables.append(view)
        yield
    finally:
        for table in reversed(tables):
            connection.execute(f"drop table temp.{table}")
