"""PUB-090: equal prices of different bidders, and prices that only look alike."""

from collections.abc import Sequence

from quality.town.plant import Expected, Plant
from quality.town.tenders import bid, firm, judged, process

# Bids: firm, price, state; verdict. No contract is awarded, so that no price is compared with a winner's.
CASES: tuple[tuple[tuple[tuple[int, float, str], ...], Expected, str], ...] = (
    (((1, 80_000, "valid"), (2, 80_000, "valid")), "flagged", "two at one price"),
    (
        ((1, 81_000.5, "valid"), (2, 81_000.5, "disqualified"), (3, 90_000, "valid")),
        "flagged",
        "one disqualified",
    ),
    (((1, 82_000, "pending"), (2, 82_000, "valid"), (3, 82_000, "valid")), "flagged", "three at one price"),
    (((1, 80_000, "valid"), (2, 80_000.01, "valid")), "not_flagged", "a penny more"),
    (((1, 80_000, "valid"), (1, 80_000, "valid")), "not_flagged", "one bidder twice"),
    (((1, 80_000, "valid"), (2, 80_000, "withdrawn")), "not_flagged", "one withdrawn"),
    ((), "not_assessable", "no bid is held"),
)


def _process(nth: int, prices: Sequence[tuple[int, float, str]]) -> dict[str, str]:
    bids = [bid([firm(who)], gbp, status) for who, gbp, status in prices]
    return process(f"p090{nth}", bids, bidders_n=3)


PLANT = Plant((judged(_process, CASES),))
