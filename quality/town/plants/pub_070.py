"""PUB-070: second prices close to the winner's, ordinary ones, and bids judged by more than the price."""

from quality.town.plant import Draw, Expected, Plant, Planted, Truth
from quality.town.tenders import award, bid, firm, ocid, process

WON_AT = 200_000
# The second price; how bids are judged; state of the second bid; verdict.
CASES: tuple[tuple[int, str, str, Expected, str], ...] = (
    (200_100, "priceOnly", "valid", "flagged", "0.05 per cent more"),
    (200_400, "priceOnly", "valid", "flagged", "0.2 per cent more"),
    (200_600, "priceOnly", "valid", "flagged", "0.3 per cent more"),
    (212_000, "priceOnly", "valid", "not_flagged", "6 per cent more"),
    (216_000, "priceOnly", "valid", "not_flagged", "8 per cent more"),
    (200_200, "ratedCriteria", "valid", "not_flagged", "the price alone does not decide"),
    (200_500, "priceOnly", "withdrawn", "not_assessable", "the other bid was withdrawn"),
)


def _processes(_: Draw) -> Planted:
    tenders, truth = [], []
    for nth, (gbp, criteria, status, expected, note) in enumerate(CASES):
        key, winner, other = f"p070{nth}", firm(nth), firm(nth + 11)
        bids = [bid([winner], WON_AT), bid([other], gbp, status)]
        tenders.append(process(key, bids, [award([winner], WON_AT)], bidders_n=2, criteria=criteria))
        truth.append(Truth(ocid(key), expected, note))
    return Planted(tenders=tenders, truth=truth)


PLANT = Plant((_processes,))
