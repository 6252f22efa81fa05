"""One thing that must be true of a table, as data: built by `suites`, run by `gate`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["blocking", "warning"]


@dataclass(frozen=True)
class Expectation:
    """One thing that must be true of `table`; where neither query nor condition is given: that it has rows.

    `failing_rows`: selects the rows that fail, key and record columns only, from `{batch}`, which stands for
    the table and has no alias. Literal braces are doubled.
    `condition`: in it, the condition that a failing row meets, where it is about that row alone.
    """

    name: str
    table: str
    failing_rows: str = ""
    condition: str = ""
    severity: Severity = "blocking"

    @property
    def failing_rows_sql(self) -> str:
        return self.failing_rows.format(batch=self.table)
