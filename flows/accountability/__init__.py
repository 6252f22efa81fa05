"""Who may look up whom, and for what: purposes, access with the audit log, and the removal of a person
(purge).

Imports every floor of `flows` below `cli` and `nightly`, because a purge rebuilds a whole night.
"""
