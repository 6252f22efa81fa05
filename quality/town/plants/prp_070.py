"""PRP-070: dwellings sold five times in twenty years, and every reason why a sale does not count."""

from collections.abc import Mapping, Sequence
from datetime import date

from quality.town.land.sales import dwelling, sale
from quality.town.parts.dates import EDITION
from quality.town.plant import Draw, Expected, Plant, Planted, at, part

DISTRICT = "CHURNLEIGH"
DAYS = (date(2008, 3, 14), date(2011, 6, 3), date(2014, 10, 17), date(2019, 1, 25), date(2023, 5, 5))
TWENTY_YEARS_BEFORE = EDITION.replace(year=EDITION.year - 20)
FIRST_GBP, STEP_GBP, OWN_GBP = 91_007, 13_000, 11


@part
def _sold(
    draw: Draw,
    nth: int,
    *verdict: *tuple[Expected, str],
    days: Sequence[date] = DAYS,
    given: Mapping[int, dict[str, str]] | None = None,
    unit: str = "",
    beside: int | None = None,
) -> Planted:
    """One dwelling and the days of its sales. nth: of the dwellings; each has prices of its own, since one
    price on one day would be a portfolio. given: what differs from the ordinary, by the position of the sale.
    beside: a sale that another dwelling shares.
    """
    where = dwelling(draw, unit)
    prices = [FIRST_GBP + OWN_GBP * nth + STEP_GBP * n for n in range(len(days))]
    ordinary = {"district": DISTRICT} | ({"kind": "F", "tenure": "L"} if unit else {})
    rows = [
        sale(where, day, price, **{**ordinary, **(given or {}).get(n, {})})
        for n, (day, price) in enumerate(zip(days, prices, strict=True))
    ]
    if beside is not None:
        rows.append(sale(dwelling(draw), days[beside], prices[beside], district=DISTRICT))
    return Planted(sales=rows, truth=[at(where, *verdict, is_dwelling=True)])


PLANT = Plant(
    (
        _sold(0, "flagged", "five sales"),
        _sold(1, "flagged", "six sales", days=(*DAYS, date(2025, 8, 8))),
        _sold(2, "flagged", "five sales of a flat", unit="FLAT 2"),
        _sold(3, "not_flagged", "four sales", days=DAYS[1:]),
        _sold(
            4, "flagged", "the first one twenty years ago to the day", days=(TWENTY_YEARS_BEFORE, *DAYS[1:])
        ),
        _sold(
            5,
            "not_flagged",
            "the first one a day more than twenty years ago",
            days=(TWENTY_YEARS_BEFORE.replace(month=5, day=31), *DAYS[1:]),
        ),
        _sold(6, "not_flagged", "one of the five of category B", given={3: {"category": "B"}}),
        _sold(
            7,
            "flagged",
            "one of six of category B",
            days=(*DAYS, date(2025, 9, 9)),
            given={3: {"category": "B"}},
        ),
        _sold(8, "not_flagged", "two of the five on one day", days=(*DAYS[1:], DAYS[-1])),
        _sold(9, "flagged", "new at its first sale", given={0: {"new": "Y"}}),
        _sold(10, "not_flagged", "new at a later sale", given={2: {"new": "Y"}}),
        _sold(11, "not_flagged", "one of the five is a sale of two dwellings at one price", beside=2),
        _sold(12, "not_assessable", "category of one of the five not stated", given={4: {"category": ""}}),
    )
)
