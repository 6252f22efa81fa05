"""ADR-040: seats in units for industry only, that were demolished or that do not exist; and in homes, in
offices, and in a shed with an office.
"""

from collections.abc import Callable

from quality.town.havermonde.draw import PortDraw, PortPlant
from quality.town.havermonde.facts import HOME, INDUSTRY, OFFICE, Place, Port
from quality.town.plant import Expected, Truth


def _seated(expected: Expected, note: str, place: Callable[[PortDraw], Place]) -> Callable[[PortDraw], Port]:
    def case(draw: PortDraw) -> Port:
        business = draw.business(place=place(draw))
        return Port([business], truth=[Truth(business.id, expected, note)])

    return case


PLANT = PortPlant(
    (
        _seated("flagged", "a unit for industry only", lambda draw: draw.place("port", (INDUSTRY,))),
        _seated("flagged", "a shop", lambda draw: draw.place("centre", ("winkelfunctie",))),
        _seated(
            "flagged",
            "a home that was demolished",
            lambda draw: draw.place(status="Verblijfsobject ingetrokken"),
        ),
        _seated(
            "flagged",
            "an office that was never built",
            lambda draw: draw.place("centre", (OFFICE,), status="Niet gerealiseerd verblijfsobject"),
        ),
        _seated(
            "flagged",
            "a number that no unit has",
            lambda draw: draw.place("centre", (OFFICE,), is_in_extract=False),
        ),
        _seated("not_flagged", "an office", lambda draw: draw.office()),
        _seated("not_flagged", "a home", lambda draw: draw.place()),
        _seated("not_flagged", "a shed with an office", lambda draw: draw.place("port", (INDUSTRY, OFFICE))),
        _seated(
            "not_flagged",
            "a shop with a home above it",
            lambda draw: draw.place("centre", ("winkelfunctie", HOME)),
        ),
        _seated(
            "not_flagged",
            "an office that is being rebuilt",
            lambda draw: draw.place("centre", (OFFICE,), status="Verbouwing verblijfsobject"),
        ),
    )
)
