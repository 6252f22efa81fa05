"""Releases: `build` makes one, `publish` makes it current, `rollback` goes back, `store` finds and opens
them.

`releases/<id>/` holds `undertow.duckdb`, perhaps `area.duckdb`, `manifest.json` and, once it has been
current, an empty file `published`. `current` is a symlink to the release in force. A database never changes
once its release has its name. Every writer holds the home's lock (`flows.home.lock`). May import ingest,
journal, facts and home.
"""
