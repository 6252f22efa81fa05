"""The shape of the network, without shares: cycles, longest chains, nearest marked party, parts of control
groups.

Imports `graphs.ownership` (the interests only), `graphs.arrays` and `transforms`.
"""
