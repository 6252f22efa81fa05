"""PRP-040: prices on either side of a modified z-score of 3.5, in strata whose middle and spread are known.

A stratum has peers at £170,000, £200,000 and £235,294, as many of each: median £200,000, MAD ln(200/170) =
0.16252. Then z = 3.5 is at £464,823 and at £86,055."""

from collections.abc import Sequence
from datetime import date, timedelta

from quality.town.land.sales import dwelling, sale, transaction_id
from quality.town.plant import Draw, Expected, Plant, Planted, Truth

DISTRICT = "MOORWENDLE"
LOW, MIDDLE, HIGH = 170_000, 200_000, 235_294
ABOVE, JUST_BELOW_ABOVE = 464_900, 464_750
BELOW, JUST_ABOVE_BELOW = 86_000, 86_110
DAYS_APART = 3


def _peers(draw: Draw, first: date, prices: Sequence[int], **given: str) -> Planted:
    return Planted(
        sales=[
            sale(
                dwelling(draw),
                first + timedelta(days=DAYS_APART * n),
                price,
                **{"district": DISTRICT, **given},
            )
            for n, price in enumerate(prices)
        ]
    )


def _prices(low: int, middle: int, high: int) -> list[int]:
    return [LOW] * low + [MIDDLE] * middle + [HIGH] * high


def _subject(draw: Draw, day: date, price: int, expected: Expected, note: str, **given: str) -> Planted:
    row = sale(dwelling(draw), day, price, **{"district": DISTRICT, **given})
    return Planted(sales=[row], truth=[Truth(transaction_id(row), expected, note)])


def _boundaries(draw: Draw) -> Planted:
    """Each in a quarter of its own."""
    cases: tuple[tuple[date, int, Expected, str], ...] = (
        (date(2022, 1, 3), ABOVE, "flagged", "z a little above 3.5"),
        (date(2022, 4, 4), JUST_BELOW_ABOVE, "not_flagged", "z a little below 3.5"),
        (date(2022, 7, 4), BELOW, "flagged", "z a little below −3.5"),
        (date(2022, 10, 3), JUST_ABOVE_BELOW, "not_flagged", "z a little above −3.5"),
        (date(2023, 1, 3), 2_400_000, "flagged", "twelve times the middle"),
        (date(2023, 4, 4), 1_000, "flagged", "nominal price"),
        (date(2023, 7, 4), MIDDLE, "not_flagged", "at the middle"),
    )
    parts = (
        _peers(draw, first, _prices(7, 7, 7), kind="S")
        + _subject(draw, first + timedelta(days=70), price, expected, note, kind="S")
        for first, price, expected, note in cases
    )
    return sum(parts, Planted())


def _sizes(draw: Draw) -> Planted:
    """20 sales in the quarter are enough, the sale itself among them; 19 in quarter and year are not; a
    year of 24 is.
    """
    by_month = {
        1: [LOW, LOW, MIDDLE, HIGH, HIGH, MIDDLE],
        4: [LOW, LOW, MIDDLE, HIGH, HIGH, MIDDLE],
        7: _prices(2, 2, 2),
        10: [MIDDLE, LOW, HIGH, MIDDLE, MIDDLE],
    }
    spread = (
        _peers(draw, date(2023, month, 5), prices, district="LARKWENDLE")
        for month, prices in by_month.items()
    )
    return (
        sum(spread, Planted())
        + _peers(draw, date(2024, 1, 3), _prices(6, 7, 6), kind="D")
        + _subject(draw, date(2024, 3, 20), 2 * ABOVE, "flagged", "20 sales in the quarter", kind="D")
        + _peers(draw, date(2024, 1, 3), _prices(6, 6, 6), kind="F", tenure="L", flat="FLAT 1")
        + _subject(
            draw,
            date(2024, 3, 20),
            2 * ABOVE,
            "not_assessable",
            "19 sales in quarter and year",
            kind="F",
            tenure="L",
            flat="FLAT 1",
        )
        + _subject(
            draw,
            date(2023, 12, 1),
            2 * ABOVE,
            "flagged",
            "6 sales in the quarter, 24 in the year",
            district="LARKWENDLE",
        )
    )


def _without_spread(draw: Draw) -> Planted:
    """New homes of one price: the spread is taken as 0.05, in a quarter or throughout the year."""
    spread, level = {"district": "DUNSWENDLE"}, {"district": "THORNWENDLE"}
    return (
        _peers(draw, date(2024, 1, 3), [MIDDLE] * 21, **spread)
        + _peers(draw, date(2024, 4, 3), _prices(8, 5, 8), **spread)
        + _peers(draw, date(2024, 7, 3), _prices(8, 5, 8), **spread)
        + _peers(draw, date(2024, 10, 3), _prices(8, 5, 8), **spread)
        + _subject(
            draw,
            date(2024, 3, 28),
            700_000,
            "flagged",
            "three and a half times the price of all others in the quarter",
            **spread,
        )
        + _subject(
            draw,
            date(2024, 3, 29),
            250_000,
            "not_flagged",
            "a quarter above a row of homes of one price",
            **spread,
        )
        + _peers(draw, date(2024, 1, 3), [MIDDLE] * 24, **level)
        + _subject(draw, date(2024, 3, 28), 240_000, "not_flagged", "no other price all year", **level)
    )


def _no_candidates(draw: Draw) -> Planted:
    """Category B and kind O are none; a stratum of its own has no peers; a tenure that is not known has no
    stratum.
    """
    day = date(2023, 8, 9)
    return (
        _subject(draw, day, 3_000_001, "not_flagged", "category B", kind="S", category="B")
        + _subject(draw, day, 3_000_002, "not_flagged", "kind O", kind="O", category="B")
        + _subject(draw, day, 3_000_003, "not_assessable", "newly built, without peers", kind="S", new="Y")
        + _subject(draw, day, 3_000_004, "not_assessable", "leasehold, without peers", kind="S", tenure="L")
        + _subject(draw, day, 3_000_005, "not_assessable", "tenure unknown", kind="S", tenure="U")
    )


PLANT = Plant((_boundaries, _sizes, _without_spread, _no_candidates))
