"""FollowTheMoney: its files, kinds of record, topics, partial dates and shares, and what its records become.

Code lists are `vocabulary/ftm_schemas.csv`, `ftm_topics.csv`, `ftm_statuses.csv` and `ftm_properties.csv`.
Source: the standard's schema, https://followthemoney.tech/explorer/, and the bulk data of OpenSanctions,
https://www.opensanctions.org/docs/bulk/.

A record is `{"id", "schema", "properties": {name: [texts]}, "datasets": […], …}`, one a line. Links between
parties (Ownership, Directorship, Occupancy …) are records of their own that name the ids of both ends.
"""
