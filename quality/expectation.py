"""An expectation on a table, as data: built by `suites`, run by `gate`."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["blocking", "warning"]
# data: may fail because of what a publisher sent, or an authority's own indicator. Evaluated by Great
# Expectations and shown in Data Docs.
# assertion: could only fail by a fault of our own code. Evaluated by DuckDB alone.
Kind = Literal["data", "assertion"]


@dataclass(frozen=True)
class Expectation:
    """One expectation on `table`; without a query and a condition: the table has rows.

    `failing_rows`: query for the failing rows, key and record columns only, from `{batch}`, which stands for
    the table and has no alias. Literal braces are doubled.
    `condition`: the query's condition on a failing row, if it concerns that row alone.
    `description`: a sentence for readers of Data Docs.
    `compares_editions`: with the last edition, so a right edition may fail it (`undertow run --any-size`).
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
