"""Stage screening: find parties of the registers that may be on a watch list."""

from flows.journal import judgements
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, write_table
from transforms.model.views import MARTS
from transforms.resolution.lists.screening import screen


def screen_lists(night: Night) -> Counts:
    """Write candidates with score and reason.

    They are never merged; pairs judged to be two parties are left out.
    """
    with open_tables(night, MARTS.keys() - {"screening", "mark"}) as connection:
        candidates = screen(connection, judgements.judged_records(connection, night.home))
    write_table(night, MARTS["screening"], candidates)
    return {"candidates": candidates.height, "strong": int(candidates["is_strong"].sum())}
