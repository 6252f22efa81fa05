"""Which cases a night lists, in review order, and which of them have a page."""

from dataclasses import dataclass

from flows.facts.areas import Areas
from flows.facts.rows import Row, as_int, query_rows
from flows.home.settings import case_pages_a_night
from transforms.model.sql import Connection

PAGED_LANES = ("stop", "act")  # cases of lane look get a page when asked for


@dataclass(frozen=True)
class Listing:
    """The first rows of a table, and how many there are in all."""

    rows: tuple[Row, ...]
    rows_n: int

    @property
    def more_n(self) -> int:
        return self.rows_n - len(self.rows)


def listing(rows: tuple[Row, ...]) -> Listing:
    """Of rows with `all_n`, how many there are in all."""
    return Listing(rows, as_int(rows[0]["all_n"]) if rows else 0)


def cases_of(connection: Connection, areas: Areas, lane: str, shown: int | None = None) -> Listing:
    """The first cases of a lane with a flag in the chosen areas; all of them where `shown` is None."""
    in_areas = f"case_id in (select case_id from v_flag where state = 'flagged' and {areas.condition})"
    query = (
        f"select *, count(*) over () as all_n from v_case where lane = $lane "
        f"{f'and {in_areas}' if areas.shown else ''} order by position"
        f"{'' if shown is None else ' limit $shown'}"
    )
    limit = {} if shown is None else {"shown": shown}
    return listing(query_rows(connection, query, lane=lane, **limit, **areas.parameters))


def cases_with_pages(connection: Connection, areas: Areas) -> list[str]:
    """Ids of the cases of the lanes stop and act, in review order; at most as many as UNDERTOW_CASE_PAGES
    says.
    """
    most = case_pages_a_night()
    rows = [row for lane in PAGED_LANES for row in cases_of(connection, areas, lane, most).rows]
    return [str(row["case_id"]) for row in rows[:most]]
