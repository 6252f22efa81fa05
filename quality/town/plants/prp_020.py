"""PRP-020: buyers dissolved within a year of their purchase, a day beyond, and on days nobody can tell."""

from datetime import date, timedelta

from quality.town.gone import EARLIER
from quality.town.parts.dates import EDITION
from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth, part, title, title_id

DAYS = 365
DISSOLVED_ON = date(2026, 2, 16)


def _bought(
    draw: Draw, company: Company, added_on: date, *verdict: *tuple[Expected, str], is_gone: bool = False
) -> Planted:
    row = title(draw, [company], added_on)
    held = Planted(titles=[row], truth=[Truth(title_id(row), *verdict)])
    return held + (Planted(gone=[company]) if is_gone else Planted([company]))


@part
def _stated(draw: Draw, held_days: int, expected: Expected, note: str) -> Planted:
    """A company whose dissolution the register states."""
    columns = {"DissolutionDate": f"{DISSOLVED_ON:%d/%m/%Y}"}
    company = draw.company(date(2011, 3, 7), status="Dissolved", columns=columns)
    return _bought(draw, company, DISSOLVED_ON - timedelta(days=held_days), expected, note)


@part
def _gone(draw: Draw, added_on: date, expected: Expected, note: str) -> Planted:
    """A company that was in the earlier edition and is gone."""
    return _bought(draw, draw.company(date(2011, 3, 7)), added_on, expected, note, is_gone=True)


def _others(draw: Draw) -> Planted:
    alive, converted = (
        draw.company(date(2011, 3, 7)),
        draw.company(date(2011, 3, 7), status="Converted / Closed"),
    )
    lately = EDITION - timedelta(days=20)
    return (
        _bought(draw, alive, lately, "not_flagged", "bought lately, and still there")
        + _bought(draw, converted, lately, "not_flagged", "converted, which is no dissolution")
        + _bought(draw, draw.overseas(date(2023, 1, 9)), lately, "not_assessable", "overseas registration")
    )


PLANT = Plant(
    (
        _stated(DAYS, "flagged", "dissolution stated, 365 days"),
        _stated(12, "flagged", "dissolution stated, 12 days"),
        _gone(EDITION - timedelta(days=DAYS), "flagged", "at most 365 days"),
        _gone(EARLIER - timedelta(days=3), "flagged", "gone within five weeks"),
        _stated(DAYS + 1, "not_flagged", "dissolution stated, 366 days"),
        _gone(EARLIER - timedelta(days=DAYS + 1), "not_flagged", "at least 366 days"),
        _gone(EARLIER - timedelta(days=DAYS), "not_assessable", "365 to 393 days"),
        _others,
    )
)
