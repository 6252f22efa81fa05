"""Kadaster's BRK 2.0 levering: its fields, and who holds which right."""
