"""PRP-130: titles on which more, and not more, than one and a half times their value is secured, in districts
where prices stood still or rose by a quarter.
"""

from datetime import date

from quality.town.companies_house import BANK, charge
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part, title, title_id
from quality.town.plants._records import level_prices

LEVEL, RISING = "OTTERWENDLE", "HERONWENDLE"
SINCE, BOUGHT_ON, CHARGED_ON = date(2015, 5, 7), date(2024, 6, 3), date(2024, 6, 10)
PRICE = 200_000
LENDERS = (BANK, "WESTERN COUNTIES BANK PLC")


@part
def _case(
    draw: Draw,
    secured: int | None,
    *verdict: *tuple[Expected, str],
    price: int | None = PRICE,
    district: str = LEVEL,
    titles_n: int = 1,
    lenders: int = 1,
    satisfied_on: str = "",
) -> Planted:
    """titles_n: bought at that price each, and charged together."""
    buyer = draw.company(SINCE)
    held = [
        {**title(draw, [buyer], BOUGHT_ON, price_gbp=price), "District": district} for _ in range(titles_n)
    ]
    row = charge(
        buyer,
        1,
        CHARGED_ON,
        LENDERS[:lenders],
        title=" and ".join(each["Title Number"] for each in held),
        satisfied_on=satisfied_on,
        amount_gbp=secured,
    )
    truth = [Truth(title_id(each), *verdict) for each in held]
    return Planted([buyer], [draw.owned(buyer)], held, truth, charges=[row])


PLANT = Plant(
    (
        level_prices(LEVEL, PRICE, (2024, 2026)),
        level_prices(RISING, PRICE, (2024,)),
        level_prices(RISING, PRICE * 5 // 4, (2026,)),
        _case(300_001, "flagged", "a pound above one and a half times the price"),
        _case(610_000, "flagged", "two titles charged together", titles_n=2),
        _case(380_000, "flagged", "above the risen price too", district=RISING),
        _case(300_000, "not_flagged", "one and a half times the price"),
        _case(320_000, "not_flagged", "above the price, not the risen one", district=RISING),
        _case(320_000, "not_flagged", "over two titles together", titles_n=2),
        _case(160_000, "not_flagged", "two lenders of one debt", lenders=2),
        _case(900_000, "not_flagged", "paid back", satisfied_on="2026-01-05"),
        _case(None, "not_assessable", "no amount stated"),
        _case(900_000, "not_assessable", "the price is not known", price=None),
        _case(900_000, "not_assessable", "no sales of the district", district="NOWENDLE"),
    )
)
