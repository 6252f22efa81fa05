"""PRP-140: sales at and above five per cent of the median. The price register names nobody, so that those at
nominal prices are not assessable.
"""

from datetime import date

from quality.town.land.sales import dwelling, sale, transaction_id
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part
from quality.town.plants._records import level_prices

DISTRICT, PRICE = "TEALWENDLE", 200_000


@part
def _case(draw: Draw, price_gbp: int, expected: Expected, note: str) -> Planted:
    row = sale(dwelling(draw), date(2024, 3, 4), price_gbp, district=DISTRICT)
    return Planted(sales=[row], truth=[Truth(transaction_id(row), expected, note)])


PLANT = Plant(
    (
        level_prices(DISTRICT, PRICE, (2024,)),
        _case(1, "not_assessable", "a pound"),
        _case(500, "not_assessable", "five hundred pounds"),
        _case(PRICE // 20, "not_assessable", "five per cent of the median"),
        _case(PRICE // 20 + 1, "not_flagged", "a pound above five per cent"),
        _case(PRICE // 2, "not_flagged", "half the median"),
        _case(PRICE, "not_flagged", "the median"),
    )
)
