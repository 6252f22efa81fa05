"""OWN-040: entities of listed places at one step and further up, on some chains and on all; and those that do not count."""

from __future__ import annotations

from datetime import date

from quality.town.plant import ALL_SHARES, HALF_SHARES, Draw, Plant, Planted, company_owner, person_owner
from quality.town.plants._records import ENDED, SINCE, council_owner, exemption, foreign_owner, truth

CODE = "OWN-040"


def _direct(draw: Draw, country: str, *, beside: bool) -> Planted:
    """Held by an entity of the country, with or without a person beside it; and one more company below."""
    company, below = draw.company(), draw.company()
    psc = [
        foreign_owner(draw, company, country, HALF_SHARES),
        company_owner(below, company, ALL_SHARES, SINCE),
    ]
    psc += [person_owner(company, draw.person(), HALF_SHARES, SINCE)] if beside else []
    chains = "and a person" if beside else "on every chain"
    return Planted(
        (company, below),
        psc,
        (),
        [
            *truth(CODE, (company,), "flagged", f"held from {country}, {chains}"),
            *truth(CODE, (below,), "flagged", f"held from {country} at 2 steps"),
        ],
    )


def _overseas_subject(draw: Draw) -> Planted:
    """An overseas entity of Jersey: itself it does not count, its Jersey owner does."""
    alone, owned = draw.overseas(date(2022, 11, 7)), draw.overseas(date(2022, 11, 14))
    kind = {
        "kind": "corporate-entity-beneficial-owner",
        "natures": "ownership-of-shares-more-than-25-percent-registered-overseas-entity",
        "is_sanctioned": "false",
    }
    person = {
        **draw.person(),
        "company_number": alone.number,
        "kind": "individual-beneficial-owner",
        "natures": kind["natures"],
        "notified_on": "2015-02-02",
        "is_sanctioned": "false",
    }
    psc = [foreign_owner(draw, owned, "Jersey") | kind, person]
    return Planted(
        (alone, owned),
        psc,
        (),
        [
            *truth(CODE, (alone,), "not_flagged", "itself of Jersey, held by a person"),
            *truth(CODE, (owned,), "flagged", "overseas, held from Jersey"),
        ],
    )


def _others(draw: Draw) -> Planted:
    """Held from places that are on no list, once from Jersey, or by companies that themselves do."""
    german, delaware, left, plain = (draw.company() for _ in range(4))
    psc = [
        foreign_owner(draw, german, "Germany"),
        foreign_owner(draw, delaware, "Delaware, United States"),
        foreign_owner(draw, left, "Jersey", ended_on=ENDED),
        draw.owned(left),
        draw.owned(plain),
    ]
    notes = (
        (german, "held from Germany"),
        (delaware, "held from Delaware"),
        (left, "held from Jersey until 2021"),
        (plain, "a person holds it"),
    )
    return Planted(
        (german, delaware, left, plain),
        psc,
        (),
        [row for company, note in notes for row in truth(CODE, (company,), "not_flagged", note)],
    )


def _through_listed(draw: Draw) -> Planted:
    """Above a listed company nothing counts; the listed company itself is held from Jersey."""
    listed, below = draw.company(), draw.company()
    psc = [
        exemption(listed),
        foreign_owner(draw, listed, "Jersey", HALF_SHARES),
        company_owner(below, listed, ALL_SHARES, SINCE),
    ]
    return Planted(
        (listed, below),
        psc,
        (),
        [
            *truth(CODE, (below,), "not_flagged", "held from Jersey through a listed company"),
            *truth(CODE, (listed,), "flagged", "listed, held from Jersey"),
        ],
    )


def _beside_council(draw: Draw) -> Planted:
    """A council beside the Jersey holder does not bar the other chain."""
    company = draw.company()
    return Planted(
        (company,),
        [foreign_owner(draw, company, "Jersey", HALF_SHARES), council_owner(company)],
        (),
        truth(CODE, (company,), "flagged", "held from Jersey and by a council"),
    )


def _unknown(draw: Draw) -> Planted:
    """A holder that states neither number nor country."""
    company = draw.company()
    owned = company_owner(company, draw.company(), ALL_SHARES, SINCE)
    for key in ("registration_number", "country_registered", "place_registered", "legal_authority"):
        del owned[f"identification.{key}"]
    return Planted(
        (company,), [owned], (), truth(CODE, (company,), "not_assessable", "the holder states no country")
    )


def make(draw: Draw) -> Planted:
    parts = [
        _direct(draw, "Jersey", beside=False),
        _direct(draw, "British Virgin Islands", beside=True),
        _direct(draw, "Panama", beside=True),
        _overseas_subject(draw),
        _others(draw),
        _through_listed(draw),
        _beside_council(draw),
        _unknown(draw),
    ]
    return sum(parts, Planted())


PLANT = Plant(CODE, make)
