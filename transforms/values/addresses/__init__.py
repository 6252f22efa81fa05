"""Addresses → keys of building units, row by row, without a gazetteer or coordinates. May import the other
values and `transforms.model`.

A unit is a flat, an office, a house number, a PO box or a named building. `with_address` gives one `unit_key`
to all spellings of one unit, however a register splits the address over its columns:

    FLAT 2, 10 HIGH ST / AB1 2CD                        →  AB1 2CD|10 HIGH STREET|FLAT 2
    2 pieces "Flat 2" and "10 High Street", "ab12cd"    →  the same

`units` describes the method: `cutting` cuts a text into pieces, `choosing` keeps those that identify the
unit. `low_countries` handles addresses in the Netherlands and Belgium, `islands` those on the islands of
`vocabulary/address_islands.csv`:

    Mock Chambers, Wickhams Cay II / Road Town                  →  TORTOLA|vg|MOCK CHAMBERS
    Mock Chambers Wickham's Cay 2, Road Town / Tortola, VG1110  →  the same
"""

from transforms.values.addresses.units import (
    ADDRESS,
    address_class_list,
    address_id,
    in_unit_sql,
    unit_key,
    with_address,
)

__all__ = ["ADDRESS", "address_class_list", "address_id", "in_unit_sql", "unit_key", "with_address"]
