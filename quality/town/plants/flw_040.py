"""FLW-040: many new counterparties in three weeks, and those that are few, late, known, or wages."""

from quality.town.accounts import Payment, pattern
from quality.town.plant import Plant

BEGUN: Payment = (0, 1, -200, "300.00")  # so that half a year before the fan is held


def _out(n: int, step: int = 5) -> list[Payment]:
    return [BEGUN, *((0, 1 + k, step * k, "300.00") for k in range(n))]


KNOWN: Payment = (5, 0, 20 - 180, "300.00")

PLANT = Plant(
    (
        pattern(_out(5), "flagged", "pays five new ones in 20 days"),
        pattern(
            [BEGUN, *((1 + k, 0, 5 * k, "300.00") for k in range(5))],
            "flagged",
            "is paid by five new ones in 20 days",
        ),
        pattern(_out(7, 1), "flagged", "pays seven new ones in a week"),
        pattern(_out(4), "not_flagged", "four"),
        pattern([*_out(4), (0, 5, 21, "300.00")], "not_flagged", "a day too late"),
        pattern([KNOWN, *_out(5)], "not_flagged", "it dealt with the fifth 180 days before"),
        pattern(_out(5), "not_flagged", "a payroll", purpose="SALA"),
    )
)
