"""Natural persons: read (`records`), joined by what is equal (`parties`), weighed by Splink (`linkage`),
clustered.
"""
