"""PRP-140: sales at and above five per cent of the median. The price register names nobody, so that those at
nominal prices are not assessable.
"""

from datetime import date

from quality.town.land.sales import dwelling, sale, transaction_id
from quality.town.plant import Draw, Expected, Plant, Planted, Truth
from quality.town.plants._records import level_prices

DISTRICT, PRICE = "TEALWENDLE", 200_000


def _case(draw: Draw, price_gbp: int, expected: Expected, note: str) -> Planted:
    row = sale(dwelling(draw), date(2024, 3, 4), price_gbp, district=DISTRICT)
    return Planted(sales=[row], truth=[Truth(transaction_id(row), expected, note)])


PLANT = Plant(
    (
        lambda draw: level_prices(draw, DISTRICT, PRICE, (2024,)),
        lambda draw: _case(draw, 1, "not_assessable", "a pound"),
        lambda draw: _case(draw, 500, "not_assessable", "five hundred pounds"),
        lambda draw: _case(draw, PRICE // 20, "not_assessable", "five per cent of the median"),
        lambda draw: _case(draw, PRICE // 20 + 1, "not_flagged", "a pound above five per cent"),
        lambda draw: _case(draw, PRICE // 2, "not_flagged", "half the median"),
        lambda draw: _case(draw, PRICE, "not_flagged", "the median"),
    )
)
