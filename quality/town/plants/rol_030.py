"""ROL-030: companies with a disqualified director, and those where the order is over, permits the company, or
the director has left.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from quality.town.companies_house import appointment, disqualified
from quality.town.parts.dates import EDITION
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part

SINCE, UNTIL = date(2024, 2, 1), date(2031, 1, 31)


@part
def _company(
    draw: Draw,
    expected: Expected,
    note: str,
    *,
    orders: Sequence[tuple[date, date]] = ((SINCE, UNTIL),),
    left_on: date | None = None,
    is_permitted: bool = False,
) -> Planted:
    """A company with an owner of its own and, for each order, a director whom it bars."""
    company = draw.company()
    people = [draw.person() for _ in orders]
    return Planted(
        [company],
        [draw.owned(company)],
        officers=[appointment(company, person, until=left_on) for person in people],
        disqualified=[
            disqualified(person, *days, permitted=[company.name] if is_permitted else ())
            for person, days in zip(people, orders, strict=True)
        ],
        truth=[Truth(company.id, expected, note)],
    )


PLANT = Plant(
    (
        _company("flagged", "a disqualified director"),
        _company("flagged", "two of them", orders=[(SINCE, UNTIL)] * 2),
        _company("flagged", "until today", orders=[(SINCE, EDITION)]),
        _company("not_flagged", "until yesterday", orders=[(SINCE, EDITION - timedelta(days=1))]),
        _company("not_flagged", "permitted for this company", is_permitted=True),
        _company("not_flagged", "the director has left", left_on=date(2024, 3, 1)),
    )
)
