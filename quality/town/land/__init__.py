"""Titles of UK companies and of overseas entities, and sales of dwellings. May import `parts`, `companies`
and `plant`.
"""
