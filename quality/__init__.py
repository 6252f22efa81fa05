"""Gates on the tables of a run (`gate`, `suites`), the synthetic town, and measures of flags and linkage.

May import `transforms` only. Great Expectations and SQLAlchemy are imported here and nowhere else.
"""
