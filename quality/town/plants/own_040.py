"""OWN-040: entities of listed places at one step and further up, on some chains and on all; and those that
do not count.
"""

from datetime import date

from quality.town.plant import HALF_SHARES, Company, Draw, Part, Plant, record
from quality.town.plants._records import (
    ENDED,
    Rows,
    council_owner,
    exemption,
    foreign_owner,
    held,
    person,
    scenario,
)

OVERSEAS = {
    "natures": "ownership-of-shares-more-than-25-percent-registered-overseas-entity",
    "is_sanctioned": "false",
}


def _direct(country: str, *, beside: bool) -> Part:
    """Held by an entity of the country, with or without a person beside it; and one more company below."""

    def records(draw: Draw, c: list[Company]) -> Rows:
        rows = [foreign_owner(draw, c[0], country, HALF_SHARES), held(c[1], c[0])]
        return [*rows, person(draw, c[0], HALF_SHARES)] if beside else rows

    chains = "and a person" if beside else "on every chain"
    return scenario(
        2,
        records,
        ("flagged", f"held from {country}, {chains}"),
        ("flagged", f"held from {country} at 2 steps"),
    )


def _of_overseas_entities(draw: Draw, members: list[Company]) -> Rows:
    """A person holds the first, a company of Jersey the second."""
    alone, owned = members
    kind = {"kind": "corporate-entity-beneficial-owner", **OVERSEAS}
    return [
        foreign_owner(draw, owned, "Jersey") | kind,
        record(alone, "individual-beneficial-owner", date(2015, 2, 2), draw.person() | OVERSEAS),
    ]


def _without_country(draw: Draw, members: list[Company]) -> Rows:
    """The holder states neither number nor country."""
    unstated = ("registration_number", "country_registered", "place_registered", "legal_authority")
    stated = held(members[0], draw.company())
    return [{key: value for key, value in stated.items() if key.split(".")[-1] not in unstated}]


PLANT = Plant(
    (
        _direct("Jersey", beside=False),
        _direct("British Virgin Islands", beside=True),
        _direct("Panama", beside=True),
        # An overseas entity of Jersey: itself it does not count, its Jersey owner does.
        scenario(
            2,
            _of_overseas_entities,
            ("not_flagged", "itself of Jersey, held by a person"),
            ("flagged", "overseas, held from Jersey"),
            company=lambda draw: draw.overseas(date(2022, 11, 14)),
            first=lambda draw: draw.overseas(date(2022, 11, 7)),
        ),
        # Held from places that are on no list, once from Jersey, or by a person.
        scenario(
            4,
            lambda draw, c: [
                foreign_owner(draw, c[0], "Germany"),
                foreign_owner(draw, c[1], "Delaware, United States"),
                foreign_owner(draw, c[2], "Jersey", ended_on=ENDED),
                draw.owned(c[2]),
                draw.owned(c[3]),
            ],
            ("not_flagged", "held from Germany"),
            ("not_flagged", "held from Delaware"),
            ("not_flagged", "held from Jersey until 2021"),
            ("not_flagged", "a person holds it"),
        ),
        # Above a listed company nothing counts; the listed company itself is held from Jersey.
        scenario(
            2,
            lambda draw, c: [
                exemption(c[0]),
                foreign_owner(draw, c[0], "Jersey", HALF_SHARES),
                held(c[1], c[0]),
            ],
            ("flagged", "listed, held from Jersey"),
            ("not_flagged", "held from Jersey through a listed company"),
        ),
        # A council beside the Jersey holder does not bar the other chain.
        scenario(
            1,
            lambda draw, c: [foreign_owner(draw, c[0], "Jersey", HALF_SHARES), council_owner(c[0])],
            ("flagged", "held from Jersey and by a council"),
        ),
        scenario(1, _without_country, ("not_assessable", "the holder states no country")),
    ),
)
