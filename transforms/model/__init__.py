"""The declarations from which everything else is derived: statements, views, registers, indicators and table
macros.

Modules here import `transforms.values` and `transforms.errors` only.
"""
