"""LIF-010: companies that begin around the insolvency of another one, of the same hands or of others."""

from datetime import date, timedelta

from quality.town.companies_house import COMPULSORY, CREDITORS, MEMBERS, insolvency
from quality.town.plant import ALL_SHARES, Draw, Expected, Plant, Planted, Truth, part, person_owner

SINCE, INSOLVENT_ON = date(2019, 5, 7), date(2025, 11, 18)
TRADE, OTHER_TRADE = "43310", "96020"


@part
def _case(
    draw: Draw,
    days: int,
    *verdict: *tuple[Expected, str],
    kind: str | None = CREDITORS,
    is_same_owner: bool = True,
    is_same_trade: bool = True,
    is_same_seat: bool = False,
) -> Planted:
    """A company in liquidation and a new one. days: from the insolvency to the beginning. kind: of the case;
    None for one that nobody asked the register for.
    """
    owner = draw.person()
    old = draw.company(SINCE, sic=TRADE, status="Liquidation")
    new = draw.company(
        INSOLVENT_ON + timedelta(days=days),
        sic=TRADE if is_same_trade else OTHER_TRADE,
        address=old.address if is_same_seat else None,
    )
    return Planted(
        [old, new],
        [
            person_owner(old, owner, ALL_SHARES, SINCE),
            person_owner(new, owner if is_same_owner else draw.person(), ALL_SHARES, new.incorporated_on),
        ],
        truth=[Truth(new.id, *verdict)],
        insolvency=[insolvency(old, INSOLVENT_ON, kind)] if kind else [],
    )


PLANT = Plant(
    (
        _case(-90, "flagged", "same owner and trade, 90 days before"),
        _case(180, "flagged", "a court wound it up, 180 days before", kind=COMPULSORY),
        _case(14, "flagged", "owner and seat", is_same_trade=False, is_same_seat=True),
        _case(-91, "not_flagged", "a day too early"),
        _case(14, "not_flagged", "its members wound it up", kind=MEMBERS),
        _case(14, "not_flagged", "another owner", is_same_owner=False, is_same_seat=True),
        _case(14, "not_flagged", "another trade and seat", is_same_trade=False),
        _case(14, "not_assessable", "no case is held", kind=None),
    )
)
