"""PRP-101: overseas proprietors whose yearly update is overdue, not due yet, due on a day that is not stated,
or that are on no register.
"""

from dataclasses import replace
from datetime import date, timedelta

from quality.town.land.overseas_titles import overseas_title
from quality.town.parts.dates import EDITION
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part, title_id

ADDED = date(2014, 6, 2)
DUE = "ConfStmtNextDueDate"


@part
def _case(
    draw: Draw,
    late_days: int | None,
    expected: Expected,
    note: str,
    *,
    is_gone: bool = False,
    ending: str = "",
) -> Planted:
    """An entity of Jersey whose update was due so many days before the edition, and its title."""
    due = "" if late_days is None else f"{EDITION - timedelta(days=late_days):%d/%m/%Y}"
    entity = draw.overseas(draw.day(date(2022, 9, 5), date(2024, 5, 31)))
    entity = replace(entity, columns={**entity.columns, DUE: due})
    row = overseas_title(draw, entity.name + ending, "JERSEY", ADDED)
    return Planted(
        [] if is_gone else [entity],
        overseas_titles=[row],
        truth=[Truth(title_id(row), expected, note)],
        gone=[entity] if is_gone else [],
    )


PLANT = Plant(
    (
        _case(1, "flagged", "a day late"),
        _case(40, "flagged", "forty days late"),
        _case(800, "flagged", "years late"),
        _case(0, "not_flagged", "due on the day of the edition"),
        _case(-1, "not_flagged", "due tomorrow"),
        _case(-200, "not_flagged", "due in half a year"),
        _case(None, "not_assessable", "no day due is shown"),
        _case(40, "not_assessable", "on the register under another name", ending=" ZED"),
        _case(40, "not_assessable", "left the register", is_gone=True),
    )
)
