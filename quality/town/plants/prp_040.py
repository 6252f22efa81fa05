"""PRP-040: prices on either side of a modified z-score of 3.5, in strata whose middle and spread are known.

A stratum has peers at £170,000, £200,000 and £235,294, as many of each: median £200,000, MAD ln(200/170) =
0.16252. Then z = 3.5 is at £464,823 and at £86,055."""

from collections.abc import Sequence
from datetime import date, timedelta

from quality.town.land.sales import dwelling, sale, transaction_id
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part, together

DISTRICT = "MOORWENDLE"
LOW, MIDDLE, HIGH = 170_000, 200_000, 235_294
ABOVE, JUST_BELOW_ABOVE = 464_900, 464_750
BELOW, JUST_ABOVE_BELOW = 86_000, 86_110
DAYS_APART = 3
NO_PEERS = date(2023, 8, 9)


@part
def _peers(draw: Draw, /, first: date, prices: Sequence[int], **given: str) -> Planted:
    rows = [
        sale(dwelling(draw), first + timedelta(days=DAYS_APART * n), price, **{"district": DISTRICT, **given})
        for n, price in enumerate(prices)
    ]
    return Planted(sales=rows)


def _prices(low: int, middle: int, high: int) -> list[int]:
    return [LOW] * low + [MIDDLE] * middle + [HIGH] * high


@part
def _subject(draw: Draw, /, day: date, price: int, *verdict: *tuple[Expected, str], **given: str) -> Planted:
    row = sale(dwelling(draw), day, price, **{"district": DISTRICT, **given})
    return Planted(sales=[row], truth=[Truth(transaction_id(row), *verdict)])


@part
def _boundary(draw: Draw, first: date, price: int, *verdict: *tuple[Expected, str]) -> Planted:
    """In a quarter of its own."""
    peers = _peers(first, _prices(7, 7, 7), kind="S")
    return together(draw, peers, _subject(first + timedelta(days=70), price, *verdict, kind="S"))


PLANT = Plant(
    (
        _boundary(date(2022, 1, 3), ABOVE, "flagged", "z a little above 3.5"),
        _boundary(date(2022, 4, 4), JUST_BELOW_ABOVE, "not_flagged", "z a little below 3.5"),
        _boundary(date(2022, 7, 4), BELOW, "flagged", "z a little below −3.5"),
        _boundary(date(2022, 10, 3), JUST_ABOVE_BELOW, "not_flagged", "z a little above −3.5"),
        _boundary(date(2023, 1, 3), 2_400_000, "flagged", "twelve times the middle"),
        _boundary(date(2023, 4, 4), 1_000, "flagged", "nominal price"),
        _boundary(date(2023, 7, 4), MIDDLE, "not_flagged", "at the middle"),
        # 20 sales in the quarter are enough, the sale itself among them; 19 in quarter and year are not; a
        # year of 24 is.
        _peers(date(2023, 1, 5), [LOW, LOW, MIDDLE, HIGH, HIGH, MIDDLE], district="LARKWENDLE"),
        _peers(date(2023, 4, 5), [LOW, LOW, MIDDLE, HIGH, HIGH, MIDDLE], district="LARKWENDLE"),
        _peers(date(2023, 7, 5), _prices(2, 2, 2), district="LARKWENDLE"),
        _peers(date(2023, 10, 5), [MIDDLE, LOW, HIGH, MIDDLE, MIDDLE], district="LARKWENDLE"),
        _peers(date(2024, 1, 3), _prices(6, 7, 6), kind="D"),
        _subject(date(2024, 3, 20), 2 * ABOVE, "flagged", "20 sales in the quarter", kind="D"),
        _peers(date(2024, 1, 3), _prices(6, 6, 6), kind="F", tenure="L", flat="FLAT 1"),
        _subject(
            date(2024, 3, 20),
            2 * ABOVE,
            "not_assessable",
            "19 sales in quarter and year",
            kind="F",
            tenure="L",
            flat="FLAT 1",
        ),
        _subject(
            date(2023, 12, 1),
            2 * ABOVE,
            "flagged",
            "6 sales in the quarter, 24 in the year",
            district="LARKWENDLE",
        ),
        # New homes of one price: the spread is taken as 0.05, in a quarter or throughout the year.
        _peers(date(2024, 1, 3), [MIDDLE] * 21, district="DUNSWENDLE"),
        _peers(date(2024, 4, 3), _prices(8, 5, 8), district="DUNSWENDLE"),
        _peers(date(2024, 7, 3), _prices(8, 5, 8), district="DUNSWENDLE"),
        _peers(date(2024, 10, 3), _prices(8, 5, 8), district="DUNSWENDLE"),
        _subject(
            date(2024, 3, 28),
            700_000,
            "flagged",
            "three and a half times the price of all others in the quarter",
            district="DUNSWENDLE",
        ),
        _subject(
            date(2024, 3, 29),
            250_000,
            "not_flagged",
            "a quarter above a row of homes of one price",
            district="DUNSWENDLE",
        ),
        _peers(date(2024, 1, 3), [MIDDLE] * 24, district="THORNWENDLE"),
        _subject(
            date(2024, 3, 28), 240_000, "not_flagged", "no other price all year", district="THORNWENDLE"
        ),
        # Category B and kind O are none; a stratum of its own has no peers; a tenure that is not known has
        # no stratum.
        _subject(NO_PEERS, 3_000_001, "not_flagged", "category B", kind="S", category="B"),
        _subject(NO_PEERS, 3_000_002, "not_flagged", "kind O", kind="O", category="B"),
        _subject(NO_PEERS, 3_000_003, "not_assessable", "newly built, without peers", kind="S", new="Y"),
        _subject(NO_PEERS, 3_000_004, "not_assessable", "leasehold, without peers", kind="S", tenure="L"),
        _subject(NO_PEERS, 3_000_005, "not_assessable", "tenure unknown", kind="S", tenure="U"),
    )
)
