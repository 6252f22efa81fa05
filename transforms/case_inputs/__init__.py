"""What cases are made of: SQL over the marts, the graph and the flags, one file an input.
`graphs.cases.build` reads them.

Parameters: `links.sql` has `$seats_max`: a unit that seats more entities than this, active or not, joins
nobody.
"""

from __future__ import annotations

from importlib.resources import files

# own: at least 10 at one unit is a batch by ADR-020; a dwelling or office of that many is a service address
SEATS_MAX = 10


def input_sql(name: str) -> str:
    """The query of `flags`, `links` or `members`."""
    return (files(__name__) / f"{name}.sql").read_text(encoding="utf-8")
