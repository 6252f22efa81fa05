"""Beneficial Ownership Data Standard 0.4: its files, codes, shares, dates and numbers, and what its records
become.

Code lists are `vocabulary/bods_interests.csv`, `bods_reasons.csv` and `bods_addresses.csv`. Source: the
standard's schema and code lists, https://standard.openownership.org/en/0.4.0/.

Open Ownership's statements about the United Kingdom give inclusive bands, and write the registrar's natures
of control into the interest's `details`. There the nature decides: exclusivity, reach, and whether a trust or
a firm stands in between (`formats.gb_coh`).
"""

from transforms.formats.bods.values import psc_link

__all__ = ["psc_link"]
