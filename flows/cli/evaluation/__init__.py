"""The command `evaluate`, the effect of a measure in words, and practice sheets."""
