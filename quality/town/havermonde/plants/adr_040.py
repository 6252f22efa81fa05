"""ADR-040: seats in units for industry only, that were demolished or that do not exist; and in homes, in
offices, and in a shed with an office.
"""

from typing import Unpack

from quality.town.havermonde.draw import Given, PortDraw
from quality.town.havermonde.facts import HOME, INDUSTRY, OFFICE, Port
from quality.town.plant import Expected, Plant, Truth, part

SHOP = "winkelfunctie"
DEMOLISHED = "Verblijfsobject ingetrokken"
NEVER_BUILT = "Niet gerealiseerd verblijfsobject"
REBUILT = "Verbouwing verblijfsobject"


@part
def _seated(
    draw: PortDraw,
    kind: str,
    uses: tuple[str, ...],
    expected: Expected,
    note: str,
    **given: Unpack[Given],
) -> Port:
    """A business at a place of its own."""
    business = draw.business(place=draw.place(kind, uses, **given))
    return Port([business], truth=[Truth(business.id, expected, note)])


PLANT = Plant(
    (
        _seated("port", (INDUSTRY,), "flagged", "a unit for industry only"),
        _seated("centre", (SHOP,), "flagged", "a shop"),
        _seated("homes", (HOME,), "flagged", "a home that was demolished", status=DEMOLISHED),
        _seated("centre", (OFFICE,), "flagged", "an office that was never built", status=NEVER_BUILT),
        _seated("centre", (OFFICE,), "flagged", "a number that no unit has", is_in_extract=False),
        _seated("centre", (OFFICE,), "not_flagged", "an office"),
        _seated("homes", (HOME,), "not_flagged", "a home"),
        _seated("port", (INDUSTRY, OFFICE), "not_flagged", "a shed with an office"),
        _seated("centre", (SHOP, HOME), "not_flagged", "a shop with a home above it"),
        _seated("centre", (OFFICE,), "not_flagged", "an office that is being rebuilt", status=REBUILT),
    )
)
