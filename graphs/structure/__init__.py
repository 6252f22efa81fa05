"""The shape of the network, without shares: cycles, longest chains, nearest marked parties, parts of control
groups.

Imports `graphs.ownership` (the interests only), `graphs.arrays` and `transforms`.
"""
