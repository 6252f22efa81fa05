"""DEC-020: every statement that an owner is not named, in each form; and neutral, ended and other ones."""

from __future__ import annotations

from datetime import date

from quality.town.owners import ALL_IDENTIFIED, NO_OWNER
from quality.town.plant import Draw, Plant, Planted, declaration
from quality.town.plants._records import ENDED, SINCE, exemption, protected_owner, truth

CODE = "DEC-020"
COMPANY_CODES = (
    "psc-exists-but-not-identified",
    "psc-details-not-confirmed",
    "steps-to-find-psc-not-yet-completed",
    "psc-contacted-but-no-response",
    "psc-has-failed-to-confirm-changed-details",
    "restrictions-notice-issued-to-psc",
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


def _hits(draw: Draw) -> Planted:
    total = Planted()
    for code in COMPANY_CODES:
        company = draw.company()
        partnership = draw.company(
            date(2018, 3, 5), series="SL", category="Limited Partnership", sic="None Supplied", ending=" LP"
        )
        psc = [declaration(company, code, SINCE), declaration(partnership, f"{code}-partnership", SINCE)]
        total = total + Planted(
            (company, partnership),
            psc,
            (),
            truth(CODE, (company, partnership), "flagged", f"open statement {code}"),
        )
    for code in OVERSEAS_CODES:
        entity = draw.overseas(REGISTERED)
        total = total + Planted(
            (entity,),
            [declaration(entity, code, REGISTERED)],
            (),
            truth(CODE, (entity,), "flagged", f"open statement {code}"),
        )
    beside, again = draw.company(), draw.company()
    psc = [
        declaration(beside, COMPANY_CODES[0], SINCE),
        draw.owned(beside),
        declaration(again, COMPANY_CODES[1], SINCE, ENDED),
        declaration(again, COMPANY_CODES[2], ENDED),
    ]
    notes = [
        *truth(CODE, (beside,), "flagged", "beside an owner who is named"),
        *truth(CODE, (again,), "flagged", "one statement ended, another is open"),
    ]
    return total + Planted((beside, again), psc, (), notes)


def _near_misses(draw: Draw) -> Planted:
    total = Planted()
    for code in NEUTRAL_CODES:
        entity = draw.overseas(REGISTERED)
        total = total + Planted(
            (entity,),
            [declaration(entity, code, REGISTERED)],
            (),
            truth(CODE, (entity,), "not_flagged", f"neutral statement {code}"),
        )
    ended, nobody, secure, exempt, owned = (draw.company() for _ in range(5))
    psc = [
        declaration(ended, COMPANY_CODES[0], SINCE, ENDED),
        draw.owned(ended),
        declaration(nobody, NO_OWNER, SINCE),
        protected_owner(secure),
        exemption(exempt),
        draw.owned(owned),
    ]
    notes = (
        (ended, "statement has ended"),
        (nobody, "states that there is nobody"),
        (secure, "protected person"),
        (exempt, "exempt"),
        (owned, "a person owns it"),
    )
    return total + Planted(
        (ended, nobody, secure, exempt, owned),
        psc,
        (),
        [row for company, note in notes for row in truth(CODE, (company,), "not_flagged", note)],
    )


def make(draw: Draw) -> Planted:
    return _hits(draw) + _near_misses(draw)


PLANT = Plant(CODE, make)
