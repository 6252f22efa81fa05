"""PUB-120: the lowest bid disqualified, or not the lowest, not submitted, or not judged by price alone."""

from quality.town.plant import Draw, Expected, Plant, Planted, Truth
from quality.town.tenders import award, bid, firm, judged, process

# Prices and states of two bids beside valid ones of 100,000 and 107,000; how bids are judged; verdict.
CASES: tuple[tuple[int, str, str, Expected, str], ...] = (
    (90_000, "disqualified", "priceOnly", "flagged", "a tenth cheaper"),
    (99_999, "disqualified", "priceOnly", "flagged", "a pound cheaper"),
    (50_000, "disqualified", "priceOnly", "flagged", "half the price"),
    (100_001, "disqualified", "priceOnly", "not_flagged", "a pound dearer"),
    (90_000, "withdrawn", "priceOnly", "not_flagged", "withdrawn"),
    (90_000, "disqualified", "ratedCriteria", "not_flagged", "the price alone does not decide"),
)


def _process(nth: int, gbp: int, status: str, criteria: str) -> dict[str, str]:
    winner, other, third = firm(nth + 5), firm(nth + 14), firm(nth + 22)
    bids = [bid([winner], 100_000), bid([other], 107_000), bid([third], gbp, status)]
    return process(f"p120{nth}", bids, [award([winner], 100_000)], bidders_n=3, criteria=criteria)


def _pending(_: Draw) -> Planted:
    row = process("p1206", [bid([firm(1)], 1_000, "disqualified"), bid([firm(2)], 2_000)], bidders_n=2)
    return Planted(tenders=[row], truth=[Truth(row["ocid"], "not_assessable", "nothing is awarded")])


PLANT = Plant((judged(_process, CASES), _pending))
