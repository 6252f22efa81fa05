"""What plants of patterns of money share: firms, each with an owner of its own, and transfers among them on
statements that all handed over.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from quality.evaluation import PATTERN_OF
from quality.town.accounts import transfer
from quality.town.plant import Company, Draw, Expected, Planted, Truth, part

SINCE, BEGIN = date(2012, 5, 7), date(2025, 2, 3)

# Payer and payee by their number in the plant, days from BEGIN, pounds.
type Payment = tuple[int, int, int, str]


def firms(draw: Draw, n: int) -> list[Company]:
    return [draw.company(SINCE) for _ in range(n)]


@part
def pattern(
    draw: Draw,
    payments: Sequence[Payment],
    *verdict: *tuple[Expected, str],
    first_firm: int = 0,
    companies: Sequence[Company] = (),
    owners: Sequence[dict[str, str]] = (),
    purpose: str = "",
    unheld: Sequence[int] = (),
) -> Planted:
    """Transfers among firms, and what is expected of the pattern that begins with firm number `first_firm`.

    companies, owners: of the firms, where they are not drawn. purpose: of the last payment. unheld: firms
    that handed over no statement.
    """
    parties = companies or firms(draw, 1 + max(max(payer, payee) for payer, payee, *_ in payments))
    held = [party for number, party in enumerate(parties) if number not in unheld]
    lines = [
        line
        for number, (payer, payee, days, gbp) in enumerate(payments, start=1)
        for line in transfer(
            parties[payer],
            parties[payee],
            BEGIN + timedelta(days=days),
            gbp,
            purpose=purpose if number == len(payments) else "",
            held=held,
        )
    ]
    truth = [Truth(f"{PATTERN_OF}{parties[first_firm].id}", *verdict)]
    return Planted(parties, owners or [draw.owned(party) for party in parties], truth=truth, accounts=lines)
