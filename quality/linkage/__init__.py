"""How well records of one person or company are found: measures, public sets, plain Splink beside it, and the
training of the settings that are shipped.
"""
