"""The ownership graph: who owns and controls whom, which flagged subjects form a case, and how a case is
drawn.

`build` turns the open interests of a run into the graph tables. From the bottom up (import-linter checks this
order):

    arrays      arcs as NumPy arrays, components, levels, units of shares, and the way back to named tables
    ownership   interests as intervals, and integrated ownership: the share held through all chains
    control     who can decide in an entity: votes, rights over the board, influence
    structure   the shape of the network: cycles, longest chains, nearest marked party
    verdicts    beneficial owners by regime, why none is found, and sanctions through ownership and control
    witnesses   the interests that prove each verdict
    build       the graph tables of a run
    cases, drawing, money   beside these: the cases of a run, its pictures, and patterns of payments

`ownership_graph` returns the open interests of a release as a networkx graph, for analyses and other
programs.

Nothing here opens a file or a database. Imports `transforms` and numeric libraries; never `flows` or
`quality`.
"""

from graphs.network import ownership_graph

__all__ = ["ownership_graph"]
