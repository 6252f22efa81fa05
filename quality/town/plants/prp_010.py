"""PRP-010: companies added to a title 0 to 365 days after incorporation, and every boundary and gap around
it.
"""

from collections.abc import Callable
from datetime import date, timedelta

from quality.town.plant import Company, Draw, Expected, Plant, Planted, Truth, part, title, title_id, together
from quality.town.plants._records import GUARANTEE

FOUNDED = date(2021, 3, 1)

AsWritten = Callable[[Company], str]


@part
def _case(
    draw: Draw,
    gap_days: int | None,
    expected: Expected,
    note: str,
    *,
    company: Company | None = None,
    number: AsWritten = lambda c: c.number,
    name: AsWritten = lambda c: c.name,
) -> Planted:
    """One company, and one title that it was added to `gap_days` after its incorporation (None: the day is
    blank).
    """
    buyer = company or draw.company(draw.day(FOUNDED, FOUNDED + timedelta(days=900)), sic="68100")
    added = None if gap_days is None else buyer.incorporated_on + timedelta(days=gap_days)
    row = title(
        draw, [(name(buyer), number(buyer))], added, price_gbp=145_000 + 500 * buyer.incorporated_on.day
    )
    return Planted(
        (buyer,),
        [draw.owned(buyer)] if buyer.series == "EW" else (),
        [row],
        [Truth(title_id(row), expected, note)],
    )


def _spellings(draw: Draw) -> Planted:
    """The same company, as conveyancers write it."""
    early = [draw.company(draw.day(date(2006, 2, 1), date(2014, 5, 30)), sic="41100") for _ in range(3)]
    scottish = draw.company(date(2021, 6, 7), series="SC", sic="68209")
    return together(
        draw,
        _case(
            90,
            "flagged",
            "number without leading zeros",
            company=early[0],
            number=lambda c: c.number.lstrip("0"),
        ),
        _case(
            91,
            "flagged",
            "number with a blank",
            company=early[1],
            number=lambda c: f"{c.number[:2]} {c.number[2:]}",
        ),
        _case(
            92,
            "flagged",
            "LTD for LIMITED",
            company=early[2],
            name=lambda c: c.name.replace(" LIMITED", " LTD"),
        ),
        _case(93, "flagged", "Scottish number", company=scottish),
    ) + _case(
        400,
        "not_flagged",
        "number without leading zeros, 400 days",
        company=draw.company(date(2009, 7, 1)),
        number=lambda c: c.number.lstrip("0"),
    )(draw)


def _excluded(draw: Draw) -> Planted:
    day = date(2022, 4, 4)
    flats = draw.company(day, sic="98000")
    club = draw.company(day, category=GUARANTEE, sic="93120")
    named = draw.company(day, name=draw.name(" MANAGEMENT COMPANY LIMITED"), sic="68320")
    name_only = draw.company(day, name=draw.name(" ASSET MANAGEMENT COMPANY LIMITED"), sic="68209")
    converted = draw.company(day, status="Converted / Closed")
    return together(
        draw,
        _case(30, "not_flagged", "residents' company by SIC code", company=flats),
        _case(30, "not_flagged", "limited by guarantee", company=club),
        _case(30, "not_flagged", "residents' company by name", company=named),
        _case(30, "flagged", "name of a management company, lets its own property", company=name_only),
        _case(30, "not_flagged", "converted entity", company=converted),
    )


def _not_assessable(draw: Draw) -> Planted:
    overseas = draw.overseas(date(2023, 1, 9))
    stranger = draw.name(" LIMITED")
    return together(
        draw,
        _case(40, "not_assessable", "overseas registration", company=overseas),
        _case(41, "not_assessable", "no number", number=lambda _: ""),
        _case(42, "not_assessable", "number of zeros", number=lambda _: "0"),
        _case(None, "not_assessable", "day added is blank"),
        _case(43, "not_assessable", "right number, another company's name", name=lambda _: stranger),
        _case(
            44,
            "not_assessable",
            "number that no company has",
            number=lambda c: draw.number(c.incorporated_on),
        ),
    )


def _two_proprietors(draw: Draw) -> Planted:
    """One old and one new company: the new one decides. Two old ones: nothing."""
    old, new, second = (
        draw.company(date(2010, 5, 6)),
        draw.company(date(2023, 5, 8)),
        draw.company(date(2012, 2, 2)),
    )
    hit = title(draw, [old, new], date(2023, 9, 1))
    miss = title(draw, [old, second], date(2023, 9, 1))
    truth = [
        Truth(title_id(hit), "flagged", "second proprietor was 116 days old"),
        Truth(title_id(miss), "not_flagged", "both proprietors were old"),
    ]
    return Planted(
        (old, new, second), [draw.owned(company) for company in (old, new, second)], (hit, miss), truth
    )


PLANT = Plant(
    (
        _case(0, "flagged", "added on the day of incorporation"),
        _case(1, "flagged", "1 day"),
        _case(180, "flagged", "180 days"),
        _case(364, "flagged", "364 days"),
        _case(365, "flagged", "365 days"),
        _case(366, "not_flagged", "366 days"),
        _case(731, "not_flagged", "731 days"),
        _case(-1, "not_flagged", "added the day before incorporation"),
        _case(-2500, "not_flagged", "added years before incorporation"),
        _spellings,
        _excluded,
        _not_assessable,
        _two_proprietors,
    )
)
