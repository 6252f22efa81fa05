"""Natural persons: read (`features`), joined by what is equal (`parties`), weighed by Splink (`linkage`),
clustered.
"""
