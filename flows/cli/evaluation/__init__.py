"""The command `evaluate`, the effect of a measure as text, and practice sheets."""
