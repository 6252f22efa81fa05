"""The thresholds of beneficial ownership, and the codes of verdicts and of the routes that lead to them."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from graphs.arrays.edges import Bools, Bytes, Ints
from graphs.arrays.units import UNITS


@dataclass(frozen=True)
class Regime:
    """A threshold in UNITS. `inclusive`: holding exactly the threshold is enough."""

    name: str
    threshold_units: int
    inclusive: bool


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
    NONE = 4  # no such route; not in any row


class Basis(IntEnum):
    """Positions in OWNER_BASES."""

    OWNERSHIP = 0
    CONTROL = 1
    MIXED = 2


class Route(IntEnum):
    """Where a verdict comes from. The position of the basis in SHARE_BASES is added to OWNERSHIP, BLOCK and
    THROUGH.
    """

    OWNERSHIP = 0
    CONTROL = 3
    BLOCK = 4
    THROUGH = 7
    NONE = 10


# By route; the last is for NONE.
BASIS_OF_ROUTE = np.repeat(np.array([Basis.OWNERSHIP, Basis.CONTROL, Basis.MIXED], np.uint8), (3, 1, 7))


_THRESHOLD_UNITS = np.array([regime.threshold_units for regime in REGIMES], np.int64)
_INCLUSIVE = np.array([regime.inclusive for regime in REGIMES], np.bool_)


def reached(regime: Ints | Bytes | int, units: Ints, is_open: Bools | np.bool_, *, least: bool) -> Bools:
    """True if a minimum (`least`) or a maximum, in UNITS, reaches the threshold of its regime, a position in
    REGIMES: bool[shares].

    `is_open`: the bound is exclusive, so more than the minimum, or less than the maximum, is held.
    """
    threshold, inclusive = _THRESHOLD_UNITS[regime], _INCLUSIVE[regime]
    at_threshold = inclusive | is_open if least else inclusive & ~is_open
    return np.asarray((units > threshold) | ((units == threshold) & at_threshold), np.bool_)
