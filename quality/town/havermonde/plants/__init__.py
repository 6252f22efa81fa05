"""Planted cases in Havermonde, one module for each indicator, as in the British town. That of ADR-040, which
needs a register of buildings, is only here.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import Port
from quality.town.plant import Plant
from quality.town.plants import plants_in


@cache
def port_plants() -> Mapping[str, Plant[PortDraw, Port]]:
    """Every plant by the code of its indicator."""
    return plants_in(__name__, __path__)


def port_planted(draw: PortDraw) -> Port:
    made = [(code, part(draw)) for code, plant in port_plants().items() for part in plant.parts]
    return sum(
        (replace(port, truth=[replace(each, indicator=code) for each in port.truth]) for code, port in made),
        Port(),
    )
