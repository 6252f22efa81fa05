"""Gates: run the expectations of a stage on its tables, on a received DuckDB connection.

`run` returns a row of `v_gate` for each expectation. Great Expectations evaluates those on data and writes
the pages of Data Docs; DuckDB evaluates assertions (`assertions`). A separate query counts the failing rows
and locates the first by its key or record columns, because results of Great Expectations would contain raw
values.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from quality import assertions
from quality.data_docs import About, Stage
from quality.expectation import Expectation
from transforms.errors import DeclarationError
from transforms.model.sql import Connection
from transforms.model.views import GATE_VIEW


def run(
    connection: Connection,
    expectations: Sequence[Expectation],
    *,
    stage: Stage,
    register: str | None = None,
    dataset: str | None = None,
    edition: str | None = None,
    file_sha256: str | None = None,
    pages: Path | None = None,
) -> pl.DataFrame:
    """Rows of GATE_VIEW, one for each expectation, in their order.

    `connection` has every table or view by its name, and no open transaction (a failing query would abort
    it). An expectation that cannot be evaluated, because a table or column is missing, fails; its example is
    the type of the error. `pages`: folder for the Data Docs of this gate; an existing folder is replaced. Not
    thread-safe, because Great Expectations has a global context.

    Raises DeclarationError if two expectations on one table have the same name.
    """
    _check_names(expectations)
    about = About(stage, register, dataset, edition, file_sha256)
    failures = dict(
        assertions.failures(connection, (each for each in expectations if each.kind == "assertion"))
    )
    if on_data := [each for each in expectations if each.kind == "data"]:
        from quality.validation import failed  # imported here, because it takes seconds

        for expectation in failed(connection, on_data, about, pages):
            has_query = bool(expectation.failing_rows)
            failures[expectation] = (
                assertions.failing_rows(connection, expectation) if has_query else assertions.HOLDS
            )
    rows = []
    for expectation in expectations:
        rows_n, example = failures.get(expectation, assertions.HOLDS)
        passed = expectation not in failures
        outcome = (expectation.table, expectation.name, expectation.severity, passed, rows_n, example)
        rows.append((stage, register, dataset, edition, file_sha256, *outcome))
    return pl.DataFrame(rows, schema=GATE_VIEW.schema, orient="row")


def blocking_failures(gate_rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of GATE_VIEW that block, in order."""
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
