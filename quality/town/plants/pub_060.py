"""PUB-060: procedures with one bidder, with more, and without competition."""

from quality.town.plant import Draw, Expected, Plant, Planted, Truth
from quality.town.tenders import ocid, process

# Bidders; who may bid; verdict.
CASES: tuple[tuple[int | None, str, Expected, str], ...] = (
    (1, "open", "flagged", "one bidder"),
    (1, "selective", "flagged", "one of those who qualify"),
    (1, "open", "flagged", "another one"),
    (2, "open", "not_flagged", "two bidders"),
    (1, "direct", "not_flagged", "one chosen supplier"),
    (1, "limited", "not_flagged", "one invited"),
    (None, "open", "not_assessable", "bidders are not counted"),
)


def _processes(_: Draw) -> Planted:
    tenders, truth = [], []
    for nth, (bidders_n, method, expected, note) in enumerate(CASES):
        key = f"p060{nth}"
        tenders.append(process(key, method=method, bidders_n=bidders_n))
        truth.append(Truth(ocid(key), expected, note))
    return Planted(tenders=tenders, truth=truth)


PLANT = Plant((_processes,))
