"""Havermonde, a fictitious Dutch port beside the British town, in the formats that a Dutch municipality
receives.

`facts` defines what there is, `draw` makes values that are used once, `life` is the ordinary town, `quay` its
affair, `plants` the planted cases, and `write` writes the files. May import `quality.town`; nothing there
imports it.
"""

from quality.town.havermonde.write import write_port

__all__ = ["write_port"]
