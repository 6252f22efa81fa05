"""Translate the DuckDB SQL of our `.sql` files to Spark's, with equal results.

sqlglot does most of this. The module handles the differences that sqlglot leaves, each with its reason. Calls
of the macros of `transforms.model.sql` are replaced by their bodies, and parameters by literals.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import sqlglot
from sqlglot import exp

from flows.spark.shared import take_shared
from transforms.model.sql import MACROS

Expression = exp.Expr

ACCENTED_BELOW = 0x2000  # scripts of Europe; accents in other scripts are not removed
EXACT_BITS = 60  # of the fraction of a double that decide its rounding


@dataclass(frozen=True)
class Translated:
    """A statement for Spark. `shared`: view → query for the parts that the statement reads more than once,
    each of which may read the views before it. Spark would compute such a part each time.
    """

    statement: str
    shared: Mapping[str, str]


def translated(
    query: str, parameters: Mapping[str, object] | None = None, *, prefix: str = "part"
) -> Translated:
    """A statement of one of our files, in Spark's SQL. The names of shared views begin with `prefix`."""
    tree: Expression = sqlglot.parse_one(query, read="duckdb")
    tree = _with_macros(tree)
    values = parameters or {}
    tree = tree.transform(lambda node: _bound(node, values), copy=False)
    # From the leaves up, so that replacements are not rewritten again.
    for node in reversed([*tree.walk()]):
        rewrite = REWRITES.get(type(node))
        if rewrite is not None and (new := rewrite(node)) is not node:
            tree = new if node is tree else (node.replace(new), tree)[1]
    shared = {name: _text(part) for name, part in take_shared(tree, prefix).items()}
    return Translated(_text(tree), shared)


def _text(tree: Expression) -> str:
    return tree.sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE, comments=False)


# --- macros and parameters ----------------------------------------------------------------------------------


@cache
def _macros() -> Mapping[str, tuple[list[str], Expression]]:
    """Parameters and body of each macro, by name."""
    macros = {}
    for name, statement in MACROS.items():
        created = sqlglot.parse_one(statement, read="duckdb")
        macros[name] = ([each.name for each in created.this.expressions], created.expression)
    return macros


def _with_macros(tree: Expression) -> Expression:
    def expanded(node: Expression) -> Expression:
        if not isinstance(node, exp.Anonymous) or node.name.lower() not in _macros():
            return node
        names, body = _macros()[node.name.lower()]
        given = {
            name: _with_macros(value.copy()) for name, value in zip(names, node.expressions, strict=True)
        }

        def put_in(part: Expression) -> Expression:
            is_parameter = isinstance(part, exp.Column) and not part.table and part.name in given
            return exp.paren(given[part.name].copy(), copy=False) if is_parameter else part

        return _with_macros(body.copy().transform(put_in, copy=False))

    return tree.transform(expanded, copy=False)


def _bound(node: Expression, values: Mapping[str, object]) -> Expression:
    if not isinstance(node, exp.Placeholder | exp.Parameter):
        return node
    value = values[node.name]
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(str(value)), "date")
    # In Spark a literal with a decimal point is a decimal.
    return exp.cast(exp.convert(value), "double") if isinstance(value, float) else exp.convert(value)


# --- differences --------------------------------------------------------------------------------------------


def _divided(node: exp.Div) -> Expression:
    """DuckDB's `/` returns a double for all numbers, Spark's a decimal for decimals."""
    return exp.Div(this=exp.cast(node.this, "double"), expression=node.expression, typed=True)


def _days_between(node: exp.DateDiff) -> Expression:
    """Spark's date_diff with a unit counts whole periods of 24 hours; its datediff of two days counts
    midnights.
    """
    return exp.cast(exp.func("datediff", node.this, node.expression, dialect="spark"), "bigint")


def _rounded(node: exp.Round) -> Expression:
    """DuckDB rounds the exact value of a double, Spark its decimal text (1.005 is slightly less as a double).

    Here the whole part and the fraction are rounded separately; the fraction is a multiple of 2^-60, which is
    exact in a decimal.
    """
    if "decimals" not in node.args:
        return node
    power = 10 ** int(node.args["decimals"].name)
    value = f"abs(cast({node.this.sql('spark')} as double))"
    fraction = f"cast(cast(({value} - floor({value})) * {2**EXACT_BITS}D as bigint) as decimal(20, 0))"
    steps = f"((({fraction} * {2 * power}BD) + {2**EXACT_BITS}BD) div {2 ** (EXACT_BITS + 1)}BD)"
    whole = f"(floor({value}) * {power} + {steps}) / cast({power} as double)"
    return sqlglot.parse_one(f"sign({node.this.sql('spark')}) * ({whole})", read="spark")


def _cast(node: exp.Cast) -> Expression:
    """Spark has no type for times of day. As text they compare in the same way."""
    if node.to.this == exp.DType.TIME:
        return exp.func("date_format", node.this, exp.convert("HH:mm:ss.SSSSSS"), dialect="spark")
    return _median_of_money(node)


def _distinct_in_window(node: exp.Window) -> Expression:
    """Spark does not support `count(distinct …)` in a window. The size of the set of values is the same."""
    counted = node.this
    if not isinstance(counted, exp.Count) or not isinstance(counted.this, exp.Distinct):
        return node
    node.set("this", exp.func("collect_set", counted.this.expressions[0], dialect="spark"))
    return exp.cast(exp.func("size", node.copy(), dialect="spark"), "bigint")


def _median_of_money(node: exp.Cast) -> Expression:
    """DuckDB's median of decimals rounds the mean of the two middle values down; Spark's is a double."""
    if node.to.this != exp.DType.DECIMAL or not isinstance(node.this, exp.Median):
        return node
    scale = int(node.to.expressions[1].name)
    tenths = f"round({node.this.sql('spark')} * {10 ** (scale + 1)})"
    down = f"floor({tenths} / 10) / cast({10**scale} as double)"
    return sqlglot.parse_one(f"cast({down} as {node.to.sql('spark')})", read="spark")


def _named_otherwise(node: exp.Anonymous) -> Expression:
    """Functions that Spark lacks, or has under another name or with fewer bits."""
    if node.name.lower() == "strip_accents":
        return exp.func("translate", node.expressions[0], *map(exp.convert, accents()))
    if node.name.lower() == "hash":
        return exp.func("xxhash64", *node.expressions, dialect="spark")
    if node.name.lower() == "to_years":
        return exp.func("make_ym_interval", *node.expressions, dialect="spark")
    return node


@cache
def accents() -> tuple[str, str]:
    """Arguments of `translate`: accented letters and then combining marks; the letters without accents."""
    known = {chr(code): unicodedata.normalize("NFD", chr(code)) for code in range(0xC0, ACCENTED_BELOW)}
    marks = {letter for letter in known if unicodedata.category(letter).startswith("M")}
    letters = {
        letter: parts[0]
        for letter, parts in known.items()
        if letter not in marks and len(parts) > 1 and marks.issuperset(parts[1:])
    }
    return "".join([*letters, *sorted(marks)]), "".join(letters.values())


def _capitals(node: exp.Upper) -> Expression:
    """Spark's upper case of ß is SS, DuckDB's is ẞ."""
    return exp.Upper(this=exp.func("translate", node.this, exp.convert("ß"), exp.convert("ẞ")))


def _common_table(node: exp.CTE) -> Expression:
    """Spark does not support MATERIALIZED."""
    node.set("materialized", None)
    return node


def _split(node: exp.Split) -> Expression:
    """Spark splits by a regular expression. sqlglot quotes the text in a way that only Java understands."""
    return exp.RegexpSplit(this=node.this, expression=exp.convert(re.escape(node.expression.name)))


def _using(node: exp.Select) -> Expression:
    """Sail accepts columns of USING only without a table name. If a query uses one with the name of a table
    on the left, USING becomes ON here. A joined subquery without a name gets one for that.
    """
    joins = node.args.get("joins") or []
    if any(isinstance(each, exp.Star) for each in node.expressions) or not joins:
        return node
    columns = [*node.find_all(exp.Column)]
    before = [node.args["from_"].this.alias_or_name]
    for place, join in enumerate(joins):
        if not join.this.alias_or_name:
            join.this.set("alias", exp.TableAlias(this=exp.to_identifier(f"joined_{place}")))
        keys, right = {key.name: None for key in join.args.get("using") or ()}, join.this.alias_or_name
        named = {each.table for each in columns if each.name in keys or (keys and each.is_star)}
        left = next((table for table in before if table in named), None)
        before.append(right)
        if left is None:
            continue
        join.set("on", exp.and_(*(exp.column(key, left).eq(exp.column(key, right)) for key in keys)))
        join.set("using", None)
        for each in columns:
            if each.name in keys and each.parent_select is node and not each.table:
                each.set("table", exp.to_identifier(left))
    return node


def _shares_one(node: exp.ArrayOverlaps) -> Expression:
    """sqlglot would write the operator `&&`, which Spark lacks."""
    return exp.func("arrays_overlap", node.this, node.expression, dialect="duckdb")


REWRITES: Mapping[type[Expression], Callable[..., Expression]] = {
    exp.Div: _divided,
    exp.DateDiff: _days_between,
    exp.Round: _rounded,
    exp.Cast: _cast,
    exp.Window: _distinct_in_window,
    exp.Anonymous: _named_otherwise,
    exp.Upper: _capitals,
    exp.CTE: _common_table,
    exp.Select: _using,
    exp.Split: _split,
    exp.ArrayOverlaps: _shares_one,
}
