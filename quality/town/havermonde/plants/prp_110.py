"""PRP-110: mortgages to a sister company, to the holding and to the owner itself; and to a bank, to a
stranger and to nobody known. Beyond a sole one shareholders are not published.
"""

from collections.abc import Callable
from datetime import date

from quality.town.havermonde.draw import PortDraw, PortPlant
from quality.town.havermonde.facts import INDUSTRY, NV, Business, Port
from quality.town.plant import Expected, Truth

type Lenders = Callable[[PortDraw, Business, Business], Business]
BOUGHT_ON = date(2021, 5, 17)


def _lent(
    draw: PortDraw, expected: Expected, note: str, lender: Lenders, *, is_registered: bool = True
) -> Port:
    holding = draw.business(trade=("Holding", "64200"))
    owner = draw.business(date(2019, 9, 2), owner=holding)
    lends = lender(draw, holding, owner)
    parcel = draw.parcel(draw.place("port", (INDUSTRY,)), draw.holding(owner, BOUGHT_ON, 400_000))
    businesses = [holding, owner, *([lends] if is_registered and lends not in (holding, owner) else [])]
    return Port(
        businesses,
        [parcel],
        [draw.mortgage(lends, 300_000, parcel)],
        truth=[Truth(parcel.id, expected, note)],
    )


PLANT = PortPlant(
    (
        lambda draw: _lent(
            draw,
            "flagged",
            "a sister lends",
            lambda draw, holding, _owner: draw.business(
                date(2019, 9, 2), owner=holding, trade=("Krediet", "64929")
            ),
        ),
        lambda draw: _lent(draw, "flagged", "the holding lends", lambda _draw, holding, _owner: holding),
        lambda draw: _lent(draw, "flagged", "the lender is the owner", lambda _draw, _holding, owner: owner),
        lambda draw: _lent(draw, "not_assessable", "a stranger lends", lambda draw, *_: draw.business()),
        lambda draw: _lent(
            draw,
            "not_assessable",
            "a bank lends",
            lambda draw, *_: draw.business(name="Schorbank N.V.", form=NV),
            is_registered=False,
        ),
        lambda draw: _lent(
            draw,
            "not_assessable",
            "a lender that is in no register held",
            lambda draw, *_: draw.business(),
            is_registered=False,
        ),
    )
)
