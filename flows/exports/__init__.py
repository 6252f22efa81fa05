"""Files for other programs and for people's spreadsheets, each made from one release and nothing else.

May import `flows.release`, `flows.facts`, `graphs` and `transforms`.
"""
