"""What a supplier was awarded stands beside what it was paid, and its contracting processes make one case."""

from flows.facts.areas import Areas
from flows.facts.party import facts
from flows.facts.rows import query_rows
from flows.release.store import open_current
from tests.flows.demo import Demo


def test_awards_are_listed_by_buyer_and_year_and_never_as_payments(demo: Demo) -> None:
    """Oracle: the awards counted one by one."""
    connection = open_current(demo.home)
    try:
        awards = query_rows(
            connection,
            """
            select supplier_id, buyer_id, year(awarded_on) as year_no, is_framework, amount
            from v_award where status = 'active' and supplier_id is not null
            """,
        )
        suppliers = sorted({str(row["supplier_id"]) for row in awards})
        money = facts(connection, "legal_entity", suppliers, Areas(()))
    finally:
        connection.close()
    assert len(suppliers) > 5
    for supplier in suppliers:
        listed = [row for row in money[supplier]["money"] if row["what"] == "awarded"]
        own = [row for row in awards if row["supplier_id"] == supplier]
        assert sum(row["lines_n"] for row in listed) == len(own)
        assert sum(row["amount"] or 0 for row in listed) == sum(row["amount"] or 0 for row in own)
        assert {row["kind"] for row in listed} == {"contract"}
        assert {(row["other_id"], row["year_no"]) for row in listed} == {
            (row["buyer_id"], row["year_no"]) for row in own
        }


def test_processes_with_a_grave_flag_and_one_winner_are_one_case(demo: Demo) -> None:
    connection = open_current(demo.home)
    try:
        members = query_rows(
            connection,
            """
            select m.case_id, m.subject_type, m.role, m.subject_id
            from v_case_member m
            where m.case_id in (select case_id from v_case_member where subject_id = 'ocds-hm0001-p1000')
            order by m.subject_type, m.subject_id
            """,
        )
        links = query_rows(
            connection, "select from_id, to_id from v_case_link where kind = 'award' order by to_id"
        )
    finally:
        connection.close()
    assert [(row["subject_type"], row["role"]) for row in members] == [
        ("award", "flagged"),
        ("award", "flagged"),
        ("legal_entity", "linking"),
    ]
    assert [(row["from_id"], row["to_id"]) for row in links] == [
        (members[2]["subject_id"], f"ocds-hm0001-p100{nth}") for nth in (0, 1)
    ]
