"""LIF-070: companies that left the register and are still on a title; companies that are nearly gone; and
owners nothing can be told of.
"""

from collections.abc import Callable
from datetime import date

from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth, title

ADDED = date(2016, 10, 3)
ALIVE = {
    "Active": "active",
    "Active - Proposal to Strike off": "to be struck off",
    "Liquidation": "in liquidation",
    "Converted / Closed": "converted",
}
AsWritten = Callable[[Company], str]


def _gone(
    draw: Draw,
    expected: Expected,
    note: str,
    *,
    titles_n: int = 1,
    number: AsWritten = lambda c: c.number,
    name: AsWritten = lambda c: c.name,
) -> Planted:
    """A company that the earlier edition had, still on its titles."""
    company = draw.company(draw.day(date(2006, 2, 1), date(2014, 5, 30)))
    rows = [title(draw, [(name(company), number(company))], ADDED) for _ in range(titles_n)]
    return Planted(gone=[company], titles=rows, truth=[Truth(company.id, expected, note)])


def _still_there(draw: Draw, company: Company, expected: Expected, note: str) -> Planted:
    row = title(draw, [company], ADDED)
    return Planted([company], titles=[row], truth=[Truth(company.id, expected, note)])


def _hits(draw: Draw) -> Planted:
    stated = draw.company(date(2011, 3, 7), status="Dissolved", columns={"DissolutionDate": "12/05/2026"})
    with_partner = draw.company(date(2012, 5, 8)), draw.company(date(2013, 9, 2))
    shared = title(draw, with_partner, ADDED)
    truth = [
        Truth(with_partner[0].id, "not_flagged", "joint proprietor that is alive"),
        Truth(with_partner[1].id, "flagged", "second proprietor of a title, gone"),
    ]
    return (
        _gone(draw, "flagged", "gone, one title")
        + _gone(draw, "flagged", "gone, three titles", titles_n=3)
        + _gone(draw, "flagged", "gone, number without leading zeros", number=lambda c: c.number.lstrip("0"))
        + _gone(draw, "flagged", "gone, LTD for LIMITED", name=lambda c: c.name.replace(" LIMITED", " LTD"))
        + _still_there(draw, stated, "flagged", "dissolution stated by the register")
        + Planted([with_partner[0]], [draw.owned(with_partner[0])], [shared], truth, gone=[with_partner[1]])
    )


def _near_misses(draw: Draw) -> Planted:
    day = date(2010, 6, 1)
    tomorrow = draw.company(day, columns={"DissolutionDate": "02/06/2026"})
    parts = (
        _still_there(draw, draw.company(day, status=status), "not_flagged", note)
        for status, note in ALIVE.items()
    )
    return sum(parts, Planted()) + _still_there(
        draw, tomorrow, "not_flagged", "dissolved the day after the date of the facts"
    )


def _not_assessable(draw: Draw) -> Planted:
    never = draw.company(date(2009, 4, 1))
    truth = [Truth(never.id, "not_assessable", "number that no edition has")]
    unknown = Planted(titles=[title(draw, [never], ADDED)], truth=truth)
    overseas = draw.overseas(date(2023, 2, 6))
    return unknown + _still_there(draw, overseas, "not_assessable", "overseas registration")


PLANT = Plant((_hits, _near_misses, _not_assessable))
