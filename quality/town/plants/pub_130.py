"""PUB-130: companies whose bids are often disqualified, one that disqualifies others, and ordinary ones."""

from collections.abc import Sequence
from datetime import date

from quality.town.plant import Draw, Expected, Plant, Planted, part
from quality.town.tenders import bid, firm, party, process

SINCE = date(2008, 9, 1)


@part
def _bidder(draw: Draw, key: str, states: Sequence[str], *verdict: *tuple[Expected, str]) -> Planted:
    """A company, and a process for each state of its bids. Nothing is awarded."""
    company = draw.company(SINCE)
    tenders = [
        process(
            f"p130{key}{place}",
            [
                bid([party(company)], 31_000 + 100 * int(key[1:]), status),
                *(bid([firm((place + step) % 30)], 33_000 + 900 * step) for step in range(4)),
            ],
            bidders_n=5,
        )
        for place, status in enumerate(states)
    ]
    return Planted([company], [draw.owned(company)], tenders=tenders).judged(*verdict)


@part
def _buyer(draw: Draw, key: str, states: Sequence[str], *verdict: *tuple[Expected, str]) -> Planted:
    """A company that received bids of these states."""
    company = draw.company(SINCE)
    bids = [bid([firm(place)], 41_000 + 900 * place, status) for place, status in enumerate(states)]
    row = process(f"p130{key}", bids, buyer=party(company), bidders_n=len(bids))
    return Planted([company], [draw.owned(company)], tenders=[row]).judged(*verdict)


PLANT = Plant(
    (
        _bidder("b0", ("disqualified", "disqualified", "valid"), "flagged", "two of three disqualified"),
        _bidder("b1", ("disqualified", "disqualified"), "flagged", "both disqualified"),
        _bidder("b2", ("valid", "valid", "valid"), "not_flagged", "none disqualified"),
        _bidder(
            "b3",
            ("pending", "valid", "withdrawn", "invited"),
            "not_flagged",
            "withdrawn and invited do not count",
        ),
        _bidder("b4", ("disqualified",), "not_assessable", "one bid"),
        _buyer(
            "c0",
            ("disqualified", "disqualified", "disqualified", "valid"),
            "flagged",
            "three of four disqualified",
        ),
        _buyer("c1", ("valid", "valid", "pending"), "not_flagged", "none disqualified"),
    )
)
