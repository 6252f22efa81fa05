"""PUB-020: companies that the council paid after their dissolution or before their foundation."""

from datetime import date, timedelta

from quality.town.council import ledger_line
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part
from quality.town.spending import SERVICES, payment

DISSOLVED = date(2026, 2, 10)
FOUNDED = date(2025, 11, 17)
DAY = timedelta(days=1)


@part
def _paid(draw: Draw, day: date, expected: Expected, note: str) -> Planted:
    """A company dissolved on DISSOLVED, and one payment."""
    columns = {"DissolutionDate": f"{DISSOLVED:%d/%m/%Y}"}
    company = draw.company(status="Dissolved", columns=columns)
    row = payment(f"D{company.number}", day, company, "3150.00", SERVICES[1])
    return Planted([company], spending=[row], truth=[Truth(company.id, expected, note)])


@part
def _early(draw: Draw, day: date, expected: Expected, note: str) -> Planted:
    """A company founded on FOUNDED, and one payment."""
    company = draw.company(FOUNDED)
    row = payment(f"E{company.number}", day, company, "950.00", SERVICES[2])
    truth = [Truth(company.id, expected, note)]
    return Planted([company], [draw.owned(company)], spending=[row], truth=truth)


def _planned(draw: Draw) -> Planted:
    """A dissolved company in the next payment run."""
    company = draw.company(status="Dissolved", columns={"DissolutionDate": f"{DISSOLVED:%d/%m/%Y}"})
    truth = [Truth(company.id, "flagged", "about to be paid after its dissolution")]
    run = ledger_line(company, date(2026, 6, 8), "2750.00", is_planned=True)
    return Planted([company], truth=truth, ledger=[run])


PLANT = Plant(
    (
        _planned,
        _paid(DISSOLVED + DAY, "flagged", "paid a day after its dissolution"),
        _paid(DISSOLVED + 90 * DAY, "flagged", "paid months after its dissolution"),
        _paid(DISSOLVED, "not_flagged", "paid on the day of its dissolution"),
        _paid(DISSOLVED - 30 * DAY, "not_flagged", "paid a month before its dissolution"),
        _early(FOUNDED - DAY, "flagged", "paid a day before its foundation"),
        _early(FOUNDED, "not_flagged", "paid on the day of its foundation"),
    )
)
