"""DEC-030: a statement that there is nobody beside somebody; and one after the other, or on the same day only."""

from __future__ import annotations

from datetime import date, timedelta

from quality.town.dates import EDITION
from quality.town.owners import NO_OWNER, NO_OWNER_PARTNERSHIP
from quality.town.plant import (
    ALL_SHARES,
    Draw,
    Expected,
    Plant,
    Planted,
    company_owner,
    declaration,
    person_owner,
)
from quality.town.plants._records import ENDED, SINCE, protected_owner, truth

CODE = "DEC-030"
LONG_AGO = date(2017, 2, 6)
A_DAY = timedelta(days=1)


def _case(
    draw: Draw,
    statement: tuple[date, date | None],
    owner: tuple[date, date | None],
    expected: Expected,
    note: str,
) -> Planted:
    """One company with the statement and a person as owner, each from a day to another."""
    company = draw.company(date(2015, 5, 11))
    psc = [
        declaration(company, NO_OWNER, *statement),
        person_owner(company, draw.person(), ALL_SHARES, *owner),
    ]
    return Planted((company,), psc, (), truth(CODE, (company,), expected, note))


def _corporate(draw: Draw) -> Planted:
    company, holder = draw.company(), draw.company()
    psc = [
        declaration(company, NO_OWNER, SINCE),
        company_owner(company, holder, ALL_SHARES, SINCE),
        draw.owned(holder),
    ]
    return Planted(
        (company, holder),
        psc,
        (),
        [
            *truth(CODE, (company,), "flagged", "beside a company"),
            *truth(CODE, (holder,), "not_flagged", "its holder"),
        ],
    )


def _partnership(draw: Draw) -> Planted:
    one = draw.company(
        date(2018, 3, 5), series="SL", category="Limited Partnership", sic="None Supplied", ending=" LP"
    )
    natures = ("right-to-share-surplus-assets-75-to-100-percent-limited-liability-partnership",)
    psc = [declaration(one, NO_OWNER_PARTNERSHIP, SINCE), person_owner(one, draw.person(), natures, SINCE)]
    return Planted((one,), psc, (), truth(CODE, (one,), "flagged", "partnership"))


def _others(draw: Draw) -> Planted:
    """A statement that somebody is not named, the statement alone, the owner alone; and a protected person, whose first day is not told."""
    unnamed, alone, owned, secure = (draw.company() for _ in range(4))
    psc = [
        declaration(unnamed, "psc-exists-but-not-identified", SINCE),
        draw.owned(unnamed),
        declaration(alone, NO_OWNER, SINCE),
        draw.owned(owned),
        declaration(secure, NO_OWNER, SINCE),
        protected_owner(secure),
    ]
    notes = (
        (unnamed, "an owner beside a statement that one is not identified"),
        (alone, "statement alone"),
        (owned, "owner alone"),
    )
    near = [row for company, note in notes for row in truth(CODE, (company,), "not_flagged", note)]
    return Planted(
        (unnamed, alone, owned, secure),
        psc,
        (),
        [*near, *truth(CODE, (secure,), "not_assessable", "beside a protected person: first day not told")],
    )


def make(draw: Draw) -> Planted:
    yesterday = EDITION - A_DAY
    parts = [
        _case(draw, (SINCE, None), (LONG_AGO, None), "flagged", "both open since 2018"),
        _corporate(draw),
        _partnership(draw),
        _case(draw, (SINCE, None), (yesterday, None), "flagged", "overlap of 1 day, the owner is new"),
        _case(draw, (yesterday, None), (LONG_AGO, None), "flagged", "overlap of 1 day, the statement is new"),
        _case(
            draw,
            (SINCE, None),
            (EDITION, None),
            "not_flagged",
            "the owner was notified on the day of the edition",
        ),
        _case(draw, (SINCE, ENDED), (LONG_AGO, None), "not_flagged", "the statement has ended"),
        _case(draw, (SINCE, None), (LONG_AGO, ENDED), "not_flagged", "the owner has left"),
        _case(
            draw, (SINCE, yesterday), (LONG_AGO, None), "not_flagged", "the statement ended the day before"
        ),
        _others(draw),
    ]
    return sum(parts, Planted())


PLANT = Plant(CODE, make)
