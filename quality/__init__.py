"""Gates on the tables of a night (`gate`, `suites`), the synthetic town, and how good flags and linkage are.

May import `transforms` only. Great Expectations and SQLAlchemy are imported here and nowhere else.
"""
