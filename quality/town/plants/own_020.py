"""OWN-020: rings and companies that hold themselves with nobody outside; and those with somebody outside, named or not."""

from __future__ import annotations

from quality.town.owners import NO_OWNER
from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    company_owner,
    declaration,
    person_owner,
)
from quality.town.plants._records import ENDED, SINCE, exemption, foreign_owner, protected_owner, truth

CODE = "OWN-020"
INFLUENCE = ("significant-influence-or-control",)


def _ring(draw: Draw, n: int) -> tuple[list[Company], list[dict[str, str]]]:
    members = [draw.company() for _ in range(n)]
    natures = (ALL_SHARES, HALF_SHARES)
    return members, [
        company_owner(member, members[i - 1], natures[i % 2], SINCE) for i, member in enumerate(members)
    ]


def _plain(draw: Draw, n: int) -> Planted:
    members, psc = _ring(draw, n)
    return Planted(members, psc, (), truth(CODE, members, "flagged", f"ring of {n}"))


def _with(draw: Draw, kind: str) -> tuple[list[Company], list[dict[str, str]], list[dict[str, str]]]:
    """A ring of two with one more record at its first member."""
    members, psc = _ring(draw, 2)
    first = members[0]
    records = {
        "nobody": lambda: declaration(first, NO_OWNER, SINCE),
        "left": lambda: person_owner(first, draw.person(), HALF_SHARES, SINCE, ENDED),
        "person": lambda: person_owner(first, draw.person(), HALF_SHARES, SINCE),
        "influence": lambda: person_owner(first, draw.person(), INFLUENCE, SINCE),
        "abroad": lambda: foreign_owner(draw, first, "Jersey", HALF_SHARES),
        "unnamed": lambda: declaration(first, "psc-exists-but-not-identified", SINCE),
        "protected": lambda: protected_owner(first),
        "exempt": lambda: exemption(first),
    }
    return members, psc, [records[kind]()]


def _two(draw: Draw, kind: str, expected: Expected, note: str) -> Planted:
    members, psc, more = _with(draw, kind)
    return Planted(members, [*psc, *more], (), truth(CODE, members, expected, note))


def _below(draw: Draw) -> Planted:
    """Below a ring, and not in it."""
    members, psc = _ring(draw, 2)
    below = draw.company()
    held = company_owner(below, members[1], ALL_SHARES, SINCE)
    ring = truth(CODE, members, "flagged", "ring of 2 that holds another")
    return Planted(
        [*members, below],
        [*psc, held],
        (),
        [*ring, *truth(CODE, (below,), "not_flagged", "held by a ring, not in it")],
    )


def _above(draw: Draw) -> Planted:
    """A company outside holds one of the ring."""
    members, psc = _ring(draw, 2)
    above = draw.company()
    held = company_owner(members[1], above, HALF_SHARES, SINCE)
    return Planted(
        [*members, above],
        [*psc, held, draw.owned(above)],
        (),
        truth(CODE, [*members, above], "not_flagged", "a company outside holds one of the ring"),
    )


def _self_held(draw: Draw, *, owned: bool) -> Planted:
    one = draw.company()
    psc = [company_owner(one, one, HALF_SHARES, SINCE), *([draw.owned(one)] if owned else [])]
    return Planted(
        (one,),
        psc,
        (),
        truth(
            CODE,
            (one,),
            "not_flagged" if owned else "flagged",
            "holds itself" + (", and a person holds it" if owned else ""),
        ),
    )


def make(draw: Draw) -> Planted:
    parts = [
        _plain(draw, 2),
        _plain(draw, 3),
        _self_held(draw, owned=False),
        _below(draw),
        _two(draw, "nobody", "flagged", "ring of 2 with a statement that nobody has control"),
        _two(draw, "left", "flagged", "ring of 2, the person beside it has left"),
        _two(draw, "person", "not_flagged", "a person beside the ring"),
        _two(draw, "influence", "not_flagged", "a person with influence only"),
        _two(draw, "abroad", "not_flagged", "a Jersey company beside the ring"),
        _two(draw, "unnamed", "not_flagged", "a statement that an owner exists"),
        _two(draw, "protected", "not_flagged", "a protected person beside the ring"),
        _two(draw, "exempt", "not_flagged", "exempt: it need not name its holders"),
        _above(draw),
        _self_held(draw, owned=True),
    ]
    return sum(parts, Planted())


PLANT = Plant(CODE, make)
