"""DOC"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from graphs.arrays.edges import Bools, Ints
from graphs.arrays.units import UNITS


@dataclass(frozen=True)
class Regime:
    """A threshold in UNITS, and whether holding exactly that is enough."""

    name: str
    threshold_units: int
    inclusive: bool

    def reached_by_least(self, units: Ints, is_open: Bools) -> Bools:
        return reached_by_least(units, is_open, self.threshold_units, self.inclusive)

    def reached_by_most(self, units: Ints, is_open: Bools) -> Bools:
        return reached_by_most(units, is_open, self.threshold_units, self.inclusive)


def reached_by_least(units: Ints, is_open: Bools, threshold: int | Ints, inclusive: bool | Bools) -> Bools:
    """True where a least share reaches the threshold. `is_open`: the figure itself is not included, more is held."""
    return np.asarray((units > threshold) | ((units == threshold) & (inclusive | is_open)), np.bool_)


def reached_by_most(units: Ints, is_open: Bools, threshold: int | Ints, inclusive: bool | Bools) -> Bools:
    """True where a largest share reaches the threshold. `is_open`: the figure itself is not included, less is held."""
    return np.asarray((units > threshold) | ((units == threshold) & inclusive & ~is_open), np.bool_)


REGIMES: tuple[Regime, ...] = (
    Regime("AMLR", UNITS // 4, True),  # Regulation (EU) 2024/1624, art. 52(1)
    Regime("UK", UNITS // 4, False),  # Companies Act 2006, Sch. 1A
    Regime("STRICT", UNITS * 15 // 100, True),  # Regulation (EU) 2024/1624, art. 52(2)
)


class Verdict(IntEnum):
    """Positions in OWNER_VERDICTS, the strongest first."""

    CERTAIN = 0
    POSSIBLE = 1
    UNDECLARED = 2
    EXCLUDED = 3
    NONE = 4  # no such route; in no row of `Owners`


class Basis(IntEnum):
    """Positions in OWNER_BASES."""

    OWNERSHIP = 0
    CONTROL = 1
    MIXED = 2


class Route(IntEnum):
    """Where a verdict comes from. OWNERSHIP, BLOCK and THROUGH count on by the position of the basis in SHARE_BASES."""

    OWNERSHIP = 0
    CONTROL = 3
    BLOCK = 4
    THROUGH = 7
    NONE = 10


BASIS_OF_ROUTE = np.repeat(
    np.array([Basis.OWNERSHIP, Basis.CONTROL, Basis.MIXED], np.uint8), (3, 1, 7)
)  # the last is of NONE
