"""PUB-140: companies that supply goods of many divisions, and those whose awards do not count."""

from datetime import date

from quality.town.plant import Draw, Expected, Plant, Planted, Truth
from quality.town.tenders import award, firm, party, process

SINCE = date(2007, 2, 5)
DIVISIONS = ("03", "15", "33", "44", "45", "72", "90")
# Divisions awarded; divisions of awards that do not count; why; verdict.
CASES: tuple[tuple[int, int, str, Expected, str], ...] = (
    (7, 0, "", "flagged", "seven divisions"),
    (6, 0, "", "flagged", "six divisions"),
    (5, 0, "", "flagged", "five divisions"),
    (2, 0, "", "not_flagged", "two divisions"),
    (1, 6, "cancelled", "not_flagged", "the awards of six more were cancelled"),
    (1, 6, "together", "not_flagged", "six more together with another supplier"),
)


def _suppliers(draw: Draw) -> Planted:
    total = Planted()
    for nth, (counted_n, others_n, why, expected, note) in enumerate(CASES):
        company = draw.company(SINCE)
        own = party(company)
        codes = [f"{division}100000" for division in DIVISIONS]
        awards = [award([own], 1_000 * (place + 1), codes=[codes[place]]) for place in range(counted_n)]
        awards += [
            award(
                [own, firm(20)] if why == "together" else [own],
                500,
                "cancelled" if why == "cancelled" else "active",
                [code],
            )
            for code in codes[counted_n : counted_n + others_n]
        ]
        rows = [
            process(f"p140{nth}{place}", (), [supplier], bidders_n=2) for place, supplier in enumerate(awards)
        ]
        total += Planted(
            [company], [draw.owned(company)], tenders=rows, truth=[Truth(company.id, expected, note)]
        )
    return total


PLANT = Plant((_suppliers,))
