"""Who may look up whom, and for what: purposes, access with the audit log, what is held about a
person (disclose), and their removal (purge).

Imports every floor of `flows` below `cli` and `nightly`, because a purge rebuilds a whole night.
"""
