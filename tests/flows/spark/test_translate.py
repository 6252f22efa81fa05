"""The SQL of marts and indicators for Spark. That its rows are those of DuckDB, the whole nights of
`test_night.py` say.
"""

from datetime import date

import duckdb
import pytest

from flows.spark.flags import steps_on_workers
from flows.spark.translate import Translated, accents, translated
from transforms.flags.mentions import reject_mention_sql
from transforms.marts import MART_ORDER, MART_PARAMETERS, fact_sql, fact_views_of, mart_sql
from transforms.model.indicator import EVIDENCE_STEP, STATES_STEP, indicators
from transforms.model.views import GRAPH_TABLES, MARTS

DAY = date(2026, 6, 1)
# Queries with a recursion, which the driver runs: as the operator's guide lists them.
ON_DRIVER = {
    STATES_STEP: {"OWN-020", "OWN-030", "OWN-110"},
    EVIDENCE_STEP: {
        *("DEC-010", "LNK-020", "LNK-040", "OWN-040", "OWN-050", "OWN-060", "OWN-070", "OWN-080", "PRP-050")
    },
}


def test_every_statement_translates() -> None:
    parameters = {"as_of": DAY, **MART_PARAMETERS}
    facts = map(fact_sql, fact_views_of((*MARTS, *GRAPH_TABLES)))
    plain = [*map(mart_sql, MART_ORDER), reject_mention_sql("mention_as_written"), *facts]
    done = [translated(sql, parameters) for sql in plain]
    assert len(done) > 70 and all(each.statement.startswith(("SELECT", "WITH")) for each in done)


def test_every_indicator_translates_and_the_driver_has_the_recursions() -> None:
    on_driver: dict[str, set[str]] = {STATES_STEP: set(), EVIDENCE_STEP: set()}
    for code, indicator in indicators().items():
        steps = dict(steps_on_workers(indicator))
        for query in steps.values():
            statement = translated(query, indicator.bound_values(query, DAY)).statement
            assert statement.startswith(("SELECT", "WITH")), code
        if first := next((name for name in on_driver if name not in steps), None):
            on_driver[first].add(code)
    assert on_driver == ON_DRIVER


@pytest.mark.parametrize(
    ("duckdb_sql", "spark"),
    [
        ("select a / b from t", "SELECT CAST(a AS DOUBLE) / b FROM t"),
        ("select date_diff('day', a, b) from t", "SELECT CAST(DATEDIFF(b, a) AS BIGINT) FROM t"),
        ("select a from t order by a, b desc", "SELECT a FROM t ORDER BY a NULLS LAST, b DESC"),
        ("select upper(a) from t", "SELECT UPPER(TRANSLATE(a, 'ß', 'ẞ')) FROM t"),
        ("select has_legal_form(a || 'x') from t where b <= $as_of", "CAST('2026-06-01' AS DATE)"),
        ("select regexp_replace(a, 'x+', '', 'g') from t", "REGEXP_REPLACE(a, 'x+', '')"),
        ("select string_split(a, ',') from t", "SPLIT(a, ',')"),
        ("select count(distinct a) over (partition by b) from t", "SIZE(COLLECT_SET(a) OVER (PARTITION "),
        ("select cast(a as time) < cast(b as time) from t", "DATE_FORMAT(a, 'HH:mm:ss.SSSSSS') < "),
        ("select round(a) from t", "SELECT ROUND(a) FROM t"),
        ("select hash(a, b) from t", "SELECT XXHASH64(a, b) FROM t"),
        ("select list_contains(cast($codes as varchar[]), a) from t", "ARRAY('x')"),
    ],
)  # fmt: skip
def test_what_sqlglot_leaves_is_rewritten(duckdb_sql: str, spark: str) -> None:
    values = {"as_of": DAY, "codes": ["x"]}
    assert spark in translated(duckdb_sql, values).statement


def test_a_part_that_is_named_twice_is_a_view_and_the_others_stay() -> None:
    query = """
        with a as (select 1 as x), b as (select x from a), c as (select * from b join b o using (x))
        select * from (with a as (select x from c) select a.x from a) inner_query
    """
    assert translated(query, prefix="q") == Translated(
        "WITH q_2_c AS (SELECT * FROM q_1_b AS b JOIN q_1_b AS o USING (x)), "
        "q_3_a AS (SELECT x FROM q_2_c AS c) SELECT * FROM (SELECT a.x FROM q_3_a AS a) AS inner_query",
        {"q_1_b": "WITH q_0_a AS (SELECT 1 AS x), q_1_b AS (SELECT x FROM q_0_a AS a) SELECT * FROM q_1_b"},
    )


def test_letters_lose_their_accents_as_in_duckdb() -> None:
    accented, plain = accents()
    letters = accented[: len(plain)]
    rows = duckdb.execute("select strip_accents(unnest($1))", [[*letters]]).fetchall()
    assert [stripped for (stripped,) in rows] == [*plain]
    marks = duckdb.execute("select strip_accents('a' || unnest($1))", [[*accented[len(plain) :]]]).fetchall()
    assert {*marks} == {("a",)}
