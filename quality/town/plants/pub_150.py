"""PUB-150: winners far below all others, ordinary ones, and bids judged by more than the price."""

from quality.town.plant import Draw, Expected, Plant, Planted, Truth
from quality.town.tenders import award, bid, firm, ocid, process

WON_AT = 200_000
# The second price; how bids are judged; state of the second bid; verdict.
CASES: tuple[tuple[int, str, str, Expected, str], ...] = (
    (260_000, "priceOnly", "valid", "flagged", "30 per cent more"),
    (300_000, "priceOnly", "valid", "flagged", "half as much again"),
    (400_000, "priceOnly", "valid", "flagged", "twice as much"),
    (222_000, "priceOnly", "valid", "not_flagged", "11 per cent more"),
    (224_000, "priceOnly", "valid", "not_flagged", "12 per cent more"),
    (400_000, "ratedCriteria", "valid", "not_flagged", "the price alone does not decide"),
    (400_000, "priceOnly", "withdrawn", "not_assessable", "the other bid was withdrawn"),
)


def _processes(_: Draw) -> Planted:
    tenders, truth = [], []
    for nth, (gbp, criteria, status, expected, note) in enumerate(CASES):
        key, winner, other = f"p150{nth}", firm(nth), firm(nth + 11)
        bids = [bid([winner], WON_AT), bid([other], gbp, status)]
        tenders.append(process(key, bids, [award([winner], WON_AT)], bidders_n=2, criteria=criteria))
        truth.append(Truth(ocid(key), expected, note))
    return Planted(tenders=tenders, truth=truth)


PLANT = Plant((_processes,))
