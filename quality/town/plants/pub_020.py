"""PUB-020: companies that the council paid after their dissolution or before their foundation."""

from datetime import date, timedelta

from quality.town.council import SERVICES, ledger_line, payment
from quality.town.plant import Draw, Expected, Plant, Planted, part

DISSOLVED = date(2026, 2, 10)
FOUNDED = date(2025, 11, 17)
DAY = timedelta(days=1)


@part
def _paid(draw: Draw, day: date, *verdict: *tuple[Expected, str], is_planned: bool = False) -> Planted:
    """A company dissolved on DISSOLVED, and one payment."""
    company = draw.company(status="Dissolved", columns={"DissolutionDate": f"{DISSOLVED:%d/%m/%Y}"})
    paid = [payment(f"D{company.number}", day, company, "3150.00", SERVICES[1])]
    run = [ledger_line(company, day, "2750.00", is_planned=True)]
    case = Planted([company], ledger=run) if is_planned else Planted([company], spending=paid)
    return case.judged(*verdict)


@part
def _early(draw: Draw, day: date, *verdict: *tuple[Expected, str]) -> Planted:
    """A company founded on FOUNDED, and one payment."""
    company = draw.company(FOUNDED)
    row = payment(f"E{company.number}", day, company, "950.00", SERVICES[2])
    return Planted([company], [draw.owned(company)], spending=[row]).judged(*verdict)


PLANT = Plant(
    (
        _paid(date(2026, 6, 8), "flagged", "about to be paid after its dissolution", is_planned=True),
        _paid(DISSOLVED + DAY, "flagged", "paid a day after its dissolution"),
        _paid(DISSOLVED + 90 * DAY, "flagged", "paid months after its dissolution"),
        _paid(DISSOLVED, "not_flagged", "paid on the day of its dissolution"),
        _paid(DISSOLVED - 30 * DAY, "not_flagged", "paid a month before its dissolution"),
        _early(FOUNDED - DAY, "flagged", "paid a day before its foundation"),
        _early(FOUNDED, "not_flagged", "paid on the day of its foundation"),
    )
)
