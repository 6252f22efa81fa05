"""OWN-030: chains that end in companies; and those that end in persons, public bodies, or elsewhere."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

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
)
from quality.town.plants._records import (
    ENDED,
    SINCE,
    council_owner,
    exemption,
    foreign_owner,
    protected_owner,
    truth,
)

CODE = "OWN-030"


def _chain(draw: Draw, n: int, top: Company | None = None) -> tuple[list[Company], list[dict[str, str]]]:
    """`n` companies, the first at the top; each holds the next."""
    members = [*([top] if top else []), *(draw.company() for _ in range(n - (1 if top else 0)))]
    return members, [company_owner(held, holder, ALL_SHARES, SINCE) for holder, held in pairwise(members)]


def _below(
    members: list[Company],
    psc: list[dict[str, str]],
    expected: Expected,
    note: str,
    *,
    top: Expected = "not_flagged",
) -> Planted:
    """Truth of the companies below the top, and of the top."""
    return Planted(
        members,
        psc,
        (),
        [*truth(CODE, members[1:], expected, note), *truth(CODE, members[:1], top, f"the top: {note}")],
    )


def _silent(draw: Draw, n: int) -> Planted:
    members, psc = _chain(draw, n)
    return _below(members, psc, "flagged", f"chain of {n}, nothing is declared of the top")


def _stated(draw: Draw, code: str) -> Planted:
    members, psc = _chain(draw, 2)
    return _below(members, [*psc, declaration(members[0], code, SINCE)], "flagged", f"the top states {code}")


def _ring_at_the_top(draw: Draw) -> Planted:
    a, b, below = (draw.company() for _ in range(3))
    psc = [
        company_owner(a, b, ALL_SHARES, SINCE),
        company_owner(b, a, ALL_SHARES, SINCE),
        company_owner(below, b, ALL_SHARES, SINCE),
    ]
    return Planted(
        (a, b, below),
        psc,
        (),
        [
            *truth(CODE, (a, b), "flagged", "a ring holds each of its members"),
            *truth(CODE, (below,), "flagged", "below a ring"),
        ],
    )


def _overseas_entity_at_the_top(draw: Draw) -> Planted:
    members, psc = _chain(draw, 2, draw.overseas(date(2022, 12, 5)))
    psc[0] |= {"identification.country_registered": "United Kingdom"}
    return _below(members, psc, "flagged", "an overseas entity without a declared owner at the top")


def _person(draw: Draw) -> Planted:
    members, psc = _chain(draw, 3)
    return _below(members, [*psc, draw.owned(members[0])], "not_flagged", "a person at the top")


def _person_beside(draw: Draw) -> Planted:
    """A person half way up."""
    members, psc = _chain(draw, 3)
    return Planted(
        members,
        [*psc, draw.owned(members[1])],
        (),
        truth(CODE, members, "not_flagged", "a person beside the company in the middle, or the top itself"),
    )


def _protected(draw: Draw) -> Planted:
    members, psc = _chain(draw, 2)
    return _below(
        members, [*psc, protected_owner(members[0])], "not_flagged", "a protected person at the top"
    )


def _listed(draw: Draw) -> Planted:
    members, psc = _chain(draw, 3)
    return _below(members, [*psc, exemption(members[0])], "not_flagged", "the top is listed")


def _council(draw: Draw) -> Planted:
    members, psc = _chain(draw, 2)
    return Planted(
        members,
        [*psc, council_owner(members[0])],
        (),
        truth(CODE, members, "not_flagged", "a council at the top"),
    )


def _nothing_above(draw: Draw) -> Planted:
    """The closure is empty: nothing declared, a holder that has left, and one that holds itself."""
    alone, left, itself, holder = (draw.company() for _ in range(4))
    psc = [
        company_owner(left, holder, ALL_SHARES, SINCE, ENDED),
        company_owner(itself, itself, HALF_SHARES, SINCE),
        draw.owned(holder),
    ]
    notes = ((alone, "nothing is declared"), (left, "the holder has left"), (itself, "holds itself only"))
    return Planted(
        (alone, left, itself, holder),
        psc,
        (),
        [row for company, note in notes for row in truth(CODE, (company,), "not_flagged", note)],
    )


def _elsewhere(draw: Draw, country: str) -> Planted:
    members, psc = _chain(draw, 2)
    owned = foreign_owner(draw, members[0], country)
    return Planted(
        members,
        [*psc, owned],
        (),
        truth(CODE, members, "not_assessable", f"a company of {country} at the top"),
    )


def _two_tops(draw: Draw) -> Planted:
    """One top is in the register, the other is not."""
    members, psc = _chain(draw, 2)
    owned = foreign_owner(draw, members[1], "Germany", HALF_SHARES)
    return _below(members, [*psc, owned], "not_assessable", "two tops, one of them of Germany")


def _without_number(draw: Draw, *, is_registered: bool) -> Planted:
    """A holder of no number: the register's entry of that name and address, or one that no register held has."""
    company, holder = draw.company(), draw.company()
    owned = company_owner(company, holder, ALL_SHARES, SINCE)
    del owned["identification.registration_number"]
    if not is_registered:
        return Planted(
            (company,),
            [owned],
            (),
            truth(
                CODE,
                (company,),
                "not_assessable",
                "the holder states no number, and no register held has its name",
            ),
        )
    known = truth(
        CODE,
        (company,),
        "not_flagged",
        "the holder states no number; its name and address are those of an entry that a person owns",
    )
    return Planted((company, holder), [owned, draw.owned(holder)], (), known)


def _no_duty(draw: Draw) -> Planted:
    """Tops in the register of forms that need not declare: an English limited partnership, an overseas company."""
    partnership = draw.company(
        date(2012, 3, 5), series="LP", category="Limited Partnership", sic="None Supplied", ending=" LP"
    )
    abroad = draw.company(date(2012, 3, 5), series="FC", category="Other company type", sic="None Supplied")
    total = Planted()
    for top, note in (
        (partnership, "an English limited partnership at the top"),
        (abroad, "an overseas company at the top"),
    ):
        members, psc = _chain(draw, 2, top)
        total = total + _below(members, psc, "not_assessable", note)
    return total


def make(draw: Draw) -> Planted:
    parts = [
        _silent(draw, 2),
        _silent(draw, 4),
        _stated(draw, NO_OWNER),
        _stated(draw, "psc-exists-but-not-identified"),
        _ring_at_the_top(draw),
        _overseas_entity_at_the_top(draw),
        _person(draw),
        _person_beside(draw),
        _protected(draw),
        _listed(draw),
        _council(draw),
        _nothing_above(draw),
        _elsewhere(draw, "Jersey"),
        _elsewhere(draw, "Delaware, United States"),
        _two_tops(draw),
        _without_number(draw, is_registered=False),
        _without_number(draw, is_registered=True),
        _no_duty(draw),
    ]
    return sum(parts, Planted())


PLANT = Plant(CODE, make)
