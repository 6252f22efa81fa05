"""PRP-100: overseas proprietors that are on no register of overseas entities, those that are under one
name or another, and those in doubt.
"""

from dataclasses import replace
from datetime import date

from quality.town.land.overseas_titles import overseas_title
from quality.town.land.titles import COMPANY_CATEGORY
from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth, part, title_id, together

ADDED = date(2014, 6, 2)
JERSEY, GUERNSEY = "JERSEY", "GUERNSEY"


@part
def _title(
    draw: Draw,
    /,
    *verdict: *tuple[Expected, str],
    name: str = "",
    ending: str = " LIMITED",
    country: str = JERSEY,
    added_on: date | None = ADDED,
    **given: str,
) -> Planted:
    """A title of one proprietor. ending: of the name, where none is given."""
    row = overseas_title(draw, name or draw.name(ending), country, added_on, **given)
    return Planted(overseas_titles=[row], truth=[Truth(title_id(row), *verdict)])


def _registered(draw: Draw, **columns: str) -> Company:
    """An overseas entity of Jersey on the register."""
    company = draw.overseas(draw.day(date(2022, 9, 5), date(2024, 5, 31)))
    return replace(company, columns={**company.columns, **columns})


def _one_of_two(draw: Draw) -> Planted:
    """A registered and an unregistered proprietor."""
    entity = _registered(draw)
    row = overseas_title(draw, entity.name, JERSEY, ADDED) | {
        "Proprietor Name (2)": draw.name(),
        "Proprietorship Category (2)": COMPANY_CATEGORY,
        "Country Incorporated (2)": GUERNSEY,
    }
    truth = Truth(title_id(row), "flagged", "the second proprietor is not registered")
    return Planted([entity], overseas_titles=[row], truth=[truth])


def _near_misses(draw: Draw) -> Planted:
    entities = [_registered(draw) for _ in range(4)]
    same, spelled, leased, numbered = entities
    former = draw.name()
    renamed = _registered(
        draw, **{"PreviousName_1.CompanyName": former, "PreviousName_1.CONDATE": "04/09/2025"}
    )
    ltd, number = spelled.name.replace(" LIMITED", " LTD"), numbered.number
    return Planted([*entities, renamed]) + together(
        draw,
        _title("not_flagged", "registered under this name", name=same.name),
        _title("not_flagged", "registered, LTD for LIMITED", name=ltd),
        _title("not_flagged", "registered, under its former name on the title", name=former),
        _title("not_flagged", "registered, leasehold", name=leased.name, tenure="Leasehold"),
        _title("not_flagged", "registered, its UK number stated", name=numbered.name, number=number),
        _title("not_flagged", "on no register, added on 1998-12-31", added_on=date(1998, 12, 31)),
    )


def _in_doubt(draw: Draw) -> Planted:
    elsewhere, alike = _registered(draw), _registered(draw)
    left, alike_name = draw.overseas(date(2023, 3, 6)), alike.name[:4] + alike.name[5:]
    return Planted([elsewhere, alike], gone=[left]) + together(
        draw,
        _title("not_assessable", "registered, with another country", name=elsewhere.name, country=GUERNSEY),
        _title("not_assessable", "registered under a name like it", name=alike_name),
        _title("not_assessable", "left the register of overseas entities", name=left.name),
    )


PLANT = Plant(
    (
        _title("flagged", "on no register", number="88412"),
        _title("flagged", "added on 1999-01-01", added_on=date(1999, 1, 1)),
        _title("flagged", "added lately", added_on=date(2026, 5, 11)),
        _title("flagged", "of Panama", ending=" S.A.", country="PANAMA"),
        _title(
            "flagged",
            "of Delaware",
            ending=" LLC",
            country="DELAWARE, USA",
            category="Limited Liability Partnership",
        ),
        _one_of_two,
        _near_misses,
        _in_doubt,
        _title("not_assessable", "on no register, leasehold", tenure="Leasehold"),
        _title("not_assessable", "on no register, country blank", country=""),
        _title("not_assessable", "on no register, day added blank", added_on=None),
    )
)
