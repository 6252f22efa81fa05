"""What ownership and control mean under a rule: beneficial owners by regime, the reason if none is found, and
sanctions by ownership.

Imports `graphs.control`, `graphs.ownership`, `graphs.arrays` and `transforms`.
"""
