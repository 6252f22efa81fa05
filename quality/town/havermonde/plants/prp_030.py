"""PRP-030: parcels sold twice within half a year, as two stands show. Where nothing is seen before, or too
little was gained, no register of all prices says that nothing was.
"""

from dataclasses import replace
from datetime import date

from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import INDUSTRY, Port
from quality.town.plant import Expected, Plant, Truth, part


@part
def _sold(
    draw: PortDraw,
    first_on: date,
    second_on: date,
    second_eur: int,
    *verdict: *tuple[Expected, str],
    is_half: bool = False,
) -> Port:
    """Bought for 500,000 on first_on, each on a day of its own: several sales of one price and day are a
    portfolio. is_half: sold to a company together with a natural person.
    """
    dealer, buyer = draw.business(), draw.business()
    second = draw.holding(buyer, second_on, second_eur)
    if is_half:
        second = replace(second, holders=(buyer, None))
    parcel = draw.parcel(draw.place("port", (INDUSTRY,)), draw.holding(dealer, first_on, 500_000), second)
    truth = [Truth(parcel.sale_id(0 if is_half else -1), *verdict)]
    return Port([dealer, buyer], [parcel], truth=truth)


PLANT = Plant(
    (
        _sold(date(2025, 4, 14), date(2025, 6, 11), 650_000, "flagged", "30 per cent more in 58 days"),
        _sold(date(2025, 4, 15), date(2025, 6, 25), 900_000, "flagged", "80 per cent more in 71 days"),
        _sold(date(2025, 4, 16), date(2025, 9, 5), 990_000, "flagged", "98 per cent more in 142 days"),
        _sold(date(2025, 4, 17), date(2025, 6, 17), 590_000, "not_assessable", "18 per cent more"),
        _sold(date(2025, 4, 18), date(2025, 10, 19), 900_000, "not_assessable", "184 days after"),
        _sold(date(2025, 4, 22), date(2025, 6, 19), 450_000, "not_assessable", "for less"),
        _sold(
            date(2025, 4, 23),
            date(2025, 6, 20),
            900_000,
            "not_assessable",
            "a half sold on",
            is_half=True,
        ),
    )
)
