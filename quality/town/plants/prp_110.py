"""PRP-110: titles charged to a lender of the proprietor's own group, to a bank, or to somebody unknown."""

from datetime import date, timedelta

from quality.town.companies_house import BANK, charge
from quality.town.plant import (
    ALL_SHARES,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    company_owner,
    part,
    person_owner,
    title,
    title_id,
)

SINCE, BOUGHT_ON = date(2019, 5, 7), date(2025, 4, 14)


@part
def _case(
    draw: Draw,
    days: int,
    *verdict: *tuple[Expected, str],
    lender: str = "",
    is_named: bool = True,
    satisfied_on: str = "",
) -> Planted:
    """A buyer and, where no lender is given, a lending company of the same owner. days: from purchase to
    charge.
    """
    owner = draw.person()
    buyer, own = draw.company(SINCE), draw.company(SINCE)
    held = title(draw, [buyer], BOUGHT_ON, price_gbp=200_000)
    row = charge(
        buyer,
        1,
        BOUGHT_ON + timedelta(days=days),
        [lender or own.name],
        title=held["Title Number"] if is_named else "",
        satisfied_on=satisfied_on,
    )
    return Planted(
        [buyer, own],
        [person_owner(each, owner, ALL_SHARES, SINCE) for each in (buyer, own)],
        [held],
        [Truth(title_id(held), *verdict)],
        charges=[row],
    )


def _parent(draw: Draw) -> Planted:
    """The lender holds the buyer."""
    parent, buyer = draw.company(SINCE), draw.company(SINCE)
    held = title(draw, [buyer], BOUGHT_ON, price_gbp=200_000)
    row = charge(buyer, 1, BOUGHT_ON, [parent.name], title=held["Title Number"])
    owners = [draw.owned(parent), company_owner(buyer, parent, ALL_SHARES, SINCE)]
    truth = [Truth(title_id(held), "flagged", "the parent lends")]
    return Planted([parent, buyer], owners, [held], truth, charges=[row])


def _stranger(draw: Draw) -> Planted:
    lender = draw.company(SINCE)
    case = _case(7, "not_flagged", "a lender of another owner", lender=lender.name)
    return case(draw) + Planted([lender], [draw.owned(lender)])


PLANT = Plant(
    (
        _case(7, "flagged", "the owner's other company lends"),
        _case(90, "flagged", "no title named, 90 days after the purchase", is_named=False),
        _parent,
        _case(7, "not_flagged", "a bank lends", lender=BANK),
        _case(91, "not_flagged", "no title named, 91 days after", is_named=False),
        _case(7, "not_flagged", "paid back", satisfied_on="2026-01-05"),
        _stranger,
        _case(7, "not_assessable", "a lender without a form", lender="TULIP LENDING"),
    )
)
