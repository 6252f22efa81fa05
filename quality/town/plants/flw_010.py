"""FLW-010: money that leaves two companies of one owner and comes back, and everything around that."""

from collections.abc import Sequence

from quality.town.accounts import SINCE, Payment, pattern
from quality.town.plant import ALL_SHARES, Draw, Expected, Plant, Planted, part, person_owner

FACTOR = "HALCYON INVOICE FINANCE LIMITED"


@part
def _case(
    draw: Draw,
    payments: Sequence[Payment],
    *verdict: *tuple[Expected, str],
    purpose: str = "",
    through: str = "",
) -> Planted:
    """Firms 0 and 1 have one owner. through: name of firm 2."""
    n = 1 + max(max(payer, payee) for payer, payee, *_ in payments)
    companies = [draw.company(SINCE) for _ in range(max(n, 2))]
    if through:
        companies[2] = draw.company(SINCE, name=through)
    owner = draw.person()
    owners = [
        person_owner(company, owner if number < 2 else draw.person(), ALL_SHARES, SINCE)
        for number, company in enumerate(companies)
    ]
    return pattern(payments, *verdict, companies=companies, owners=owners, purpose=purpose)(draw)


PLANT = Plant(
    (
        _case([(0, 2, 0, "80000.00"), (2, 1, 3, "73500.00")], "flagged", "through one party, to the sister"),
        _case(
            [(0, 2, 0, "8500.00"), (2, 3, 40, "9000.00"), (3, 1, 300, "6800.00")],
            "flagged",
            "through two parties; 10,000 euro leave, 80 per cent return",
        ),
        _case([(0, 2, -365, "40000.00"), (2, 1, 365, "39000.00")], "flagged", "after 730 days"),
        _case([(0, 2, -365, "40000.00"), (2, 1, 366, "39000.00")], "not_flagged", "a day too late"),
        _case([(0, 2, 0, "40000.00"), (2, 1, 9, "31999.99")], "not_flagged", "a hop too small"),
        _case([(0, 2, 9, "40000.00"), (2, 1, 0, "40000.00")], "not_flagged", "out of order"),
        _case([(0, 2, 9, "40000.00"), (2, 1, 9, "40000.00")], "not_flagged", "on one day"),
        _case([(0, 2, 0, "8499.99"), (2, 1, 9, "8499.99")], "not_flagged", "less than 10,000 euro leave"),
        _case(
            [(0, 2, 0, "40000.00"), (2, 3, 9, "36000.00"), (3, 4, 12, "35000.00")],
            "not_flagged",
            "an ordinary chain of suppliers",
        ),
        _case(
            [(0, 2, 0, "40000.00"), (2, 1, 9, "40000.00")], "not_flagged", "rent comes back", purpose="RENT"
        ),
        _case([(0, 1, 0, "40000.00"), (1, 0, 29, "40000.00")], "not_flagged", "a group's cash pool"),
        _case(
            [(0, 2, 0, "40000.00"), (2, 1, 9, "40000.00")], "not_flagged", "through a factor", through=FACTOR
        ),
    )
)
