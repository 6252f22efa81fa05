"""What every page shows of the release that it is made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.facts.rows import Row, query_rows
from transforms.errors import RunFailed
from transforms.model.indicator import Indicator, indicators
from transforms.model.sql import Connection, read_sql


@dataclass(frozen=True)
class Release:
    """Rows of v_release, v_register and v_indicator (by code), and every edition (editions.sql).

    `declared`: the indicators of this version by code, for words that the release does not store. A code that
    it lacks is shown as it is.
    """

    row: Row
    editions: tuple[Row, ...]
    registers: tuple[Row, ...]
    indicators: Mapping[str, Row]
    declared: Mapping[str, Indicator]

    @property
    def titles(self) -> Mapping[str, str]:
        """Register → title."""
        return {str(row["register"]): str(row["title"]) for row in self.registers}


def read_release(connection: Connection) -> Release:
    """Raises RunFailed where `v_release` does not have exactly one row."""
    rows = query_rows(connection, "select * from v_release")
    if len(rows) != 1:
        raise RunFailed(
            f"v_release has {len(rows)} rows and needs one; open the database of a finished release"
        )
    indicator_rows = query_rows(connection, "select * from v_indicator order by code")
    return Release(
        rows[0],
        query_rows(connection, read_sql(__package__, "editions")),
        query_rows(connection, "select * from v_register order by title, register"),
        {str(row["code"]): row for row in indicator_rows},
        indicators(),
    )
