"""What the graph is computed from: SQL over the marts, one file an input. Columns are those
`graphs.build.build` names.

Parameters: `$as_of`; `nodes.sql` also reads `home_country(country)`, and `edges.sql` reads
`complete_basis(register, basis)`: the bases of which a register in force as a complete edition lists every
holder.
"""

from __future__ import annotations

from importlib.resources import files


def input_sql(name: str) -> str:
    """The query of `edges` or `nodes`."""
    return (files(__name__) / f"{name}.sql").read_text(encoding="utf-8")
