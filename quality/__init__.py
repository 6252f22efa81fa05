"""Gates on the tables of a run (`gate`, `suites`), the synthetic town (`town`), and measures of flags
(`evaluation`), of measures taken (`effect`) and of record linkage (`linkage`).

May import `transforms` only. Great Expectations and SQLAlchemy are imported here and nowhere else.
"""
