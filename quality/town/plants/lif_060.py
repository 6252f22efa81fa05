"""LIF-060: companies of one owner of whom several became insolvent, or did not."""

from collections.abc import Sequence
from datetime import date, timedelta

from quality.town.companies_house import CREDITORS, MEMBERS, insolvency
from quality.town.plant import ALL_SHARES, Draw, Expected, Plant, Planted, Truth, part, person_owner

SINCE, FIRST_ON = date(2016, 9, 6), date(2022, 5, 10)


@part
def _case(
    draw: Draw, days: Sequence[int | None], *verdict: *tuple[Expected, str], last: str = CREDITORS
) -> Planted:
    """One owner with a living company and one that became insolvent for each of the days after FIRST_ON;
    None: nobody asked the register for its case. last: kind of the last case.
    """
    owner = draw.person()
    living = draw.company(SINCE)
    dead = [draw.company(SINCE, status="Liquidation") for _ in days]
    cases = [
        insolvency(company, FIRST_ON + timedelta(days=after), last if nth == len(days) - 1 else CREDITORS)
        for nth, (company, after) in enumerate(zip(dead, days, strict=True))
        if after is not None
    ]
    companies = [living, *dead]
    return Planted(
        companies,
        [person_owner(company, owner, ALL_SHARES, SINCE) for company in companies],
        truth=[Truth(living.id, *verdict)],
        insolvency=cases,
    )


PLANT = Plant(
    (
        _case((0, 400, 1096), "flagged", "three in 36 months"),
        _case((0, 0, 0, 0), "flagged", "four on one day"),
        _case((0, 900, 1000, 1200), "flagged", "three of four in 36 months"),
        _case((0, 400, 1097), "not_flagged", "a day too late"),
        _case((0, 400), "not_flagged", "two"),
        _case((0, 400, 500), "not_flagged", "two and a solvent one", last=MEMBERS),
        _case((0, 400, None), "not_assessable", "no case is held of the third"),
    )
)
