"""PRP-060: titles bought above and at the middle price of a district, by companies with and without
charges.
"""

from datetime import date, timedelta

from quality.town.companies_house import BANK, charge
from quality.town.parts.dates import EDITION
from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth, part, title, title_id
from quality.town.plants._records import level_prices

DISTRICT, MIDDLE = "HAREWENDLE", 200_000
SINCE, BOUGHT_ON = date(2015, 5, 7), date(2024, 3, 21)
RECENT = EDITION - timedelta(days=21)


def _buyer(draw: Draw, charges: int) -> Company:
    counts = dict.fromkeys(("NumMortPartSatisfied", "NumMortSatisfied"), "0")
    counts |= dict.fromkeys(("NumMortCharges", "NumMortOutstanding"), str(charges))
    return draw.company(SINCE, columns={f"Mortgages.{name}": n for name, n in counts.items()})


@part
def _case(
    draw: Draw,
    price: int | None,
    *verdict: *tuple[Expected, str],
    charges: int = 0,
    on: date = BOUGHT_ON,
    is_charged: bool = False,
    district: str = DISTRICT,
) -> Planted:
    buyer = _buyer(draw, charges)
    held = {**title(draw, [buyer], on, price_gbp=price), "District": district}
    row = charge(buyer, 1, on, [BANK], title=held["Title Number"])
    return Planted(
        [buyer],
        [draw.owned(buyer)],
        [held],
        [Truth(title_id(held), *verdict)],
        charges=[row] if is_charged else [],
    )


PLANT = Plant(
    (
        level_prices(DISTRICT, MIDDLE, (2024, 2026)),
        _case(MIDDLE + 1, "flagged", "a pound above the middle, no charge"),
        _case(950_000, "flagged", "far above the middle, no charge"),
        _case(240_000, "flagged", "22 days before the edition", on=RECENT - timedelta(days=1)),
        _case(MIDDLE, "not_flagged", "at the middle"),
        _case(140_000, "not_flagged", "below the middle, no charge"),
        _case(240_000, "not_flagged", "charged", charges=1, is_charged=True),
        _case(240_000, "not_assessable", "a charge that is over something", charges=1),
        _case(240_000, "not_assessable", "21 days before the edition", on=RECENT),
        _case(None, "not_assessable", "the price is not stated"),
        _case(240_000, "not_assessable", "no sales of that district", district="NOWENDLE"),
    )
)
