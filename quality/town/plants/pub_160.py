"""PUB-160: firms paid for care without a code of care; others that have one, or are paid for other things."""

from datetime import date

from quality.town.council import payment
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part

PAID_ON = date(2026, 2, 9)


@part
def _case(draw: Draw, sic: str, purpose: str, gbp: str, *verdict: *tuple[Expected, str]) -> Planted:
    company = draw.company(sic=sic)
    row = payment(f"S{company.number}", PAID_ON, company, gbp, ("Adult Care", purpose))
    return Planted([company], [draw.owned(company)], spending=[row], truth=[Truth(company.id, *verdict)])


PLANT = Plant(
    (
        _case("82990", "Supported living", "5000.00", "flagged", "5,000 for support, business services"),
        _case("68209", "Residential care", "26400.00", "flagged", "residential care, letting"),
        _case("56101", "Respite", "9100.00", "flagged", "respite, a restaurant"),
        _case("87900", "Supported living", "9100.00", "not_flagged", "a code of care"),
        _case("88100", "Home care", "9100.00", "not_flagged", "a code of social work"),
        _case("82990", "Supported living", "4999.99", "not_flagged", "a penny less"),
        _case("", "Supported living", "9100.00", "not_assessable", "no industry code"),
    )
)
