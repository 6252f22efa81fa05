"""Cases put into Havermonde on purpose, one module an indicator, as in the British town. That of ADR-040,
which needs a register of buildings, is only here.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from quality.town.havermonde.draw import PortDraw, PortPlant
from quality.town.havermonde.facts import Port


@cache
def port_plants() -> Mapping[str, PortPlant]:
    """Every plant by the code of its indicator."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return {
        name.upper().replace("_", "-"): importlib.import_module(f"{__name__}.{name}").PLANT for name in names
    }


def port_planted(draw: PortDraw) -> Port:
    return sum((plant.make(draw, code) for code, plant in port_plants().items()), Port())
