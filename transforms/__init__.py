"""Pure functions and declarations: no clock, no file, no connection of its own. Imports nothing above it."""
