"""Addresses to building units, row by row: no gazetteer, no coordinates. Imports the other values and
`transforms.model`.

A unit is what a seat can be counted at: a flat, an office, a house number, a PO box, a named building.
`with_address` brings the spellings of one unit to one `unit_key`, whichever way a register splits the address
over its columns:

    FLAT 2, 10 HIGH ST / AB1 2CD                        →  AB1 2CD|10 HIGH STREET|FLAT 2
    2 pieces "Flat 2" and "10 High Street", "ab12cd"    →  the same

`units` has the method: `cutting` cuts a text into pieces, `choosing` picks those that tell the unit.
Addresses in the Netherlands and Belgium go by `low_countries`, those on the islands of
`vocabulary/address_islands.csv` by `islands`:

    Mock Chambers, Wickhams Cay II / Road Town                  →  TORTOLA|vg|MOCK CHAMBERS
    Mock Chambers Wickham's Cay 2, Road Town / Tortola, VG1110  →  the same
"""

from transforms.values.addresses.agents import address_class_list, in_unit_sql
from transforms.values.addresses.units import ADDRESS, address_id, unit_key, with_address

__all__ = ["ADDRESS", "address_class_list", "address_id", "in_unit_sql", "unit_key", "with_address"]
