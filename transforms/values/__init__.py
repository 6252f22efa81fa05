"""Values as publishers write them, in one spelling: names, addresses, identifiers, countries, areas, and
their vocabularies.

Imports `transforms.errors` and `transforms.model` only, and neither reads files (beside its vocabularies) nor
the clock."""
