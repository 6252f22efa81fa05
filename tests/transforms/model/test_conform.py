"""Native dates as typed columns: a year of two digits is one only where the register declares it."""

import polars as pl
import pytest

from transforms.model.parsing import conform
from transforms.model.register import BATCH_COLUMNS, SourceField


@pytest.mark.parametrize(
    ("date_format", "written", "day"),
    [
        ("%d/%m/%Y", "01/02/2003", "2003-02-01"),
        ("%d/%m/%Y", "01/02/03", None),
        ("%d/%m/%Y", "01/02/0003", None),
        ("%d/%m/%y", "01/02/03", "2003-02-01"),
        ("%d/%m/%Y|%d/%m/%y", "01/02/1803", "1803-02-01"),
        ("%d/%m/%Y|%d/%m/%y", "01/02/03", "2003-02-01"),
    ],
)
def test_a_year_of_two_digits_is_not_read_as_one_of_four(
    date_format: str, written: str, day: str | None
) -> None:
    place = {name: pl.Series([1], dtype=dtype) for name, dtype in BATCH_COLUMNS.items()}
    frame = pl.DataFrame({**place, "signed_on": [written]})
    field = SourceField("signed_on", "date", date_format=date_format)
    good, rejected, _ = conform(frame, [field])
    assert good["signed_on"].cast(pl.String).to_list() == ([day] if day else [])
    assert rejected["code"].to_list() == ([] if day else ["impossible_date"])
