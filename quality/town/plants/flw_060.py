"""FLW-060: suppliers that bought property with what they were paid, themselves or through another company of
their owner, and everything around that.
"""

from datetime import date, timedelta

from quality.town.council import SERVICES, payment
from quality.town.plant import (
    ALL_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    part,
    person_owner,
    title,
)

FOUNDED, PAID_ON, BOUGHT_ON = date(2023, 3, 6), date(2024, 1, 15), date(2024, 9, 2)
OLD = date(2006, 3, 6)


def _paid(company: Company, gbp: str) -> dict[str, str]:
    return payment(f"B{company.number}", PAID_ON, company, gbp, SERVICES[1])


@part
def _case(
    draw: Draw, founded: date, gbp: str, price: int | None, days: int, *verdict: *tuple[Expected, str]
) -> Planted:
    """A supplier that was paid, and bought a title for a price so many days later."""
    company = draw.company(founded)
    held = title(draw, [company], PAID_ON + timedelta(days=days), price_gbp=price)
    paid = [_paid(company, gbp)]
    return Planted([company], [draw.owned(company)], [held], spending=paid).judged(*verdict)


def _through_another(draw: Draw) -> Planted:
    supplier, buyer, owner = draw.company(FOUNDED), draw.company(FOUNDED), draw.person()
    owners = [person_owner(each, owner, ALL_SHARES, FOUNDED) for each in (supplier, buyer)]
    held, paid = title(draw, [buyer], BOUGHT_ON, price_gbp=150_000), [_paid(supplier, "200000.00")]
    return Planted([supplier, buyer], owners, [held], spending=paid).judged(
        "flagged", "the owner's other company bought"
    )


PLANT = Plant(
    (
        _case(FOUNDED, "100000.00", 50_000, 231, "flagged", "half of 100,000"),
        _case(FOUNDED, "180000.00", 240_000, 730, "flagged", "after 730 days"),
        _case(FOUNDED, "100000.00", 49_999, 231, "not_flagged", "a pound under half"),
        _case(FOUNDED, "99999.99", 240_000, 231, "not_flagged", "paid a penny less"),
        _case(FOUNDED, "180000.00", 240_000, 731, "not_flagged", "after 731 days"),
        _case(OLD, "180000.00", 240_000, 231, "not_flagged", "an old supplier"),
        _case(FOUNDED, "180000.00", None, 231, "not_assessable", "the price is not known"),
        _through_another,
    )
)
