"""The synthetic town: registers of an invented place, in the publishers' own formats, with planted cases and
their truth.

Invented: Harrowmere, the villages of its hinterland, their county of Wendshire, the postcode area ZT, every
person and every company. Made from word lists and a seed, so a number, a name or (in large towns) a village
may by chance be a real one too.
Real: countries, towns abroad and registers that overseas owners state, the registrar's default address, and
the formation agent's address of the vocabulary at which a plant seats its companies."""

from quality.town.write import TownFacts, write_town

__all__ = ["TownFacts", "write_town"]
