"""Stage screening: compare parties with the watch lists."""

from __future__ import annotations

from flows.journal import judgements
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, write_table
from transforms.model.views import (
    MARTS,
)
from transforms.resolution.lists.screening import screen


def screen_lists(night: Night) -> Counts:
    """Parties of the registers that may be on a watch list: candidates with score and reason, never a merge; none that was judged to be another."""
    connection = open_tables(night, MARTS.keys() - {"screening"})
    try:
        candidates = screen(connection, judgements.of_records(connection, night.home))
    finally:
        connection.close()
    write_table(night, MARTS["screening"], candidates)
    return {"candidates": candidates.height, "strong": int(candidates["is_strong"].sum())}
