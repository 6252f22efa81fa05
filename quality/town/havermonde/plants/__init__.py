"""Planted cases in Havermonde, one module for each indicator, as in the British town. That of ADR-040, which
needs a register of buildings, is only here.
"""

from collections.abc import Mapping
from functools import cache

from quality.town.havermonde.draw import PortDraw, PortPlant
from quality.town.havermonde.facts import Port
from quality.town.plants import plants_in


@cache
def port_plants() -> Mapping[str, PortPlant]:
    """Every plant by the code of its indicator."""
    return plants_in(__name__, __path__, PortPlant)


def port_planted(draw: PortDraw) -> Port:
    return sum((plant.make(draw, code) for code, plant in port_plants().items()), Port())
