"""LIF-020: companies gone within a year of their incorporation, a day beyond, and on the days that nobody
can tell.
"""

from datetime import date, timedelta

from quality.town.gone import EARLIER
from quality.town.parts.dates import EDITION
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part

DAYS = 365


@part
def _gone(draw: Draw, incorporated_on: date, expected: Expected, note: str) -> Planted:
    """A company that was in the earlier edition and is gone."""
    company = draw.company(incorporated_on)
    return Planted(gone=[company], truth=[Truth(company.id, expected, note)])


@part
def _stated(
    draw: Draw,
    life_days: int,
    expected: Expected,
    note: str,
    *,
    dated: bool = True,
) -> Planted:
    """A company still in the file, with what the file says of its end."""
    founded = date(2024, 3, 4)
    columns = {"DissolutionDate": f"{founded + timedelta(days=life_days):%d/%m/%Y}"} if dated else {}
    company = draw.company(founded, status="Dissolved", columns=columns)
    return Planted([company], truth=[Truth(company.id, expected, note)])


def _others(draw: Draw) -> Planted:
    young = draw.company(EARLIER - timedelta(days=40))
    overseas = draw.overseas(EDITION - timedelta(days=200))
    converted = draw.company(date(2025, 9, 1), status="Converted / Closed")
    truth = [
        Truth(young.id, "not_flagged", "young, and still on the register"),
        Truth(overseas.id, "not_assessable", "overseas registration that is gone"),
        Truth(converted.id, "not_flagged", "converted, which is no dissolution"),
    ]
    return Planted([young, converted], [draw.owned(young)], gone=[overseas], truth=truth)


PLANT = Plant(
    (
        _gone(EARLIER - timedelta(days=1), "flagged", "gone within four weeks"),
        _gone(EARLIER - timedelta(days=150), "flagged", "gone within half a year"),
        _gone(EDITION - timedelta(days=DAYS - 1), "flagged", "at most 364 days"),
        _gone(EDITION - timedelta(days=DAYS), "flagged", "at most 365 days"),
        _gone(EDITION - timedelta(days=DAYS + 1), "not_assessable", "338 to 366 days"),
        _gone(EARLIER - timedelta(days=DAYS), "not_assessable", "365 to 393 days"),
        _gone(EARLIER - timedelta(days=DAYS + 1), "not_flagged", "at least 366 days"),
        _gone(EARLIER - timedelta(days=2000), "not_flagged", "years"),
        _stated(365, "flagged", "dissolution stated, 365 days"),
        _stated(366, "not_flagged", "dissolution stated, 366 days"),
        _stated(0, "not_assessable", "dissolved, on a day that is not stated", dated=False),
        _others,
    )
)
