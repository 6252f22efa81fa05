"""Days as ledgers write them: in one of their styles, or none."""

import polars as pl
import pytest

from transforms.formats.ledgers import day_of


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
