"""Facts of one release, read from its `v_*` views: the rows that pages, checks, exports and reviews show.

May import `flows.home`, `graphs` and `transforms`, and nothing else of `flows`.
"""
