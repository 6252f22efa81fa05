"""Formats of publishers: their files, codes, dates and shares, and how their records become statements.

A register in `transforms/registers/` declares a source and uses its format from here. A format may import
`transforms.model`, `transforms.values` and other formats, never a register.
"""
