"""PUB-120: the lowest bid disqualified, or not the lowest, not submitted, or not judged by price alone."""

from quality.town.plant import Draw, Expected, Plant, Planted, Truth
from quality.town.tenders import award, bid, firm, ocid, process

# Prices and states of two bids beside valid ones of 100,000 and 107,000; how bids are judged; verdict.
CASES: tuple[tuple[int, str, str, Expected, str], ...] = (
    (90_000, "disqualified", "priceOnly", "flagged", "a tenth cheaper"),
    (99_999, "disqualified", "priceOnly", "flagged", "a pound cheaper"),
    (50_000, "disqualified", "priceOnly", "flagged", "half the price"),
    (100_001, "disqualified", "priceOnly", "not_flagged", "a pound dearer"),
    (90_000, "withdrawn", "priceOnly", "not_flagged", "withdrawn"),
    (90_000, "disqualified", "ratedCriteria", "not_flagged", "the price alone does not decide"),
)


def _processes(_: Draw) -> Planted:
    tenders, truth = [], []
    for nth, (gbp, status, criteria, expected, note) in enumerate(CASES):
        key, winner, other, third = f"p120{nth}", firm(nth + 5), firm(nth + 14), firm(nth + 22)
        bids = [bid([winner], 100_000), bid([other], 107_000), bid([third], gbp, status)]
        tenders.append(process(key, bids, [award([winner], 100_000)], bidders_n=3, criteria=criteria))
        truth.append(Truth(ocid(key), expected, note))
    pending = process("p1206", [bid([firm(1)], 1_000, "disqualified"), bid([firm(2)], 2_000)], bidders_n=2)
    truth.append(Truth(ocid("p1206"), "not_assessable", "nothing is awarded"))
    return Planted(tenders=[*tenders, pending], truth=truth)


PLANT = Plant((_processes,))
