"""The rows of a release that lie near some of its cases, in memory: the pages of a night read a whole register once, and not once a page.

While it is open, temporary tables hide the views of the same names. They hold whatever a page of these cases can ask for, and more: a page is the same
with it and without it (`tests/flows/pages/test_case_pages.py` compares them).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from transforms.model.sql import Connection

# The table `near_case` has the id of everything that is near: parties, titles, properties, sales, addresses, groups. First the members.
MEMBERS_SQL = "select subject_id as id from v_case_member where case_id in (select unnest($cases))"
# What else is near, each by what the ones before it found.
FURTHER_SQL = (
    "select unnest([controller_id, subject_id]) from v_control_group where control_group_id in (from near_case)",
    "select property_id from v_transaction where transaction_id in (from near_case)",
    "select title_id from v_title_address where property_id in (from near_case)",
    "select party_id from v_proprietorship where title_id in (from near_case)",
    # Everybody above: all of the parts of the closure in which any of them is.
    """select unnest([party_id, subject_id]) from v_closure_edge
       where component_no in (select component_no from v_closure_edge where subject_id in (from near_case) or party_id in (from near_case))""",
    "select title_id from v_proprietorship where party_id in (from near_case)",
    "select property_id from v_title_address where title_id in (from near_case)",
    "select party_id from v_relationship where subject_id in (from near_case)",
    "select listed_party_id from v_screening where party_id in (from near_case)",
)
# View → which of its rows are near. A condition may read the tables above its own.
ROWS_SQL: Mapping[str, str] = {
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
def close_up(connection: Connection, case_ids: Sequence[str]) -> Iterator[None]:
    """Within it, the views of ROWS_SQL have the rows near these cases only. `connection`: to a release, used by nobody else meanwhile."""
    made: list[str] = []
    try:
        connection.execute(f"create temp table near_case as {MEMBERS_SQL}", {"cases": list(case_ids)})
        made.append("near_case")
        for query in FURTHER_SQL:
            connection.execute(f"insert into near_case {query}")
        for view, is_near in ROWS_SQL.items():
            connection.execute(f"create temp table {view} as select * from {view} where {is_near}")
            made.append(view)
        yield
    finally:
        for table in reversed(made):
            connection.execute(f"drop table temp.{table}")
