"""Amounts of an authority's own files: in the style that the mapping names, rounded to cents, or none."""

import polars as pl
import pytest

from transforms.formats.mapped import _amount


@pytest.mark.parametrize(
    ("decimal", "written", "amount"),
    [
        (".", "990.4499999999999", "990.45"),  # a spreadsheet's 990.45
        (".", "9999.9999999999999", "10000.00"),
        (".", "(3,605.68)", "-3605.68"),
        (".", "12.5-", "-12.50"),
        (".", "1.234", None),  # a thousand in the other style
        (",", "1.234", "1234.00"),
        (",", "1.234,5", "1234.50"),
        (",", "1,234", None),
    ],
)
def test_an_amount_is_read_in_its_style_only(decimal: str, written: str, amount: str | None) -> None:
    frame = pl.DataFrame({"written": [written]})
    assert frame.select(amount=_amount(pl.col("written"), decimal))["amount"].to_list() == [amount]
