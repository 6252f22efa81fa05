"""What the macros that marts and indicators share say."""

import duckdb
import pytest

from transforms.model.sql import create_macros


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "0"),
        ("999.50", "999.50"),
        ("1234567.89", "1,234,567.89"),
        ("-0.50", "-0.50"),
        ("-950", "-950"),
        ("-1000.00", "-1,000"),
        ("-1234567.89", "-1,234,567.89"),
    ],
)
def test_an_amount_has_its_thousands_apart_below_zero_too(amount: str, words: str) -> None:
    with duckdb.connect() as connection:
        create_macros(connection)
        query = "select thousands(cast($amount as decimal(18, 2)))"
        assert connection.execute(query, {"amount": amount}).fetchall() == [(words,)]
