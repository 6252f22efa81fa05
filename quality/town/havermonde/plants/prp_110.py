"""PRP-110: mortgages to a sister company, to the holding and to the owner itself; and to a bank, to a
stranger and to nobody known. Beyond a sole one shareholders are not published.
"""

from collections.abc import Callable
from datetime import date

from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import INDUSTRY, NV, Business, Port
from quality.town.plant import Expected, Plant, Truth, part

FOUNDED_ON, BOUGHT_ON = date(2019, 9, 2), date(2021, 5, 17)


@part
def _lent(
    draw: PortDraw,
    expected: Expected,
    note: str,
    lender: Callable[[PortDraw, Business, Business], Business],
    *,
    is_registered: bool = True,
) -> Port:
    """lender: of a draw, the holding and the owner."""
    holding = draw.business(trade=("Holding", "64200"))
    owner = draw.business(FOUNDED_ON, owner=holding)
    lends = lender(draw, holding, owner)
    parcel = draw.parcel(draw.place("port", (INDUSTRY,)), draw.holding(owner, BOUGHT_ON, 400_000))
    businesses = [holding, owner, *([lends] if is_registered and lends not in (holding, owner) else [])]
    return Port(
        businesses,
        [parcel],
        [draw.mortgage(lends, 300_000, parcel)],
        truth=[Truth(parcel.id, expected, note)],
    )


def _stranger(draw: PortDraw, *_: Business) -> Business:
    return draw.business()


PLANT = Plant(
    (
        _lent(
            "flagged",
            "a sister lends",
            lambda draw, holding, _: draw.business(FOUNDED_ON, owner=holding, trade=("Krediet", "64929")),
        ),
        _lent("flagged", "the holding lends", lambda _, holding, _owner: holding),
        _lent("flagged", "the lender is the owner", lambda _, _holding, owner: owner),
        _lent("not_assessable", "a stranger lends", _stranger),
        _lent(
            "not_assessable",
            "a bank lends",
            lambda draw, *_: draw.business(name="Schorbank N.V.", form=NV),
            is_registered=False,
        ),
        _lent("not_assessable", "a lender that is in no register held", _stranger, is_registered=False),
    )
)
