"""DEC-040: entities of each form that must declare, of which nothing is declared; younger ones, other
forms, and those with any record.
"""

from datetime import date, timedelta

from quality.town.parts.dates import EDITION
from quality.town.people.records import ALL_IDENTIFIED, NO_OWNER
from quality.town.plant import Company, Draw, Plant, Planted, declaration
from quality.town.plants._records import (
    ENDED,
    GUARANTEE,
    SINCE,
    exemption,
    foreign_owner,
    noted,
    person,
    protected_owner,
    scenario,
)

DAYS = 30
LONG_AGO = date(2012, 3, 5)


def _of_form(draw: Draw, series: str, category: str, ending: str = " LIMITED") -> Company:
    return draw.company(LONG_AGO, series=series, category=category, sic="None Supplied", ending=ending)


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
    return noted("flagged", companies)


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
    return noted("not_flagged", companies)


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
    companies = {
        "a person": owned,
        "a company from abroad": abroad,
        "a statement that there is nobody": nobody,
        "a statement that details are not confirmed": unnamed,
        "a protected person": secure,
        "an exemption": exempt,
        "a neutral statement": neutral,
    }
    return noted("not_flagged", companies, psc)


PLANT = Plant(
    (
        _hits,
        _others,
        scenario(
            2,
            lambda draw, c: [
                person(draw, c[0], ended_on=ENDED),
                declaration(c[1], NO_OWNER, SINCE, ENDED),
            ],
            ("flagged", "the last owner left"),
            ("flagged", "the statement was withdrawn"),
            company=lambda draw: draw.company(LONG_AGO),
        ),
        _declared,
    )
)
