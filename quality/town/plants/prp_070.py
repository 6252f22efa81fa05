"""PRP-070: dwellings sold five times in twenty years, and every reason why a sale does not count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from quality.town.land.sales import dwelling, sale
from quality.town.parts.dates import EDITION
from quality.town.plant import Draw, Expected, Plant, Planted, at

DISTRICT = "CHURNLEIGH"
DAYS = (date(2008, 3, 14), date(2011, 6, 3), date(2014, 10, 17), date(2019, 1, 25), date(2023, 5, 5))
TWENTY_YEARS_BEFORE = EDITION.replace(year=EDITION.year - 20)
FIRST_GBP, STEP_GBP, OWN_GBP = 91_007, 13_000, 11


@dataclass(frozen=True)
class Sold:
    """One dwelling and the days of its sales. `given`: what differs from the ordinary, by the position of
    the sale. `beside`: a sale that another dwelling shares.
    """

    expected: Expected
    note: str
    days: tuple[date, ...] = DAYS
    given: Mapping[int, dict[str, str]] = field(default_factory=dict)
    unit: str = ""
    beside: int | None = None


CASES = (
    Sold("flagged", "five sales"),
    Sold("flagged", "six sales", (*DAYS, date(2025, 8, 8))),
    Sold("flagged", "five sales of a flat", unit="FLAT 2"),
    Sold("not_flagged", "four sales", DAYS[1:]),
    Sold("flagged", "the first one twenty years ago to the day", (TWENTY_YEARS_BEFORE, *DAYS[1:])),
    Sold(
        "not_flagged",
        "the first one a day more than twenty years ago",
        (TWENTY_YEARS_BEFORE.replace(month=5, day=31), *DAYS[1:]),
    ),
    Sold("not_flagged", "one of the five of category B", given={3: {"category": "B"}}),
    Sold("flagged", "one of six of category B", (*DAYS, date(2025, 9, 9)), {3: {"category": "B"}}),
    Sold("not_flagged", "two of the five on one day", (*DAYS[1:], DAYS[-1])),
    Sold("flagged", "new at its first sale", given={0: {"new": "Y"}}),
    Sold("not_flagged", "new at a later sale", given={2: {"new": "Y"}}),
    Sold("not_flagged", "one of the five is a sale of two dwellings at one price", beside=2),
    Sold("not_assessable", "category of one of the five not stated", given={4: {"category": ""}}),
)


def _planted(draw: Draw, number: int, case: Sold) -> Planted:
    """Each dwelling has prices of its own: one price on one day would be a portfolio."""
    where = dwelling(draw, case.unit)
    prices = [FIRST_GBP + OWN_GBP * number + STEP_GBP * n for n in range(len(case.days))]
    ordinary = {"district": DISTRICT} | ({"kind": "F", "tenure": "L"} if case.unit else {})
    rows = [
        sale(where, day, price, **{**ordinary, **case.given.get(n, {})})
        for n, (day, price) in enumerate(zip(case.days, prices, strict=True))
    ]
    beside = (
        []
        if case.beside is None
        else [sale(dwelling(draw), case.days[case.beside], prices[case.beside], district=DISTRICT)]
    )
    return Planted(sales=[*rows, *beside], truth=[at(where, case.expected, case.note, is_dwelling=True)])


PLANT = Plant([partial(_planted, number=number, case=case) for number, case in enumerate(CASES)])
