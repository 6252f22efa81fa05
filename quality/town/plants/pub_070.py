"""PUB-070: second prices close to the winner's, ordinary ones, and bids judged by more than the price."""

from functools import partial

from quality.town.plant import Expected, Plant
from quality.town.tenders import judged, second_price

# The price beside 200,000; how bids are judged; state of the second bid; verdict.
CASES: tuple[tuple[int, str, str, Expected, str], ...] = (
    (200_100, "priceOnly", "valid", "flagged", "0.05 per cent more"),
    (200_400, "priceOnly", "valid", "flagged", "0.2 per cent more"),
    (200_600, "priceOnly", "valid", "flagged", "0.3 per cent more"),
    (212_000, "priceOnly", "valid", "not_flagged", "6 per cent more"),
    (216_000, "priceOnly", "valid", "not_flagged", "8 per cent more"),
    (200_200, "ratedCriteria", "valid", "not_flagged", "the price alone does not decide"),
    (200_500, "priceOnly", "withdrawn", "not_assessable", "the other bid was withdrawn"),
)

PLANT = Plant((judged(partial(second_price, "p070"), CASES),))
