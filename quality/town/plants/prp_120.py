"""PRP-120: titles charged to hauliers, lenders with an undisclosed owner, banks and lending companies."""

from datetime import date, timedelta

from quality.town.companies_house import BANK, charge
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, declaration, part, title, title_id

SINCE, BOUGHT_ON = date(2018, 5, 7), date(2025, 2, 17)
HAULAGE, CREDIT = "49410", "64921"
ONE_TRADE = {f"SICCode.SicText_{n}": "" for n in (2, 3, 4)}


@part
def _case(
    draw: Draw,
    trade: str,
    *verdict: *tuple[Expected, str],
    days: int = 7,
    is_named: bool = True,
    is_disclosed: bool = True,
    satisfied_on: str = "",
) -> Planted:
    """trade: SIC code of the lender; blank: a bank, no company of the town. days: from the purchase."""
    buyer = draw.company(SINCE)
    lenders = [draw.company(SINCE, sic=trade, columns=ONE_TRADE)] if trade else []
    held = title(draw, [buyer], BOUGHT_ON, price_gbp=210_000)
    row = charge(
        buyer,
        1,
        BOUGHT_ON + timedelta(days=days),
        [lender.name for lender in lenders] or [BANK],
        title=held["Title Number"] if is_named else "",
        satisfied_on=satisfied_on,
    )
    owners = [
        draw.owned(buyer),
        *(
            draw.owned(lender)
            if is_disclosed
            else declaration(lender, "psc-exists-but-not-identified", SINCE)
            for lender in lenders
        ),
    ]
    return Planted(
        [buyer, *lenders],
        owners,
        [held],
        [Truth(title_id(held), *verdict)],
        charges=[row],
    )


PLANT = Plant(
    (
        _case(HAULAGE, "flagged", "a haulier lends"),
        _case(HAULAGE, "flagged", "no title named, 90 days after", days=90, is_named=False),
        _case(CREDIT, "flagged", "the lender's owner is undisclosed", is_disclosed=False),
        _case("", "not_flagged", "a bank lends"),
        _case(CREDIT, "not_flagged", "a lending company with a known owner"),
        _case(HAULAGE, "not_flagged", "no title named, 91 days", days=91, is_named=False),
        _case(HAULAGE, "not_flagged", "paid back", satisfied_on="2026-01-05"),
    )
)
