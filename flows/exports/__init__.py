"""Files for other programs and for spreadsheets, each made from a single release.

May import `flows.release`, `flows.facts`, `graphs` and `transforms`.
"""
