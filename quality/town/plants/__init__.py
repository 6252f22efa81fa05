"""One plant an indicator, found by file."""
