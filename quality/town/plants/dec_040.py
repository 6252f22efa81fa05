"""DEC-040: entities of each form that must declare, of which nothing is declared; younger ones, other forms, and those with any record."""

from __future__ import annotations

from datetime import date, timedelta

from quality.town.dates import EDITION
from quality.town.owners import ALL_IDENTIFIED, NO_OWNER
from quality.town.plant import (
    ALL_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    declaration,
    person_owner,
)
from quality.town.plants._records import ENDED, SINCE, exemption, foreign_owner, protected_owner, truth

CODE = "DEC-040"
DAYS = 30
GUARANTEE = "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"
LONG_AGO = date(2012, 3, 5)


def _of_form(draw: Draw, series: str, category: str, ending: str = " LIMITED") -> Company:
    return draw.company(LONG_AGO, series=series, category=category, sic="None Supplied", ending=ending)


def _silent(companies: dict[str, Company], expected: Expected) -> Planted:
    return Planted(
        list(companies.values()),
        (),
        (),
        [row for note, company in companies.items() for row in truth(CODE, (company,), expected, note)],
    )


def _hits(draw: Draw) -> Planted:
    companies = {
        "private company": draw.company(),
        "guarantee company": draw.company(category=GUARANTEE, sic="93120"),
        "public company": draw.company(category="Public Limited Company", ending=" PLC"),
        "LLP": _of_form(draw, "OC", "Limited Liability Partnership", " LLP"),
        "Scottish limited partnership": _of_form(draw, "SL", "Limited Partnership", " LP"),
        "overseas entity": draw.overseas(date(2022, 11, 7)),
        "31 days old": draw.company(EDITION - timedelta(days=DAYS + 1)),
        "in liquidation": draw.company(status="Liquidation"),
    }
    return _silent(companies, "flagged")


def _others(draw: Draw) -> Planted:
    """Too young, no duty, not active."""
    companies = {
        "30 days old": draw.company(EDITION - timedelta(days=DAYS)),
        "founded on the day": draw.company(EDITION),
        "English limited partnership": _of_form(draw, "LP", "Limited Partnership", " LP"),
        "charity": _of_form(draw, "CE", "Charitable Incorporated Organisation", ""),
        "society": _of_form(draw, "RS", "Registered Society"),
        "overseas company": _of_form(draw, "FC", "Other company type"),
        "converted": draw.company(status="Converted / Closed"),
    }
    return _silent(companies, "not_flagged")


def _ended(draw: Draw) -> Planted:
    """All that was declared has ended."""
    owner, statement = draw.company(LONG_AGO), draw.company(LONG_AGO)
    psc = [
        person_owner(owner, draw.person(), ALL_SHARES, SINCE, ENDED),
        declaration(statement, NO_OWNER, SINCE, ENDED),
    ]
    notes: list[Truth] = [
        *truth(CODE, (owner,), "flagged", "the last owner left"),
        *truth(CODE, (statement,), "flagged", "the statement was withdrawn"),
    ]
    return Planted((owner, statement), psc, (), notes)


def _declared(draw: Draw) -> Planted:
    owned, abroad, nobody, unnamed, secure, exempt = (draw.company(LONG_AGO) for _ in range(6))
    neutral = draw.overseas(date(2022, 11, 14))
    psc = [
        draw.owned(owned),
        foreign_owner(draw, abroad, "Jersey"),
        declaration(nobody, NO_OWNER, SINCE),
        declaration(unnamed, "psc-details-not-confirmed", SINCE),
        protected_owner(secure),
        exemption(exempt),
        declaration(neutral, ALL_IDENTIFIED, neutral.incorporated_on),
    ]
    notes = (
        (owned, "a person"),
        (abroad, "a company from abroad"),
        (nobody, "a statement that there is nobody"),
        (unnamed, "a statement that details are not confirmed"),
        (secure, "a protected person"),
        (exempt, "an exemption"),
        (neutral, "a neutral statement"),
    )
    return Planted(
        [company for company, _ in notes],
        psc,
        (),
        [row for company, note in notes for row in truth(CODE, (company,), "not_flagged", note)],
    )


def make(draw: Draw) -> Planted:
    return _hits(draw) + _others(draw) + _ended(draw) + _declared(draw)


PLANT = Plant(CODE, make)
