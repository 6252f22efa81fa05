"""The input of the graph: SQL over the marts, one file an input, in the columns of `graphs.build.build` and
`graphs.money.build.build`.

Parameter: `$as_of`. `nodes.sql` also reads `home_country(country)`. `edges.sql` also reads
`complete_basis(register, basis)`: the bases of which a register in force as a complete edition lists every
holder. This module imports `transforms.model` only.
"""

from transforms.model.sql import read_sql


def input_sql(name: str) -> str:
    """The query of `edges`, `nodes`, `flows` or `held_parties`."""
    return read_sql(__package__, name)
