"""ADR-040: seats in units for industry only, that were demolished or that do not exist; and in homes, in
offices, and in a shed with an office.
"""

from quality.town.havermonde.draw import PortDraw, PortPlant
from quality.town.havermonde.facts import HOME, INDUSTRY, OFFICE, Place, Port
from quality.town.plant import Expected, Truth

SHOP = "winkelfunctie"
DEMOLISHED = "Verblijfsobject ingetrokken"
NEVER_BUILT = "Niet gerealiseerd verblijfsobject"
REBUILT = "Verbouwing verblijfsobject"


def _seated(draw: PortDraw, place: Place, expected: Expected, note: str) -> Port:
    business = draw.business(place=place)
    return Port([business], truth=[Truth(business.id, expected, note)])


PLANT = PortPlant(
    (
        lambda draw: _seated(draw, draw.place("port", (INDUSTRY,)), "flagged", "a unit for industry only"),
        lambda draw: _seated(draw, draw.place("centre", (SHOP,)), "flagged", "a shop"),
        lambda draw: _seated(draw, draw.place(status=DEMOLISHED), "flagged", "a home that was demolished"),
        lambda draw: _seated(
            draw,
            draw.place("centre", (OFFICE,), status=NEVER_BUILT),
            "flagged",
            "an office that was never built",
        ),
        lambda draw: _seated(
            draw,
            draw.place("centre", (OFFICE,), is_in_extract=False),
            "flagged",
            "a number that no unit has",
        ),
        lambda draw: _seated(draw, draw.office(), "not_flagged", "an office"),
        lambda draw: _seated(draw, draw.place(), "not_flagged", "a home"),
        lambda draw: _seated(
            draw, draw.place("port", (INDUSTRY, OFFICE)), "not_flagged", "a shed with an office"
        ),
        lambda draw: _seated(
            draw, draw.place("centre", (SHOP, HOME)), "not_flagged", "a shop with a home above it"
        ),
        lambda draw: _seated(
            draw,
            draw.place("centre", (OFFICE,), status=REBUILT),
            "not_flagged",
            "an office that is being rebuilt",
        ),
    )
)
