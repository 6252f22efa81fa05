"""DEC-010: open statements that nobody has control, in each form, and inherited ones; other statements and
ended ones.
"""

from datetime import date

from quality.town.people.records import ALL_IDENTIFIED, NO_OWNER, NO_OWNER_PARTNERSHIP
from quality.town.plant import ALL_SHARES, Draw, Part, Plant, Planted, company_owner, declaration
from quality.town.plants._records import (
    GUARANTEE,
    UNDISCLOSED,
    noted,
    partnership,
    protected_owner,
    scenario,
)

SINCE = date(2019, 1, 14)
ENDED = date(2021, 5, 4)


def _declared(draw: Draw) -> Planted:
    companies = {
        "open statement": draw.company(),
        "open statement, limited by guarantee": draw.company(category=GUARANTEE, sic="93120"),
        "open statement of a partnership": partnership(draw),
        "open statement, in liquidation": draw.company(status="Liquidation"),
        "open statement beside an owner": draw.company(),
    }
    psc = [
        declaration(company, NO_OWNER_PARTNERSHIP if company.series == "SL" else NO_OWNER, SINCE)
        for company in companies.values()
    ]
    return noted("flagged", companies, [*psc, draw.owned(companies["open statement beside an owner"])])


def _of_overseas(code: str, day: int) -> Part:
    """An overseas entity that states it when it is entered on the register."""
    return scenario(
        1,
        lambda _, c: [declaration(c[0], code, c[0].incorporated_on)],
        ("not_flagged", f"statement {code}"),
        company=lambda draw: draw.overseas(date(2022, 11, day)),
    )


def _undisclosed(code: str) -> Part:
    return scenario(
        1,
        lambda _, c: [declaration(c[0], code, SINCE)],
        ("not_flagged", f"statement {code}: an owner exists"),
    )


PLANT = Plant(
    (
        _declared,
        scenario(
            1,
            lambda _, c: [
                declaration(c[0], NO_OWNER, SINCE, ENDED),
                declaration(c[0], NO_OWNER, date(2022, 2, 1)),
            ],
            ("flagged", "statement ended and made again"),
        ),
        scenario(
            3,
            lambda _, c: [
                declaration(c[0], NO_OWNER, SINCE),
                company_owner(c[1], c[0], ALL_SHARES, SINCE),
                company_owner(c[2], c[1], ALL_SHARES, SINCE),
            ],
            ("flagged", "open statement, holds others"),
            ("flagged", "inherited, 1 step"),
            ("flagged", "inherited, 2 steps"),
        ),
        scenario(
            2,
            lambda _, c: [
                declaration(c[0], NO_OWNER, SINCE, ENDED),
                company_owner(c[1], c[0], ALL_SHARES, SINCE),
            ],
            ("not_flagged", "statement of the holder"),
            ("not_flagged", "holder's statement has ended"),
        ),
        scenario(
            2,
            lambda _, c: [
                declaration(c[0], NO_OWNER, SINCE),
                company_owner(c[1], c[0], ALL_SHARES, SINCE, ENDED),
            ],
            ("flagged", "statement of the holder"),
            ("not_flagged", "holding has ended"),
        ),
        scenario(
            2,
            lambda draw, c: [
                declaration(c[0], NO_OWNER, SINCE),
                company_owner(c[1], c[0], ALL_SHARES, SINCE),
                draw.owned(c[1]),
            ],
            ("flagged", "statement of the holder"),
            ("not_flagged", "a person is declared beside the holder"),
        ),
        scenario(
            3,
            lambda draw, c: [
                declaration(c[0], NO_OWNER, SINCE, ENDED),
                draw.owned(c[1]),
                protected_owner(c[2]),
            ],
            ("not_flagged", "statement has ended"),
            ("not_flagged", "one person owns it"),
            ("not_flagged", "protected person"),
        ),
        _of_overseas("no-beneficial-owner-identified", 7),
        _of_overseas(ALL_IDENTIFIED, 21),
        *map(_undisclosed, UNDISCLOSED),
    )
)
