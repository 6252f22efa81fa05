"""Entity resolution: which records are of one party.

`persons` links people, `companies` links legal entities, `lists` screens parties against watch lists.
`resolve` runs persons and companies. Imports values, formats, marts and the model.
"""
