"""PUB-110: all bids but the winner's disqualified, and processes with another valid bid or another winner."""

from collections.abc import Sequence

from quality.town.plant import Expected, Plant
from quality.town.tenders import award, bid, firm, judged, process

# Bids: firm, state; state of the award to firm 1; verdict. Firm 1 is always the cheapest.
CASES: tuple[tuple[tuple[tuple[int, str], ...], str, Expected, str], ...] = (
    (((1, "valid"), (2, "disqualified")), "active", "flagged", "one other"),
    (((1, "valid"), (2, "disqualified"), (3, "disqualified")), "active", "flagged", "two others"),
    (
        ((1, "valid"), (1, "disqualified"), (2, "disqualified")),
        "active",
        "flagged",
        "its own second bid as well",
    ),
    (((1, "valid"), (2, "disqualified"), (3, "valid")), "active", "not_flagged", "another valid bid"),
    (((1, "valid"), (2, "withdrawn")), "active", "not_flagged", "the other withdrew"),
    (
        ((1, "disqualified"), (2, "valid")),
        "active",
        "not_flagged",
        "the award to one whose bid was disqualified",
    ),
    (((1, "valid"), (2, "disqualified")), "pending", "not_assessable", "the award is pending"),
)


def _process(nth: int, states: Sequence[tuple[int, str]], awarded: str) -> dict[str, str]:
    bids = [bid([firm(10 + who)], 90_000 + 7_200 * rank, status) for rank, (who, status) in enumerate(states)]
    awards = [award([firm(11)], 90_000, awarded)]
    return process(f"p110{nth}", bids, awards, bidders_n=3, criteria="ratedCriteria")


PLANT = Plant((judged(_process, CASES),))
