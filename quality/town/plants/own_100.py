"""OWN-100: bands that cannot all be true; and bands that only look so."""

from collections.abc import Sequence
from datetime import date

from quality.town.plant import (
    ALL_SHARES,
    HALF_SHARES,
    Company,
    Draw,
    Expected,
    Part,
    Plant,
    company_owner,
    person_owner,
)
from quality.town.plants._records import MOST_SHARES, TRUST, Rows, person, scenario

SINCE = date(2019, 6, 17)
LATER = date(2020, 9, 21)  # holders since one day, with one band, are taken as joint
ALL_VOTES = ("voting-rights-75-to-100-percent",)


def _two(
    first: Sequence[str],
    second: Sequence[str],
    expected: Expected,
    note: str,
    *,
    since: date = LATER,
    ended: date | None = None,
) -> Part:
    """Two persons without a tie, each with a record of its own. `since`, `ended`: of the second."""
    return scenario(
        1,
        lambda draw, c: [person(draw, c[0], first, SINCE), person(draw, c[0], second, since, ended)],
        (expected, note),
    )


def _above_its_holder(draw: Draw, members: list[Company]) -> Rows:
    """A person's band may be what its company holds: the UK's bands cover both."""
    holder, held = members
    owner = draw.person()
    return [
        person_owner(holder, owner, ALL_SHARES, SINCE),
        person_owner(held, owner, ALL_SHARES, SINCE),
        company_owner(held, holder, ALL_SHARES, SINCE),
    ]


PLANT = Plant(
    (
        _two(ALL_SHARES, ALL_SHARES, "flagged", "75 and 75"),
        _two(ALL_SHARES, HALF_SHARES, "flagged", "75 or more and more than 25: more than the whole"),
        _two(MOST_SHARES, MOST_SHARES, "flagged", "more than 50, twice"),
        _two(ALL_VOTES, ALL_VOTES, "flagged", "votes, 75 and 75"),
        _two(MOST_SHARES, HALF_SHARES, "not_flagged", "more than 50 and more than 25"),
        _two(ALL_SHARES, ALL_VOTES, "not_flagged", "shares of one and votes of the other are never added"),
        _two(ALL_SHARES, ALL_SHARES, "not_flagged", "one of the two has ceased", ended=date(2022, 8, 9)),
        _two(ALL_SHARES, ALL_SHARES, "not_flagged", "75 and 75 since one day: joint holders", since=SINCE),
        _two(MOST_SHARES, MOST_SHARES, "not_flagged", "more than 50, twice, since one day", since=SINCE),
        scenario(
            2,
            _above_its_holder,
            ("not_flagged", "a person and the company it holds: one may be part of the other"),
        ),
        scenario(
            2,
            # The same two records where the person has nothing to do with the company.
            lambda draw, c: [
                draw.owned(c[0]),
                person(draw, c[1], ALL_SHARES, SINCE),
                company_owner(c[1], c[0], ALL_SHARES, LATER),
            ],
            ("not_flagged", "one owner"),
            ("flagged", "a person and another's company, 75 each"),
        ),
        scenario(
            1,
            lambda draw, c: [person(draw, c[0], TRUST, SINCE) for _ in range(3)],
            ("not_flagged", "three trustees of one trust count once"),
        ),
    ),
)
