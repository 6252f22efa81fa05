"""What ownership and control mean in law: beneficial owners by regime, the reason if none is found, and
sanctions through ownership and control.

Imports `graphs.control`, `graphs.ownership`, `graphs.arrays` and `transforms`.
"""
