"""PUB-080: companies that bid often and hardly ever win, and around that those who win or bid seldom."""

from datetime import date

from quality.town.plant import Draw, Expected, Plant, Planted, Truth
from quality.town.tenders import award, bid, firm, party, process

PROCESSES_N = 20
SINCE = date(2009, 3, 2)
# Processes entered; won; verdict.
CASES: tuple[tuple[int, int, Expected, str], ...] = (
    (20, 0, "flagged", "20 bids, none won"),
    (19, 1, "flagged", "19 bids, one won"),
    (17, 0, "flagged", "17 bids, none won"),
    (18, 6, "not_flagged", "wins a third"),
    (3, 0, "not_flagged", "bids seldom"),
    (2, 0, "not_flagged", "bids twice"),
)


def _shared(draw: Draw) -> Planted:
    """All bid in the same processes; what none of them wins goes to a firm from elsewhere."""
    companies = [draw.company(SINCE) for _ in CASES]
    won = [company for company, (_, won_n, *_) in zip(companies, CASES, strict=True) for _ in range(won_n)]
    tenders = []
    for place in range(PROCESSES_N):
        winner = won[place] if place < len(won) else None
        losers = [
            company
            for company, (entered_n, *_) in zip(companies, CASES, strict=True)
            if place < entered_n and company is not winner
        ]
        gbp, first = 70_000 + 1_300 * place, party(winner) if winner else firm(place)
        bids = [
            bid([first], gbp),
            *(
                bid([party(company)], gbp * (106 + place % 5 + 3 * rank) // 100)
                for rank, company in enumerate(losers)
            ),
        ]
        tenders.append(process(f"p080{place:02}", bids, [award([first], gbp)], bidders_n=len(bids)))
    truth = [
        Truth(company.id, expected, note)
        for company, (_, _, expected, note) in zip(companies, CASES, strict=True)
    ]
    owners = [draw.owned(company) for company in companies]
    return Planted(companies, owners, tenders=tenders, truth=truth)


PLANT = Plant((_shared,))
