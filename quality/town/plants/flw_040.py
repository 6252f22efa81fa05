"""FLW-040: many new counterparties in three weeks, and those that are few, late, known, or wages."""

from quality.town.plant import Draw, Plant, Planted
from quality.town.plants._transfers import Payment, pattern


def _out(n: int, step: int = 5) -> list[Payment]:
    return [(0, 1 + k, step * k, "300.00") for k in range(n)]


def _in(n: int) -> list[Payment]:
    return [(1 + k, 0, 5 * k, "300.00") for k in range(n)]


def _known(draw: Draw) -> Planted:
    payments = [(5, 0, 20 - 180, "300.00"), *_out(5)]
    return pattern(draw, payments, "not_flagged", "it dealt with the fifth 180 days before")


PLANT = Plant(
    (
        lambda draw: pattern(draw, _out(5), "flagged", "pays five new ones in 20 days"),
        lambda draw: pattern(draw, _in(5), "flagged", "is paid by five new ones in 20 days"),
        lambda draw: pattern(draw, _out(7, 1), "flagged", "pays seven new ones in a week"),
        lambda draw: pattern(draw, _out(4), "not_flagged", "four"),
        lambda draw: pattern(draw, [*_out(4), (0, 5, 21, "300.00")], "not_flagged", "a day too late"),
        _known,
        lambda draw: pattern(draw, _out(5), "not_flagged", "a payroll", purpose="SALA"),
    )
)
