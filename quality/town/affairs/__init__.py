"""Three affairs in the town: stories across registers that an alderman understands, each with what misleads
and what would clear it. May import the rest of the town.

`hotel`, `restaurants` and `care` plant what the registers hold, with truth. Names, days and amounts are the
same in every town.
"""

from quality.town.affairs import care, hotel, restaurants
from quality.town.plant import Draw, Planted, with_unit_ids

AFFAIRS = (hotel.make, restaurants.make, care.make)


def affairs(draw: Draw) -> Planted:
    """What every town gets, however small."""
    return with_unit_ids(sum((make(draw) for make in AFFAIRS), Planted()))
