"""Common table expressions (here *parts*) that a statement reads more than once.

DuckDB computes such a part once. Spark inserts it wherever it is named, and a statement with many parts
becomes too large to plan.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from graphlib import TopologicalSorter

from sqlglot import exp


def take_shared(tree: exp.Expr, prefix: str) -> dict[str, exp.Expr]:
    """Remove these parts from a statement and return them as view → query, each of which may read the views
    before it.

    The names of the views begin with `prefix`. The other parts move to the WITH of the query that reads them.
    """
    parts = _taken_out(tree, prefix)
    reads = {name: Counter(table.name for table in _tables(part, parts)) for name, part in parts.items()}
    order = [*TopologicalSorter(reads).static_order()]
    own = Counter(table.name for table in _tables(tree, parts))
    times = sum(reads.values(), own)
    shared = [name for name in order if times[name] > 1]

    def needed(names: Iterable[str]) -> set[str]:
        here = {*names} - {*shared}
        return here.union(*(needed(reads[name]) for name in here))

    def in_front(query: exp.Expr, names: Collection[str]) -> exp.Expr:
        if chosen := [name for name in order if name in names]:
            query.set("with_", exp.With(expressions=[parts[name].copy() for name in chosen]))
        return query

    in_front(tree, needed(own))
    return {name: in_front(exp.select("*").from_(name), {name} | needed(reads[name])) for name in shared}


def _taken_out(tree: exp.Expr, prefix: str) -> Mapping[str, exp.CTE]:
    """Remove all parts from the statement and return them by name, after giving each a unique name."""
    clauses = [*tree.find_all(exp.With)]
    every = [part for clause in clauses for part in clause.expressions]
    names = {id(part): f"{prefix}_{number}_{part.alias}" for number, part in enumerate(every)}
    for table in [*tree.find_all(exp.Table)]:
        if (part := _part_of(table)) is not None:
            table.set("alias", table.args.get("alias") or exp.TableAlias(this=table.this.copy()))
            table.set("this", exp.to_identifier(names[id(part)]))
    for clause in clauses:
        clause.pop()
    for part in every:
        part.args["alias"].set("this", exp.to_identifier(names[id(part)]))
    return {names[id(part)]: part for part in every}


def _part_of(table: exp.Table) -> exp.CTE | None:
    """The part that a table's name refers to, in the innermost WITH in scope; None if it is not a part."""
    node: exp.Expr | None = table
    while node is not None:
        above, known = node.parent, []
        if isinstance(above, exp.With):
            known = above.expressions[: node.index]
            above = above.parent
        elif above is not None and "with_" in above.args:
            known = getattr(above.args["with_"], "expressions", [])
        for part in known:
            if isinstance(part, exp.CTE) and part.alias == table.name:
                return part
        node = above
    return None


def _tables(query: exp.Expr, names: Collection[str]) -> list[exp.Table]:
    return [table for table in query.find_all(exp.Table) if table.name in names and not table.db]
