"""Training the linkage model of persons: m from labelled records, u from all pairs of them. Done once for a version of the settings, never in a night."""

from __future__ import annotations

from typing import Any

from transforms.resolution.person_model import untrained
from transforms.resolution.persons import linker
from transforms.sql import Connection

ALL_PAIRS = 1e12  # more than any training set has, so that u is counted and not sampled
# (own) Bounds of what is believed of a training set: m of a level that it never shows, and u of one that only pairs of one person show.
M_MIN, U_MIN = 1e-3, 1e-6
DIGITS = 8


def trained(connection: Connection) -> dict[str, Any]:
    """The settings with m and u. Reads `person_compared` with a column `party`: whose a profile is, and null where nobody knows.

    m: shares of levels among pairs of one party (maximum likelihood on labels). u: the same among all pairs. Both bounded below. Equal input gives equal
    settings, to DIGITS digits.
    """
    of = linker(connection, untrained())
    of.training.estimate_u_using_random_sampling(max_pairs=ALL_PAIRS)
    of.training.estimate_m_from_label_column("party")
    found = of.misc.save_model_to_json()
    # Names of a run are no part of the settings.
    for unwanted in ("linker_uid", "probability_two_random_records_match"):
        found.pop(unwanted, None)
    for comparison in found["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                _bound(level)
    return dict(found)


def _bound(level: dict[str, Any]) -> None:
    for name, least in (("m_probability", M_MIN), ("u_probability", U_MIN)):
        level[name] = round(max(level.get(name) or 0.0, least), DIGITS)
