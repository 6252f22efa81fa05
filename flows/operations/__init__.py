"""Running an installation: `doctor`, `backup` and `restore`, and `serve` with what keeps its runs true.

Imports `flows.release` and the floors below it.
"""
