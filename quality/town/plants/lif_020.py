"""LIF-020: companies gone within a year of their incorporation, a day beyond, and on the days that nobody
can tell.
"""

from datetime import date, timedelta

from quality.town.gone import EARLIER
from quality.town.parts.dates import EDITION
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part

DAYS = 365
FOUNDED = date(2024, 3, 4)


@part
def _gone(
    draw: Draw, incorporated_on: date, expected: Expected, note: str, *, is_overseas: bool = False
) -> Planted:
    """A company that was in the earlier edition and is gone."""
    company = draw.overseas(incorporated_on) if is_overseas else draw.company(incorporated_on)
    return Planted(gone=[company], truth=[Truth(company.id, expected, note)])


@part
def _still_there(
    draw: Draw,
    /,
    founded: date,
    *verdict: *tuple[Expected, str],
    status: str = "Dissolved",
    **columns: str,
) -> Planted:
    """A company still in the file, with what the file says of its end."""
    company = draw.company(founded, status=status, columns=columns)
    owners = [draw.owned(company)] if status == "Active" else []
    return Planted([company], owners).judged(*verdict)


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
        _still_there(FOUNDED, "flagged", "dissolution stated, 365 days", DissolutionDate="04/03/2025"),
        _still_there(FOUNDED, "not_flagged", "dissolution stated, 366 days", DissolutionDate="05/03/2025"),
        _still_there(FOUNDED, "not_assessable", "dissolved, on a day that is not stated"),
        _still_there(
            EARLIER - timedelta(days=40), "not_flagged", "young, and still on the register", status="Active"
        ),
        _gone(
            EDITION - timedelta(days=200),
            "not_assessable",
            "overseas registration that is gone",
            is_overseas=True,
        ),
        _still_there(
            date(2025, 9, 1),
            "not_flagged",
            "converted, which is no dissolution",
            status="Converted / Closed",
        ),
    )
)
