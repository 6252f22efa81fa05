"""One plant for each indicator, found by its file. May import the rest of the town; nothing imports a
plant by name.
"""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from quality.town.plant import Draw, Plant, Planted
from transforms.errors import DeclarationError


def plants_in(package: str, path: Iterable[str]) -> dict[str, Any]:
    """Indicator code → the `PLANT` of each module of a package, found by its file."""
    by_code = {}
    names = (info.name for info in pkgutil.iter_modules(path))
    for name in sorted(name for name in names if not name.startswith("_")):
        plant = getattr(importlib.import_module(f"{package}.{name}"), "PLANT", None)
        if not isinstance(plant, Plant):
            raise DeclarationError(f"{package}.{name} must set PLANT = Plant(…)")
        by_code[name.upper().replace("_", "-")] = plant
    return by_code


@cache
def plants() -> Mapping[str, Plant[Draw, Planted]]:
    """Every plant, by indicator code."""
    return plants_in(__name__, __path__)


def planted(draw: Draw, companies: int) -> Planted:
    """All plants that a town of `companies` gets. Raises DeclarationError where two truths contradict or
    repeat each other.
    """
    everything = Planted()
    for code, plant in plants().items():
        if companies >= plant.companies_min:
            own = plant.make(draw)
            everything += replace(own, truth=[replace(truth, indicator=code) for truth in own.truth])
    subjects = Counter((truth.indicator, truth.subject_id) for truth in everything.truth)
    if twice := [subject for subject, n in subjects.items() if n > 1]:
        raise DeclarationError(f"plants: {' '.join(min(twice))} is in the truth twice; plant another subject")
    return everything
