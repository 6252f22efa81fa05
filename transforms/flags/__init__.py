"""The flag engine, and the SQL that several indicators share.

`engine.raise_flags` runs every indicator's two queries and returns flags, evidence and counts. It works on a
connection that it receives. Modules here import `transforms.model`, `transforms.marts` and
`transforms.values` only.
"""
