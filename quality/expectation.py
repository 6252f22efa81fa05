"""An expectation on a table, as data: built by `suites`, run by `gate`."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["blocking", "warning"]
# data: may fail because of what a publisher sent, or because of an authority's own indicator. Great
# Expectations evaluates it and shows it in Data Docs.
# # assertion: fails only because of an error in this code. DuckDB evaluates it.
Kind = Literal["data", "assertion"]


@dataclass(frozen=True)
class Expectation:
    """An expectation on `table`. Without a query and a condition, it expects that the table has rows.

    `failing_rows`: query for the failing rows, with key and record columns only. Its table is `{batch}`,
    which has no alias. Literal braces are doubled.
    `condition`: the query's condition on a failing row, if it is about that row alone.
    `description`: a sentence for readers of Data Docs.
    `compares_editions`: compares with the last edition, so a correct edition may fail (`undertow run
    --any-size`).
    """

    name: str
    table: str
    failing_rows: str = ""
    condition: str = ""
    severity: Severity = "blocking"
    kind: Kind = "assertion"
    description: str = ""
    compares_editions: bool = False

    @property
    def failing_rows_sql(self) -> str:
        return self.failing_rows.format(batch=self.table)
