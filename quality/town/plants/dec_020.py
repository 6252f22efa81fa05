"""DEC-020: every statement that an owner is not named, in each form; and neutral, ended and other ones."""

from datetime import date
from functools import partial

from quality.town.people.records import ALL_IDENTIFIED, NO_OWNER
from quality.town.plant import Draw, Plant, Planted, declaration
from quality.town.plants._records import (
    ENDED,
    SINCE,
    UNDISCLOSED,
    Verdict,
    case,
    exemption,
    noted,
    partnership,
    protected_owner,
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


def _undisclosed(draw: Draw, code: str) -> Planted:
    """A company and a partnership that state it."""
    both = (draw.company(), partnership(draw))
    psc = [declaration(both[0], code, SINCE), declaration(both[1], f"{code}-partnership", SINCE)]
    return case(both, psc, ("flagged", f"open statement {code}"))


def _overseas(draw: Draw, code: str, verdict: Verdict) -> Planted:
    entity = draw.overseas(REGISTERED)
    return case((entity,), [declaration(entity, code, REGISTERED)], verdict)


def _beside_and_again(draw: Draw) -> Planted:
    beside, again = draw.company(), draw.company()
    psc = [
        declaration(beside, UNDISCLOSED[0], SINCE),
        draw.owned(beside),
        declaration(again, UNDISCLOSED[1], SINCE, ENDED),
        declaration(again, UNDISCLOSED[2], ENDED),
    ]
    companies = {"beside an owner who is named": beside, "one statement ended, another is open": again}
    return noted("flagged", companies, psc)


def _near_misses(draw: Draw) -> Planted:
    ended, nobody, secure, exempt, owned = (draw.company() for _ in range(5))
    psc = [
        declaration(ended, UNDISCLOSED[0], SINCE, ENDED),
        draw.owned(ended),
        declaration(nobody, NO_OWNER, SINCE),
        protected_owner(secure),
        exemption(exempt),
        draw.owned(owned),
    ]
    companies = {
        "statement has ended": ended,
        "states that there is nobody": nobody,
        "protected person": secure,
        "exempt": exempt,
        "a person owns it": owned,
    }
    return noted("not_flagged", companies, psc)


PLANT = Plant(
    (
        *(partial(_undisclosed, code=code) for code in UNDISCLOSED),
        *(
            partial(_overseas, code=code, verdict=("flagged", f"open statement {code}"))
            for code in OVERSEAS_CODES
        ),
        _beside_and_again,
        *(
            partial(_overseas, code=code, verdict=("not_flagged", f"neutral statement {code}"))
            for code in NEUTRAL_CODES
        ),
        _near_misses,
    )
)
