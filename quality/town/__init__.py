"""The synthetic town: registers of an invented place, in the publishers' own formats, with planted cases and their truth.

Nothing in it exists: Harrowmere and the villages of its hinterland, their county of Wendshire, the postcode area ZT, the
people and the companies are made from word lists and a seed. Numbers look like real ones, so a number may also belong
to a real company; nothing else does.
"""

from quality.town.write import TownFacts, write_town

__all__ = ["TownFacts", "write_town"]
