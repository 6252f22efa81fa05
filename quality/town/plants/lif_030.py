"""LIF-030: dormant companies that hold a title with a price or acquired one within five years, and
everything around that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from quality.town.parts.dates import EDITION
from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth, title

CODE = "LIF-030"
DAYS = 1826
LONG_AGO = date(2012, 3, 5)
RECENT = date(2024, 9, 2)
DORMANT_SIC = "99999"


def _dormant(draw: Draw, accounts: str = "DORMANT", **given: str) -> Company:
    """A company with this category of accounts; its due dates are in order."""
    company = draw.company(draw.day(date(2004, 2, 2), date(2011, 11, 30)), **given)  # type: ignore[arg-type]
    return replace(company, columns={"Accounts.AccountCategory": accounts})


def _case(
    draw: Draw,
    company: Company,
    titles: Sequence[tuple[date | None, int | None]],
    expected: Expected,
    note: str,
) -> Planted:
    """titles: day added and price paid of each."""
    rows = [title(draw, [(company.name, company.number)], added, price_gbp=price) for added, price in titles]
    return Planted([company], [draw.owned(company)], rows, [Truth(CODE, company.id, expected, note)])


def _hits(draw: Draw) -> Planted:
    return (
        _case(draw, _dormant(draw), [(LONG_AGO, 240_000)], "flagged", "dormant accounts, price paid long ago")
        + _case(
            draw,
            _dormant(draw),
            [(EDITION - timedelta(days=DAYS), None)],
            "flagged",
            "dormant accounts, added 1,826 days ago",
        )
        + _case(
            draw,
            _dormant(draw),
            [(EDITION, None)],
            "flagged",
            "dormant accounts, added on the day of the facts",
        )
        + _case(
            draw,
            _dormant(draw),
            [(LONG_AGO, None), (RECENT, 90_000)],
            "flagged",
            "dormant accounts, one of two titles counts",
        )
        + _case(
            draw,
            _dormant(draw, "FILING EXEMPTION SUBSIDIARY"),
            [(RECENT, None)],
            "flagged",
            "dormant subsidiary",
        )
        + _case(
            draw,
            _dormant(draw, "NO ACCOUNTS FILED", sic=DORMANT_SIC),
            [(RECENT, None)],
            "flagged",
            "dormant code, no accounts filed",
        )
    )


def _near_misses(draw: Draw) -> Planted:
    return (
        _case(
            draw,
            _dormant(draw),
            [(EDITION - timedelta(days=DAYS + 1), None)],
            "not_flagged",
            "dormant accounts, added 1,827 days ago, no price",
        )
        + _case(draw, _dormant(draw, "MICRO ENTITY"), [(RECENT, 240_000)], "not_flagged", "trading accounts")
        + _case(
            draw,
            _dormant(draw, "MICRO ENTITY", sic=DORMANT_SIC),
            [(RECENT, 240_000)],
            "not_flagged",
            "dormant code beside trading accounts",
        )
        + _case(
            draw,
            _dormant(draw, "NO ACCOUNTS FILED"),
            [(RECENT, 240_000)],
            "not_flagged",
            "no accounts filed, another code",
        )
        + _case(
            draw,
            _dormant(draw, sic="98000"),
            [(RECENT, 240_000)],
            "not_flagged",
            "residents' company by SIC code",
        )
        + _case(
            draw,
            _dormant(draw, name=draw.name(" MANAGEMENT COMPANY LIMITED"), sic="68320"),
            [(RECENT, 240_000)],
            "not_flagged",
            "residents' company by name",
        )
    )


def _not_assessable(draw: Draw) -> Planted:
    unknown = _dormant(draw, "ACCOUNTS TYPE NOT AVAILABLE", sic=DORMANT_SIC)
    return (
        _case(
            draw, unknown, [(RECENT, 240_000)], "not_assessable", "dormant code, kind of accounts not known"
        )
        + _case(
            draw,
            _dormant(draw),
            [(None, None)],
            "not_assessable",
            "dormant, title with neither price nor day",
        )
        + _case(
            draw,
            _dormant(draw),
            [(EDITION + timedelta(days=3), None)],
            "not_assessable",
            "dormant, added after the date of the facts",
        )
    )


def make(draw: Draw) -> Planted:
    return _hits(draw) + _near_misses(draw) + _not_assessable(draw)


PLANT = Plant(CODE, make)
