"""PRP-080: owners that bought many titles within a year; those that bought few, or over years."""

from datetime import date, timedelta

from quality.town.parts.dates import EDITION
from quality.town.plant import (
    ALL_SHARES,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    part,
    person_owner,
    title,
    title_id,
)

REGIME = date(2016, 4, 6)


@part
def _case(
    draw: Draw,
    titles_n: int,
    expected: Expected,
    note: str,
    *,
    companies_n: int = 1,
    first_days: int = 300,
) -> Planted:
    """Titles bought by companies in turn, all of one person, the first so many days ago, the others since."""
    person = draw.person()
    buyers = [draw.company() for _ in range(companies_n)]
    days_ago = [first_days * (titles_n - n) // titles_n for n in range(titles_n)]
    rows = [
        title(draw, [buyers[n % companies_n]], EDITION - timedelta(days=days))
        for n, days in enumerate(days_ago)
    ]
    owned = [person_owner(buyer, person, ALL_SHARES, max(buyer.incorporated_on, REGIME)) for buyer in buyers]
    return Planted(buyers, owned, rows, [Truth(title_id(row), expected, note) for row in rows])


PLANT = Plant(
    (
        _case(5, "flagged", "five in a year"),
        _case(6, "flagged", "six, by three companies of one person", companies_n=3),
        _case(8, "flagged", "eight in two months", first_days=60),
        _case(4, "not_flagged", "four in a year"),
        _case(3, "not_flagged", "three in a year, by three companies", companies_n=3),
        _case(8, "not_flagged", "eight in twenty years", first_days=7300),
    )
)
