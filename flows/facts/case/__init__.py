"""What one release says around a case: its parties and ties, how certain each link is, and its timeline.

May import `flows.facts.rows`, `graphs` and `transforms`. Persons' names are read here; they go on case pages,
which are for the people who review the case, and into no message and no log.
"""
