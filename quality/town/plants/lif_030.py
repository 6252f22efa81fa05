"""LIF-030: dormant companies that hold a title with a price or acquired one within five years, and
everything around that.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from quality.town.parts.dates import EDITION
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part, title

FIRST_DAY = EDITION - timedelta(days=1826)  # the first day that counts
LONG_AGO = date(2012, 3, 5)
RECENT = date(2024, 9, 2)
DORMANT_CODE = {"sic": "99999"}
PRICED = (RECENT, 240_000)


@part
def _case(
    draw: Draw,
    accounts: str,
    given: dict[str, str],
    titles: Sequence[tuple[date | None, int | None]],  # day added, price paid
    *verdict: *tuple[Expected, str],
) -> Planted:
    """A company with this category of accounts, its due dates in order, and its titles."""
    day, columns = draw.day(date(2004, 2, 2), date(2011, 11, 30)), {"Accounts.AccountCategory": accounts}
    company = draw.company(day, columns=columns, **given)  # type: ignore[arg-type]
    rows = [title(draw, [company], added, price_gbp=price) for added, price in titles]
    return Planted([company], [draw.owned(company)], rows, [Truth(company.id, *verdict)])


PLANT = Plant(
    (
        _case("DORMANT", {}, [(LONG_AGO, 240_000)], "flagged", "dormant accounts, price paid long ago"),
        _case("DORMANT", {}, [(FIRST_DAY, None)], "flagged", "dormant accounts, added 1,826 days ago"),
        _case("DORMANT", {}, [(EDITION, None)], "flagged", "dormant accounts, added on the day of the facts"),
        _case(
            "DORMANT",
            {},
            [(LONG_AGO, None), (RECENT, 90_000)],
            "flagged",
            "dormant accounts, one of two titles counts",
        ),
        _case("FILING EXEMPTION SUBSIDIARY", {}, [(RECENT, None)], "flagged", "dormant subsidiary"),
        _case(
            "NO ACCOUNTS FILED", DORMANT_CODE, [(RECENT, None)], "flagged", "dormant code, no accounts filed"
        ),
        _case(
            "DORMANT",
            {},
            [(FIRST_DAY - timedelta(days=1), None)],
            "not_flagged",
            "dormant accounts, added 1,827 days ago, no price",
        ),
        _case("MICRO ENTITY", {}, [PRICED], "not_flagged", "trading accounts"),
        _case("MICRO ENTITY", DORMANT_CODE, [PRICED], "not_flagged", "dormant code beside trading accounts"),
        _case("NO ACCOUNTS FILED", {}, [PRICED], "not_flagged", "no accounts filed, another code"),
        _case("DORMANT", {"sic": "98000"}, [PRICED], "not_flagged", "residents' company by SIC code"),
        _case(
            "DORMANT",
            {"ending": " MANAGEMENT COMPANY LIMITED", "sic": "68320"},
            [PRICED],
            "not_flagged",
            "residents' company by name",
        ),
        _case(
            "ACCOUNTS TYPE NOT AVAILABLE",
            DORMANT_CODE,
            [PRICED],
            "not_assessable",
            "dormant code, kind of accounts not known",
        ),
        _case("DORMANT", {}, [(None, None)], "not_assessable", "dormant, title with neither price nor day"),
        _case(
            "DORMANT",
            {},
            [(EDITION + timedelta(days=3), None)],
            "not_assessable",
            "dormant, added after the date of the facts",
        ),
    )
)
