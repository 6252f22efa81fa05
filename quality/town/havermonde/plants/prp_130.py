"""PRP-130: mortgages of 151 and of 150 per cent of the price and of the municipality's value, and over two
parcels.
"""

from datetime import date

from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import INDUSTRY, Port
from quality.town.plant import Expected, Plant, Truth, part

BOUGHT_ON = date(2023, 2, 6)


@part
def _mortgaged(
    draw: PortDraw, eur: int, expected: Expected, note: str, *, worth: int = 400_000, parcels_n: int = 1
) -> Port:
    """Parcels bought for 400,000 each, with one mortgage."""
    owner, lender = draw.business(), draw.business(trade=("Krediet", "64929"))
    parcels = [
        draw.parcel(draw.place("port", (INDUSTRY,)), draw.holding(owner, BOUGHT_ON, 400_000))
        for _ in range(parcels_n)
    ]
    return Port(
        [owner, lender],
        parcels,
        [draw.mortgage(lender, eur, *parcels)],
        values=[(parcel.place, worth) for parcel in parcels],
        truth=[Truth(parcel.id, expected, note) for parcel in parcels],
    )


PLANT = Plant(
    (
        _mortgaged(604_000, "flagged", "151 per cent"),
        _mortgaged(700_000, "flagged", "175 per cent of the price, more of the value", worth=390_000),
        _mortgaged(1_300_000, "flagged", "162 per cent of two parcels together", parcels_n=2),
        _mortgaged(600_000, "not_flagged", "150 per cent"),
        _mortgaged(700_000, "not_flagged", "worth 500,000 today", worth=500_000),
        _mortgaged(700_000, "not_flagged", "88 per cent of two parcels together", parcels_n=2),
    )
)
