"""The flag engine, and the SQL that several indicators share.

`engine.raise_flags` finds the flags and counts of an indicator; `evidence` looks up the records behind the
flags. Both work on a connection that they receive. Modules here import `transforms.model`, `transforms.marts`
and `transforms.values` only.
"""
