"""ADR-030: five companies founded in a week at addresses with a quiet past; four, five in eight days, a busy
past, and an address without one.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from quality.town.plant import Draw, Expected, Plant, Planted, at, part

START = date(2026, 3, 9)  # of the 7 days
WEEK = (0, 0, 2, 5, 6)  # days after START


@part
def _case(
    draw: Draw, past: Sequence[int], expected: Expected, note: str, *, week: Sequence[int] = WEEK
) -> Planted:
    """Companies at one address. past: days before START on which one was founded."""
    unit = draw.address()
    days = [*(START - timedelta(days=before) for before in past), *(START + timedelta(days=n) for n in week)]
    companies = [draw.company(day, address=unit) for day in days]
    owned = [draw.owned(company) for company in companies]
    return Planted(companies, owned, truth=[at(unit, expected, note)])


EARLY = 2900
PLANT = Plant(
    (
        _case((EARLY,), "flagged", "five in a week, none in two years before"),
        _case((728,), "flagged", "five in a week, the first 104 weeks before"),
        _case((EARLY, *range(36, 728, 70)), "flagged", "five in a week, one every ten weeks before"),
        _case((EARLY,), "not_flagged", "four in a week", week=WEEK[1:]),
        _case((EARLY,), "not_flagged", "five in eight days", week=(0, 1, 2, 5, 7)),
        _case(
            (EARLY, *(day for first in range(56, 600, 105) for day in [first] * 4)),
            "not_flagged",
            "five in a week, four in each of six weeks before",
        ),
        _case((727,), "not_assessable", "five in a week, the first a day too late"),
    )
)
