"""FollowTheMoney: its files, codes, partial dates and shares, and how its records become statements.

Code lists are `vocabulary/ftm_schemas.csv`, `ftm_topics.csv`, `ftm_statuses.csv` and `ftm_properties.csv`.
Source: the standard's schema, https://followthemoney.tech/explorer/, and the bulk data of OpenSanctions,
https://www.opensanctions.org/docs/bulk/.

A record is `{"id", "schema", "properties": {name: [texts]}, "datasets": […], …}`, one a line. Links between
parties (Ownership, Directorship, Occupancy …) are separate records with the ids of both ends.

May import `formats.bods`, `formats.gb_coh`, `formats.file_names`, `transforms.model` and `transforms.values`.
"""
