"""FLW-030: a sum in three parts that meet again, several that become several, and those that do not."""

from collections.abc import Sequence

from quality.town.accounts import Payment, pattern
from quality.town.plant import Plant


def _scatter(days: Sequence[int], gbp: str, middles: int = 3) -> list[Payment]:
    """Firm 0 pays firms 2, 3 … 3,000 each; they pay firm 1 after these days."""
    return [(0, 2 + k, k, "3000.00") for k in range(middles)] + [
        (2 + k, 1, days[k], gbp) for k in range(middles)
    ]


def _gather(gbp: str, sinks: int = 3, first_day: int = 10) -> list[Payment]:
    """Firms 1, 2, 3 pay firm 0 3,000 each; it pays firms 4, 5 …"""
    return [(1 + k, 0, k, "3000.00") for k in range(3)] + [
        (0, 4 + k, first_day + k, gbp) for k in range(sinks)
    ]


PLANT = Plant(
    (
        pattern(_scatter([20, 20, 20], "2400.00"), "flagged", "three parts, 80 per cent, after 20 days"),
        pattern(_scatter([9, 8, 7, 6], "2900.00", 4), "flagged", "four parts"),
        pattern(_gather("2400.00"), "flagged", "three sources, three sinks"),
        pattern(_scatter([9, 8, 21], "2900.00"), "not_flagged", "a day too late"),
        pattern(_scatter([9, 8, 7], "2399.00"), "not_flagged", "too little arrives"),
        pattern(_scatter([9, 1, 7], "2900.00"), "not_flagged", "one part on the same day"),
        pattern(_scatter([9, 8], "2900.00", 2), "not_flagged", "two parts"),
        pattern(_gather("3400.00", 2), "not_flagged", "two sinks"),
        pattern(_gather("2400.00", first_day=2), "not_flagged", "one sink too early"),
    )
)
