"""Ownership on intervals: from the interests of a run to the share that each party holds through all chains.

A share is an interval: at least this, at most that. Read the modules in this order: `interests` (rows to
arrays), `intervals` (merged, counted once, tightened), `overlaps` and `choices` (which interests may be part
of each other), `integrated` (the result), which uses `flat` and `deep`, and for cycles `sets` and `blocks`.
Imports `graphs.arrays` and `transforms`.
"""
