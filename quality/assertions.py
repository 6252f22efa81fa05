"""Assertions, which DuckDB evaluates, and the failing rows of any expectation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from quality.expectation import Expectation
from transforms.model.sql import Connection

NOT_EVALUATED = "could not be evaluated: "
Failing = tuple[int, str | None]  # number of failing rows, locator of the first
HOLDS: Failing = (0, None)


def failures(connection: Connection, assertions: Iterable[Expectation]) -> Mapping[Expectation, Failing]:
    """The assertions that fail, with their failing rows. An assertion that cannot be evaluated fails.

    Conditions on single rows of a table share one scan of it.
    """
    suspects: list[Expectation] = []
    rows: list[Expectation] = []
    for assertion in assertions:
        (rows if assertion.condition else suspects).append(assertion)
    suspects += _with_failing_rows(connection, rows)
    located = ((assertion, failing_rows(connection, assertion)) for assertion in suspects)
    return {assertion: failing for assertion, failing in located if failing != HOLDS}


def failing_rows(connection: Connection, expectation: Expectation) -> Failing:
    """The number of failing rows, and the locator of the first in column order."""
    query = expectation.failing_rows_sql
    try:
        ((rows_n,),) = connection.execute(f"select count(*) from ({query})").fetchall()
        if not rows_n:
            return HOLDS
        first = connection.execute(f"select * from ({query}) order by all limit 1")
        names, (values,) = [column[0] for column in first.description], first.fetchall()
    except (
        Exception
    ) as error:  # DuckDB's errors; its module is not imported here, and their texts quote values
        return 0, NOT_EVALUATED + type(error).__name__
    return int(rows_n), _locator(names, values)


def _with_failing_rows(connection: Connection, assertions: Sequence[Expectation]) -> Iterator[Expectation]:
    """The assertions whose condition some row meets; all of a table if one of its conditions cannot be
    evaluated.
    """
    for table, group in groupby(sorted(assertions, key=lambda each: each.table), key=lambda each: each.table):
        of_table = list(group)
        counts = ", ".join(f"count(*) filter (where {each.condition})" for each in of_table)
        try:
            (rows_n,) = connection.execute(f"select {counts} from {table}".format()).fetchall()
        except Exception:  # `failing_rows` finds out which one
            yield from of_table
        else:
            yield from (each for each, n in zip(of_table, rows_n, strict=True) if n)


def _locator(names: Sequence[str], values: Sequence[object]) -> str:
    """Text such as `record_no 12, record 01234567`. Unprintable characters become `?`, so it is one line."""
    pairs = zip(names, values, strict=True)
    text = ", ".join(f"{name} {'null' if value is None else value}" for name, value in pairs)
    return "".join(character if character.isprintable() else "?" for character in text)
