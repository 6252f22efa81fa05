"""The input of cases: SQL over marts, graph and flags, one file an input; `graphs.cases.build` reads it.

Parameter of `links.sql`: `$seats_max`. This module imports `transforms.model` only.
"""

from transforms.model.sql import read_sql

# A unit that is the seat of more entities than this, active or not, joins nobody. This project's own: ADR-020
# calls 10 entities at one unit a batch, and a dwelling or office of that many is a service address.
SEATS_MAX = 10


def input_sql(name: str) -> str:
    """The query of `flags`, `links`, `members` or `themes`."""
    return read_sql(__package__, name)
