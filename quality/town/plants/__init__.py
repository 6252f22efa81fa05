"""One plant for each indicator, found by its file. May import the rest of the town; nothing imports a
plant by name.
"""
