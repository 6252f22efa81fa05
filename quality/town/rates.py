"""Reference rates of the European Central Bank, one a month: without them pounds do not compare with euro. A
town without statements of account has none.
"""

from datetime import date

from quality.town.parts.dates import EDITION
from quality.town.plant import Planted

COLUMNS = ("Date", "USD", "JPY", "GBP")
FIRST_YEAR = 2023
USD, JPY, GBP = "1.10", "160", "0.85"


def rows(planted: Planted) -> list[dict[str, str]]:
    """The newest first, as the bank has them."""
    if not planted.accounts:
        return []
    months = (date(year, month, 1) for year in range(FIRST_YEAR, EDITION.year + 1) for month in range(1, 13))
    days = [day.isoformat() for day in months if day <= EDITION]
    return [dict(zip(COLUMNS, (day, USD, JPY, GBP), strict=True)) for day in reversed(days)]
