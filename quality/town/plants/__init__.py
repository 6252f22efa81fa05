"""One plant for each indicator, found by its file, which is named for the indicator (names beginning with `_`
are skipped). It says how one case is made, and lists the cases with their verdicts; adding it edits nothing
else:

    @part
    def _bought(draw: Draw, days: int, *verdict: *tuple[Expected, str]) -> Planted:
        company = draw.company(FOUNDED)
        held = title(draw, [company], FOUNDED + timedelta(days=days))
        return Planted([company], [draw.owned(company)], [held]).judged(*verdict)


    PLANT = Plant((_bought(365, "flagged", "365 days"), _bought(366, "not_flagged", "366 days")))

Cases are made in this order, and what one draws no other gets: who draws more, or in another order, changes
what all later cases draw. May import the rest of the town; nothing imports a plant by name.
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
