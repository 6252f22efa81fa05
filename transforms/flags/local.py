"""Checks the queries of an authority's own indicator: one SELECT or UNION over marts, fact views and graph
tables, with listed functions only.
"""

from sqlglot import errors, exp, parse

from transforms.errors import DeclarationError
from transforms.model.indicator import Indicator
from transforms.model.views import FACT_VIEWS, GRAPH_TABLES, MARTS

LOCAL_FAMILY = "LOC"
TABLES = {*MARTS, *GRAPH_TABLES, *(view.name for view in FACT_VIEWS)}
# sqlglot's names: `date_diff` is datediff, `unnest` is explode, `list_contains` is array_contains,
# `regexp_matches` is regexp_like.
FUNCTIONS = frozenset(
    {
        "abs",
        "and",
        "array_contains",
        "avg",
        "case",
        "cast",
        "ceil",
        "coalesce",
        "concat_ws",
        "count",
        "datediff",
        "day",
        "dense_rank",
        "edition_gap",
        "exists",
        "exp",
        "explode",
        "floor",
        "greatest",
        "if",
        "lag",
        "lead",
        "least",
        "least_words",
        "left",
        "length",
        "ln",
        "logical_and",
        "logical_or",
        "lower",
        "max",
        "median",
        "min",
        "month",
        "nullif",
        "or",
        "quarter",
        "rank",
        "reason_of",
        "regexp_like",
        "replace",
        "right",
        "round",
        "row_number",
        "split_part",
        "starts_with",
        "state_of",
        "substring",
        "sum",
        "thousands",
        "trim",
        "try_cast",
        "upper",
        "year",
    }
)


def check_local(indicator: Indicator) -> None:
    """Raise DeclarationError if the code is not of the family LOC, or if a query does more than it may."""
    if indicator.family != LOCAL_FAMILY:
        raise DeclarationError(f"{indicator.code}: the code of your own indicator must begin with LOC-")
    for name, query in (("states.sql", indicator.states), ("evidence.sql", indicator.evidence)):
        if fault := _fault(query):
            raise DeclarationError(f"{indicator.code}: {name}: {fault}")


def _fault(query: str) -> str:
    """Why a query is refused, or ""."""
    try:
        trees = parse(query, read="duckdb")
    except errors.SqlglotError as error:
        return f"it cannot be parsed: {str(error).splitlines()[0]}"
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        return "it must be one SELECT, or a UNION of SELECTs"
    named = {cte.alias for cte in trees[0].find_all(exp.CTE)}
    for table in trees[0].find_all(exp.Table):
        is_plain = isinstance(table.this, exp.Identifier) and not table.db and not table.catalog
        if not is_plain or table.name not in TABLES | named:
            return f"it reads {table.sql(dialect='duckdb')}; marts, fact views and graph tables are allowed"
    for function in trees[0].find_all(exp.Func):
        name = (function.name if isinstance(function, exp.Anonymous) else function.sql_name()).lower()
        if name not in FUNCTIONS:
            return f"the function {name} is not allowed; allowed are {', '.join(sorted(FUNCTIONS))}"
    return ""
