"""The company register of one block: facts, offices, and the 55 columns of its file. May import `parts`."""
