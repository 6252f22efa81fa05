"""The synthetic town: registers of a fictitious place in the publishers' own formats, with planted cases and
their truth.

`parts` is what the town is made of; `companies`, `people` and `land` make one block of the registers;
`plants` has the cases of one indicator each, `affairs` three stories across registers. May import
`transforms` only.

Invented: Harrowmere, its villages, their county of Wendshire, the postcode area ZT, every person and company.
Made from word lists and a seed, so a number, a name or (in large towns) a village may by chance be a real one
too. Real: countries, towns abroad and registers that overseas owners state, the registrar's default address,
and two formation agents' addresses of the vocabulary, at which companies of a plant and of an affair sit.
"""

from quality.town.write import TownFacts, write_town

__all__ = ["TownFacts", "write_town"]
