"""The synthetic town: registers of a fictitious place in the publishers' own formats, with planted cases and
their truth.

How a town is made (`write.py`, from `write_town` down):
1. `parts` is what it is made of: word lists, names, numbers, days, places, and the publishers' formats.
2. A `Draw` (`plant.py`) hands out numbers, names, houses and people that the town itself never uses. With it
   `institutions`, the cases of one indicator each in `plants`, the hard pairs of `identities` and the stories
   across registers in `affairs` make one `Planted`: rows of every file, and the truth about them.
3. Block by block, `companies`, `people` and `land` draw the ordinary registers; `gone`, `listed`, `council`,
   `tenders`, `accounts` and `companies_house` draw the other files. The planted rows join the first block.
4. `write.FILES` has, for each part of `Planted`, its file, columns and writer.
`havermonde` is a smaller town made in the same way. May import `transforms` and `quality.evaluation` only.

Invented: Harrowmere, its villages, their county of Wendshire, the postcode area ZT, every person and company.
Made from word lists and a seed, so a number, a name or (in large towns) a village may by chance be a real one
too. Real: countries, towns abroad and registers that overseas owners state, the registrar's default address,
and two formation agents' addresses of the vocabulary, at which companies of a plant and of an affair sit.
"""

from quality.town.write import TownFacts, write_town

__all__ = ["TownFacts", "write_town"]
