"""What every page shows of the release that it is made from, and pages of a size that can be mailed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.facts.rows import Row, query_rows
from flows.home.durable import write_bytes_durably
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


# --- writing a page -----------------------------------------------------------------------------------------


PAGE_BYTES_MAX = 1_500_000  # (own)


def first_that_fits(pages: Iterable[str]) -> str:
    """The first of these pages, the fullest first, of at most PAGE_BYTES_MAX; the last where none is."""
    page = ""
    for page in pages:
        if len(page.encode()) <= PAGE_BYTES_MAX:
            break
    return page


def write_page(path: Path, page: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_durably(path, page.encode())
    return path
