"""PRM-010: refused and withdrawn permits, asked for again by a company of the same holding, of the same
director, with the same financier; and by strangers, for whom nobody can say that they share no owner.
"""

from datetime import date, timedelta

from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import HOME, Permit, Port
from quality.town.plant import Expected, Plant, Truth, part

DECIDED_ON = date(2024, 10, 1)
FOUNDED_ON = date(2018, 3, 5)
ASKED_AGAIN = "in behandeling"


@part
def _again(
    draw: PortDraw,
    expected: Expected,
    note: str,
    *,
    old_state: str = "geweigerd",
    days: int = 200,
    decided_on: date = DECIDED_ON,
    has_holding: bool = False,
    has_director: bool = False,
    has_financier: bool = False,
) -> Port:
    """has_…: what the two applicants share."""
    holding = draw.business(FOUNDED_ON, trade=("Holding", "64200"))
    financier = draw.business(trade=("Krediet", "64929")) if has_financier else None
    director = draw.person()
    old, new = (
        draw.business(
            FOUNDED_ON,
            owner=holding if has_holding else None,
            directors=[director] if has_director else None,
        )
        for _ in range(2)
    )
    place, applied_on = draw.place("homes", (HOME,)), decided_on + timedelta(days=days)
    permits = [
        Permit(old, place, old_state, decided_on - timedelta(days=56), decided_on, financier),
        Permit(new, place, ASKED_AGAIN, applied_on, financier=financier),
    ]
    businesses = [holding, old, new, *([financier] if financier else [])]
    return Port(businesses, permits=permits, truth=[Truth(place.address_id, expected, note)])


PLANT = Plant(
    (
        _again("flagged", "one holding", has_holding=True),
        _again("flagged", "one director", old_state="ingetrokken door aanvrager", has_director=True),
        _again("flagged", "one financier", old_state="ingetrokken", has_financier=True),
        _again("not_assessable", "a stranger"),
        _again("not_assessable", "a permit that was granted", old_state="verleend", has_director=True),
        _again("not_assessable", "731 days after", days=731, decided_on=date(2023, 1, 9), has_director=True),
    )
)
