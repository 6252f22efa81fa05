"""Facts around a case in one release: its parties and ties, the certainty of each link, and its timeline.

May import `flows.facts.rows`, `graphs` and `transforms`. Names of persons are read here. They are shown on
case pages, which are for the people who review the case, and never in messages or logs.
"""
