"""Invented people, and the owners of the companies of one block. May import `parts` and `companies`."""
