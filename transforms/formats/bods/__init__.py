"""Beneficial Ownership Data Standard 0.4: its files and codes, and how its records become statements.

Code lists are `vocabulary/bods_interests.csv`, `bods_reasons.csv` and `bods_addresses.csv`. Source: the
standard's schema and code lists, https://standard.openownership.org/en/0.4.0/.

Open Ownership's statements about the United Kingdom give inclusive bands and put the registrar's natures of
control into the interest's `details`. For those, the nature decides whether a bound is exclusive, and whether
a trust or a firm stands in between (`formats.gb_coh`).

May import `formats.gb_coh`, `formats.file_names`, `transforms.model` and `transforms.values`.
"""
