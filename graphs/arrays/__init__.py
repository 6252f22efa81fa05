"""The arrays that all of `graphs` computes with: arcs between numbered parties, components, levels, counts,
units of shares, named tables.

An arc runs from a holder to what it holds. Imports `transforms` only, no other sub-package of `graphs`.
"""
