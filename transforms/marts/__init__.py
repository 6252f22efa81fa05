"""Marts: SQL over canonical statements and the resolution. One file a mart, `<name>.sql`, in the order they build on each other.

Each file is one SELECT within the allow-list, with the columns of `transforms.views.MARTS[name]` and a total order. It
may read the statement tables, `edition_in_use`, `resolution`, and the marts before it. Parameters: `$as_of`, `$mass_seats_n`.
"""

from __future__ import annotations

from importlib.resources import files

MART_ORDER = ("company", "entity", "person", "title", "title_address", "proprietorship", "relationship", "interest", "address")
MASS_SEATS_N = 100  # active seats at one unit above which it is of class mass; INDICATORS.md, ADR-010's n


def mart_sql(name: str) -> str:
    return (files(__name__) / f"{name}.sql").read_text(encoding="utf-8")
