"""What an indicator reads is known by name, so that the next night knows whether it has changed."""

from transforms.flags.states import tables_of
from transforms.marts import sql_behind
from transforms.model.indicator import indicators
from transforms.model.statements import STATEMENT_TABLES
from transforms.model.views import GRAPH_TABLES, MARTS

TABLES = {*STATEMENT_TABLES, *MARTS, *GRAPH_TABLES, "edition_in_use"}


def test_every_name_is_a_table_of_the_run() -> None:
    assert {code for code, one in indicators().items() if not tables_of(one) <= TABLES} == set()


def test_the_tables_behind_a_fact_view_are_named_in_its_place() -> None:
    read = tables_of(indicators()["LIF-020"])
    assert {"company", "release_day"} <= read and "ended_company" not in read


def test_a_rule_rests_on_the_marts_and_macros_that_it_reaches() -> None:
    behind = sql_behind(indicators()["LIF-020"].states)
    assert {"ended_company", "company", "register_role", "state_of"} <= behind.keys()
    assert not {"bid", "flow", "title"} & behind.keys()
