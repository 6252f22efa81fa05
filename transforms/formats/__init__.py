"""How publishers write: codes, dates, shares and files of one format, and what its records become as
statements.

A register in `transforms/registers/` declares a source and uses what its format has here. A format may import
`transforms.model`, `transforms.values` and other formats, never a register.
"""
