"""What Splink asks of a Spark server to weigh persons. That it weighs as in DuckDB, the whole nights of
`test_night.py` say.
"""

from random import Random

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from flows.spark.persons import FUNCTIONS, for_spark
from transforms.resolution.persons.linkage import settings

LETTERS = "ABCDEFG -'ÉÜЖ"
SPARK_HAS = {"abs", "array_contains", "arrays_overlap", "array_size", "ends_with", "least", "left", "length"}
IN_DUCKDB = {"jarowinkler_similarity": "jaro_winkler_similarity"}
SEED, NAMES_N = 24, 3_000


def test_conditions_name_functions_of_spark_or_of_the_workers_only() -> None:
    levels = [level for each in for_spark(settings())["comparisons"] for level in each["comparison_levels"]]
    conditions = [level["sql_condition"] for level in levels if level["sql_condition"] != "ELSE"]
    trees = [sqlglot.parse_one(condition, read="spark") for condition in conditions]
    calls = [
        call for tree in trees for call in tree.find_all(exp.Func) if not isinstance(call, exp.Connector)
    ]
    called = {call.name if isinstance(call, exp.Anonymous) else call.sql_name() for call in calls}
    assert {name.lower() for name in called} == SPARK_HAS | FUNCTIONS.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_likeness_give_what_duckdb_gives(name: str) -> None:
    random = Random(SEED)
    words = ["".join(random.choices(LETTERS, k=random.randint(1, 12))) for _ in range(2 * NAMES_N)]
    pairs = [*zip(words[::2], words[1::2], strict=True), ("ANNA", None), (None, "ANNA")]
    function, _ = FUNCTIONS[name]
    for one, other in pairs:
        [[given]] = duckdb.execute(f"select {IN_DUCKDB.get(name, name)}(?, ?)", [one, other]).fetchall()
        assert function(one, other) == pytest.approx(given, abs=1e-12), (one, other)
