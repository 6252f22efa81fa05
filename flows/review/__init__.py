"""What a reviewer decides: the uncertain pairs of records that `undertow resolve` shows.

Imports `flows.release` and the floors below it.
"""
