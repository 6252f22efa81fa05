"""LIF-040: companies whose owners and directors change thrice in twelve months, twice, or a day later."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from quality.town.companies_house import appointment
from quality.town.plant import ALL_SHARES, Draw, Expected, Plant, Planted, Truth, part, person_owner

FOUNDED = date(2019, 3, 4)
SOLD = date(2024, 5, 1)

type Board = Sequence[tuple[date, date | None]]


@part
def _company(draw: Draw, expected: Expected, note: str, owners: Board, directors: Board) -> Planted:
    """Each owner and each director is another person, in office from one day to another."""
    company = draw.company(FOUNDED)
    people: list[Mapping[str, str]] = [draw.person() for _ in range(len(owners) + len(directors))]
    psc = [
        person_owner(company, person, ALL_SHARES, *days) for person, days in zip(people, owners, strict=False)
    ]
    seats = [
        appointment(company, person, *days)
        for person, days in zip(people[len(owners) :], directors, strict=True)
    ]
    return Planted([company], psc, officers=seats, truth=[Truth(company.id, expected, note)])


def _later(days: int) -> date:
    return SOLD + timedelta(days)


PLANT = Plant(
    (
        _company(
            "flagged",
            "sold, and two changes on the board",
            [(FOUNDED, SOLD), (SOLD, None)],
            [(FOUNDED, _later(10)), (_later(31), None)],
        ),
        _company(
            "flagged",
            "three directors in turn",
            [(FOUNDED, None)],
            [(FOUNDED, SOLD), (_later(1), _later(60)), (_later(60), None)],
        ),
        _company(
            "flagged",
            "the third change twelve months after the first",
            [(FOUNDED, SOLD), (SOLD, None)],
            [(FOUNDED, _later(200)), (date(2025, 5, 1), None)],
        ),
        _company(
            "not_flagged",
            "the third change a day later",
            [(FOUNDED, SOLD), (SOLD, None)],
            [(FOUNDED, _later(200)), (date(2025, 5, 2), None)],
        ),
        _company(
            "not_flagged",
            "sold, and the board replaced in a day",
            [(FOUNDED, SOLD), (SOLD, None)],
            [(FOUNDED, SOLD), (SOLD, None)],
        ),
        _company(
            "not_flagged",
            "founded with three directors, of whom two left",
            [(FOUNDED, None)],
            [(FOUNDED, None), (FOUNDED, FOUNDED + timedelta(90)), (FOUNDED, FOUNDED + timedelta(120))],
        ),
    )
)
