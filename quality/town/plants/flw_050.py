"""FLW-050: a firm that hands on what it receives, and those that keep it, wait, or pay it back."""

from collections.abc import Sequence

from quality.town.accounts import Payment, pattern
from quality.town.plant import Plant


def _passing(
    gbp: str = "2760.00", after: int = 5, to: int = 2, times: int = 3, rest: Sequence[Payment] = ()
) -> list[Payment]:
    """Firm 1 pays firm 0 3,000 every 30 days, which pays firm 2. `gbp`, `after`, `to`: of the last time."""
    ins = [(1, 0, 30 * k, "3000.00") for k in range(times)]
    outs = [(0, 2, 30 * k + 3, "2760.00") for k in range(times - 1)]
    return [*ins, *outs, (0, to, 30 * (times - 1) + after, gbp), *rest]


PLANT = Plant(
    (
        pattern(_passing(), "flagged", "three times 92 per cent"),
        pattern(_passing("2700.00", 0), "flagged", "the third on the day itself"),
        pattern(
            _passing("1500.00", rest=[(0, 3, 61, "1300.00")]),
            "flagged",
            "the third in two payments",
        ),
        pattern(_passing(after=6), "not_flagged", "a day too late"),
        pattern(_passing("2699.99"), "not_flagged", "it keeps more than a tenth"),
        pattern(_passing("3000.01"), "not_flagged", "more than came in"),
        pattern(_passing(to=1), "not_flagged", "back to where it came from"),
        pattern(_passing(times=2), "not_flagged", "twice"),
        pattern(_passing(), "not_assessable", "its own statement was not handed over", unheld=[0]),
    )
)
