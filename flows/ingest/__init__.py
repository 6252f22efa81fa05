"""From the publishers' files to the lake: `landing` finds editions, `parse` reads one, `lake` keeps it,
`editions` chooses.

`suppression` keeps purged persons out. May import journal, home and everything below `flows`.
"""
