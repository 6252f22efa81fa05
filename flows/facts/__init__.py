"""What one release says, read from its `v_*` views: the rows that pages, checks, exports and reviews show.

May import `flows.home`, `graphs` and `transforms`; nothing of the rest of `flows`.
"""
