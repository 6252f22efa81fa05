"""What the town is made of: word lists, names, numbers, days, places, and the publishers' formats.

Imports nothing else of the town.
"""
