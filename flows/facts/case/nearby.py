"""The ids of everything near some cases, so that the pages of a run need each query only once for many
cases.
"""

from collections.abc import Iterator, Sequence
from itertools import batched

from flows.facts.case.surroundings import PARTIES_MAX
from flows.facts.rows import AllAtOnce, query_rows
from flows.home import warehouse
from transforms.model.sql import Connection

# (own) Cases whose rows are in memory together, and memory of the process per case. A query reads whole
# tables, which takes seconds for a country, whether for one case or for all of these.
CASES_AT_ONCE_MAX, BYTES_OF_ONE = 500, 40 << 20
# (own) Ids near these cases, and memory of the process per id. With more ids, the batch is halved; for a
# single case, its queries run directly.
IDS_MAX, BYTES_OF_AN_ID = 100_000, 80 << 10

# The table `near_case` has the id of every party, title, property, sale, address and group that a page
# queries, and of their statements and flags: first the cases and their members, then what each of these
# queries adds from the ids before it.
MEMBERS_SQL = """
    select unnest([case_id, subject_id]) as id from v_case_member where case_id in (select unnest($cases))
"""
FURTHER_SQL = (
    """select unnest([controller_id, subject_id]) from v_control_group
    where control_group_id in (from near_case)""",
    "select property_id from v_transaction where transaction_id in (from near_case)",
    "select title_id from v_title_address where property_id in (from near_case)",
    "select party_id from v_proprietorship where title_id in (from near_case)",
    "select lender_id from v_charge where title_id in (from near_case) or borrower_id in (from near_case)",
    """select unnest([f.payer_id, f.payee_id]) from v_flow_pattern_member m join v_flow f using (flow_id)
    where m.pattern_id in (from near_case)""",
    # Everybody above.
    """with recursive above as (
        select id from near_case
        union
        select e.party_id from v_closure_edge e join above a on e.subject_id = a.id
    )
    select id from above""",
    # The newest titles that a member holds: no page has room for more.
    f"""select title_id from v_proprietorship
    where
        ended_on is null
        and party_id in (select subject_id from v_case_member where case_id in (from near_case))
    qualify row_number() over (
        partition by party_id order by added_on desc nulls last, title_id, statement_id
    ) <= {PARTIES_MAX}""",
    "select flag_id from v_flag where state = 'flagged' and case_id in (from near_case)",
    """select statement_id from v_closure_edge where subject_id in (from near_case)
    union select statement_id from v_case_link where case_id in (from near_case)""",
)


def in_batches(connection: Connection, case_ids: Sequence[str]) -> Iterator[tuple[str, Connection]]:
    """Each case, with a connection that runs queries once for all cases of a batch."""
    at_once = max(1, min(CASES_AT_ONCE_MAX, warehouse.memory_bytes() // BYTES_OF_ONE))
    for batch in batched(case_ids, at_once):
        yield from _together(connection, batch)


def _together(connection: Connection, case_ids: Sequence[str]) -> Iterator[tuple[str, Connection]]:
    ids = _ids_near(connection, case_ids)
    ids_max = min(IDS_MAX, warehouse.memory_bytes() // BYTES_OF_AN_ID)
    if len(ids) > ids_max and len(case_ids) > 1:
        half = len(case_ids) // 2
        yield from _together(connection, case_ids[:half])
        yield from _together(connection, case_ids[half:])
    elif len(ids) > ids_max:
        yield from ((case_id, connection) for case_id in case_ids)
    else:
        shared = AllAtOnce(connection, ids)
        yield from ((case_id, shared) for case_id in case_ids)
        shared.forget()  # before the next batch, because the caller still refers to the last case


def _ids_near(connection: Connection, case_ids: Sequence[str]) -> set[str]:
    connection.execute(f"create temp table near_case as {MEMBERS_SQL}", {"cases": list(case_ids)})
    try:
        for query in FURTHER_SQL:
            connection.execute(f"insert into near_case {query}")
        rows = query_rows(connection, "select distinct id from near_case where id is not null")
    finally:
        connection.execute("drop table temp.near_case")
    return {str(row["id"]) for row in rows}
