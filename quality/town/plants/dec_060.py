"""DEC-060: owners who by the birth on their record were infants, older than anybody, or unborn when they were
notified; and those at the bounds.
"""

from datetime import date

from quality.town.plant import ALL_SHARES, Expected, Part, Plant, person_owner
from quality.town.plants._records import scenario


def _born(year: int, month: int, notified_on: date, expected: Expected, ended_on: date | None = None) -> Part:
    """One owner with this birth, notified on this day."""
    born = {"birth_year": str(year), "birth_month": str(month)}
    return scenario(
        1,
        lambda draw, c: [
            person_owner(c[0], {**draw.person(), **born}, ALL_SHARES, notified_on, ended_on),
            *([draw.owned(c[0])] if ended_on else []),
        ],
        (expected, f"born in {year}-{month:02d}, notified on {notified_on}"),
        company=lambda draw: draw.company(date(2012, 5, 14)),
    )


PLANT = Plant(
    (
        _born(2018, 7, date(2020, 6, 30), "flagged"),
        _born(1908, 1, date(2018, 2, 1), "flagged"),
        _born(2091, 3, date(2019, 9, 2), "flagged"),
        _born(2018, 7, date(2020, 7, 1), "not_flagged"),
        _born(1908, 1, date(2018, 1, 31), "not_flagged"),
        _born(2018, 7, date(2019, 6, 30), "not_flagged", date(2022, 4, 4)),
    )
)
