"""DEC-030: a statement that there is nobody beside somebody; and one after the other, or on the same day
only.
"""

from datetime import date, timedelta

from quality.town.parts.dates import EDITION
from quality.town.people.records import NO_OWNER, NO_OWNER_PARTNERSHIP
from quality.town.plant import Company, Draw, Expected, Part, Plant, declaration
from quality.town.plants._records import (
    ENDED,
    SINCE,
    Rows,
    held,
    partnership,
    person,
    protected_owner,
    scenario,
)

LONG_AGO = date(2017, 2, 6)
YESTERDAY = EDITION - timedelta(days=1)
SURPLUS = ("right-to-share-surplus-assets-75-to-100-percent-limited-liability-partnership",)


def _both(
    statement: tuple[date, date | None], owner: tuple[date, date | None], expected: Expected, note: str
) -> Part:
    """One company with the statement and a person as owner, each from a day to another."""
    return scenario(
        1,
        lambda draw, c: [
            declaration(c[0], NO_OWNER, *statement),
            person(draw, c[0], since=owner[0], ended_on=owner[1]),
        ],
        (expected, note),
        company=lambda draw: draw.company(date(2015, 5, 11)),
    )


def _others(draw: Draw, members: list[Company]) -> Rows:
    """Not named, the statement alone, the owner alone; and a protected person, whose first day is not
    told.
    """
    unnamed, alone, owned, secure = members
    return [
        declaration(unnamed, "psc-exists-but-not-identified", SINCE),
        draw.owned(unnamed),
        declaration(alone, NO_OWNER, SINCE),
        draw.owned(owned),
        declaration(secure, NO_OWNER, SINCE),
        protected_owner(secure),
    ]


PLANT = Plant(
    (
        _both((SINCE, None), (LONG_AGO, None), "flagged", "both open since 2018"),
        scenario(
            2,
            lambda draw, c: [declaration(c[0], NO_OWNER, SINCE), held(c[0], c[1]), draw.owned(c[1])],
            ("flagged", "beside a company"),
            ("not_flagged", "its holder"),
        ),
        scenario(
            1,
            lambda draw, c: [
                declaration(c[0], NO_OWNER_PARTNERSHIP, SINCE),
                person(draw, c[0], SURPLUS),
            ],
            ("flagged", "partnership"),
            company=partnership,
        ),
        _both((SINCE, None), (YESTERDAY, None), "flagged", "overlap of 1 day, the owner is new"),
        _both((YESTERDAY, None), (LONG_AGO, None), "flagged", "overlap of 1 day, the statement is new"),
        _both(
            (SINCE, None),
            (EDITION, None),
            "not_flagged",
            "the owner was notified on the day of the edition",
        ),
        _both((SINCE, ENDED), (LONG_AGO, None), "not_flagged", "the statement has ended"),
        _both((SINCE, None), (LONG_AGO, ENDED), "not_flagged", "the owner has left"),
        _both((SINCE, YESTERDAY), (LONG_AGO, None), "not_flagged", "the statement ended the day before"),
        scenario(
            4,
            _others,
            ("not_flagged", "an owner beside a statement that one is not identified"),
            ("not_flagged", "statement alone"),
            ("not_flagged", "owner alone"),
            ("not_assessable", "beside a protected person: first day not told"),
        ),
    ),
)
