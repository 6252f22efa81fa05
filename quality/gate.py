"""Gates: runs the expectations on the tables of one stage on a received DuckDB connection.

`run` returns one row of `v_gate` for each expectation. Great Expectations reports which ones fail. A separate
query then counts the failing rows and locates the first by its key or record columns, because results of
Great Expectations would contain raw values.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import polars as pl

from quality.expectation import Expectation
from transforms.errors import DeclarationError
from transforms.model.sql import Connection
from transforms.model.views import GATE_VIEW

Stage = Literal["lake", "graph", "release"]
NOT_EVALUATED = "could not be evaluated: "
HOLDS = (0, None)  # number of failing rows, example


def run(
    connection: Connection,
    expectations: Sequence[Expectation],
    *,
    stage: Stage,
    register: str | None = None,
    dataset: str | None = None,
    edition: str | None = None,
    file_sha256: str | None = None,
) -> pl.DataFrame:
    """GATE_VIEW rows, one for each expectation, in their order.

    `connection` has every table or view by its name, and no open transaction (a failing query would abort
    it). An expectation that cannot be evaluated, because a table or column is missing, fails; its example is
    the type of error. Not thread-safe: Great Expectations has a global context. Raises DeclarationError if
    two expectations on one table have the same name."""
    from quality.validation import failed_checks

    _check_names(expectations)
    located = {
        expectation: _locate(connection, expectation) if expectation.failing_rows else HOLDS
        for check in failed_checks(connection, expectations, stage)
        for expectation in check
    }
    rows = []
    for expectation in expectations:
        rows_n, example = located.get(expectation, HOLDS)
        # A check of several conditions fails as a whole; a condition that no row meets holds.
        passed = expectation not in located or (bool(expectation.condition) and (rows_n, example) == HOLDS)
        outcome = (expectation.table, expectation.name, expectation.severity, passed, rows_n, example)
        rows.append((stage, register, dataset, edition, file_sha256, *outcome))
    return pl.DataFrame(rows, schema=GATE_VIEW.schema, orient="row")


def blocking_failures(gate_rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that block: GATE_VIEW's columns, in order."""
    return gate_rows.filter((pl.col("severity") == "blocking") & ~pl.col("passed"))


def failure_message(gate_rows: pl.DataFrame) -> str:
    """The first blocking failure on one line, with its row count and an example; empty if nothing blocks."""
    failures = blocking_failures(gate_rows)
    if failures.is_empty():
        return ""
    first = failures.row(0, named=True)
    about = "".join(f" {value}" for value in (first["register"], first["edition"]) if value)
    more = f"; and {failures.height - 1} more, see v_gate" if failures.height > 1 else ""
    evidence = _evidence(first["rows_n"], first["example"])
    gate = f"{first['stage']} gate{' of' if about else ''}{about}"
    return f"{gate}: expected {first['expectation']!r}{evidence}{more}"


def _evidence(rows_n: int, example: str | None) -> str:
    if not rows_n:
        return " and it does not hold" + (f" ({example})" if example else "")
    return f" but {rows_n} {'row fails' if rows_n == 1 else 'rows fail'} (for example {example})"


def _check_names(expectations: Sequence[Expectation]) -> None:
    counts = Counter((expectation.table, expectation.name) for expectation in expectations)
    if repeated := [name for (_, name), n in counts.items() if n > 1]:
        raise DeclarationError(f"gate: two expectations are named {repeated[0]!r}; give each its own name")


# --- locating failing rows -------------------------------------------------------------------------------


def _locate(connection: Connection, expectation: Expectation) -> tuple[int, str | None]:
    """The number of failing rows, and the locator of the first in column order."""
    query = expectation.failing_rows_sql
    try:
        ((rows_n,),) = connection.execute(f"select count(*) from ({query})").fetchall()
        first = connection.execute(f"select * from ({query}) order by all limit 1")
        names, rows = [column[0] for column in first.description], first.fetchall()
    except Exception as error:  # DuckDB's own, not imported here; its text quotes values
        return 0, NOT_EVALUATED + type(error).__name__
    return int(rows_n), _locator(names, rows[0]) if rows else None


def _locator(names: Sequence[str], values: Sequence[object]) -> str:
    """`record_no 12, record 01234567`; unprintable characters become `?`, so it stays on one line."""
    pairs = zip(names, values, strict=True)
    text = ", ".join(f"{name} {'null' if value is None else value}" for name, value in pairs)
    return "".join(character if character.isprintable() else "?" for character in text)
