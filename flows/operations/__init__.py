"""Running an installation: `doctor`, `backup` and `restore`, and `serve`, which keeps the state of its runs
correct.

Imports `flows.release` and the floors below it.
"""
