"""OWN-100: bands that cannot all be true; and bands that only look so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Plant,
    Planted,
    Truth,
    company_owner,
    person_owner,
)

CODE = "OWN-100"
SINCE = date(2019, 6, 17)
ENDED = date(2022, 8, 9)
MOST_SHARES = ("ownership-of-shares-50-to-75-percent",)
ALL_VOTES = ("voting-rights-75-to-100-percent",)
TRUST_SHARES = ("ownership-of-shares-75-to-100-percent-as-trust",)


def _truth(companies: Sequence[Company], flagged: bool, note: str) -> list[Truth]:
    return [Truth(CODE, company.id, "flagged" if flagged else "not_flagged", note) for company in companies]


def _two(
    draw: Draw,
    first: Sequence[str],
    second: Sequence[str],
    flagged: bool,
    note: str,
    *,
    ended: date | None = None,
) -> Planted:
    """Two persons without a tie, each with a record of its own."""
    company = draw.company()
    psc = [
        person_owner(company, draw.person(), first, SINCE),
        person_owner(company, draw.person(), second, SINCE, ended),
    ]
    return Planted((company,), psc, (), _truth((company,), flagged, note))


def _above_its_holder(draw: Draw) -> Planted:
    """A person's band may be what its company holds: the UK's bands cover both."""
    holder, held = draw.company(), draw.company()
    person = draw.person()
    psc = [
        person_owner(holder, person, ALL_SHARES, SINCE),
        person_owner(held, person, ALL_SHARES, SINCE),
        company_owner(held, holder, ALL_SHARES, SINCE),
    ]
    return Planted(
        (holder, held),
        psc,
        (),
        _truth((holder, held), False, "a person and the company it holds: one may be part of the other"),
    )


def _beside_a_stranger(draw: Draw) -> Planted:
    """The same two records where the person has nothing to do with the company."""
    holder, held = draw.company(), draw.company()
    psc = [
        draw.owned(holder),
        person_owner(held, draw.person(), ALL_SHARES, SINCE),
        company_owner(held, holder, ALL_SHARES, SINCE),
    ]
    return Planted(
        (holder, held),
        psc,
        (),
        [
            *_truth((holder,), False, "one owner"),
            *_truth((held,), True, "a person and another's company, 75 each"),
        ],
    )


def _trustees(draw: Draw) -> Planted:
    company = draw.company()
    psc = [person_owner(company, draw.person(), TRUST_SHARES, SINCE) for _ in range(3)]
    return Planted((company,), psc, (), _truth((company,), False, "three trustees of one trust count once"))


def make(draw: Draw) -> Planted:
    parts = [
        _two(draw, ALL_SHARES, ALL_SHARES, True, "75 and 75"),
        _two(draw, ALL_SHARES, HALF_SHARES, True, "75 or more and more than 25: more than the whole"),
        _two(draw, MOST_SHARES, MOST_SHARES, True, "more than 50, twice"),
        _two(draw, ALL_VOTES, ALL_VOTES, True, "votes, 75 and 75"),
        _two(draw, MOST_SHARES, HALF_SHARES, False, "more than 50 and more than 25"),
        _two(draw, ALL_SHARES, ALL_VOTES, False, "shares of one and votes of the other are never added"),
        _two(draw, ALL_SHARES, ALL_SHARES, False, "one of the two has ceased", ended=ENDED),
        _above_its_holder(draw),
        _beside_a_stranger(draw),
        _trustees(draw),
    ]
    return sum(parts, Planted())


PLANT = Plant(CODE, make)
