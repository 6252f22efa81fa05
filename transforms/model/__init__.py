"""The declarations that everything else is derived from: statements, views, registers, indicators and table
macros.

Modules here import `transforms.values` and `transforms.errors` only.
"""
