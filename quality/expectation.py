"""An expectation on a table, as data: built by `suites`, run by `gate`."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["blocking", "warning"]


@dataclass(frozen=True)
class Expectation:
    """One expectation on `table`; without a query and a condition: the table has rows.

    `failing_rows`: query for the failing rows, key and record columns only, from `{batch}`, which stands for
    the table and has no alias. Literal braces are doubled.
    `condition`: the query's condition on a failing row, if it concerns that row alone.
    """

    name: str
    table: str
    failing_rows: str = ""
    condition: str = ""
    severity: Severity = "blocking"

    @property
    def failing_rows_sql(self) -> str:
        return self.failing_rows.format(batch=self.table)
