"""Resolution of natural persons: read (`features`), joined by equal keys (`parties`), weighed by Splink
(`linkage`), clustered (`people`).
"""
