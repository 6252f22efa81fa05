"""OWN-010: rings of two, three and four, companies that hold themselves; and everything that is nearly one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from quality.town.plant import ALL_SHARES, HALF_SHARES, Company, Draw, Plant, Planted, Truth, company_owner

CODE = "OWN-010"
SINCE = date(2018, 9, 3)


def _companies(draw: Draw, n: int) -> list[Company]:
    return [draw.company(draw.day(date(2005, 1, 4), date(2017, 6, 30))) for _ in range(n)]


def _truth(companies: Sequence[Company], flagged: bool, note: str) -> list[Truth]:
    return [Truth(CODE, company.id, "flagged" if flagged else "not_flagged", note) for company in companies]


def _ring(draw: Draw, n: int) -> Planted:
    members = _companies(draw, n)
    natures = [
        ALL_SHARES,
        HALF_SHARES,
        ("right-to-appoint-and-remove-directors",),
        ("voting-rights-50-to-75-percent",),
    ]
    psc = [
        company_owner(member, members[i - 1], natures[i % len(natures)], SINCE)
        for i, member in enumerate(members)
    ]
    return Planted(members, psc, (), _truth(members, True, f"ring of {n}"))


def _ring_as_filers_write(draw: Draw) -> Planted:
    """A ring whose numbers lost their zeros and whose names and countries are spelled otherwise."""
    a, b = _companies(draw, 2)
    psc = [
        company_owner(
            a,
            b,
            ALL_SHARES,
            SINCE,
            number=b.number.lstrip("0"),
            name=b.name.title().replace("Limited", "Ltd"),
            country="England & Wales",
            place="Companies House, Cardiff",
        ),
        company_owner(
            b,
            a,
            HALF_SHARES,
            SINCE,
            number=f" {a.number}",
            name=a.name,
            country="Uk",
            place="Register Of Companies",
        ),
    ]
    return Planted(
        (a, b),
        psc,
        (),
        _truth((a, b), True, "ring of 2, numbers without zeros or with a blank, other spellings"),
    )


def _ring_with_an_owner_outside(draw: Draw) -> Planted:
    a, b = _companies(draw, 2)
    psc = [company_owner(a, b, HALF_SHARES, SINCE), company_owner(b, a, ALL_SHARES, SINCE), draw.owned(a)]
    return Planted((a, b), psc, (), _truth((a, b), True, "ring of 2 with a person beside it"))


def _self_held(draw: Draw) -> Planted:
    (a,) = _companies(draw, 1)
    return Planted((a,), [company_owner(a, a, HALF_SHARES, SINCE)], (), _truth((a,), True, "holds itself"))


def _ceased(draw: Draw, n: int) -> Planted:
    """A ring until one record ceased."""
    members = _companies(draw, n)
    psc = [
        company_owner(member, members[i - 1], ALL_SHARES, SINCE, date(2021, 3, 1) if i == 0 else None)
        for i, member in enumerate(members)
    ]
    return Planted(
        members,
        [*psc, draw.owned(members[0])],
        (),
        _truth(members, False, f"ring of {n} of which one record has ceased"),
    )


def _self_held_once(draw: Draw) -> Planted:
    (a,) = _companies(draw, 1)
    return Planted(
        (a,),
        [company_owner(a, a, ALL_SHARES, SINCE, date(2019, 2, 4)), draw.owned(a)],
        (),
        _truth((a,), False, "held itself until 2019"),
    )


def _tree(draw: Draw) -> Planted:
    a, b, c = _companies(draw, 3)
    psc = [draw.owned(a), company_owner(b, a, ALL_SHARES, SINCE), company_owner(c, a, ALL_SHARES, SINCE)]
    return Planted((a, b, c), psc, (), _truth((a, b, c), False, "A holds B and C"))


def _diamond(draw: Draw) -> Planted:
    """Two ways from A to D: a ring only for who forgets the directions."""
    a, b, c, d = _companies(draw, 4)
    pairs = [(b, a), (c, a), (d, b), (d, c)]
    psc = [draw.owned(a), *(company_owner(held, holder, HALF_SHARES, SINCE) for held, holder in pairs)]
    return Planted((a, b, c, d), psc, (), _truth((a, b, c, d), False, "A holds B and C, both hold D"))


def _chain(draw: Draw) -> Planted:
    members = _companies(draw, 6)
    psc = [
        draw.owned(members[0]),
        *(company_owner(held, holder, ALL_SHARES, SINCE) for holder, held in pairwise(members)),
    ]
    return Planted(members, psc, (), _truth(members, False, "chain of 6 that does not close"))


def _wrong_name(draw: Draw) -> Planted:
    """The number closes the ring, the name is another company's: a candidate, never a join."""
    a, b = _companies(draw, 2)
    psc = [
        company_owner(b, a, ALL_SHARES, SINCE),
        company_owner(a, b, ALL_SHARES, SINCE, name=draw.name(" Limited").title()),
    ]
    return Planted(
        (a, b),
        psc,
        (),
        _truth((a, b), False, "would be a ring by number, but the number stands beside another name"),
    )


def _foreign_number(draw: Draw) -> Planted:
    """The holder's number is one of Jersey's register, by chance the same digits."""
    a, b = _companies(draw, 2)
    psc = [
        company_owner(b, a, ALL_SHARES, SINCE),
        company_owner(
            a, b, ALL_SHARES, SINCE, country="Jersey", place="Jersey Financial Services Commission"
        ),
    ]
    return Planted((a, b), psc, (), _truth((a, b), False, "would be a ring if a Jersey number were a UK one"))


def make(draw: Draw) -> Planted:
    parts = [
        _ring(draw, 2),
        _ring(draw, 3),
        _ring(draw, 4),
        _ring_as_filers_write(draw),
        _ring_with_an_owner_outside(draw),
        _self_held(draw),
        _self_held(draw),
        _ceased(draw, 2),
        _ceased(draw, 3),
        _self_held_once(draw),
        _tree(draw),
        _diamond(draw),
        _chain(draw),
        _wrong_name(draw),
        _foreign_number(draw),
    ]
    return sum(parts, Planted())


PLANT = Plant(CODE, make)
