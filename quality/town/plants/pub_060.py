"""PUB-060: procedures with one bidder, with more, and without competition."""

from quality.town.plant import Expected, Plant
from quality.town.tenders import judged, process

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

PLANT = Plant((judged(lambda nth, n, method: process(f"p060{nth}", method=method, bidders_n=n), CASES),))
