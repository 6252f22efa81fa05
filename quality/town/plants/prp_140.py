"""PRP-140: sales at and above five per cent of the median. The price register names nobody, so that those at
nominal prices are not assessable.
"""

from datetime import date

from quality.town.land.sales import dwelling, sale, transaction_id
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, each
from quality.town.plants._records import level_prices

DISTRICT, PRICE = "TEALWENDLE", 200_000

# Price of the sale, verdict.
CASES: tuple[tuple[int, Expected, str], ...] = (
    (1, "not_assessable", "a pound"),
    (500, "not_assessable", "five hundred pounds"),
    (PRICE // 20, "not_assessable", "five per cent of the median"),
    (PRICE // 20 + 1, "not_flagged", "a pound above five per cent"),
    (PRICE // 2, "not_flagged", "half the median"),
    (PRICE, "not_flagged", "the median"),
)


def _case(draw: Draw, price_gbp: int, expected: Expected, note: str) -> Planted:
    row = sale(dwelling(draw), date(2024, 3, 4), price_gbp, district=DISTRICT)
    return Planted(sales=[row], truth=[Truth(transaction_id(row), expected, note)])


PLANT = Plant((lambda draw: level_prices(draw, DISTRICT, PRICE, (2024,)), *each(_case, CASES)))
