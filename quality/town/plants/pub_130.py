"""PUB-130: companies whose bids are often disqualified, one that disqualifies others, and ordinary ones."""

from datetime import date

from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth
from quality.town.tenders import bid, firm, party, process

SINCE = date(2008, 9, 1)
# States of the bids of one company; verdict. Nothing is awarded.
BIDDERS: tuple[tuple[tuple[str, ...], Expected, str], ...] = (
    (("disqualified", "disqualified", "valid"), "flagged", "two of three disqualified"),
    (("disqualified", "disqualified"), "flagged", "both disqualified"),
    (("valid", "valid", "valid"), "not_flagged", "none disqualified"),
    (("pending", "valid", "withdrawn", "invited"), "not_flagged", "withdrawn and invited do not count"),
    (("disqualified",), "not_assessable", "one bid"),
)
# States of the bids that one company received as a buyer; verdict.
BUYERS: tuple[tuple[tuple[str, ...], Expected, str], ...] = (
    (("disqualified", "disqualified", "disqualified", "valid"), "flagged", "three of four disqualified"),
    (("valid", "valid", "pending"), "not_flagged", "none disqualified"),
)


def _one(draw: Draw, expected: Expected, note: str) -> tuple[Company, Planted]:
    company = draw.company(SINCE)
    return company, Planted([company], [draw.owned(company)], truth=[Truth(company.id, expected, note)])


def _bidders(draw: Draw) -> Planted:
    total = Planted()
    for nth, (states, expected, note) in enumerate(BIDDERS):
        company, planting = _one(draw, expected, note)
        tenders = [
            process(
                f"p130b{nth}{place}",
                [
                    bid([party(company)], 31_000 + 100 * nth, status),
                    *(bid([firm((place + step) % 30)], 33_000 + 900 * step) for step in range(4)),
                ],
                bidders_n=5,
            )
            for place, status in enumerate(states)
        ]
        total += planting + Planted(tenders=tenders)
    return total


def _buyers(draw: Draw) -> Planted:
    total = Planted()
    for nth, (states, expected, note) in enumerate(BUYERS):
        company, planting = _one(draw, expected, note)
        bids = [bid([firm(place)], 41_000 + 900 * place, status) for place, status in enumerate(states)]
        row = process(f"p130c{nth}", bids, buyer=party(company), bidders_n=len(bids))
        total += planting + Planted(tenders=[row])
    return total


PLANT = Plant((_bidders, _buyers))
