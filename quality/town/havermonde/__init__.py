"""Havermonde, an invented Dutch port beside the British town, in the formats that a Dutch municipality gets.

`facts` says what there is, `draw` makes things that nothing else has, `life` is the ordinary town, `quay` the
affair that it tells, `plants` cases put there on purpose, and `write` writes the files. May import
`quality.town`; imported by nothing in it.
"""

from quality.town.havermonde.write import write_port

__all__ = ["write_port"]
