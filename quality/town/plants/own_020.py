"""OWN-020: rings and companies that hold themselves with nobody outside; and those with somebody outside,
named or not.
"""

from collections.abc import Callable

from quality.town.people.records import NO_OWNER
from quality.town.plant import HALF_SHARES, Company, Draw, Expected, Part, Plant, declaration
from quality.town.plants._records import (
    ENDED,
    INFLUENCE,
    SINCE,
    exemption,
    foreign_owner,
    held,
    person,
    protected_owner,
    ring,
    scenario,
)


def _beside(more: Callable[[Draw, Company], dict[str, str]], expected: Expected, note: str) -> Part:
    """A ring of two with one more record at its first member."""
    return scenario(2, lambda draw, c: [*ring(c), more(draw, c[0])], (expected, note))


PLANT = Plant(
    (
        scenario(2, lambda _, c: ring(c), ("flagged", "ring of 2")),
        scenario(3, lambda _, c: ring(c), ("flagged", "ring of 3")),
        scenario(1, lambda _, c: ring(c, HALF_SHARES), ("flagged", "holds itself")),
        scenario(
            3,
            lambda _, c: [*ring(c[:2]), held(c[2], c[1])],
            ("flagged", "ring of 2 that holds another"),
            ("flagged", "ring of 2 that holds another"),
            ("not_flagged", "held by a ring, not in it"),
        ),
        _beside(
            lambda _, c: declaration(c, NO_OWNER, SINCE),
            "flagged",
            "ring of 2 with a statement that nobody has control",
        ),
        _beside(
            lambda draw, c: person(draw, c, HALF_SHARES, ended_on=ENDED),
            "flagged",
            "ring of 2, the person beside it has left",
        ),
        _beside(lambda draw, c: person(draw, c, HALF_SHARES), "not_flagged", "a person beside the ring"),
        _beside(lambda draw, c: person(draw, c, INFLUENCE), "not_flagged", "a person with influence only"),
        _beside(
            lambda draw, c: foreign_owner(draw, c, "Jersey", HALF_SHARES),
            "not_flagged",
            "a Jersey company beside the ring",
        ),
        _beside(
            lambda _, c: declaration(c, "psc-exists-but-not-identified", SINCE),
            "not_flagged",
            "a statement that an owner exists",
        ),
        _beside(lambda _, c: protected_owner(c), "not_flagged", "a protected person beside the ring"),
        _beside(lambda _, c: exemption(c), "not_flagged", "exempt: it need not name its holders"),
        scenario(
            3,
            lambda draw, c: [*ring(c[:2]), held(c[1], c[2], HALF_SHARES), draw.owned(c[2])],
            ("not_flagged", "a company outside holds one of the ring"),
        ),
        scenario(
            1,
            lambda draw, c: [*ring(c, HALF_SHARES), draw.owned(c[0])],
            ("not_flagged", "holds itself, and a person holds it"),
        ),
    ),
)
