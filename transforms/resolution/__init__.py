"""Who is who: which records are of one party.

Imports values and the model; `resolve` stands above persons and companies.

`persons` links people, `companies` links legal entities, `lists` screens parties against watch lists.
"""
