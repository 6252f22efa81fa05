"""PUB-150: winners far below all others, ordinary ones, and bids judged by more than the price."""

from functools import partial

from quality.town.plant import Expected, Plant
from quality.town.tenders import judged, second_price

# The price beside 200,000; how bids are judged; state of the second bid; verdict.
CASES: tuple[tuple[int, str, str, Expected, str], ...] = (
    (260_000, "priceOnly", "valid", "flagged", "30 per cent more"),
    (300_000, "priceOnly", "valid", "flagged", "half as much again"),
    (400_000, "priceOnly", "valid", "flagged", "twice as much"),
    (222_000, "priceOnly", "valid", "not_flagged", "11 per cent more"),
    (224_000, "priceOnly", "valid", "not_flagged", "12 per cent more"),
    (400_000, "ratedCriteria", "valid", "not_flagged", "the price alone does not decide"),
    (400_000, "priceOnly", "withdrawn", "not_assessable", "the other bid was withdrawn"),
)

PLANT = Plant((judged(partial(second_price, "p150"), CASES),))
