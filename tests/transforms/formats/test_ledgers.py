"""Days and amounts as ledgers write them: in one of their styles, or none."""

import polars as pl
import pytest

from transforms.formats.ledgers import amount_of, day_of


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("01/04/2024", "2024-04-01"),
        ("01/04/24", "2024-04-01"),
        ("1 April 2024", "2024-04-01"),
        ("01/04/0024", None),
        ("0024-04-01", None),
    ],
)
def test_a_day_has_a_year_of_two_or_four_digits(written: str, day: str | None) -> None:
    frame = pl.DataFrame({"written": [written]}).select(day=day_of(pl.col("written")))
    assert frame["day"].cast(pl.String).to_list() == [day]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("2 000,00 €", "2000.00"),
        ("-1234,5", "-1234.50"),
        ("1.234,56", "1234.56"),
        ("€ 1.500,-", "1500.00"),
        ("25,-", "25.00"),
        ("25,--", "25.00"),
        ("-25,–", "-25.00"),
        ("(1.500,-)", "-1500.00"),
        ("25,00-", "-25.00"),
        ("1,234", "1234.00"),
        ("1,234.56", "1234.56"),
        ("1234.56", "1234.56"),
    ],
)
def test_an_amount_is_read_in_the_style_it_is_written_in(written: str, amount: str) -> None:
    frame = pl.DataFrame({"written": [written]}).select(amount=amount_of(pl.col("written")))
    assert frame["amount"].cast(pl.String).to_list() == [amount]
