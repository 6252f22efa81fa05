"""DEC-070: companies with titles whose filings were 91 days late on the edition's date, 90 days late, or
not due at all.
"""

from dataclasses import replace
from datetime import date, timedelta

from quality.town.parts.dates import EDITION
from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth, title

DAYS = 90
ADDED = date(2015, 7, 6)
ACCOUNTS, CONFIRMATION = "Accounts.NextDueDate", "ConfStmtNextDueDate"


def _late(company: Company, accounts_days: int, confirmation_days: int) -> Company:
    """The company with filings so many days overdue; a negative number is due later."""
    due = {
        name: EDITION - timedelta(days=days)
        for name, days in ((ACCOUNTS, accounts_days), (CONFIRMATION, confirmation_days))
    }
    return replace(company, columns={name: f"{day:%d/%m/%Y}" for name, day in due.items()})


def _old(draw: Draw, **given: str) -> Company:
    return draw.company(draw.day(date(2004, 2, 2), date(2011, 11, 30)), **given)  # type: ignore[arg-type]


def _case(draw: Draw, company: Company, expected: Expected, note: str, titles_n: int = 1) -> Planted:
    rows = [title(draw, [company], ADDED) for _ in range(titles_n)]
    owned = [draw.owned(company)] if company.series == "EW" else []
    return Planted([company], owned, rows, [Truth(company.id, expected, note)])


def make(draw: Draw) -> Planted:
    residents = _late(_old(draw, sic="98000"), 400, 400)
    named = _late(_old(draw, name=draw.name(" RESIDENTS ASSOCIATION LIMITED"), sic="68320"), 400, 400)
    return (
        _case(draw, _late(_old(draw), DAYS + 1, -200), "flagged", "accounts 91 days overdue")
        + _case(draw, _late(_old(draw), -100, DAYS + 1), "flagged", "confirmation statement 91 days overdue")
        + _case(draw, _late(_old(draw), 200, 800), "flagged", "both overdue, two titles", titles_n=2)
        + _case(
            draw,
            _late(_old(draw, status="Liquidation"), 365, 300),
            "flagged",
            "in liquidation, a year overdue",
        )
        + _case(draw, _late(_old(draw), DAYS, -200), "not_flagged", "accounts 90 days overdue")
        + _case(draw, _late(_old(draw), -100, DAYS), "not_flagged", "confirmation statement 90 days overdue")
        + _case(draw, _late(_old(draw), 0, -30), "not_flagged", "accounts due on the edition's date")
        + _case(draw, residents, "not_flagged", "residents' company by SIC code")
        + _case(draw, named, "not_flagged", "residents' company by name")
        + _case(draw, _late(_old(draw), 300, 300), "not_flagged", "overdue, holds nothing", titles_n=0)
        + _case(
            draw,
            draw.overseas(date(2023, 5, 8)),
            "not_assessable",
            "overseas registration, which files no accounts",
        )
    )


PLANT = Plant((make,))
