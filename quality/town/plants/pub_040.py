"""PUB-040: suppliers of one owner, paid from one part of the council's budget or from two."""

from datetime import date

from quality.evaluation import GROUP_OF
from quality.town.council import SERVICES, payment
from quality.town.plant import ALL_SHARES, Draw, Expected, Plant, Planted, Truth, part, person_owner

SINCE, PAID_ON = date(2016, 4, 6), date(2026, 1, 20)
CARE, ROADS, SCHOOLS = SERVICES[:3]


@part
def _case(
    draw: Draw, paid: tuple[tuple[tuple[str, str], str], ...], *verdict: *tuple[Expected, str]
) -> Planted:
    owner = draw.person()
    suppliers = [draw.company() for _ in paid]
    # A further company, so that the owner heads a group of two even with one supplier.
    companies = [*suppliers, draw.company()]
    rows = [
        payment(f"G{each.number}", PAID_ON, each, gbp, service)
        for each, (service, gbp) in zip(suppliers, paid, strict=True)
    ]
    owners = [person_owner(each, owner, ALL_SHARES, max(SINCE, each.incorporated_on)) for each in companies]
    return Planted(companies, owners, spending=rows, truth=[Truth(f"{GROUP_OF}{suppliers[0].id}", *verdict)])


PLANT = Plant(
    (
        _case(((CARE, "900.00"), (CARE, "1200.00")), "flagged", "two suppliers of one owner"),
        _case(
            ((ROADS, "900.00"), (ROADS, "400.00"), (ROADS, "50.00")),
            "flagged",
            "three suppliers of one owner",
        ),
        _case(((SCHOOLS, "640.00"), (SCHOOLS, "0.01")), "flagged", "the second was paid a penny"),
        _case(((CARE, "900.00"), (ROADS, "1200.00")), "not_flagged", "two parts of the budget"),
        _case(((CARE, "900.00"),), "not_flagged", "one supplier"),
        _case(((CARE, "900.00"), (CARE, "-10.00")), "not_flagged", "the second has a credit only"),
    )
)
