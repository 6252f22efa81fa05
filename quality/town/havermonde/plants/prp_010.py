"""PRP-010: parcels that companies bought 0, 365 and 366 days after their foundation."""

from datetime import date, timedelta

from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import INDUSTRY, Port
from quality.town.plant import Expected, Plant, Truth, part

FOUNDED_ON = date(2022, 3, 1)


@part
def _bought(draw: PortDraw, days: int, expected: Expected, *, by_rsin: bool = False) -> Port:
    buyer = draw.business(FOUNDED_ON)
    held = draw.holding(buyer, FOUNDED_ON + timedelta(days=days), 300_000)
    parcel = draw.parcel(draw.place("port", (INDUSTRY,)), held, by_rsin=by_rsin)
    how = "named by its RSIN" if by_rsin else "named by its number"
    return Port([buyer], [parcel], truth=[Truth(parcel.id, expected, f"{days} days, {how}")])


PLANT = Plant(
    (
        _bought(0, "flagged"),
        _bought(365, "flagged"),
        _bought(90, "flagged", by_rsin=True),
        _bought(366, "not_flagged"),
        _bought(900, "not_flagged"),
        _bought(1500, "not_flagged", by_rsin=True),
    )
)
