"""Arrays used throughout `graphs`: arcs between numbered parties, components, levels, counts, units of
shares, and the way back to named tables.

An arc runs from a holder to what it holds. Imports `transforms` only, no other sub-package of `graphs`.
"""
