"""How the sheet of a check writes what the release holds."""

from decimal import Decimal

from flows.check.columns import COLUMNS, columns
from transforms.language import in_language


def test_sums_have_separators_and_two_decimals() -> None:
    sources = [source for source in COLUMNS["sales"].values() if isinstance(source, str)]
    row = {**dict.fromkeys(sources), "price": Decimal("1450000.50")}
    assert columns("sales", row)["price"] == "1,450,000.50"
    with in_language("nl"):
        assert "1.450.000,50" in columns("sales", row).values()
