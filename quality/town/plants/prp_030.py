"""PRP-030: resales within half a year, in a district of their own whose index is known to the pound.

The first quarter of 2025 has a median of £200,000 for terraced houses, the third one of £210,000;
semi-detached houses sell at one price, too few a quarter for a median of the quarter. Detached houses are too
few for any."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from quality.town.land.sales import dwelling, sale, transaction_id
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part, title

DISTRICT = "FELLSIDE"
WINTER, SUMMER = date(2025, 1, 20), date(2025, 7, 10)
SAME_DAY = date(2025, 7, 3)  # of sales at two dwellings
FIRST_GBP = 160_000
WITH_INDEX, WITHOUT_INDEX = (
    126,
    120,
)  # per cent of the first price at which the gain is exactly 20: the index makes 5 of 26
FAR = 25_431  # pounds above that
PEERS_N = 41  # sales of one price in a quarter: a median that the planted ones do not move


@part
def _resale(
    draw: Draw,
    nth: int,
    *verdict: *tuple[Expected, str],
    over_gbp: int = FAR,
    first_on: date = WINTER,
    second_on: date = SUMMER,
    percent: int = WITH_INDEX,
    kind: str = "T",
    of_company: bool = False,
    first: Mapping[str, str] | None = None,
    second: Mapping[str, str] | None = None,
) -> Planted:
    """Two sales of one dwelling; the truth is about the second. nth: of the cases, each with prices of its
    own, since one price on one day would be a portfolio. over_gbp: the second price less the one whose gain
    is exactly 20 per cent. first, second: what differs from the ordinary.
    """
    where, first_gbp = dwelling(draw), FIRST_GBP + 100 * nth
    second_gbp = first_gbp * percent // 100 + over_gbp
    ordinary = {"district": DISTRICT, "kind": kind}
    rows = [
        sale(where, first_on, first_gbp, **{**ordinary, **(first or {})}),
        sale(where, second_on, second_gbp, **{**ordinary, **(second or {})}),
    ]
    planting = Planted(sales=rows, truth=[Truth(transaction_id(rows[1]), *verdict)])
    if not of_company:
        return planting
    # The buyer's title is at the same address: such a flag may open a case.
    company = draw.company(date(2011, 4, 5), sic="68100")
    row = title(draw, [company], second_on + timedelta(days=20), price_gbp=second_gbp)
    line = f"{where.house} {where.street.title()}, {where.post_town.title()} ({where.postcode})"
    land = {**row, "Property Address": line, "Postcode": where.postcode, "District": DISTRICT}
    return planting + Planted((company,), [draw.owned(company)], [land])


@part
def _index(draw: Draw, first: date, apart: int, sales_n: int, *, price: int, kind: str) -> Planted:
    """Ordinary sales that make the index."""
    days = [first + timedelta(days=apart * n) for n in range(sales_n)]
    return Planted(sales=[sale(dwelling(draw), day, price, kind=kind, district=DISTRICT) for day in days])


@part
def _sold(
    draw: Draw,
    *sales: tuple[date, int],
    verdicts: Sequence[tuple[Expected, str]] = (),
    district: str = DISTRICT,
) -> Planted:
    """Sales of one dwelling on days at prices; the verdicts are on all but the first."""
    where = dwelling(draw)
    rows = [sale(where, day, price, district=district) for day, price in sales]
    truth = [Truth(transaction_id(row), *verdict) for row, verdict in zip(rows[1:], verdicts, strict=True)]
    return Planted(sales=rows, truth=truth)


PLANT = Plant(
    (
        _resale(0, "flagged", "gain a little above 20 per cent", over_gbp=50),
        _resale(1, "not_flagged", "gain of exactly 20 per cent", over_gbp=0),
        _resale(2, "not_flagged", "24 per cent dearer, of which the index makes 5", over_gbp=-3_000),
        _resale(3, "flagged", "183 days", second_on=WINTER + timedelta(days=183)),
        _resale(4, "not_flagged", "184 days", second_on=WINTER + timedelta(days=184)),
        _resale(5, "flagged", "the next day", second_on=WINTER + timedelta(days=1), percent=WITHOUT_INDEX),
        _resale(6, "not_flagged", "the same day", second_on=WINTER),
        _resale(7, "not_flagged", "cheaper", over_gbp=-90_000),
        _resale(8, "not_flagged", "first sale of category B", first={"category": "B"}),
        _resale(9, "not_flagged", "second sale of category B", second={"category": "B"}),
        _resale(10, "not_flagged", "new at the second sale", second={"new": "Y"}),
        _resale(11, "flagged", "new at the first sale", first={"new": "Y"}),
        _resale(12, "not_flagged", "freehold first, then a lease", second={"tenure": "L"}),
        # Too few sales of the kind in each quarter, enough in the year: the index is the same on both days.
        _resale(
            13,
            "flagged",
            "a little above 20 per cent by the year's median",
            over_gbp=50,
            first_on=date(2025, 2, 10),
            second_on=date(2025, 5, 6),
            percent=WITHOUT_INDEX,
            kind="S",
        ),
        _resale(
            14,
            "not_flagged",
            "exactly 20 per cent by the year's median",
            over_gbp=0,
            first_on=date(2025, 2, 10),
            second_on=date(2025, 5, 6),
            percent=WITHOUT_INDEX,
            kind="S",
        ),
        _resale(15, "flagged", "resold to a company", of_company=True),
        _resale(16, "flagged", "resold to a company", over_gbp=31_007, of_company=True),
        _resale(17, "flagged", "resold to a company", over_gbp=41_009, of_company=True),
        _resale(18, "not_assessable", "no index for the kind", over_gbp=200_003, kind="D"),
        _resale(19, "not_assessable", "tenure unknown at the second sale", second={"tenure": "U"}),
        _resale(
            20,
            "not_assessable",
            "flat without its number",
            kind="F",
            first={"tenure": "L"},
            second={"tenure": "L"},
        ),
        _index(date(2025, 1, 2), 2, PEERS_N, price=200_000, kind="T"),
        _index(date(2025, 7, 2), 2, PEERS_N, price=210_000, kind="T"),
        _index(date(2025, 1, 3), 16, 22, price=250_000, kind="S"),
        # One price and day at two dwellings: at the first sale, at the second one, and in another district.
        _sold((WINTER, 151_203)),
        _sold((SAME_DAY, 231_209)),
        _sold((SAME_DAY, 233_213), district="OVERFELL"),
        _sold(
            (WINTER, 151_203),
            (SAME_DAY, 231_211),
            verdicts=[("not_flagged", "first sale is one of two of one price and day")],
        ),
        _sold(
            (WINTER, 151_217),
            (SAME_DAY, 231_209),
            verdicts=[("not_flagged", "second sale is one of two of one price and day")],
        ),
        _sold(
            (WINTER, 151_219),
            (SAME_DAY, 233_213),
            verdicts=[("flagged", "one of its price and day in another district")],
        ),
        # Each step is small, the two together are not.
        _sold(
            (date(2025, 1, 15), 171_201),
            (date(2025, 3, 5), 189_203),
            (SUMMER, 222_207),
            verdicts=[
                ("not_flagged", "10.5 per cent"),
                ("flagged", "23.6 per cent after two sales"),
            ],
        ),
    )
)
