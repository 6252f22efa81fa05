"""PRP-100: overseas proprietors that are on no register of overseas entities, those that are under one
name or another, and those in doubt.
"""

from dataclasses import replace
from datetime import date

from quality.town.land.overseas_titles import overseas_title
from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth, title_id

ADDED = date(2014, 6, 2)
JERSEY, GUERNSEY = "JERSEY", "GUERNSEY"


def _title(
    draw: Draw,
    name: str,
    expected: Expected,
    note: str,
    *,
    country: str = JERSEY,
    added_on: date | None = ADDED,
    **given: str,
) -> Planted:
    row = overseas_title(draw, name, country, added_on, **given)
    return Planted(overseas_titles=[row], truth=[Truth(title_id(row), expected, note)])


def _registered(draw: Draw, **columns: str) -> Company:
    """An overseas entity of Jersey on the register."""
    company = draw.overseas(draw.day(date(2022, 9, 5), date(2024, 5, 31)))
    return replace(company, columns={**company.columns, **columns})


def _hits(draw: Draw) -> Planted:
    return (
        _title(draw, draw.name(), "flagged", "on no register", number="88412")
        + _title(draw, draw.name(), "flagged", "added on 1999-01-01", added_on=date(1999, 1, 1))
        + _title(draw, draw.name(), "flagged", "added lately", added_on=date(2026, 5, 11))
        + _title(draw, draw.name(" S.A."), "flagged", "of Panama", country="PANAMA")
        + _title(
            draw,
            draw.name(" LLC"),
            "flagged",
            "of Delaware",
            country="DELAWARE, USA",
            category="Limited Liability Partnership",
        )
        + _one_of_two(draw)
    )


def _one_of_two(draw: Draw) -> Planted:
    """A registered and an unregistered proprietor."""
    entity = _registered(draw)
    row = overseas_title(draw, entity.name, JERSEY, ADDED)
    other = {
        "Proprietor Name (2)": draw.name(),
        "Proprietorship Category (2)": row["Proprietorship Category (1)"],
        "Country Incorporated (2)": GUERNSEY,
    }
    return Planted(
        [entity],
        overseas_titles=[row | other],
        truth=[Truth(title_id(row), "flagged", "the second proprietor is not registered")],
    )


def _near_misses(draw: Draw) -> Planted:
    entities = [_registered(draw) for _ in range(4)]
    former = draw.name()
    renamed = _registered(
        draw, **{"PreviousName_1.CompanyName": former, "PreviousName_1.CONDATE": "04/09/2025"}
    )
    return (
        Planted([*entities, renamed])
        + _title(draw, entities[0].name, "not_flagged", "registered under this name")
        + _title(
            draw, entities[1].name.replace(" LIMITED", " LTD"), "not_flagged", "registered, LTD for LIMITED"
        )
        + _title(draw, former, "not_flagged", "registered, under its former name on the title")
        + _title(draw, entities[2].name, "not_flagged", "registered, leasehold", tenure="Leasehold")
        + _title(
            draw,
            entities[3].name,
            "not_flagged",
            "registered, its UK number stated",
            number=entities[3].number,
        )
        + _title(
            draw,
            draw.name(),
            "not_flagged",
            "on no register, added on 1998-12-31",
            added_on=date(1998, 12, 31),
        )
    )


def _not_assessable(draw: Draw) -> Planted:
    elsewhere, alike = _registered(draw), _registered(draw)
    left = draw.overseas(date(2023, 3, 6))
    return (
        Planted([elsewhere, alike], gone=[left])
        + _title(draw, elsewhere.name, "not_assessable", "registered, with another country", country=GUERNSEY)
        + _title(draw, alike.name[:4] + alike.name[5:], "not_assessable", "registered under a name like it")
        + _title(draw, left.name, "not_assessable", "left the register of overseas entities")
        + _title(draw, draw.name(), "not_assessable", "on no register, leasehold", tenure="Leasehold")
        + _title(draw, draw.name(), "not_assessable", "on no register, country blank", country="")
        + _title(draw, draw.name(), "not_assessable", "on no register, day added blank", added_on=None)
    )


PLANT = Plant((_hits, _near_misses, _not_assessable))
