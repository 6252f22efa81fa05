"""The SQL of marts and indicators for Spark. That its rows are those of DuckDB, the whole nights of
`test_night.py` say.
"""

from datetime import date

import duckdb
import pytest

from flows.spark.translate import Translated, accents, translated
from transforms.flags.evidence import claims_sql
from transforms.flags.mentions import reject_mention_sql
from transforms.flags.states import states_sql
from transforms.marts import MART_ORDER, MART_PARAMETERS, fact_sql, mark_sql, mart_sql
from transforms.model.indicator import indicators
from transforms.model.subjects import SUBJECT_KINDS
from transforms.model.views import FACT_VIEWS

DAY = date(2026, 6, 1)


def test_every_statement_translates() -> None:
    parameters = {"as_of": DAY, **MART_PARAMETERS}
    plain = [
        *map(mart_sql, MART_ORDER),
        *(fact_sql(view.name) for view in FACT_VIEWS),
        *(kind.query for kind in SUBJECT_KINDS.values()),
        mark_sql(),
        reject_mention_sql("mention_as_written"),
    ]
    done = [translated(sql, parameters) for sql in plain]
    for indicator in indicators().values():
        values = {**indicator.parameter_values(), "as_of": DAY}
        done += [translated(sql, values) for sql in (indicator.states, indicator.evidence)]
    an_indicator = indicators()["OWN-010"]
    done.append(translated(*states_sql(an_indicator, "subject_legal_entity", DAY)))
    done.append(translated(*claims_sql(an_indicator, DAY)))
    assert len(done) > 200 and all(each.statement.startswith(("SELECT", "WITH")) for each in done)


@pytest.mark.parametrize(
    ("duckdb_sql", "spark"),
    [
        ("select a / b from t", "SELECT CAST(a AS DOUBLE) / b FROM t"),
        ("select date_diff('day', a, b) from t", "SELECT CAST(DATEDIFF(b, a) AS BIGINT) FROM t"),
        ("select a from t order by a, b desc", "SELECT a FROM t ORDER BY a NULLS LAST, b DESC"),
        ("select upper(a) from t", "SELECT UPPER(TRANSLATE(a, 'ß', 'ẞ')) FROM t"),
        ("select has_legal_form(a || 'x') from t where b <= $as_of", "CAST('2026-06-01' AS DATE)"),
        ("select regexp_replace(a, 'x+', '') from t", r"REGEXP_REPLACE(a, '(?s)^(.*?)(?:x+)', '$1')"),
        ("select regexp_replace(a, 'x+', '', 'g') from t", "REGEXP_REPLACE(a, 'x+', '')"),
        ("select string_split(a, ',') from t", "SPLIT(a, ',')"),
        ("select upper(unnest(l)) as a from t", "FROM t LATERAL VIEW EXPLODE(l) of_piece_0 AS piece_0"),
        ("select count(distinct a) over (partition by b) from t", "SIZE(COLLECT_SET(a) OVER (PARTITION "),
        ("select * exclude (a) replace (1 as b), c from t", "SELECT * EXCEPT (a, b), c, 1 AS b FROM t"),
        (
            "select null as a where false union all by name select b, c from t",
            "SELECT NULL AS a, b, c FROM (SELECT b, c FROM t) AS side",
        ),
        ("select cast(a as time) < cast(b as time) from t", "DATE_FORMAT(a, 'HH:mm:ss.SSSSSS') < "),
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


def test_a_recursive_part_stays_recursive() -> None:
    query = "with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select * from r"
    assert translated(query).statement.startswith("WITH RECURSIVE part_0_r AS (")


def test_letters_lose_their_accents_as_in_duckdb() -> None:
    accented, plain = accents()
    letters = accented[: len(plain)]
    rows = duckdb.execute("select strip_accents(unnest($1))", [[*letters]]).fetchall()
    assert [stripped for (stripped,) in rows] == [*plain]
    marks = duckdb.execute("select strip_accents('a' || unnest($1))", [[*accented[len(plain) :]]]).fetchall()
    assert {*marks} == {("a",)}
