"""Brings names, addresses, identifiers, countries and areas to one spelling, and holds the vocabularies.

May import `transforms.errors` and `transforms.model`. Reads no file but its vocabularies, and no clock."""
