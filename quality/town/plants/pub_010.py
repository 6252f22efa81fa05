"""PUB-010: suppliers whom the council first paid soon after they were founded, and everything around that."""

from datetime import date, timedelta

from quality.town.council import SERVICES, payment
from quality.town.plant import ALL_SHARES, Company, Draw, Expected, Plant, Planted, Truth, company_owner, part

FIRST_PAID = date(2026, 2, 3)
OLD, YOUNG = date(2004, 5, 4), FIRST_PAID - timedelta(days=30)


@part
def _case(draw: Draw, days: int, sums: tuple[str, ...], *verdict: *tuple[Expected, str]) -> Planted:
    company = draw.company(FIRST_PAID - timedelta(days=days))
    rows = [
        payment(
            f"P{company.number}{place}",
            FIRST_PAID + timedelta(days=7 * place),
            company.name,
            gbp,
            SERVICES[0],
        )
        for place, gbp in enumerate(sums)
    ]
    return Planted([company], [draw.owned(company)], spending=rows).judged(*verdict)


def _branch(draw: Draw) -> Planted:
    """A new company below an old one."""
    parent, branch = draw.company(OLD), draw.company(YOUNG)
    owners = [draw.owned(parent), company_owner(branch, parent, ALL_SHARES, YOUNG)]
    truth = [Truth(branch.id, "not_flagged", "a new branch of an old group")]
    return Planted([parent, branch], owners, spending=_paid(branch), truth=truth)


def _overseas(draw: Draw) -> Planted:
    company = draw.overseas(YOUNG)
    return Planted([company], spending=_paid(company)).judged("not_assessable", "an overseas registration")


def _paid(company: Company) -> list[dict[str, str]]:
    return [payment(f"P{company.number}", FIRST_PAID, company, "90000.00", SERVICES[1])]


PLANT = Plant(
    (
        _case(0, ("40000.00",), "flagged", "paid on the day of its foundation"),
        _case(50, ("13000.00", "12000.00"), "flagged", "50 days old, 25,000 in two payments"),
        _case(179, ("25000.00",), "flagged", "179 days old"),
        _case(180, ("25000.00",), "not_flagged", "180 days old"),
        _case(50, ("24999.99",), "not_flagged", "50 days old, a penny short"),
        _case(50, ("30000.00", "-5000.01"), "not_flagged", "50 days old, with a credit"),
        _branch,
        _overseas,
    )
)
