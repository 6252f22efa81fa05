"""OWN-050: chains with five and more legal entities above; with four; and persons, trusts and rings, which
do not add layers.
"""

from collections.abc import Callable

from quality.town.plant import HALF_SHARES, Company, Draw, Part, Plant
from quality.town.plants._records import (
    TRUST,
    Rows,
    Verdict,
    chain,
    foreign_owner,
    held,
    person,
    ring,
    scenario,
)

LAYERS = 5
IN_A_RING: Verdict = ("not_flagged", "in a ring")


def _by_layers(n: int, above: int, note: str) -> list[Verdict]:
    """Verdicts on a chain of `n`. above: legal entities above the first of them."""
    return [
        ("flagged" if layers >= LAYERS else "not_flagged", f"{note}: {layers} above")
        for layers in range(above, above + n)
    ]


def _chain(n: int, above: int, note: str, more: Callable[[Draw, list[Company]], Rows]) -> Part:
    """A chain of `n` with more records."""
    return scenario(n, lambda draw, c: [*chain(c), *more(draw, c)], *_by_layers(n, above, note))


def _interrupted(draw: Draw, c: list[Company]) -> Rows:
    """A chain of which one holding has ceased."""
    psc = chain(c)
    psc[3] |= {"ceased_on": "2022-02-01"}
    return [*psc, draw.owned(c[0]), draw.owned(c[4])]


PLANT = Plant(
    (
        *(
            _chain(n, 0, f"chain of {n} under a person", lambda draw, c: [draw.owned(c[0])])
            for n in (6, 5, 8)
        ),
        _chain(
            5,
            1,
            "chain under a German company",
            lambda draw, c: [foreign_owner(draw, c[0], "Germany")],
        ),
        scenario(
            7,
            _interrupted,
            *_by_layers(4, 0, "above the break"),
            *_by_layers(3, 0, "below a holding that has ceased"),
        ),
        # A ring of three at the top is one layer.
        scenario(
            8,
            lambda _, c: [*ring(c[:3], HALF_SHARES), *chain(c[3:]), held(c[3], c[1])],
            IN_A_RING,
            IN_A_RING,
            IN_A_RING,
            *_by_layers(5, 1, "chain under a ring"),
        ),
        # An unnamed trust at the top is no legal entity.
        _chain(5, 0, "chain under a trust", lambda draw, c: [person(draw, c[0], TRUST)]),
        # A short and a long way up: the long one counts.
        _chain(
            6,
            0,
            "long way beside a short one",
            lambda draw, c: [held(c[5], c[0], HALF_SHARES), draw.owned(c[0])],
        ),
    ),
)
