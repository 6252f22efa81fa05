"""PRP-030: resales within half a year, in a district of their own whose index is known to the pound.

The first quarter of 2025 has a median of £200,000 for terraced houses, the third one of £210,000;
semi-detached houses sell at one price, too few a quarter for a median of the quarter. Detached houses are too
few for any."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from quality.town.land.sales import dwelling, sale, transaction_id
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, title

DISTRICT = "FELLSIDE"
WINTER, SUMMER = date(2025, 1, 20), date(2025, 7, 10)
FIRST_GBP = 160_000
WITH_INDEX, WITHOUT_INDEX = (
    126,
    120,
)  # per cent of the first price at which the gain is exactly 20: the index makes 5 of 26
FAR = 25_431  # pounds above that
PEERS_N = 41  # sales of one price in a quarter: a median that the planted ones do not move


@dataclass(frozen=True)
class Resale:
    """Two sales of one dwelling. `over_gbp`: the second price less the one whose gain is exactly 20 per
    cent. first, second: what differs from the ordinary.
    """

    expected: Expected
    note: str
    over_gbp: int = FAR
    first_on: date = WINTER
    second_on: date = SUMMER
    percent: int = WITH_INDEX
    kind: str = "T"
    of_company: bool = False
    first: dict[str, str] = field(default_factory=dict)
    second: dict[str, str] = field(default_factory=dict)


RESALES = (
    Resale("flagged", "gain a little above 20 per cent", 50),
    Resale("not_flagged", "gain of exactly 20 per cent", 0),
    Resale("not_flagged", "24 per cent dearer, of which the index makes 5", -3_000),
    Resale("flagged", "183 days", second_on=WINTER + timedelta(days=183)),
    Resale("not_flagged", "184 days", second_on=WINTER + timedelta(days=184)),
    Resale("flagged", "the next day", second_on=WINTER + timedelta(days=1), percent=WITHOUT_INDEX),
    Resale("not_flagged", "the same day", second_on=WINTER),
    Resale("not_flagged", "cheaper", -90_000),
    Resale("not_flagged", "first sale of category B", first={"category": "B"}),
    Resale("not_flagged", "second sale of category B", second={"category": "B"}),
    Resale("not_flagged", "new at the second sale", second={"new": "Y"}),
    Resale("flagged", "new at the first sale", first={"new": "Y"}),
    Resale("not_flagged", "freehold first, then a lease", second={"tenure": "L"}),
    # Too few sales of the kind in each quarter, enough in the year: the index is the same on both days.
    Resale(
        "flagged",
        "a little above 20 per cent by the year's median",
        50,
        date(2025, 2, 10),
        date(2025, 5, 6),
        WITHOUT_INDEX,
        "S",
    ),
    Resale(
        "not_flagged",
        "exactly 20 per cent by the year's median",
        0,
        date(2025, 2, 10),
        date(2025, 5, 6),
        WITHOUT_INDEX,
        "S",
    ),
    Resale("flagged", "resold to a company", of_company=True),
    Resale("flagged", "resold to a company", 31_007, of_company=True),
    Resale("flagged", "resold to a company", 41_009, of_company=True),
    Resale("not_assessable", "no index for the kind", 200_003, kind="D"),
    Resale("not_assessable", "tenure unknown at the second sale", second={"tenure": "U"}),
    Resale(
        "not_assessable", "flat without its number", kind="F", first={"tenure": "L"}, second={"tenure": "L"}
    ),
)


def _index(draw: Draw) -> list[dict[str, str]]:
    """Ordinary sales that make the index."""
    quarters = (
        (date(2025, 1, 2), 2, PEERS_N, 200_000, "T"),
        (date(2025, 7, 2), 2, PEERS_N, 210_000, "T"),
        (date(2025, 1, 3), 16, 22, 250_000, "S"),
    )
    return [
        sale(dwelling(draw), first + timedelta(days=apart * n), price, kind=kind, district=DISTRICT)
        for first, apart, sales_n, price, kind in quarters
        for n in range(sales_n)
    ]


def _planted(draw: Draw, number: int, resale: Resale) -> Planted:
    """The truth is about the second sale. Each case has prices of its own: one price on one day would be a
    portfolio.
    """
    where, first_gbp = dwelling(draw), FIRST_GBP + 100 * number
    second_gbp = first_gbp * resale.percent // 100 + resale.over_gbp
    rows = [
        sale(where, day, price, **{"district": DISTRICT, "kind": resale.kind, **given})
        for day, price, given in (
            (resale.first_on, first_gbp, resale.first),
            (resale.second_on, second_gbp, resale.second),
        )
    ]
    planting = Planted(sales=rows, truth=[Truth(transaction_id(rows[1]), resale.expected, resale.note)])
    if not resale.of_company:
        return planting
    # The buyer's title is at the same address: such a flag may open a case.
    company = draw.company(date(2011, 4, 5), sic="68100")
    row = title(draw, [company], resale.second_on + timedelta(days=20), price_gbp=second_gbp)
    line = f"{where.house} {where.street.title()}, {where.post_town.title()} ({where.postcode})"
    land = {**row, "Property Address": line, "Postcode": where.postcode, "District": DISTRICT}
    return planting + Planted((company,), [draw.owned(company)], [land])


def _portfolios(draw: Draw) -> Planted:
    """One price and day at two dwellings: at the second sale, at the first one, and in another district."""
    day, prices = date(2025, 7, 3), {"first": 151_203, "second": 231_209, "elsewhere": 233_213}
    beside = [
        sale(dwelling(draw), WINTER, prices["first"], district=DISTRICT),
        sale(dwelling(draw), day, prices["second"], district=DISTRICT),
        sale(dwelling(draw), day, prices["elsewhere"], district="OVERFELL"),
    ]
    cases: tuple[tuple[int, int, Expected, str], ...] = (
        (prices["first"], 231_211, "not_flagged", "first sale is one of two of one price and day"),
        (151_217, prices["second"], "not_flagged", "second sale is one of two of one price and day"),
        (151_219, prices["elsewhere"], "flagged", "one of its price and day in another district"),
    )
    planting = Planted(sales=beside)
    for first_gbp, second_gbp, expected, note in cases:
        where = dwelling(draw)
        rows = [
            sale(where, WINTER, first_gbp, district=DISTRICT),
            sale(where, day, second_gbp, district=DISTRICT),
        ]
        planting = planting + Planted(sales=rows, truth=[Truth(transaction_id(rows[1]), expected, note)])
    return planting


def _three_sales(draw: Draw) -> Planted:
    """Each step is small, the two together are not."""
    where = dwelling(draw)
    rows = [
        sale(where, day, price, district=DISTRICT)
        for day, price in ((date(2025, 1, 15), 171_201), (date(2025, 3, 5), 189_203), (SUMMER, 222_207))
    ]
    truth = [
        Truth(transaction_id(rows[1]), "not_flagged", "10.5 per cent"),
        Truth(transaction_id(rows[2]), "flagged", "23.6 per cent after two sales"),
    ]
    return Planted(sales=rows, truth=truth)


PLANT = Plant(
    (
        *(partial(_planted, number=number, resale=resale) for number, resale in enumerate(RESALES)),
        lambda draw: Planted(sales=_index(draw)),
        _portfolios,
        _three_sales,
    )
)
