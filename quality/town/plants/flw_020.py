"""FLW-020: rings of payments in order and in another order, and those that are none."""

from quality.town.accounts import pattern
from quality.town.plant import Plant

SIX = [(k, (k + 1) % 6, 3 * k, f"{5000 - 100 * k}.00") for k in range(6)]
SEVEN = [(k, (k + 1) % 7, 2 * k, f"{5000 - 100 * k}.00") for k in range(7)]

PLANT = Plant(
    (
        pattern(
            [(0, 1, 0, "5000.00"), (1, 2, 6, "4000.00"), (2, 0, 20, "3200.00")],
            "flagged",
            "three hops in 20 days, each 80 per cent of the one before",
        ),
        pattern(SIX, "flagged", "six hops"),
        pattern(
            [(0, 1, 4, "5000.00"), (1, 2, 1, "5250.00"), (2, 0, 9, "4300.00")],
            "flagged",
            "in another order, one hop 105 per cent",
        ),
        pattern([(0, 1, 0, "5000.00"), (1, 0, 7, "4900.00")], "flagged", "two hops: a return"),
        pattern(
            [(0, 1, 0, "5000.00"), (1, 2, 6, "4900.00"), (2, 0, 21, "4800.00")],
            "not_flagged",
            "a day too late",
        ),
        pattern(
            [(0, 1, 0, "5000.00"), (1, 2, 6, "3999.99"), (2, 0, 9, "3199.99")],
            "not_flagged",
            "hops too small",
        ),
        pattern(
            [(0, 1, 0, "5000.00"), (1, 2, 6, "5250.01"), (2, 0, 9, "5512.52")],
            "not_flagged",
            "hops too large",
        ),
        pattern(SEVEN, "not_flagged", "seven hops"),
        pattern([(0, 1, 5, "5000.00"), (1, 0, 5, "4900.00")], "not_flagged", "two hops on one day"),
        pattern(
            [(0, 1, 0, "5000.00"), (1, 2, 6, "4900.00"), (2, 3, 9, "4800.00")],
            "not_flagged",
            "an ordinary chain of suppliers",
        ),
        pattern(
            [(0, 1, 0, "5000.00"), (1, 2, 6, "4900.00"), (2, 0, 9, "4800.00")],
            "not_flagged",
            "rent comes back",
            purpose="RENT",
        ),
    )
)
