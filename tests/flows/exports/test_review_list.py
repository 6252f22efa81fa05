"""`undertow export` of cases and their flags: the order of review, whatever the order of the tables."""

import duckdb
import pytest

from flows.exports.review_list import review_list
from transforms.language import in_language

# case position, lane, indicator, subject name, flag, in the order of review.
FLAGS = [
    (1, "stop", "LNK-010", "Zedton Ltd", "f7"),
    (1, "act", "OWN-020", "Alder Ltd", "f2"),
    (1, "act", "PRP-110", "Alder Ltd", "f1"),
    (1, "look", "ADR-010", None, "f3"),
    (2, "act", "OWN-020", "Alder Ltd", "f5"),
    (2, "act", "OWN-020", None, "f4"),
    (2, "data", "DEC-060", "Alder Ltd", "f6"),
]


@pytest.mark.parametrize("step", [1, -1])
def test_flags_come_by_case_then_lane_then_indicator(step: int) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table v_flag(case_id text, lane text, indicator text, subject_name text, flag_id text, "
            "subject_type text, subject_id text, area_name text, explanation text, explanation_nl text, "
            "first_seen_on date)"
        )
        for position, *flag in FLAGS[::step]:
            connection.execute(
                "insert into v_flag values (?, ?, ?, ?, ?, 'legal_entity', 'X', null, 'so', 'zo', null)",
                [f"UT-C-{3 - position}", *flag],
            )
        connection.execute("insert into v_flag(case_id, flag_id) values (null, 'in no case')")
        connection.execute(
            "create table v_case as select case_id, 3 - right(case_id, 1)::int as position, "
            "'act' as lane, 'X and 2 more: t' as title, null as area_name from v_flag "
            "where case_id is not null group by case_id"
        )
        connection.execute(
            "create table v_indicator as "
            "select distinct indicator as code, 'i' as title, 'ei' as title_nl from v_flag"
        )
        rows = review_list(connection).to_pylist()
        with in_language("nl"):
            dutch = review_list(connection).to_pylist()
    names = ("position", "lane", "indicator", "subject_name", "flag_id")
    assert [tuple(row[name] for name in names) for row in rows] == FLAGS
    columns = ("case_title", "indicator_title", "explanation")
    assert {tuple(row[name] for name in columns) for row in rows} == {("X and 2 more: t", "i", "so")}
    assert {tuple(row[name] for name in columns) for row in dutch} == {("X en nog 2: t", "ei", "zo")}
    assert rows[0].keys() == dutch[0].keys()
