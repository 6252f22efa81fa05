"""How well the records of one person or company are linked: measures, public sets, a comparison with plain
Splink, and training of the shipped settings.
"""
