"""PUB-050: open procedures around fifteen days, others that need no period, and a method not stated."""

from quality.town.plant import Expected, Plant
from quality.town.tenders import judged, process

# Days for which bids are accepted; who may bid; verdict.
CASES: tuple[tuple[float, str, Expected, str], ...] = (
    (1, "open", "flagged", "from today to tomorrow"),
    (14, "open", "flagged", "14 days"),
    (14.99, "open", "flagged", "minutes less than 15 days"),
    (15, "open", "not_flagged", "15 days"),
    (40, "open", "not_flagged", "40 days"),
    (2, "direct", "not_flagged", "one chosen supplier"),
    (2, "negotiated", "not_assessable", "a method that the standard does not have"),
)

PLANT = Plant(
    (judged(lambda nth, days, method: process(f"p050{nth}", days=days, method=method, bidders_n=3), CASES),)
)
