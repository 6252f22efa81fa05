"""DEC-020: every statement that an owner is not named, in each form; and neutral, ended and other ones."""

from datetime import date

from quality.town.people.records import ALL_IDENTIFIED, NO_OWNER
from quality.town.plant import Draw, Expected, Part, Plant, declaration
from quality.town.plants._records import (
    ENDED,
    SINCE,
    UNDISCLOSED,
    exemption,
    partnership,
    protected_owner,
    scenario,
)

OVERSEAS_CODES = (
    "no-beneficial-owner-identified",
    "at-least-one-beneficial-owner-unidentified",
    "information-not-provided-for-at-least-one-beneficial-owner",
    "at-least-one-beneficial-owner-unidentified-and-information-not-provided-for-at-least-one-beneficial-owner",
)
NEUTRAL_CODES = (
    ALL_IDENTIFIED,
    "no-change-beneficial-owner-relevant-period",
    "somebody-has-become-or-ceased-to-be-a-beneficial-owner",
)
REGISTERED = date(2022, 11, 28)


def _undisclosed(code: str) -> Part:
    """A company and a partnership that state it."""
    return scenario(
        2,
        lambda _, c: [declaration(c[0], code, SINCE), declaration(c[1], f"{code}-partnership", SINCE)],
        ("flagged", f"open statement {code}"),
        first=Draw.company,
        company=partnership,
    )


def _overseas(code: str, expected: Expected, kind: str) -> Part:
    return scenario(
        1,
        lambda _, c: [declaration(c[0], code, REGISTERED)],
        (expected, f"{kind} statement {code}"),
        company=lambda draw: draw.overseas(REGISTERED),
    )


PLANT = Plant(
    (
        *map(_undisclosed, UNDISCLOSED),
        *(_overseas(code, "flagged", "open") for code in OVERSEAS_CODES),
        scenario(
            2,
            lambda draw, c: [
                declaration(c[0], UNDISCLOSED[0], SINCE),
                draw.owned(c[0]),
                declaration(c[1], UNDISCLOSED[1], SINCE, ENDED),
                declaration(c[1], UNDISCLOSED[2], ENDED),
            ],
            ("flagged", "beside an owner who is named"),
            ("flagged", "one statement ended, another is open"),
        ),
        *(_overseas(code, "not_flagged", "neutral") for code in NEUTRAL_CODES),
        scenario(
            5,
            lambda draw, c: [
                declaration(c[0], UNDISCLOSED[0], SINCE, ENDED),
                draw.owned(c[0]),
                declaration(c[1], NO_OWNER, SINCE),
                protected_owner(c[2]),
                exemption(c[3]),
                draw.owned(c[4]),
            ],
            ("not_flagged", "statement has ended"),
            ("not_flagged", "states that there is nobody"),
            ("not_flagged", "protected person"),
            ("not_flagged", "exempt"),
            ("not_flagged", "a person owns it"),
        ),
    )
)
